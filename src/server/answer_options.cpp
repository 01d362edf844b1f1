#include "server/answer_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <system_error>
#include <utility>

#include "engine/grammar_constraint.hpp"
#include "engine/loaded_model.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

constexpr std::int64_t kMostChoices = 128;
constexpr std::size_t kMostStops = 16;
constexpr std::size_t kMostBiases = 4096;
constexpr double kLongestTimeoutS = 86'400;

// {"token": bias, …}, as OpenAI has it.
std::vector<LogitBias> read_logit_bias(const Fields& fields) {
  std::vector<LogitBias> biases;
  const Json* object = fields.object("logit_bias");
  if (object == nullptr) return biases;
  if (object->size() > kMostBiases) fields.refuse("logit_bias", fmt::format("has more than {} tokens", kMostBiases));
  const Fields of_tokens(*object, fields.path_of("logit_bias"));
  for (const auto& [token, value] : object->items()) {
    LogitBias bias;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), bias.id);
    if (error != std::errc() || end != token.data() + token.size()) {
      of_tokens.refuse(token, "must be a token's number");
    }
    bias.bias = static_cast<float>(of_tokens.number(token, -100, 100).value_or(0));
    biases.push_back(bias);
  }
  return biases;
}

SamplingOptions read_sampling(const Fields& fields, SamplingOptions sampling) {
  const auto set = [&](float& value, const char* name, double low, double high) {
    if (const auto given = fields.number(name, low, high)) value = static_cast<float>(*given);
  };
  set(sampling.temperature, "temperature", 0, 100);
  set(sampling.top_p, "top_p", 0, 1);
  // Nothing but the likeliest token reaches 0; the sampler wants to be told a share.
  sampling.top_p = std::max(sampling.top_p, std::numeric_limits<float>::min());
  set(sampling.min_p, "min_p", 0, 1);
  set(sampling.repeat_penalty, "repeat_penalty", 0.01, 100);
  set(sampling.frequency_penalty, "frequency_penalty", -2, 2);
  set(sampling.presence_penalty, "presence_penalty", -2, 2);
  if (const auto top_k = fields.integer("top_k", -1, 1 << 30))
    sampling.top_k = static_cast<int>(std::max<std::int64_t>(*top_k, 0));
  if (const auto last = fields.integer("repeat_last_n", -1, 1 << 30)) sampling.repeat_last_n = static_cast<int>(*last);
  // OpenAI's seeds are any integer of 64 bits.
  if (const Json* seed = fields.find("seed")) {
    if (!seed->is_number_integer()) fields.refuse("seed", "must be a whole number");
    sampling.seed =
        seed->is_number_unsigned() ? seed->get<std::uint64_t>() : static_cast<std::uint64_t>(seed->get<std::int64_t>());
  }
  sampling.logit_bias = read_logit_bias(fields);
  return sampling;
}

void refuse_what_is_missing(const Fields& fields) {
  if (const Json* modalities = fields.array("modalities")) {
    for (const Json& modality : *modalities) {
      if (modality != "text") fields.refuse("modalities", "can only be [\"text\"]");
    }
  }
  if (fields.find("audio") != nullptr) fields.refuse("audio", "is not supported");
  if (fields.flag("background")) fields.refuse("background", "is not supported");
}

Constraint read_response_format(const Fields& fields, const Json& value) {
  const Fields format(value, fields.path_of("response_format"));
  const std::string type = format.text("type").value_or("");
  if (type == "text") return {};
  if (type == "json_object") return {Constraint::Kind::json_object, ""};
  if (type != "json_schema") format.refuse("type", "must be text, json_object or json_schema");
  const Json* outer = format.object("json_schema");
  if (outer == nullptr) format.refuse("json_schema", "is missing");
  const Fields json_schema(*outer, format.path_of("json_schema"));
  const Json* schema = json_schema.find("schema");
  if (schema == nullptr) json_schema.refuse("schema", "is missing");
  return {Constraint::Kind::json_schema, dump(*schema)};
}

}  // namespace

AnswerOptions read_answer_options(const Fields& fields, const AnswerDefaults& defaults) {
  refuse_what_is_missing(fields);
  AnswerOptions options;
  options.sampling = read_sampling(fields, defaults.sampling);
  options.stop = fields.texts("stop");
  if (options.stop.size() > kMostStops) fields.refuse("stop", fmt::format("has more than {} entries", kMostStops));
  std::erase(options.stop, "");
  options.n = static_cast<std::size_t>(fields.integer("n", 1, kMostChoices).value_or(1));
  options.priority = static_cast<int>(fields.integer("priority", -100, 100).value_or(0));
  options.deadline = read_deadline(fields);
  options.stream = fields.flag("stream");
  if (const Json* stream_options = fields.object("stream_options")) {
    options.include_usage = Fields(*stream_options, "stream_options").flag("include_usage");
  }
  return options;
}

std::optional<engine::Clock::time_point> read_deadline(const Fields& fields) {
  const auto timeout_s = fields.number("timeout", 0.001, kLongestTimeoutS);
  if (!timeout_s) return std::nullopt;
  return engine::Clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(*timeout_s * 1e6));
}

std::size_t read_max_tokens(const Fields& fields, const std::vector<std::string>& names,
                            const AnswerDefaults& defaults) {
  for (const std::string& name : names) {
    const auto given = fields.integer(name, -1, std::int64_t{1} << 40);
    if (given == 0) fields.refuse(name, "must be at least 1");
    if (given && *given > 0) return std::min(static_cast<std::size_t>(*given), defaults.max_tokens);
  }
  return defaults.max_tokens;
}

Constraint read_constraint(const Fields& fields) {
  std::vector<Constraint> found;
  if (const Json* format = fields.find("response_format")) found.push_back(read_response_format(fields, *format));
  if (const auto grammar = fields.text("grammar")) found.push_back({Constraint::Kind::grammar, *grammar});
  if (const auto regex = fields.text("regex")) found.push_back({Constraint::Kind::regex, *regex});
  std::erase(found, Constraint{});
  if (found.size() > 1) throw ApiError(400, "only one of response_format, grammar and regex can shape an answer");
  return found.empty() ? Constraint{} : found.front();
}

std::shared_ptr<text::TokenGrammar> make_grammar(const ServedModel& model, const Constraint& constraint) {
  if (constraint.kind == Constraint::Kind::none) return nullptr;
  return engine::loaded_model(model.model())->grammars().get(constraint);
}

engine::Request make_request(const AnswerOptions& options, const std::vector<TokenId>& prompt, std::size_t choice) {
  engine::Request request{.prompt = prompt,
                          .sampling = options.sampling,
                          .stop = options.stop,
                          .max_tokens = options.max_tokens,
                          .logprobs = options.logprobs,
                          .priority = options.priority,
                          .client = options.client,
                          .deadline = options.deadline};
  if (request.sampling.seed) *request.sampling.seed += choice;  // else all choices were the same
  request.adapter = options.adapter;
  if (!options.grammar) return request;
  request.constraint = std::make_unique<engine::GrammarConstraint>(options.grammar);
  request.uncut = options.uncut;
  if (options.uncut.begins_with.empty()) request.stop.clear();
  return request;
}

}  // namespace minnow::server
