#include "server/embeddings.hpp"

#include <openssl/evp.h>

#include <bit>
#include <utility>

#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

// Little-endian floats, as OpenAI's clients expect them.
std::string base64(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float value : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  }
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

EmbeddingsRequest read_embeddings_request(const Fields& fields) {
  EmbeddingsRequest request{.inputs = read_prompts(fields, "input")};
  const std::string format = fields.text("encoding_format").value_or("float");
  if (format != "float" && format != "base64") fields.refuse("encoding_format", "must be float or base64");
  request.deadline = read_deadline(fields);
  request.base64 = format == "base64";
  if (fields.find("dimensions") != nullptr) fields.refuse("dimensions", "is not supported: the model decides");
  return request;
}

std::string embeddings_reply(const EmbeddingsRequest& request, const std::string& model_id,
                             const std::vector<std::vector<float>>& vectors, std::size_t n_tokens) {
  Json data = Json::array();
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    data.push_back({{"object", "embedding"},
                    {"index", i},
                    {"embedding", request.base64 ? Json(base64(vectors[i])) : Json(vectors[i])}});
  }
  return dump({{"object", "list"},
               {"data", std::move(data)},
               {"model", model_id},
               {"usage", {{"prompt_tokens", n_tokens}, {"total_tokens", n_tokens}}}});
}

}  // namespace minnow::server
