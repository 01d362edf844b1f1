#include "formats/huggingface_special_tokens.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kSettingsLimit = 8 << 20;
constexpr std::size_t kTemplateLimit = 1 << 20;

struct SpecialName {
  std::string_view ours;  // in Hugging Face's files
  std::string_view gguf;
};

constexpr std::array kSpecialNames = {
    SpecialName{"bos", "bos"},     SpecialName{"eos", "eos"},       SpecialName{"unk", "unknown"},
    SpecialName{"pad", "padding"}, SpecialName{"sep", "seperator"},  // GGUF's spelling
    SpecialName{"mask", "mask"},
};

// "bos_token": "<s>" or {"content": "<s>", …}.
std::string token_text(const json& config, const std::string& key) {
  const json entry = config.value(key, json());
  if (entry.is_string()) return entry.get<std::string>();
  if (!entry.is_object()) return {};
  const json content = entry.value("content", json());
  return content.is_string() ? content.get<std::string>() : "";
}

std::optional<std::uint64_t> as_id(const json& value, const Vocabulary& vocabulary) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto id = value.get<std::uint64_t>();
  if (id >= vocabulary.size()) return std::nullopt;
  return id;
}

std::optional<std::uint64_t> special_id(std::string_view name, const json& model_config, const TokenizerFiles& files,
                                        const Vocabulary& vocabulary) {
  const std::string text = token_text(files.tokenizer_config, std::string(name) + "_token");
  if (!text.empty()) {
    if (const auto id = vocabulary.find(text)) return id;
  }
  const json ids = model_config.value(std::string(name) + "_token_id", json());
  return as_id(ids.is_array() && !ids.empty() ? ids.front() : ids, vocabulary);
}

// Every id that ends generation, as generation_config.json or config.json lists them.
std::vector<std::uint64_t> end_ids(const json& generation, const json& model_config, const Vocabulary& vocabulary) {
  json listed = generation.value("eos_token_id", json());
  if (listed.is_null()) listed = model_config.value("eos_token_id", json());
  if (!listed.is_array()) listed = json::array({listed});
  std::vector<std::uint64_t> ids;
  for (const json& value : listed) {
    if (const auto id = as_id(value, vocabulary)) ids.push_back(*id);
  }
  return ids;
}

// The template tokenizer.json puts around a text: does it begin (or end) with `token`?
std::optional<bool> template_adds(const json& tokenizer, const std::string& token, bool at_front) {
  if (!tokenizer.is_object() || token.empty()) return std::nullopt;
  const json processor = tokenizer.value("post_processor", json());
  if (!processor.is_object()) return std::nullopt;
  for (const json& step : processor.value("processors", json::array({processor}))) {
    if (!step.is_object() || step.value("type", json()) != "TemplateProcessing") continue;
    const json single = step.value("single", json());
    if (!single.is_array() || single.empty()) continue;
    const json& edge = at_front ? single.front() : single.back();
    const json special = edge.is_object() ? edge.value("SpecialToken", json()) : json();
    return special.is_object() && special.value("id", json()) == token;
  }
  return std::nullopt;
}

void add_flag(std::string_view name, const TokenizerFiles& files, Metadata& metadata) {
  const std::string key = fmt::format("add_{}_token", name);
  const json said = files.tokenizer_config.value(key, json());
  std::optional<bool> adds =
      template_adds(files.tokenizer, token_text(files.tokenizer_config, fmt::format("{}_token", name)), name == "bos");
  if (said.is_boolean()) adds = said.get<bool>();
  if (adds) metadata.set("tokenizer.ggml." + key, *adds);
}

// GGUF has one place each for the token that ends a text, a turn and a message to a tool.
void add_turn_ends(const std::vector<std::uint64_t>& ends, std::optional<std::uint64_t> eos,
                   const Vocabulary& vocabulary, Metadata& metadata) {
  constexpr std::array<std::string_view, 5> turn_ends = {"<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>",
                                                         "<|user|>"};
  std::optional<std::uint64_t> turn;
  for (const std::uint64_t id : ends) {
    const std::string& text = vocabulary.tokens[id];
    if (text == "<|eom_id|>") {
      metadata.set("tokenizer.ggml.eom_token_id", id);
    } else if (id != eos && (!turn || std::ranges::find(turn_ends, text) != turn_ends.end())) {
      turn = id;
    }
  }
  if (turn) metadata.set("tokenizer.ggml.eot_token_id", *turn);
}

json read_optional(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return json::object();
  json settings = read_json(path, kSettingsLimit);
  if (!settings.is_object()) fail(ErrorCode::invalid_input, "{}: not a JSON object", path.string());
  return settings;
}

// {"name", "template"} pairs; the one called "default" is the model's.
void add_named_templates(const json& list, Metadata& metadata) {
  std::vector<std::string> names;
  for (const json& entry : list) {
    const json name = entry.is_object() ? entry.value("name", json()) : json();
    const json text = entry.is_object() ? entry.value("template", json()) : json();
    if (!name.is_string() || !text.is_string()) continue;
    if (name == "default") {
      metadata.set("tokenizer.chat_template", text.get<std::string>());
    } else {
      names.push_back(name.get<std::string>());
      metadata.set("tokenizer.chat_template." + names.back(), text.get<std::string>());
    }
  }
  if (!names.empty()) metadata.set("tokenizer.chat_templates", std::move(names));
}

}  // namespace

void add_special_tokens(const std::filesystem::path& folder, const HuggingFaceConfig& config,
                        const TokenizerFiles& files, const Vocabulary& vocabulary, Metadata& metadata) {
  const json model_config = config.values();
  for (const SpecialName& name : kSpecialNames) {
    if (const auto id = special_id(name.ours, model_config, files, vocabulary)) {
      metadata.set(fmt::format("tokenizer.ggml.{}_token_id", name.gguf), *id);
    }
  }
  add_flag("bos", files, metadata);
  add_flag("eos", files, metadata);
  const auto ends = end_ids(read_optional(folder / "generation_config.json"), model_config, vocabulary);
  add_turn_ends(ends, special_id("eos", model_config, files, vocabulary), vocabulary, metadata);
}

void add_chat_template(const std::filesystem::path& folder, const TokenizerFiles& files, Metadata& metadata) {
  json found = files.tokenizer_config.value("chat_template", json());
  if (const auto path = folder / "chat_template.jinja"; std::filesystem::exists(path)) {
    found = read_file(path, kTemplateLimit);
  } else if (found.is_null()) {
    found = read_optional(folder / "chat_template.json").value("chat_template", json());
  }
  if (found.is_string()) metadata.set("tokenizer.chat_template", found.get<std::string>());
  if (found.is_array()) add_named_templates(found, metadata);
}

}  // namespace minnow::formats
