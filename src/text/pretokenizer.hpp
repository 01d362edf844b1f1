// How byte-level BPE cuts a text into words before merging: one table row per value of "tokenizer.ggml.pre".
//
// The published definitions are regular expressions. They are matched by hand here, because a backtracking engine
// needs quadratic time or deep stacks on texts such as a megabyte of spaces.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/pretokenizer_patterns.hpp"

namespace minnow::text {

struct PreTokenizer {
  std::string_view name;
  std::array<Pattern, 6> passes;  // each cuts the pieces the one before left; null after the last
  bool ignore_merges = false;     // a word that is a token is that token, however merging would cut it
  bool adds_bos = false;          // where the file doesn't say
  bool composes = false;          // the text is brought to NFC first

  // Words as byte ranges, in order, covering the whole text. Precondition: valid UTF-8 of less than 4 GiB.
  std::vector<std::string_view> split(std::string_view text) const;
};

// No pointer for a name we don't know.
const PreTokenizer* find_pre_tokenizer(std::string_view name);

}  // namespace minnow::text
