#include "engine/tokenizer_from_gguf.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

#include "base/error.hpp"

namespace minnow::engine {
namespace {

using formats::Metadata;
using text::TokenId;
using text::TokenType;

std::optional<TokenId> token_id(const Metadata& metadata, std::string_view key) {
  const auto value = metadata.unsigned_integer(key);
  // Some writers say "none" with the largest number.
  if (!value || *value == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  if (*value > static_cast<std::uint64_t>(std::numeric_limits<TokenId>::max())) {
    fail(ErrorCode::invalid_input, "{} is {}, which is no token id", key, *value);
  }
  return static_cast<TokenId>(*value);
}

std::vector<TokenType> token_types(const Metadata& metadata) {
  const auto numbers = metadata.integers("tokenizer.ggml.token_type");
  std::vector<TokenType> types;
  types.reserve(numbers.size());
  for (const std::int64_t number : numbers) {
    // 0 is "undefined" in files of early writers; later numbers may come to mean something.
    const bool known = number >= 1 && number <= 6;
    types.push_back(known ? static_cast<TokenType>(number) : TokenType::normal);
  }
  return types;
}

std::vector<float> token_scores(const Metadata& metadata) {
  const auto numbers = metadata.numbers("tokenizer.ggml.scores");
  return {numbers.begin(), numbers.end()};
}

// Phi-3's control tokens swallow the white space after them, which no key says.
bool strips_after_special(const Metadata& metadata, std::string_view tokenizer_model) {
  if (tokenizer_model != "llama") return false;
  if (metadata.text("general.architecture").value_or("") == "phi3") return true;
  std::string name(metadata.text("general.name").value_or(""));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("phi-3") != std::string::npos || name.find("phi3") != std::string::npos;
}

}  // namespace

text::TokenizerSpec tokenizer_spec(const Metadata& metadata) {
  const auto model = metadata.text("tokenizer.ggml.model");
  if (!model) fail(ErrorCode::invalid_input, "the file has no tokenizer (tokenizer.ggml.model is missing)");
  text::TokenizerSpec spec;
  spec.model = *model;
  spec.pre = metadata.text("tokenizer.ggml.pre").value_or("");
  spec.tokens = metadata.texts("tokenizer.ggml.tokens");
  spec.scores = token_scores(metadata);
  spec.types = token_types(metadata);
  spec.merges = metadata.texts("tokenizer.ggml.merges");
  spec.bos = token_id(metadata, "tokenizer.ggml.bos_token_id");
  spec.eos = token_id(metadata, "tokenizer.ggml.eos_token_id");
  spec.eot = token_id(metadata, "tokenizer.ggml.eot_token_id");
  spec.eom = token_id(metadata, "tokenizer.ggml.eom_token_id");
  spec.unknown = token_id(metadata, "tokenizer.ggml.unknown_token_id");
  spec.separator = token_id(metadata, "tokenizer.ggml.seperator_token_id");  // GGUF spells it so
  spec.padding = token_id(metadata, "tokenizer.ggml.padding_token_id");
  spec.cls = token_id(metadata, "tokenizer.ggml.cls_token_id");
  spec.mask = token_id(metadata, "tokenizer.ggml.mask_token_id");
  spec.add_bos = metadata.boolean("tokenizer.ggml.add_bos_token");
  spec.add_eos = metadata.boolean("tokenizer.ggml.add_eos_token");
  spec.add_space_prefix = metadata.boolean("tokenizer.ggml.add_space_prefix");
  spec.remove_extra_whitespaces = metadata.boolean("tokenizer.ggml.remove_extra_whitespaces");
  spec.strip_after_special = strips_after_special(metadata, spec.model);
  return spec;
}

}  // namespace minnow::engine
