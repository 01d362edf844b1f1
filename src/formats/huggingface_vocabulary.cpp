#include "formats/huggingface_vocabulary.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/gguf_text.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

constexpr double kUnusedScore = -10000;
constexpr double kAddedScore = -1000;
constexpr std::size_t kVocabularyLimit = 64 << 20;

// Some models forget to mark tokens as special that nobody may type.
bool looks_special(std::string_view text) {
  constexpr std::array<std::string_view, 4> known = {"<pad>", "<mask>", "<2mass>", "[@BOS@]"};
  if (std::ranges::find(known, text) != known.end()) return true;
  if (text.starts_with("<|") && text.ends_with("|>")) return true;
  if (text.starts_with("<｜") && text.ends_with("｜>")) return true;
  return text.starts_with("<unused") && text.ends_with(">");
}

std::string with_spaces(std::string_view text) {
  std::string spaced;
  while (!text.empty()) {
    const bool boundary = text.starts_with(kWordBoundary);
    spaced += boundary ? ' ' : text.front();
    text.remove_prefix(boundary ? kWordBoundary.size() : 1);
  }
  return spaced;
}

std::uint64_t token_id(const json& value, const std::string& name) {
  if (!value.is_number_unsigned()) fail(ErrorCode::invalid_input, "{}: a token's id is not a whole number", name);
  return value.get<std::uint64_t>();
}

// "byte-level" here means what GPT-2 began: every byte has a printable character, and a space is 'Ġ'.
std::string_view default_pretokenizer(std::string_view architecture) {
  if (architecture == "gpt2" || architecture == "phi2") return "gpt-2";
  if (architecture == "qwen2" || architecture == "qwen3") return "qwen2";
  return {};
}

}  // namespace

Vocabulary::Vocabulary(std::string_view model_name, std::uint64_t size)
    : model(model_name), tokens(size), kinds(size, TokenKind::unused), scores(size, kUnusedScore) {
  for (std::uint64_t id = 0; id < size; ++id) tokens[id] = fmt::format("[PAD{}]", id);
}

void Vocabulary::set(std::uint64_t id, std::string text, TokenKind kind, double score) {
  tokens[id] = std::move(text);
  kinds[id] = kind;
  scores[id] = score;
}

void Vocabulary::add(const std::vector<AddedToken>& added) {
  for (const AddedToken& token : added) {
    if (token.id >= size()) continue;
    const bool control = token.special || looks_special(token.text);
    set(token.id, control ? token.text : with_spaces(token.text),
        control ? TokenKind::control : TokenKind::user_defined, kAddedScore);
  }
}

std::optional<std::uint64_t> Vocabulary::find(std::string_view text) const {
  const auto found = std::ranges::find(tokens, text);
  if (found == tokens.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found - tokens.begin());
}

std::vector<AddedToken> added_tokens(const json& tokenizer, const std::string& name) {
  std::vector<AddedToken> tokens;
  const auto list = tokenizer.find("added_tokens");
  if (list == tokenizer.end() || list->is_null()) return tokens;
  if (!list->is_array()) fail(ErrorCode::invalid_input, "{}: added_tokens is not a list", name);
  for (const json& entry : *list) {
    if (!entry.is_object() || !entry.contains("id") || !entry.contains("content") || !entry["content"].is_string()) {
      fail(ErrorCode::invalid_input, "{}: an added token has no id or no content", name);
    }
    const auto special = entry.find("special");
    tokens.push_back({.id = token_id(entry["id"], name),
                      .text = entry["content"].get<std::string>(),
                      .special = special != entry.end() && special->is_boolean() && special->get<bool>()});
  }
  return tokens;
}

Vocabulary read_vocab_and_merges(const std::filesystem::path& folder, std::uint64_t size,
                                 std::string_view architecture) {
  const auto path = folder / "vocab.json";
  const std::string_view pre = default_pretokenizer(architecture);
  if (pre.empty()) {
    fail(ErrorCode::unsupported, "{}: how this {} model cuts words can't be told without tokenizer.json",
         folder.string(), architecture);
  }
  Vocabulary vocabulary("gpt2", size);
  vocabulary.pre = pre;
  const json tokens = read_json(path, kVocabularyLimit);
  if (!tokens.is_object()) fail(ErrorCode::invalid_input, "{}: not a JSON object", path.string());
  for (const auto& [text, id] : tokens.items()) {
    const auto number = token_id(id, path.string());
    if (number >= size) {
      fail(ErrorCode::invalid_input, "{}: token {} has the id {}, but the model's vocabulary ends at {}", path.string(),
           printable(text), number, size);
    }
    vocabulary.set(number, text, looks_special(text) ? TokenKind::control : TokenKind::normal);
  }
  const std::string merges = read_file(folder / "merges.txt", kVocabularyLimit);
  for (std::size_t begin = 0; begin < merges.size();) {
    const std::size_t end = std::min(merges.find('\n', begin), merges.size());
    std::string_view line = std::string_view(merges).substr(begin, end - begin);
    begin = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    if (std::ranges::count(line, ' ') != 1) {
      fail(ErrorCode::invalid_input, "{}: {} is not a merge", (folder / "merges.txt").string(), printable(line));
    }
    vocabulary.merges.emplace_back(line);
  }
  return vocabulary;
}

}  // namespace minnow::formats
