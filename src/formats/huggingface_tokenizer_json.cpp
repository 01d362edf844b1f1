// tokenizer.json, the file of Hugging Face's tokenizers library, for the two kinds of BPE that models use.
#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_vocabulary.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

struct Merge {
  std::string left, right;
};

// Null when the key is absent.
const json& member(const json& object, const char* key) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

bool has_type(const json& step, std::string_view type) {
  const json& name = member(step, "type");
  return name.is_string() && name.get_ref<const std::string&>() == type;
}

// A step of a pipeline, or of the sequence that stands for it.
const json* find_step(const json& pipeline, std::string_view type, const char* sequence) {
  if (has_type(pipeline, type)) return &pipeline;
  const json& steps = member(pipeline, sequence);
  if (!steps.is_array()) return nullptr;
  const auto found = std::ranges::find_if(steps, [&](const json& step) { return has_type(step, type); });
  return found == steps.end() ? nullptr : &*found;
}

// Two ways of writing a merge: "left right", and since spaces may be inside, ["left", "right"].
Merge read_merge(const json& merge, const std::string& name) {
  if (merge.is_string()) {
    const auto& text = merge.get_ref<const std::string&>();
    const auto space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos) {
      return {text.substr(0, space), text.substr(space + 1)};
    }
  } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  fail(ErrorCode::invalid_input, "{}: {} is not a merge", name, printable(merge.dump(-1, ' ', true)));
}

std::vector<Merge> read_merges(const json& model, const std::string& name) {
  const json& list = member(model, "merges");
  if (!list.is_array()) fail(ErrorCode::invalid_input, "{}: the model has no merges", name);
  std::vector<Merge> merges;
  merges.reserve(list.size());
  for (const json& merge : list) merges.push_back(read_merge(merge, name));
  return merges;
}

TokenKind kind_of(const std::string& text, bool byte_fallback, const json& unknown) {
  if (unknown.is_string() && unknown.get_ref<const std::string&>() == text) return TokenKind::unknown;
  const bool is_byte = byte_fallback && text.size() == 6 && text.starts_with("<0x") && text.ends_with('>');
  return is_byte ? TokenKind::byte : TokenKind::normal;
}

void read_tokens(const json& model, const std::string& name, bool byte_fallback, Vocabulary& vocabulary) {
  const json& tokens = member(model, "vocab");
  if (!tokens.is_object()) fail(ErrorCode::invalid_input, "{}: the model has no vocab", name);
  for (const auto& [text, id] : tokens.items()) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= vocabulary.size()) {
      fail(ErrorCode::invalid_input, "{}: token {} has no id below the model's vocabulary size, {}", name,
           printable(text), vocabulary.size());
    }
    vocabulary.set(id.get<std::uint64_t>(), text, kind_of(text, byte_fallback, member(model, "unk_token")));
  }
}

// GGUF joins a merge's halves with a space, so a space inside is written as byte-level BPE writes it.
std::string joined(const Merge& merge) {
  std::string text;
  const auto append = [&](const std::string& half) {
    for (const char character : half) {
      if (character == ' ') {
        text += "\u0120";
      } else {
        text += character;
      }
    }
  };
  append(merge.left);
  text += ' ';
  append(merge.right);
  return text;
}

// SentencePiece merges by score, tokenizer.json by the order of the merges: the first merge gets the best score.
void score_by_merges(const std::vector<Merge>& merges, Vocabulary& vocabulary) {
  std::unordered_map<std::string_view, std::uint64_t> ids;
  for (std::uint64_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.kinds[id] != TokenKind::normal) continue;
    ids.emplace(vocabulary.tokens[id], id);
    vocabulary.scores[id] = -static_cast<double>(merges.size());
  }
  for (std::size_t rank = merges.size(); rank-- > 0;) {  // backwards: of two merges into one token the first counts
    if (const auto found = ids.find(merges[rank].left + merges[rank].right); found != ids.end()) {
      vocabulary.scores[found->second] = -static_cast<double>(rank);
    }
  }
}

// Engines take a text as it is, and SentencePiece's with its own sign for spaces: no key of a GGUF file says that it is
// changed otherwise. Text that isn't composed (NFC) is so rare that they leave that out.
bool is_known_normalizer(const json& step, bool byte_level) {
  if (has_type(step, "NFC")) return true;
  if (byte_level) return false;
  if (has_type(step, "Prepend")) return member(step, "prepend") == kWordBoundary;
  return has_type(step, "Replace") && member(member(step, "pattern"), "String") == " " &&
         member(step, "content") == kWordBoundary;
}

void refuse_unknown_normalizers(const json& tokenizer, const std::string& name, bool byte_level) {
  const json& normalizer = member(tokenizer, "normalizer");
  if (normalizer.is_null()) return;
  const json& several = member(normalizer, "normalizers");
  for (const json& step : several.is_array() ? several : json::array({normalizer})) {
    if (is_known_normalizer(step, byte_level)) continue;
    fail(ErrorCode::unsupported, "{}: its normalizer changes the text in a way that GGUF has no words for ({})", name,
         printable(step.dump(-1, ' ', true)));
  }
}

// BPE whose words begin or end with a mark of their own merges otherwise.
void refuse_marks_of_words(const json& model, const std::string& name) {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const json& mark = member(model, key);
    if (mark.is_null() || mark == "") continue;
    fail(ErrorCode::unsupported, "{}: {} is set, and GGUF has no words for it", name, key);
  }
}

}  // namespace

bool adds_space_prefix(const json& tokenizer, const std::string& name) {
  refuse_unknown_normalizers(tokenizer, name, false);
  if (find_step(member(tokenizer, "normalizer"), "Prepend", "normalizers") != nullptr) return true;
  const json* metaspace = find_step(member(tokenizer, "pre_tokenizer"), "Metaspace", "pretokenizers");
  if (metaspace == nullptr) return false;
  const json& scheme = member(*metaspace, "prepend_scheme");
  if (scheme.is_string()) return scheme != "never";
  const json& flag = member(*metaspace, "add_prefix_space");
  return !flag.is_boolean() || flag.get<bool>();
}

Vocabulary read_tokenizer_json(const json& tokenizer, const std::string& name, std::uint64_t size,
                               std::string_view architecture) {
  const json& model = member(tokenizer, "model");
  if (!has_type(model, "BPE") && !(model.is_object() && model.contains("merges"))) {
    fail(ErrorCode::unsupported, "{}: only BPE tokenizers are supported", name);
  }
  const bool byte_level = find_step(member(tokenizer, "pre_tokenizer"), "ByteLevel", "pretokenizers") != nullptr ||
                          find_step(member(tokenizer, "decoder"), "ByteLevel", "decoders") != nullptr;
  const bool byte_fallback = member(model, "byte_fallback") == true;
  if (!byte_level && !byte_fallback) {
    fail(ErrorCode::unsupported, "{}: the tokenizer works neither on bytes nor falls back to them", name);
  }
  refuse_marks_of_words(model, name);
  Vocabulary vocabulary(byte_level ? "gpt2" : "llama", size);
  read_tokens(model, name, !byte_level, vocabulary);
  const auto merges = read_merges(model, name);
  if (byte_level) {
    refuse_unknown_normalizers(tokenizer, name, true);
    vocabulary.pre = pretokenizer_name(tokenizer, name, architecture);
    for (const Merge& merge : merges) vocabulary.merges.push_back(joined(merge));
  } else {
    vocabulary.pre = "default";
    vocabulary.add_space_prefix = adds_space_prefix(tokenizer, name);
    score_by_merges(merges, vocabulary);
  }
  return vocabulary;
}

}  // namespace minnow::formats
