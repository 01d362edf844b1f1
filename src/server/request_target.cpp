#include "server/request_target.hpp"

#include <charconv>

namespace minnow::server {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i).substr(text[i] == '%' ? 1 : 0, 2);
    const bool encoded = text[i] == '%' && digits.size() == 2 &&
                         std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
    decoded += encoded ? static_cast<char>(byte) : text[i];
    if (encoded) i += 2;
  }
  return decoded;
}

}  // namespace

RequestTarget parse_request_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
    break;
  }
  const auto question = target.find('?');
  return {percent_decoded(target.substr(0, question)),
          question == std::string_view::npos ? "" : std::string(target.substr(question + 1))};
}

}  // namespace minnow::server
