#include "server/error_reply.hpp"

#include <new>
#include <nlohmann/json.hpp>

namespace minnow::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRetryAfterSeconds = "1";

const char* type_of(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status < 500 ? "invalid_request_error" : "server_error";
  }
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

ApiError as_api_error(const std::exception& error) {
  if (const auto* api = dynamic_cast<const ApiError*>(&error)) return *api;
  if (const auto* ours = dynamic_cast<const Error*>(&error)) {
    return {http_status(ours->code()), ours->what(), "",
            ours->code() == ErrorCode::context_full ? "context_length_exceeded" : ""};
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return {503, "out of memory; try again later"};
  return {500, std::string("internal error: ") + error.what()};
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
    case ErrorCode::unsupported:
    case ErrorCode::context_full:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::out_of_memory:
    case ErrorCode::cancelled:
      return 503;
    case ErrorCode::io:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

HttpReply error_reply(int status, const std::string& sentence, const std::string& param, const std::string& code) {
  const Json body{
      {"error",
       {{"message", sentence}, {"type", type_of(status)}, {"param", or_null(param)}, {"code", or_null(code)}}}};
  HttpReply reply{.status = status, .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)};
  if (status == 429 || status == 503) reply.headers.push_back({"Retry-After", kRetryAfterSeconds});
  if (status == 401) reply.headers.push_back({"WWW-Authenticate", "Bearer"});
  return reply;
}

HttpReply error_reply(const std::exception& error) {
  const ApiError api = as_api_error(error);
  return error_reply(api.status(), api.what(), api.param(), api.code());
}

std::string error_json(const std::exception& error) { return error_reply(error).body; }

}  // namespace minnow::server
