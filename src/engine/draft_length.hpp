// How many tokens to draft before one pass verifies them all.
//
// Where every drafted token is accepted with probability a, a pass that verifies k of them yields
// 1 + a + … + a^k tokens (Leviathan et al. 2023, "Fast Inference from Transformers via Speculative Decoding") and
// costs one token's time plus k times what one more token adds. The k of the best yield per time is taken; both are
// measured as the text goes on. Drafting that doesn't pay stops, but for a probe now and then, ever rarer while probes
// fail.
#pragma once

#include <cstddef>

namespace minnow::engine {

// What a forward pass costs, in ms.
class VerifyCost {
 public:
  void observe(std::size_t n_tokens, double ms);
  // 0 until a pass of one token was seen.
  double one_token() const { return one_token_; }
  double further_token() const;

 private:
  double one_token_ = 0;
  double further_token_ = 0;
  bool has_further_ = false;
};

class DraftLength {
 public:
  // At most `limit`; 0: not worth it now. `draft_ms` is what drafting one token costs.
  std::size_t choose(std::size_t limit, const VerifyCost& cost, double draft_ms);
  void accepted();
  void refused();

  double acceptance() const { return acceptance_; }

 private:
  double acceptance_ = 0.5;
  std::size_t skipped_ = 0;
  std::size_t patience_ = 4;  // drafts skipped before a probe
};

}  // namespace minnow::engine
