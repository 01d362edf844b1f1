#include "engine/chat_context.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "engine/bounded_json.hpp"

namespace minnow::engine {
namespace {

using Json = nlohmann::ordered_json;

Json parse(const std::string& source, Json::value_t kind, std::string_view what) {
  Json value = parse_bounded_json(source, what);
  if (value.type() != kind) {
    fail(ErrorCode::invalid_input, "{} must be a JSON {}, not a {}", what, Json(kind).type_name(), value.type_name());
  }
  return value;
}

void merge(Json& object, const std::string& source, std::string_view what) {
  if (!source.empty()) object.update(parse(source, Json::value_t::object, what));
}

std::string token_text(const text::Tokenizer& tokenizer, std::optional<text::TokenId> id) {
  if (!id || *id < 0 || static_cast<std::size_t>(*id) >= tokenizer.vocabulary_size()) return {};
  return tokenizer.spec().tokens[static_cast<std::size_t>(*id)];
}

}  // namespace

Json chat_context(std::span<const ChatMessage> messages, const ChatOptions& options, const text::Tokenizer& tokenizer) {
  Json list = Json::array();
  for (const ChatMessage& message : messages) {
    Json entry = {{"role", message.role}, {"content", message.content}};
    merge(entry, message.extra_json, "a message's extra JSON");
    list.push_back(std::move(entry));
  }
  Json context = Json::object();
  context["messages"] = std::move(list);
  // Like transformers, which hands both to every template, as null where there are none.
  context["tools"] = nullptr;
  context["documents"] = nullptr;
  if (!options.tools_json.empty())
    context["tools"] = parse(options.tools_json, Json::value_t::array, "the list of tools");
  context["add_generation_prompt"] = options.add_generation_prompt;
  context["bos_token"] = token_text(tokenizer, tokenizer.spec().bos);
  context["eos_token"] = token_text(tokenizer, tokenizer.spec().eos);
  merge(context, options.extra_json, "the template's extra variables");
  return context;
}

}  // namespace minnow::engine
