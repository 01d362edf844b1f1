#include "text/byte_level.hpp"

#include <array>

#include "text/unicode.hpp"

namespace minnow::text {
namespace {

constexpr char32_t kAlphabetEnd = 0x100 + 68;

constexpr bool is_visible(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> character_of{};
  std::array<unsigned char, kAlphabetEnd> byte_of{};
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char32_t character = is_visible(byte) ? char32_t{byte} : next++;
    alphabet.character_of[byte] = character;
    alphabet.byte_of[character] = static_cast<unsigned char>(byte);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

bool in_alphabet(char32_t c) { return c < kAlphabetEnd && (c >= 0x100 || is_visible(static_cast<unsigned>(c))); }

}  // namespace

std::string to_byte_level(std::string_view bytes) {
  std::string stored;
  stored.reserve(bytes.size() * 2);
  for (const char byte : bytes) append_utf8(stored, kAlphabet.character_of[static_cast<unsigned char>(byte)]);
  return stored;
}

std::string from_byte_level(std::string_view stored) {
  std::string bytes;
  for (std::size_t i = 0; i < stored.size();) {
    const Utf8Step step = decode_utf8(stored, i);
    if (step.valid && in_alphabet(step.code_point)) {
      bytes.push_back(static_cast<char>(kAlphabet.byte_of[step.code_point]));
    } else {
      bytes.append(stored.substr(i, step.length));
    }
    i += step.length;
  }
  return bytes;
}

}  // namespace minnow::text
