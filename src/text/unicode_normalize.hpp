// Canonical normalisation (NFC, NFD). Takes O(n log n) steps whatever the text: a long run of combining marks is
// sorted, not bubbled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace minnow::text {

// Preconditions: `text` is valid UTF-8.
std::vector<char32_t> decompose_canonically(std::string_view text);  // NFD, as characters
std::string compose_canonically(std::string_view text);              // NFC

}  // namespace minnow::text
