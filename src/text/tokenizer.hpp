// Text to token ids and back, with exactly the ids of the model's reference tokenizer.
//
//   auto tokenizer = make_tokenizer(spec);
//   std::vector<TokenId> ids = tokenizer->encode("Hello", {.add_special = true});
//
// Three algorithms share one interface: SentencePiece-style BPE ("llama"), byte-level BPE ("gpt2") and
// WordPiece ("bert"). A Tokenizer never changes after it is made; any number of threads may use it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::text {

using TokenId = std::int32_t;

// What a token is, as GGUF numbers it.
enum class TokenType : std::uint8_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

// Everything a tokenizer is made of; the names are those of GGUF's "tokenizer.ggml.*" keys.
struct TokenizerSpec {
  std::string model;                // "llama", "gpt2", "bert", "gemma4"…
  std::string pre;                  // the pre-tokenizer: "llama-bpe", "qwen2", …; may be empty
  std::vector<std::string> tokens;  // id -> text as stored
  std::vector<float> scores;        // "llama": one per token
  std::vector<TokenType> types;     // empty: all normal
  std::vector<std::string> merges;  // "gpt2": "left right", best first; a Tokenizer drops them once it has read them
  std::optional<TokenId> bos, eos, eot, eom, unknown, separator, padding, cls, mask;
  std::optional<bool> add_bos, add_eos, add_space_prefix, remove_extra_whitespaces;
  bool strip_after_special = false;  // Phi-3: special tokens swallow the white space after them
};

struct EncodeOptions {
  bool add_special = true;    // BOS, EOS, [CLS]… where the model asks for them
  bool parse_special = true;  // "<|im_end|>" in the text becomes its control token
};

class SpecialTokens;
class VocabularyIndex;

class Tokenizer {
 public:
  virtual ~Tokenizer();
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  // Any bytes are accepted; what is not UTF-8 is encoded as the reference does with U+FFFD.
  std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options = {}) const;

  // The bytes this token adds in the middle of a text; empty for control tokens unless `show_control`.
  // May be a part of a UTF-8 character: see StreamDecoder. Precondition: 0 ≤ id < vocabulary_size().
  virtual std::string piece(TokenId id, bool show_control = false) const = 0;
  // The whole text of `ids`, as the reference decodes it (leading space of SentencePiece removed); always valid UTF-8.
  std::string decode(const std::vector<TokenId>& ids, bool show_control = false) const;

  const TokenizerSpec& spec() const { return spec_; }
  std::size_t vocabulary_size() const { return spec_.tokens.size(); }
  std::optional<TokenId> find(std::string_view token) const;  // exact stored text
  // Whether a text begins with an extra token: BOS, or [CLS] for WordPiece.
  bool adds_bos() const { return first_.has_value(); }
  bool is_control(TokenId id) const;
  // Whether decode() drops the space that the first piece begins with.
  virtual bool drops_leading_space() const { return false; }
  // EOS, EOT, EOM and the well-known end-of-turn tokens that files forget to name.
  bool is_end_of_generation(TokenId id) const;

 protected:
  explicit Tokenizer(TokenizerSpec spec);
  // Appends the ids of a text that holds no special token and is valid UTF-8, not empty and less than 4 GiB.
  // `at_start`: it begins the text or follows a special token.
  virtual void encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const = 0;

  TokenType type(TokenId id) const { return spec_.types[static_cast<std::size_t>(id)]; }
  const std::string& stored(TokenId id) const { return spec_.tokens[static_cast<std::size_t>(id)]; }
  const VocabularyIndex& index() const { return *index_; }

  TokenizerSpec spec_;
  std::optional<TokenId> first_, last_;  // what add_special puts around a text

 private:
  void encode_with_specials(std::string_view text, bool parse_special, std::vector<TokenId>& ids) const;
  void find_special_tokens();
  void find_end_of_generation();

  std::unique_ptr<const VocabularyIndex> index_;
  std::unique_ptr<const SpecialTokens> specials_;
  std::vector<TokenId> end_of_generation_;  // sorted
};

// Throws Error(unsupported) for an algorithm or pre-tokenizer we don't know, Error(invalid_input) for a
// vocabulary that contradicts itself.
std::unique_ptr<Tokenizer> make_tokenizer(TokenizerSpec spec);

}  // namespace minnow::text
