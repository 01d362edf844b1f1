#include "server/token_json.hpp"

#include <string>

namespace minnow::server {
namespace {

Json entry(const std::string& piece, double logprob) {
  Json bytes = Json::array();
  for (const char c : piece) bytes.push_back(static_cast<unsigned char>(c));
  return {{"token", piece}, {"logprob", logprob}, {"bytes", std::move(bytes)}};
}

}  // namespace

Json token_json(const Model& model, const TokenOutput& token) {
  Json json = entry(token.piece, token.logprob);
  json["top_logprobs"] = Json::array();
  for (const TokenProbability& likely : token.top) {
    json["top_logprobs"].push_back(entry(model.piece(likely.id, true), likely.logprob));
  }
  return json;
}

}  // namespace minnow::server
