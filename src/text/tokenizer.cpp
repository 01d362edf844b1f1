#include "text/tokenizer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "text/special_tokens.hpp"
#include "text/unicode.hpp"
#include "text/vocabulary_index.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kLongestTextBytes = std::size_t{1} << 30;

// Tokens that end an answer whatever the file says about them; files in the wild forget to mark these.
constexpr std::string_view kEndOfGeneration[] = {
    "<|eot_id|>",
    "<|eom_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|endoftext|>",
    "<|return|>",
    "<|call|>",
    "<eos>",
    "<end_of_turn>",
    "<|end_of_text|>",
    "<turn|>",
    "<|tool_response>",
    "<EOT>",
    "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
};

void check_id(const std::optional<TokenId>& id, std::string_view name, std::size_t size) {
  if (id && (*id < 0 || static_cast<std::size_t>(*id) >= size)) {
    fail(ErrorCode::invalid_input, "tokenizer: the {} token is {}, but the vocabulary has {} tokens", name, *id, size);
  }
}

void check_spec(const TokenizerSpec& spec) {
  const std::size_t size = spec.tokens.size();
  if (size == 0) fail(ErrorCode::invalid_input, "tokenizer: the vocabulary is empty");
  if (size > static_cast<std::size_t>(std::numeric_limits<TokenId>::max())) {
    fail(ErrorCode::invalid_input, "tokenizer: a vocabulary of {} tokens is too large", size);
  }
  if (!spec.types.empty() && spec.types.size() != size) {
    fail(ErrorCode::invalid_input, "tokenizer: {} tokens, but {} token types", size, spec.types.size());
  }
  if (!spec.scores.empty() && spec.scores.size() != size) {
    fail(ErrorCode::invalid_input, "tokenizer: {} tokens, but {} scores", size, spec.scores.size());
  }
  check_id(spec.bos, "BOS", size);
  check_id(spec.eos, "EOS", size);
  check_id(spec.eot, "EOT", size);
  check_id(spec.eom, "EOM", size);
  check_id(spec.unknown, "unknown", size);
  check_id(spec.separator, "separator", size);
  check_id(spec.padding, "padding", size);
  check_id(spec.cls, "CLS", size);
  check_id(spec.mask, "mask", size);
}

// The three of Phi-3's special tokens that leave the white space after them alone.
bool keeps_space_after(std::string_view special) {
  return special == "<unk>" || special == "<s>" || special == "<|endoftext|>";
}

std::size_t skip_spaces(std::string_view text, std::size_t position) {
  while (position < text.size()) {
    const Utf8Step step = decode_utf8(text, position);
    if ((kinds_of(step.code_point) & kSpace) == 0) break;
    position += step.length;
  }
  return position;
}

}  // namespace

Tokenizer::Tokenizer(TokenizerSpec spec) : spec_(std::move(spec)) {
  check_spec(spec_);
  spec_.types.resize(spec_.tokens.size(), TokenType::normal);
  index_ = std::make_unique<VocabularyIndex>(spec_.tokens);
  find_end_of_generation();
  find_special_tokens();
}

Tokenizer::~Tokenizer() = default;

void Tokenizer::find_end_of_generation() {
  for (const std::optional<TokenId>& id : {spec_.eos, spec_.eot, spec_.eom}) {
    if (id) end_of_generation_.push_back(*id);
  }
  for (const std::string_view name : kEndOfGeneration) {
    const auto id = find(name);
    if (!id) continue;
    end_of_generation_.push_back(*id);
    // As a control token it can't be written by a user whose text is encoded without special tokens.
    spec_.types[static_cast<std::size_t>(*id)] = TokenType::control;
  }
  // "</s>" is also a tag people write, so only its type tells.
  if (const auto id = find("</s>"); id && type(*id) == TokenType::control) end_of_generation_.push_back(*id);
  std::sort(end_of_generation_.begin(), end_of_generation_.end());
}

void Tokenizer::find_special_tokens() {
  auto specials = std::make_unique<SpecialTokens>();
  for (std::size_t i = 0; i < spec_.tokens.size(); ++i) {
    const TokenType kind = spec_.types[i];
    if (kind != TokenType::control && kind != TokenType::user_defined && kind != TokenType::unknown) continue;
    if (spec_.tokens[i].size() > SpecialTokens::kLongestBytes) {
      fail(ErrorCode::invalid_input, "tokenizer: special token {} is {} bytes long; at most {} are allowed", i,
           spec_.tokens[i].size(), SpecialTokens::kLongestBytes);
    }
    specials->add(spec_.tokens[i], static_cast<TokenId>(i), kind == TokenType::user_defined);
  }
  specials_ = std::move(specials);
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  if (text.size() > kLongestTextBytes) {
    fail(ErrorCode::invalid_input, "a text of {} bytes is too long to tokenize at once; at most {} are allowed",
         text.size(), kLongestTextBytes);
  }
  std::string repaired;
  if (!is_valid_utf8(text)) {
    repaired = replace_invalid_utf8(text);
    text = repaired;
  }
  std::vector<TokenId> ids;
  if (options.add_special && first_) ids.push_back(*first_);
  encode_with_specials(text, options.parse_special, ids);
  if (options.add_special && last_) ids.push_back(*last_);
  return ids;
}

void Tokenizer::encode_with_specials(std::string_view text, bool parse_special, std::vector<TokenId>& ids) const {
  bool at_start = true;
  for (std::size_t position = 0; position < text.size();) {
    const auto special = specials_->find(text, position, parse_special);
    const std::size_t plain_end = special ? special->begin : text.size();
    if (plain_end > position) encode_plain(text.substr(position, plain_end - position), at_start, ids);
    if (!special) break;
    ids.push_back(special->id);
    at_start = true;
    position = special->end;
    if (spec_.strip_after_special && !keeps_space_after(stored(special->id))) position = skip_spaces(text, position);
  }
}

std::string Tokenizer::decode(const std::vector<TokenId>& ids, bool show_control) const {
  std::string text;
  bool at_start = drops_leading_space();
  for (const TokenId id : ids) {
    const std::string part = piece(id, show_control);
    const bool drop = at_start && part.starts_with(' ');
    at_start = at_start && part.empty();
    text.append(part, drop ? 1 : 0);
  }
  return replace_invalid_utf8(text);
}

std::optional<TokenId> Tokenizer::find(std::string_view token) const { return index_->find(token); }

bool Tokenizer::is_control(TokenId id) const { return type(id) == TokenType::control; }

bool Tokenizer::is_end_of_generation(TokenId id) const {
  return std::binary_search(end_of_generation_.begin(), end_of_generation_.end(), id);
}

}  // namespace minnow::text
