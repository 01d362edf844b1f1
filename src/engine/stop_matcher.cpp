#include "engine/stop_matcher.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace minnow::engine {
namespace {

// The length of the longest end of `text` that begins `word` without being all of it.
std::size_t overlap(std::string_view text, std::string_view word) {
  for (std::size_t length = std::min(text.size(), word.size() - 1); length > 0; --length) {
    if (text.ends_with(word.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

StopMatcher::StopMatcher(std::vector<std::string> stops, UncutPart uncut)
    : stops_(std::move(stops)), uncut_(std::move(uncut)) {
  for (const std::string& stop : stops_) {
    if (stop.empty()) fail(ErrorCode::invalid_input, "a stop string is empty: it would end every answer at once");
  }
}

// Where in what is held back the uncut part begins, or may yet turn out to have begun; the end when it doesn't.
std::size_t StopMatcher::uncut_begin() const {
  const std::string& mark = uncut_.begins_with;
  if (mark.empty()) return held_.size();
  if (uncut_.only_first) {
    const std::size_t common = std::min(mark.size(), held_.size());
    return at_start_ && held_.compare(0, common, mark, 0, common) == 0 ? 0 : held_.size();
  }
  return std::min(held_.find(mark), held_.size() - overlap(held_, mark));
}

// A stop string counts when it begins before the uncut part, and is complete when that part's mark is, or earlier.
std::string StopMatcher::add(std::string_view text) {
  if (found_) return {};
  if (in_uncut_ || stops_.empty()) return std::string(text);
  held_ += text;
  const std::size_t uncut = uncut_begin();
  in_uncut_ = uncut + uncut_.begins_with.size() <= held_.size() && uncut < held_.size();
  const std::string_view free(held_.data(), in_uncut_ ? uncut + uncut_.begins_with.size() : held_.size());
  std::size_t first = uncut;
  std::size_t hold = held_.size() - uncut;
  for (const std::string& stop : stops_) {
    const std::size_t at = free.find(stop);
    if (at < first) {
      found_ = true;
      first = at;
    }
    hold = std::max(hold, overlap(held_, stop));
  }
  std::string released = held_.substr(0, found_ ? first : in_uncut_ ? held_.size() : held_.size() - hold);
  held_.erase(0, found_ ? held_.size() : released.size());
  at_start_ = at_start_ && released.empty();
  return released;
}

std::string StopMatcher::finish() { return std::exchange(held_, {}); }

}  // namespace minnow::engine
