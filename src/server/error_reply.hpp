// Errors as OpenAI's API words them: {"error": {"message", "type", "param", "code"}}.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "minnow/error.hpp"
#include "server/exchange.hpp"

namespace minnow::server {

// A request the API refuses: thrown by whoever reads it.
class ApiError : public std::runtime_error {
 public:
  // `param`: the field that was wrong, empty: none in particular. `code`: a word for programs, empty: none.
  ApiError(int status, const std::string& sentence, std::string param = "", std::string code = "")
      : std::runtime_error(sentence), status_(status), param_(std::move(param)), code_(std::move(code)) {}

  int status() const { return status_; }
  const std::string& param() const { return param_; }
  const std::string& code() const { return code_; }

 private:
  int status_;
  std::string param_, code_;
};

int http_status(ErrorCode code);

HttpReply error_reply(int status, const std::string& sentence, const std::string& param = "",
                      const std::string& code = "");
// For an ApiError, a minnow::Error or anything else.
HttpReply error_reply(const std::exception& error);
// The object alone, as it appears within a stream.
std::string error_json(const std::exception& error);

}  // namespace minnow::server
