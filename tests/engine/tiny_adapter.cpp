#include "engine/tiny_adapter.hpp"

#include <string>

#include "engine/loaded_model.hpp"
#include "formats/lora_adapter.hpp"
#include "temporary_folder.hpp"

namespace minnow::testing {

std::filesystem::path tiny_adapter(const Model& model, float value) {
  const models::DecoderSpec& spec = engine::loaded_model(model)->spec();
  formats::LoraAdapter adapter{.architecture = spec.architecture};
  for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
    formats::LowRankChange change{
        .rank = 2, .rows = spec.layers[layer].n_kv_heads * spec.value_size, .cols = spec.embedding_size};
    for (std::size_t i = 0; i < change.rank * change.cols; ++i) change.a.push_back(i % 3 == 0 ? value : -value);
    for (std::size_t i = 0; i < change.rank * change.rows; ++i) change.b.push_back(i % 5 == 0 ? value : 0);
    adapter.changes["blk." + std::to_string(layer) + ".attn_v.weight"] = change;
  }
  const auto path = process_folder() / ("adapter-" + std::to_string(value) + ".gguf");
  formats::write_adapter(path, adapter);
  return path;
}

}  // namespace minnow::testing
