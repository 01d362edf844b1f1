// Finds stop strings in text that arrives in pieces, holding back what may be the beginning of one.
//
//   StopMatcher stops({"\nUser:"});
//   out << stops.add(piece);               // what can no longer be part of a stop string
//   if (stops.found()) …                   // the text ends before it
//   out << stops.finish();                 // nothing more comes: what was held back
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::engine {

// What begins with this text is no free text, up to the end of the answer, and stop strings don't cut it: calls of
// tools. Empty: there is no such part.
struct UncutPart {
  std::string begins_with{};
  bool only_first = false;  // it begins the answer, or isn't there
};

class StopMatcher {
 public:
  // Throws Error(invalid_input) for an empty stop string.
  explicit StopMatcher(std::vector<std::string> stops, UncutPart uncut = {});

  std::string add(std::string_view text);
  bool found() const { return found_; }
  std::string finish();

 private:
  std::size_t uncut_begin() const;

  std::vector<std::string> stops_;
  UncutPart uncut_;
  std::string held_;
  bool at_start_ = true;  // nothing has been released
  bool found_ = false;
  bool in_uncut_ = false;
};

}  // namespace minnow::engine
