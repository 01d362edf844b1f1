// SHA-256 of bytes, as 64 lower-case hexadecimal digits.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace minnow {

std::string sha256_hex(std::span<const std::byte> bytes);
// Of the parts one after another, as if they were one.
std::string sha256_hex(std::span<const std::span<const std::byte>> parts);

}  // namespace minnow
