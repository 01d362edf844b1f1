#include "cli/generation_json.hpp"

#include <nlohmann/json.hpp>

#include "machine/memory.hpp"

namespace minnow::cli {
namespace {

using Json = nlohmann::ordered_json;

Json token_json(const Model& model, const TokenOutput& token, bool with_logprobs) {
  Json json{{"id", token.id}, {"text", token.piece}};
  if (!with_logprobs) return json;
  json["logprob"] = token.logprob;
  json["top"] = Json::array();
  for (const TokenProbability& likely : token.top) {
    json["top"].push_back({{"id", likely.id}, {"text", model.piece(likely.id, true)}, {"logprob", likely.logprob}});
  }
  return json;
}

}  // namespace

std::string generation_json(const Session& session, const Generation& generation, bool with_logprobs) {
  const Model& model = session.model();
  const MemoryUse memory = session.memory();
  Json json;
  json["model"] = {
      {"name", model.name()}, {"sha256", model.sha256()}, {"arithmetic", model.arithmetic()}, {"isa", model.isa()}};
  json["prompt_tokens"] = generation.prompt_tokens;
  json["text"] = generation.text;
  json["finish_reason"] = generation.finish_reason;
  json["tokens"] = Json::array();
  for (const TokenOutput& token : generation.tokens) json["tokens"].push_back(token_json(model, token, with_logprobs));
  json["timings"] = {{"load_ms", model.load_ms()},
                     {"prefill_tokens", generation.timings.prefill_tokens},
                     {"prefill_ms", generation.timings.prefill_ms},
                     {"decode_tokens", generation.timings.decode_tokens},
                     {"decode_ms", generation.timings.decode_ms}};
  if (session.speculates()) {
    json["timings"]["drafted_tokens"] = generation.timings.drafted_tokens;
    json["timings"]["accepted_tokens"] = generation.timings.accepted_tokens;
  }
  json["memory"] = {{"weights_bytes", memory.weights_bytes},
                    {"kv_bytes", memory.kv_bytes},
                    {"scratch_bytes", memory.scratch_bytes},
                    {"peak_rss_bytes", machine::peak_rss_bytes()}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace minnow::cli
