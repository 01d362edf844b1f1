// The low-level interface is deprecated in OpenSSL 3, but it is the one that links without the provider
// machinery: a few kilobytes instead of three megabytes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.hpp"

#include <openssl/sha.h>

#include <array>

namespace minnow {

std::string sha256_hex(std::span<const std::byte> bytes) {
  return sha256_hex(std::span<const std::span<const std::byte>>(&bytes, 1));
}

std::string sha256_hex(std::span<const std::span<const std::byte>> parts) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const auto& part : parts) SHA256_Update(&context, part.data(), part.size());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Final(digest.data(), &context);
  std::string text;
  text.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace minnow
