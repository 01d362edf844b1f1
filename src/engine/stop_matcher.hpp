// Finds stop strings in text that arrives in pieces, holding back what may be the beginning of one.
//
//   StopMatcher stops({"\nUser:"});
//   out << stops.add(piece);               // what can no longer be part of a stop string
//   if (stops.found()) …                   // the text ends before it
//   out << stops.finish();                 // nothing more comes: what was held back
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace minnow::engine {

class StopMatcher {
 public:
  // Throws Error(invalid_input) for an empty stop string.
  explicit StopMatcher(std::vector<std::string> stops);

  std::string add(std::string_view text);
  bool found() const { return found_; }
  std::string finish();

 private:
  std::vector<std::string> stops_;
  std::string held_;
  bool found_ = false;
};

}  // namespace minnow::engine
