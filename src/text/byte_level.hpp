// GPT-2's way to write any byte as a printable character: a byte that is a visible Latin-1 character is itself, the
// other 68 are U+0100 and on, in order. Vocabularies of byte-level BPE are stored so.
#pragma once

#include <string>
#include <string_view>

namespace minnow::text {

std::string to_byte_level(std::string_view bytes);
// The bytes a stored token stands for; characters outside the alphabet stay as they are.
std::string from_byte_level(std::string_view stored);

}  // namespace minnow::text
