// Which of GGUF's named pre-tokenizers a tokenizer.json describes. The patterns are compared whole: one that is almost
// another would cut some words differently, and a wrong name is worse than an error.

#include "base/error.hpp"
#include "formats/huggingface_vocabulary.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

constexpr std::string_view kCl100k =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kCl100kSingleDigits =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kTekken = R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|)"
                                     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|)"
                                     R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kO200k =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"(\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLineBreak = "[\r\n]";  // the two characters themselves, or their names
constexpr std::string_view kEscapedLineBreak = R"([\r\n])";

// The steps in order: a Split's pattern as it is, others by a word of ours.
std::vector<std::string> steps_of(const json& pre_tokenizer) {
  std::vector<std::string> steps;
  const auto add = [&](const json& step) {
    const std::string type = step.is_object() ? step.value("type", json()).dump() : "";
    if (type == "\"Split\"") {
      const json pattern = step.value("pattern", json());
      const json regex = pattern.is_object() ? pattern.value("Regex", json()) : json();
      steps.push_back(regex.is_string() ? regex.get<std::string>() : "another pattern");
    } else if (type == "\"Digits\"") {
      steps.push_back(step.value("individual_digits", json(false)) == true ? "digits one by one" : "digits");
    } else if (type == "\"ByteLevel\"") {
      if (step.value("use_regex", json(true)) != false) steps.emplace_back(kGpt2);
      if (step.value("add_prefix_space", json(false)) == true) steps.emplace_back("a space before the text");
    } else {
      steps.push_back(type);
    }
  };
  const json sequence = pre_tokenizer.is_object() ? pre_tokenizer.value("pretokenizers", json()) : json();
  if (sequence.is_array()) {
    for (const json& step : sequence) add(step);
  } else {
    add(pre_tokenizer);
  }
  return steps;
}

bool has_token(const json& tokenizer, const std::string& name, std::string_view text) {
  for (const AddedToken& token : added_tokens(tokenizer, name)) {
    if (token.text == text) return true;
  }
  return false;
}

// DeepSeek cuts at line breaks and then in steps of its own; the second tells its tokenizers apart.
std::string deepseek_name(const std::vector<std::string>& steps) {
  if (steps.size() < 2 || (steps[0] != kLineBreak && steps[0] != kEscapedLineBreak)) return {};
  if (steps[1].starts_with(R"(\s?[A-Za-z)")) return "deepseek-llm";
  return steps[1] == R"(\s?\p{L}+)" ? "deepseek-coder" : "";
}

std::string name_of(const std::vector<std::string>& steps, const json& tokenizer, const std::string& file,
                    std::string_view architecture) {
  if (steps.size() == 2 && steps[0] == "digits one by one" && steps[1] == kGpt2) return "smollm";
  if (steps.size() != 1) return deepseek_name(steps);
  if (steps[0] == kGpt2) return "gpt-2";
  if (steps[0] == kTekken) return "tekken";
  if (steps[0] == kO200k) return "gpt-4o";
  if (steps[0] == kCl100k) {
    // Llama 3 takes a word that is a token as it is; the others of this pattern merge it together.
    return tokenizer.at("model").value("ignore_merges", json()) == true ? "llama-bpe" : "dbrx";
  }
  if (steps[0] == kCl100kSingleDigits) {
    if (architecture == "stablelm") return "stablelm2";
    return has_token(tokenizer, file, "<｜begin▁of▁sentence｜>") ? "deepseek-r1-qwen" : "qwen2";
  }
  return {};
}

}  // namespace

std::string pretokenizer_name(const json& tokenizer, const std::string& name, std::string_view architecture) {
  const auto steps = steps_of(tokenizer.value("pre_tokenizer", json()));
  const std::string found = name_of(steps, tokenizer, name, architecture);
  if (found.empty()) {
    fail(ErrorCode::unsupported, "{}: its pre_tokenizer is none of those GGUF has names for that we know", name);
  }
  return found;
}

}  // namespace minnow::formats
