// The one exception type minnow throws. It carries a code for programs and one sentence for people:
// what was wrong, where, and what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace minnow {

enum class ErrorCode {
  invalid_input,  // a file, prompt, template or option that is malformed
  unsupported,    // well-formed, but this build or machine can't do it
  not_found,      // a file, tensor or model that isn't there
  out_of_memory,  // the memory plan doesn't fit this device
  context_full,   // the prompt or conversation doesn't fit the context
  io,             // the operating system refused to read or write
  cancelled,      // the caller asked to stop
  internal,       // our own mistake
};

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace minnow
