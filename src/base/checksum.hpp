// A fast 64-bit checksum that finds what storage does to bytes: flipped bits, torn and swapped blocks, holes. It costs
// about as much as reading the bytes from memory. It is no protection against someone who means harm; sha256.hpp is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace minnow {

// Four lanes take 8-byte little-endian words in turn. Each step is a bijection of the lane for any word and of the word
// for any lane, so a change of a single word always changes the result. The length is part of it.
std::uint64_t checksum(std::span<const std::byte> bytes) noexcept;

}  // namespace minnow
