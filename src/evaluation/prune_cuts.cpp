// From the parts that stay to the rows and columns of each tensor, and to the metadata that says the same.
#include <fmt/core.h>

#include <map>
#include <string_view>
#include <tuple>

#include "evaluation/prune.hpp"
#include "evaluation/tensor_place.hpp"

namespace minnow::evaluation {
namespace {

using Indices = std::vector<std::size_t>;

// Adds the indices of `blocks` of that size, the first of which begins at `begin`.
void add_blocks(const Indices& blocks, std::size_t size, std::size_t begin, Indices& out) {
  for (const std::size_t block : blocks) {
    for (std::size_t i = 0; i < size; ++i) out.push_back(begin + block * size + i);
  }
}

Indices blocks_of(const Indices& blocks, std::size_t size) {
  Indices out;
  add_blocks(blocks, size, 0, out);
  return out;
}

// What a layer's matrices give and take, by the names that GGUF has for them.
class LayerCutter {
 public:
  LayerCutter(const models::DecoderSpec& spec, const KeptParts& kept, std::size_t layer)
      : spec_(spec),
        layer_(spec.layers[layer]),
        groups_(kept.head_groups.empty() ? nullptr : &kept.head_groups[layer]),
        channels_(kept.channels.empty() ? nullptr : &kept.channels[layer]) {}

  // `part`: "attn_q.weight".
  void cut(std::string_view part, const formats::TensorInfo& tensor, formats::TensorCut& out) const {
    const std::string_view matrix = part.substr(0, part.rfind('.'));
    if (matrix == "attn_output" || matrix == "ffn_down") {
      if (part.ends_with(".weight")) out.columns = inputs_of(matrix);
      return;
    }
    const bool is_vector = tensor.n_rows() == 1;  // a bias, or a norm that all heads share
    if (is_vector && matrix.ends_with("_norm")) return;
    (is_vector ? out.columns : out.rows) = outputs_of(matrix, is_vector ? tensor.row_length() : tensor.n_rows());
  }

 private:
  Indices inputs_of(std::string_view matrix) const {
    if (matrix == "ffn_down") return channels_ == nullptr ? Indices() : *channels_;
    return groups_ == nullptr ? Indices() : blocks_of(*groups_, group() * spec_.value_size);
  }

  Indices outputs_of(std::string_view matrix, std::size_t n_outputs) const {
    const std::size_t query = group() * spec_.key_size;  // values of a group
    if (groups_ != nullptr) {
      if (matrix == "attn_q") return blocks_of(*groups_, query);
      if (matrix == "attn_k") return blocks_of(*groups_, spec_.key_size);
      if (matrix == "attn_v") return blocks_of(*groups_, spec_.value_size);
      if (matrix == "attn_q_norm") return blocks_of(*groups_, group());
      if (matrix == "attn_k_norm") return *groups_;
      if (matrix == "attn_qkv") return outputs_of_qkv();
    }
    if (channels_ != nullptr) {
      if (matrix == "ffn_gate") return *channels_;
      if (matrix == "ffn_up") return n_outputs == layer_.ffn_size ? *channels_ : outputs_of_gate_and_up();
    }
    return {};
  }

  // One above the other.
  Indices outputs_of_gate_and_up() const {
    Indices out = *channels_;
    add_blocks(*channels_, 1, layer_.ffn_size, out);
    return out;
  }

  // Queries, keys and values one above the other.
  Indices outputs_of_qkv() const {
    const std::size_t queries = layer_.n_heads * spec_.key_size, keys = layer_.n_kv_heads * spec_.key_size;
    Indices out = blocks_of(*groups_, group() * spec_.key_size);
    add_blocks(*groups_, spec_.key_size, queries, out);
    add_blocks(*groups_, spec_.value_size, queries + keys, out);
    return out;
  }

  std::size_t group() const { return layer_.n_heads / layer_.n_kv_heads; }

  const models::DecoderSpec& spec_;
  const models::LayerSpec& layer_;
  const Indices* groups_;    // null: all
  const Indices* channels_;  // null: all
};

// One value for all layers, or those of the layers that stay.
void keep_layers(formats::Metadata& metadata, const std::string& key, const Indices& layers, std::size_t n_layers) {
  const formats::MetadataValue* value = metadata.find(key);
  if (value == nullptr) return;
  const std::vector<std::int64_t>* before = std::get_if<std::vector<std::int64_t>>(value);
  std::vector<std::int64_t> all;
  if (before != nullptr || std::holds_alternative<std::vector<std::uint64_t>>(*value)) all = metadata.integers(key);
  if (all.size() != n_layers) return;
  std::vector<std::int64_t> kept;
  for (const std::size_t layer : layers) kept.push_back(all[layer]);
  metadata.set(key, kept);
}

}  // namespace

std::vector<formats::TensorCut> cuts_of(const formats::GgufFile& file, const models::DecoderSpec& spec,
                                        const KeptParts& kept) {
  std::map<std::size_t, std::size_t> new_place;
  for (std::size_t i = 0; i < kept.layers.size(); ++i) new_place[kept.layers[i]] = i;
  std::vector<formats::TensorCut> cuts;
  for (const formats::TensorInfo& tensor : file.tensors()) {
    const TensorPlace place = place_of(tensor.name, spec.layers.size());
    formats::TensorCut cut{.source = tensor.name, .name = tensor.name};
    if (!place.part.empty()) {
      const auto found = new_place.find(place.layer);
      if (found == new_place.end()) continue;
      cut.name = fmt::format("blk.{}.{}", found->second, place.part);
      LayerCutter(spec, kept, place.layer).cut(place.part, tensor, cut);
    }
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

formats::Metadata metadata_of(const formats::GgufFile& file, const models::DecoderSpec& spec, const KeptParts& kept) {
  formats::Metadata metadata = file.metadata();
  for (const char* key : {"general.size_label", "general.parameter_count"}) metadata.erase(key);
  const std::string own = spec.architecture + ".";
  metadata.set(own + "block_count", std::uint64_t{kept.layers.size()});
  for (const char* key : {"attention.head_count", "attention.head_count_kv", "feed_forward_length"}) {
    keep_layers(metadata, own + key, kept.layers, spec.layers.size());
  }
  if (!kept.channels.empty()) metadata.set(own + "feed_forward_length", std::uint64_t{kept.channels.front().size()});
  if (kept.head_groups.empty()) return metadata;
  const models::LayerSpec& layer = spec.layers.front();
  const std::size_t groups = kept.head_groups.front().size();
  metadata.set(own + "attention.head_count", std::uint64_t{groups * (layer.n_heads / layer.n_kv_heads)});
  metadata.set(own + "attention.head_count_kv", std::uint64_t{groups});
  // Otherwise readers would divide the embedding's size by the number of heads.
  metadata.set(own + "attention.key_length", std::uint64_t{spec.key_size});
  metadata.set(own + "attention.value_length", std::uint64_t{spec.value_size});
  if (spec.rope.layout != models::RopeLayout::none) {
    metadata.set(own + "rope.dimension_count", std::uint64_t{spec.rope.n_dims});
  }
  return metadata;
}

std::vector<std::string> describe_rounding(const formats::GgufFile& file, std::span<const formats::TensorCut> cuts) {
  std::map<std::tuple<numeric::Format, numeric::Format, std::string>, std::size_t> kinds;
  for (const formats::TensorCut& cut : cuts) {
    const formats::TensorInfo& tensor = *file.find(cut.source);
    const formats::CutFormat after = format_of_cut(tensor, cut);
    const std::string matrix = cut.source.substr(cut.source.find('.', 4) + 1);
    if (after.rounds_again) ++kinds[{tensor.format, after.format, matrix}];
  }
  std::vector<std::string> sentences;
  for (const auto& [key, count] : kinds) {
    const auto& [before, after, matrix] = key;
    sentences.push_back(
        fmt::format("{} × {} in {} {} rounded again{}: columns were cut inside blocks; a source in F16 loses less",
                    count, matrix, numeric::info(before).name, count == 1 ? "is" : "are",
                    before == after ? "" : fmt::format(" to {}", numeric::info(after).name)));
  }
  return sentences;
}

}  // namespace minnow::evaluation
