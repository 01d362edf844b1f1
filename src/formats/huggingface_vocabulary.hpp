// A tokenizer's tokens on their way from a Hugging Face folder to GGUF.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::formats {

inline constexpr std::string_view kWordBoundary = "\u2581";  // SentencePiece's sign for a space

// As GGUF numbers them; SentencePiece's numbers are the same.
enum class TokenKind : std::int64_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

// A token that was put into a vocabulary after it was learned: found in a text before anything else.
struct AddedToken {
  std::uint64_t id = 0;
  std::string text;
  bool special = false;
};

struct Vocabulary {
  // `size` tokens, unused until they are set: embeddings are often padded with rows that no token uses.
  Vocabulary(std::string_view model_name, std::uint64_t size);

  std::uint64_t size() const { return tokens.size(); }
  void set(std::uint64_t id, std::string text, TokenKind kind, double score = 0);
  // Ids that the model has no row for are left out, as every engine does.
  void add(const std::vector<AddedToken>& added);
  std::optional<std::uint64_t> find(std::string_view text) const;

  std::string model;  // "llama" or "gpt2"
  std::string pre;
  std::vector<std::string> tokens;
  std::vector<TokenKind> kinds;
  std::vector<double> scores;       // "llama" only
  std::vector<std::string> merges;  // "gpt2" only
  std::optional<bool> add_space_prefix;
};

// tokenizer.json's "added_tokens". Throws Error(invalid_input) for anything else.
std::vector<AddedToken> added_tokens(const nlohmann::json& tokenizer, const std::string& name);

// Byte-level BPE, or BPE with byte fallback (SentencePiece's way), from tokenizer.json.
// Throws Error(unsupported) for other algorithms and for pre-tokenizers we don't know.
Vocabulary read_tokenizer_json(const nlohmann::json& tokenizer, const std::string& name, std::uint64_t size,
                               std::string_view architecture);

// Whether a tokenizer.json of SentencePiece's kind puts a space before a text. Throws Error(unsupported) for one that
// changes texts in other ways.
bool adds_space_prefix(const nlohmann::json& tokenizer, const std::string& name);

// SentencePiece's own file. Throws Error(unsupported) for models that aren't BPE.
Vocabulary read_sentencepiece(const std::filesystem::path& path, std::uint64_t size);

// vocab.json and merges.txt, the form before tokenizer.json; the architecture tells the pre-tokenizer.
Vocabulary read_vocab_and_merges(const std::filesystem::path& folder, std::uint64_t size,
                                 std::string_view architecture);

// GGUF's name for how tokenizer.json cuts a text into words.
std::string pretokenizer_name(const nlohmann::json& tokenizer, const std::string& name, std::string_view architecture);

}  // namespace minnow::formats
