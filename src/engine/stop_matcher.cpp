#include "engine/stop_matcher.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace minnow::engine {
namespace {

// The length of the longest end of `text` that begins `stop` without being all of it.
std::size_t overlap(std::string_view text, std::string_view stop) {
  for (std::size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length) {
    if (text.ends_with(stop.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

StopMatcher::StopMatcher(std::vector<std::string> stops) : stops_(std::move(stops)) {
  for (const std::string& stop : stops_) {
    if (stop.empty()) fail(ErrorCode::invalid_input, "a stop string is empty: it would end every answer at once");
  }
}

std::string StopMatcher::add(std::string_view text) {
  if (found_) return {};
  held_ += text;
  std::size_t first = std::string::npos;
  std::size_t hold = 0;
  for (const std::string& stop : stops_) {
    first = std::min(first, held_.find(stop));
    hold = std::max(hold, overlap(held_, stop));
  }
  found_ = first != std::string::npos;
  std::string released = held_.substr(0, found_ ? first : held_.size() - hold);
  held_.erase(0, found_ ? held_.size() : released.size());
  return released;
}

std::string StopMatcher::finish() { return std::exchange(held_, {}); }

}  // namespace minnow::engine
