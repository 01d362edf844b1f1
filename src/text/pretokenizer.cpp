#include "text/pretokenizer.hpp"

#include <algorithm>

namespace minnow::text {
namespace {

using Passes = std::array<Pattern, 6>;

constexpr Passes kGpt2{match_gpt2_word};
constexpr Passes kGpt2SingleDigits{match_digit, match_gpt2_word};
constexpr Passes kCl100k{match_cl100k_word};
constexpr Passes kCl100kSingleDigits{match_cl100k_word_single_digits};
constexpr Passes kO200k{match_o200k_word};
constexpr Passes kTekken{match_tekken_word};
constexpr Passes kDeepseekLlm{match_line_break,     match_spaced_cased_letters, match_spaced_signs,
                              match_trailing_space, match_east_asian,           match_digit};
constexpr Passes kDeepseekCoder{match_line_break, match_spaced_letters, match_spaced_punctuation, match_east_asian,
                                match_digit};
// What files from before "tokenizer.ggml.pre" existed are read with.
constexpr Passes kUnnamed{match_punctuation_and_signs, match_gpt2_word, match_digits, match_three_ascii_digits};

constexpr PreTokenizer kPreTokenizers[] = {
    {.name = "", .passes = kUnnamed},
    {.name = "default", .passes = kUnnamed},
    {.name = "gpt-2", .passes = kGpt2},
    {.name = "phi-2", .passes = kGpt2},
    {.name = "mpt", .passes = kGpt2},
    {.name = "jais", .passes = kGpt2},
    {.name = "olmo", .passes = kGpt2, .composes = true},
    {.name = "smollm", .passes = kGpt2SingleDigits},
    {.name = "starcoder", .passes = kGpt2SingleDigits},
    {.name = "refact", .passes = kGpt2SingleDigits},
    {.name = "command-r", .passes = kGpt2SingleDigits, .composes = true},
    {.name = "codeshell", .passes = kGpt2SingleDigits},
    {.name = "exaone", .passes = kGpt2SingleDigits},
    {.name = "llama-bpe", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "llama3", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "llama-v3", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "falcon3", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "lfm2", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "pixtral", .passes = kCl100k, .ignore_merges = true, .adds_bos = true},
    {.name = "dbrx", .passes = kCl100k},
    {.name = "smaug-bpe", .passes = kCl100k},
    {.name = "glm4", .passes = kCl100k},
    {.name = "chatglm-bpe", .passes = kCl100k},
    {.name = "qwen2", .passes = kCl100kSingleDigits, .composes = true},
    {.name = "deepseek-r1-qwen", .passes = kCl100kSingleDigits, .composes = true},
    {.name = "megrez", .passes = kCl100kSingleDigits, .composes = true},
    {.name = "stablelm2", .passes = kCl100kSingleDigits, .composes = true},
    {.name = "gpt-4o", .passes = kO200k},
    {.name = "llama4", .passes = kO200k},
    {.name = "tekken", .passes = kTekken, .ignore_merges = true, .adds_bos = true},
    {.name = "deepseek-llm", .passes = kDeepseekLlm},
    {.name = "deepseek-coder", .passes = kDeepseekCoder},
};

// Cuts every match of `pattern` out of `pieces`; what lies between matches stays a piece.
std::vector<CharacterRange> isolate(const Characters& characters, const std::vector<CharacterRange>& pieces,
                                    Pattern pattern) {
  std::vector<CharacterRange> cut;
  cut.reserve(pieces.size());
  for (const CharacterRange& piece : pieces) {
    std::size_t position = piece.begin;
    while (position < piece.end) {
      const CharacterRange match = pattern(characters, position, piece.end);
      if (match.begin > position) cut.push_back({position, match.begin});
      if (match.end > match.begin) cut.push_back(match);
      position = match.end;
    }
  }
  return cut;
}

}  // namespace

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const {
  const Characters characters(text);
  std::vector<CharacterRange> pieces;
  if (characters.size() > 0) pieces.push_back({0, characters.size()});
  for (const Pattern pattern : passes) {
    if (pattern != nullptr) pieces = isolate(characters, pieces, pattern);
  }
  std::vector<std::string_view> words;
  words.reserve(pieces.size());
  for (const CharacterRange& piece : pieces) {
    const std::size_t begin = characters.offsets[piece.begin];
    words.push_back(text.substr(begin, characters.offsets[piece.end] - begin));
  }
  return words;
}

const PreTokenizer* find_pre_tokenizer(std::string_view name) {
  const auto* found = std::find_if(std::begin(kPreTokenizers), std::end(kPreTokenizers),
                                   [&](const PreTokenizer& row) { return row.name == name; });
  return found == std::end(kPreTokenizers) ? nullptr : found;
}

}  // namespace minnow::text
