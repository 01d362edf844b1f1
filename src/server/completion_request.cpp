#include "server/completion_request.hpp"

#include <fmt/core.h>

#include <array>
#include <limits>
#include <utility>

#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

constexpr std::size_t kMostPrompts = 128;
constexpr std::int64_t kMostLogprobs = 20;

std::optional<TokenId> marker(const Model& model, const char* name, const std::vector<std::string>& spellings) {
  if (const auto id = model.metadata(std::string("tokenizer.ggml.") + name + "_token_id")) return std::stoi(*id);
  for (const std::string& spelling : spellings) {
    const auto ids = model.tokenize(spelling, {.add_special = false});
    if (ids.size() == 1 && model.piece(ids.front()).empty()) return ids.front();  // a control token of that name
  }
  return std::nullopt;
}

}  // namespace

std::vector<TokenId> read_tokens(const Fields& fields, const std::string& name, const Json& list) {
  std::vector<TokenId> tokens;
  for (const Json& id : list) {
    if (!id.is_number_integer()) fields.refuse(name, "must hold token ids, or strings, and not both");
    if (id < 0 || id > std::numeric_limits<TokenId>::max()) fields.refuse(name, "holds a number that is no token id");
    tokens.push_back(id.get<TokenId>());
  }
  return tokens;
}

std::vector<Prompt> read_prompts(const Fields& fields, const std::string& name) {
  const Json* value = fields.find(name);
  if (value == nullptr) fields.refuse(name, "is missing");
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array() || value->empty()) fields.refuse(name, "must be a string or a non-empty array");
  if (value->front().is_number()) return {read_tokens(fields, name, *value)};
  if (value->size() > kMostPrompts) fields.refuse(name, fmt::format("has more than {} entries", kMostPrompts));
  std::vector<Prompt> prompts;
  for (const Json& entry : *value) {
    if (entry.is_string())
      prompts.emplace_back(entry.get<std::string>());
    else if (entry.is_array())
      prompts.emplace_back(read_tokens(fields, name, entry));
    else
      fields.refuse(name, "must hold token ids or strings, and not both");
  }
  return prompts;
}

CompletionRequest read_completion_request(const Fields& fields, const AnswerDefaults& defaults) {
  CompletionRequest request{.prompts = read_prompts(fields, "prompt"),
                            .suffix = fields.text("suffix"),
                            .echo = fields.flag("echo"),
                            .answer = read_answer_options(fields, defaults),
                            .constraint = read_constraint(fields)};
  request.answer.max_tokens = read_max_tokens(fields, {"max_tokens", "n_predict"}, defaults);
  if (const auto top = fields.integer("logprobs", 0, kMostLogprobs)) {
    request.answer.logprobs = static_cast<std::size_t>(*top);
    if (request.echo) fields.refuse("echo", "can't be combined with logprobs");
  }
  if (const auto best_of = fields.integer("best_of", 1, 128);
      best_of && static_cast<std::size_t>(*best_of) != request.answer.n) {
    fields.refuse("best_of", "must be n");
  }
  if (request.suffix && request.echo) fields.refuse("echo", "can't be combined with suffix");
  return request;
}

std::vector<TokenId> prompt_tokens(const ServedModel& served, const Prompt& prompt) {
  if (const auto* ids = std::get_if<std::vector<TokenId>>(&prompt)) return *ids;
  const auto& text = std::get<std::string>(prompt);
  served.require_room_for(text.size());
  const Model& model = served.model();
  auto ids = model.tokenize(text);
  if (ids.empty() && model.bos()) ids.push_back(*model.bos());
  return ids;
}

std::vector<TokenId> fill_in_the_middle(const ServedModel& served, const Prompt& prompt, const std::string& suffix) {
  const Model& model = served.model();
  const auto before = marker(model, "fim_pre", {"<|fim_prefix|>", "<fim_prefix>", "<PRE>", "▁<PRE>"});
  const auto after = marker(model, "fim_suf", {"<|fim_suffix|>", "<fim_suffix>", "<SUF>", "▁<SUF>"});
  const auto middle = marker(model, "fim_mid", {"<|fim_middle|>", "<fim_middle>", "<MID>", "▁<MID>"});
  if (!before || !after || !middle) {
    throw ApiError(400, "this model has no tokens for filling in the middle; leave out suffix", "suffix");
  }
  const TokenizeOptions plain{.add_special = false, .parse_special = false};
  std::vector<TokenId> ids;
  if (const auto bos = model.bos(); bos && model.tokenize("a").front() == *bos) ids.push_back(*bos);
  const auto append = [&](TokenId mark, const std::vector<TokenId>& more) {
    ids.push_back(mark);
    ids.insert(ids.end(), more.begin(), more.end());
  };
  const auto* given = std::get_if<std::vector<TokenId>>(&prompt);
  served.require_room_for(suffix.size() + (given != nullptr ? 0 : std::get<std::string>(prompt).size()));
  append(*before, given != nullptr ? *given : model.tokenize(std::get<std::string>(prompt), plain));
  append(*after, model.tokenize(suffix, plain));
  ids.push_back(*middle);
  return ids;
}

}  // namespace minnow::server
