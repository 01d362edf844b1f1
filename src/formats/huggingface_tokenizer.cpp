#include "formats/huggingface_tokenizer.hpp"

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_special_tokens.hpp"
#include "formats/huggingface_vocabulary.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kTokenizerLimit = 128 << 20;
constexpr std::size_t kSettingsLimit = 16 << 20;

TokenizerFiles read_files(const std::filesystem::path& folder) {
  TokenizerFiles files{.tokenizer = json(), .tokenizer_config = json::object()};
  const auto check_object = [](const json& value, const std::filesystem::path& path) {
    if (!value.is_object()) fail(ErrorCode::invalid_input, "{}: not a JSON object", path.string());
  };
  if (const auto path = folder / "tokenizer.json"; std::filesystem::exists(path)) {
    files.tokenizer = read_json(path, kTokenizerLimit);
    check_object(files.tokenizer, path);
  }
  if (const auto path = folder / "tokenizer_config.json"; std::filesystem::exists(path)) {
    files.tokenizer_config = read_json(path, kSettingsLimit);
    check_object(files.tokenizer_config, path);
  }
  return files;
}

// The three files that list added tokens, the oldest first: what a later one says holds.
std::vector<AddedToken> all_added_tokens(const std::filesystem::path& folder, const TokenizerFiles& files) {
  std::vector<AddedToken> tokens;
  if (const auto path = folder / "added_tokens.json"; std::filesystem::exists(path)) {
    const json listed = read_json(path, kSettingsLimit);
    if (!listed.is_object()) fail(ErrorCode::invalid_input, "{}: not a JSON object", path.string());
    for (const auto& [text, id] : listed.items()) {
      if (!id.is_number_unsigned()) fail(ErrorCode::invalid_input, "{}: {} has no id", path.string(), printable(text));
      tokens.push_back({.id = id.get<std::uint64_t>(), .text = text, .special = false});
    }
  }
  const json decoder = files.tokenizer_config.value("added_tokens_decoder", json::object());
  if (!decoder.is_object())
    fail(ErrorCode::invalid_input, "{}: added_tokens_decoder is not an object", folder.string());
  json listed = json::array();
  for (const auto& [id, entry] : decoder.items()) {
    if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != id.npos || !entry.is_object()) {
      fail(ErrorCode::invalid_input, "{}: added_tokens_decoder holds {}", folder.string(), printable(id));
    }
    json token = entry;
    token["id"] = std::stoul(id);
    listed.push_back(std::move(token));
  }
  const std::string name = (folder / "tokenizer_config.json").string();
  for (AddedToken& token : added_tokens({{"added_tokens", std::move(listed)}}, name))
    tokens.push_back(std::move(token));
  if (files.tokenizer.is_object()) {
    for (AddedToken& token : added_tokens(files.tokenizer, (folder / "tokenizer.json").string())) {
      tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

// SentencePiece's own file comes first, because its scores are the original ones; what is done to a text before is for
// tokenizer.json to say, which was made later and is what transformers reads. And a folder may hold one for a tokenizer
// that tokenizer.json has replaced by byte-level BPE.
std::optional<Vocabulary> read_vocabulary(const std::filesystem::path& folder, const TokenizerFiles& files,
                                          const ModelPlan& plan) {
  const auto sentencepiece = folder / "tokenizer.model";
  const bool has_sentencepiece = std::filesystem::exists(sentencepiece);
  if (files.tokenizer.is_object()) {
    const auto name = (folder / "tokenizer.json").string();
    const auto model = files.tokenizer.find("model");  // no copy: most of tokenizer.json is in it
    const bool byte_fallback =
        model != files.tokenizer.end() && model->is_object() && model->value("byte_fallback", json()) == true;
    if (!has_sentencepiece || !byte_fallback) {
      return read_tokenizer_json(files.tokenizer, name, plan.vocabulary, plan.architecture);
    }
  }
  if (has_sentencepiece) {
    Vocabulary vocabulary = read_sentencepiece(sentencepiece, plan.vocabulary);
    if (files.tokenizer.is_object()) {
      vocabulary.add_space_prefix = adds_space_prefix(files.tokenizer, (folder / "tokenizer.json").string());
    }
    return vocabulary;
  }
  if (std::filesystem::exists(folder / "vocab.json") && std::filesystem::exists(folder / "merges.txt")) {
    return read_vocab_and_merges(folder, plan.vocabulary, plan.architecture);
  }
  return std::nullopt;
}

}  // namespace

void add_huggingface_tokenizer(const std::filesystem::path& folder, const HuggingFaceConfig& config, ModelPlan& plan) {
  const TokenizerFiles files = read_files(folder);
  std::optional<Vocabulary> vocabulary = read_vocabulary(folder, files, plan);
  if (!vocabulary) return;
  vocabulary->add(all_added_tokens(folder, files));

  Metadata& metadata = plan.metadata;
  std::vector<std::int64_t> types;
  for (const TokenKind kind : vocabulary->kinds) types.push_back(static_cast<std::int64_t>(kind));
  metadata.set("tokenizer.ggml.model", vocabulary->model);
  metadata.set("tokenizer.ggml.pre", vocabulary->pre);
  metadata.set("tokenizer.ggml.token_type", std::move(types));
  if (vocabulary->model == "llama") metadata.set("tokenizer.ggml.scores", vocabulary->scores);
  if (vocabulary->model == "gpt2") metadata.set("tokenizer.ggml.merges", vocabulary->merges);
  if (vocabulary->add_space_prefix) metadata.set("tokenizer.ggml.add_space_prefix", *vocabulary->add_space_prefix);
  add_special_tokens(folder, config, files, *vocabulary, metadata);
  // Phi-2 was trained without; its tokenizer's files don't say.
  if (plan.architecture == "phi2") metadata.set("tokenizer.ggml.add_bos_token", false);
  add_chat_template(folder, files, metadata);
  metadata.set("tokenizer.ggml.tokens", std::move(vocabulary->tokens));
}

}  // namespace minnow::formats
