// /v1/embeddings: reads what is asked and writes the reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"
#include "server/completion_request.hpp"
#include "server/fields.hpp"

namespace minnow::server {

struct EmbeddingsRequest {
  std::vector<Prompt> inputs{};
  bool base64 = false;
  std::optional<engine::Clock::time_point> deadline{};
};

// Throws ApiError(400).
EmbeddingsRequest read_embeddings_request(const Fields& fields);

// `vectors[i]` is that of input i.
std::string embeddings_reply(const EmbeddingsRequest& request, const std::string& model_id,
                             const std::vector<std::vector<float>>& vectors, std::size_t n_tokens);

}  // namespace minnow::server
