// How many prompt tokens one step may read so that it takes about as long as it should: learned from how long steps
// took. The size of a piece changes no bit of any answer, only who waits.
#pragma once

#include <algorithm>
#include <cstddef>

namespace minnow::engine {

class PrefillBudget {
 public:
  PrefillBudget(double target_ms, std::size_t most_tokens) : target_ms_(target_ms), most_tokens_(most_tokens) {}

  std::size_t tokens() const { return std::clamp(tokens_, std::min(kFewest, most_tokens_), most_tokens_); }

  // A step that read n prompt tokens took `ms`. One that was too long corrects at once; growth is doubling at most.
  void learn(std::size_t n, double ms) {
    if (ms <= 0 || (n < tokens() && ms < target_ms_)) return;  // less than was allowed, so nothing was learned
    const double factor = std::min(2.0, target_ms_ / ms);
    tokens_ = static_cast<std::size_t>(static_cast<double>(n) * factor);
    tokens_ = tokens();
  }

 private:
  static constexpr std::size_t kFewest = 16;  // a prompt always gets on

  double target_ms_;
  std::size_t most_tokens_;
  std::size_t tokens_ = 32;
};

}  // namespace minnow::engine
