#include "evaluation/prune.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

#include "base/error.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kWide = 2048;         // channels from which on widths stay multiples of kBlockOfWide
constexpr std::size_t kBlockOfWide = 256;   // a block of the K-quants
constexpr std::size_t kBlockOfOthers = 32;  // a block of the other types

// Whether all layers have the same value of a field.
template <typename Field>
bool are_alike(const models::DecoderSpec& spec, Field field) {
  return std::ranges::all_of(
      spec.layers, [&](const models::LayerSpec& layer) { return layer.*field == spec.layers.front().*field; });
}

std::size_t layers_kept(const models::DecoderSpec& spec, const PruneRequest& request) {
  const std::size_t n = spec.layers.size();
  if (request.layers == 0) return n;
  if (request.layers >= n) {
    fail(ErrorCode::invalid_input, "the model has {} layers: {} can't be removed", n, request.layers);
  }
  if (!are_alike(spec, &models::LayerSpec::sliding_window)) {
    fail(
        ErrorCode::unsupported,
        "layers of {} see a window or everything by their place, so that none can be removed; remove heads or channels",
        spec.architecture);
  }
  return n - request.layers;
}

// Files don't say that scores are divided by more than the size of a head: readers compute it from the number of heads.
bool scale_depends_on_heads(const formats::GgufFile& file, const models::DecoderSpec& spec) {
  if (file.metadata().find(spec.architecture + ".attention.scale") != nullptr) return false;
  return spec.attention_scale != static_cast<float>(1 / std::sqrt(static_cast<double>(spec.key_size)));
}

// llama.cpp computes the shape of the query matrix from the number of heads in these, and from the embedding in others.
bool peers_read_fewer_heads(const models::DecoderSpec& spec) {
  constexpr std::array<std::string_view, 5> kFamilies{"llama", "qwen3", "gemma", "gemma2", "gemma3"};
  return std::ranges::find(kFamilies, spec.architecture) != kFamilies.end();
}

std::size_t groups_kept(const formats::GgufFile& file, const models::DecoderSpec& spec, const PruneRequest& request) {
  if (request.heads == 0) return 0;
  if (!are_alike(spec, &models::LayerSpec::n_heads) || !are_alike(spec, &models::LayerSpec::n_kv_heads) ||
      scale_depends_on_heads(file, spec)) {
    fail(ErrorCode::unsupported,
         "layers of {} differ in their heads, or it computes with their number: remove channels", spec.architecture);
  }
  const models::LayerSpec& layer = spec.layers.front();
  const std::size_t group = layer.n_heads / layer.n_kv_heads;
  if (request.heads % group != 0) {
    fail(ErrorCode::invalid_input, "{} heads share a key and a value: remove a multiple of {}, not {}", group, group,
         request.heads);
  }
  if (request.heads >= layer.n_heads) {
    fail(ErrorCode::invalid_input, "a layer has {} heads in {} group{}: {} can't be removed", layer.n_heads,
         layer.n_kv_heads, layer.n_kv_heads == 1 ? "" : "s", request.heads);
  }
  return layer.n_kv_heads - request.heads / group;
}

// What the number of channels must be a multiple of.
std::size_t channel_block(const formats::GgufFile& file, std::size_t n_channels) {
  std::size_t block = n_channels % kBlockOfWide == 0 && n_channels >= kWide ? kBlockOfWide : 1;
  if (block == 1 && n_channels % kBlockOfOthers == 0) block = kBlockOfOthers;
  for (const formats::TensorInfo& tensor : file.tensors()) {
    if (!tensor.name.ends_with(".ffn_down.weight")) continue;
    block = std::max(block, numeric::info(tensor.format).block_values);
  }
  return block;
}

std::size_t channels_kept(const formats::GgufFile& file, const models::DecoderSpec& spec, const PruneRequest& request,
                          std::vector<std::string>& notes) {
  if (request.channels == 0 && request.channel_share == 0) return 0;
  if (!are_alike(spec, &models::LayerSpec::ffn_size)) {
    fail(ErrorCode::unsupported, "layers of {} differ in their number of channels, so that none can be removed",
         spec.architecture);
  }
  const std::size_t n = spec.layers.front().ffn_size, block = channel_block(file, n);
  const std::size_t wanted = request.channels > 0
                                 ? request.channels
                                 : static_cast<std::size_t>(request.channel_share * static_cast<double>(n));
  if (wanted >= n) fail(ErrorCode::invalid_input, "a layer has {} channels: {} can't be removed", n, wanted);
  const std::size_t kept = (n - wanted + block - 1) / block * block;
  if (kept == n) {
    fail(ErrorCode::invalid_input, "channels go in blocks of {} here: {} of {} are too few to remove", block, wanted,
         n);
  }
  if (n - kept != wanted) {
    notes.push_back(fmt::format("{} of {} channels are removed, not {}: what stays must be a multiple of {}", n - kept,
                                n, wanted, block));
  }
  return kept;
}

// The places of the `n` largest, ascending; of equals the first.
std::vector<std::size_t> largest(const std::vector<double>& values, std::size_t n) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return values[i]; });
  order.resize(n);
  std::ranges::sort(order);
  return order;
}

}  // namespace

PruneSize prune_size(const formats::GgufFile& file, const models::DecoderSpec& spec, const PruneRequest& request) {
  PruneSize size;
  size.layers = layers_kept(spec, request);
  size.head_groups = groups_kept(file, spec, request);
  size.channels = channels_kept(file, spec, request, size.notes);
  if (size.head_groups > 0 && !peers_read_fewer_heads(spec)) {
    size.notes.push_back(fmt::format(
        "llama.cpp wants as many heads as fill the embedding in {} and will refuse the new file; minnow runs it",
        spec.architecture));
  }
  if (size.layers == spec.layers.size() && size.head_groups == 0 && size.channels == 0) {
    fail(ErrorCode::invalid_input, "nothing to remove: say how many layers, heads or channels");
  }
  return size;
}

KeptParts choose_parts(const PruneSize& size, const PartImportance& importance) {
  KeptParts kept{.layers = largest(importance.layers, size.layers)};
  for (std::size_t i = 0; i < importance.layers.size(); ++i) {
    if (size.head_groups > 0) kept.head_groups.push_back(largest(importance.head_groups[i], size.head_groups));
    if (size.channels > 0) kept.channels.push_back(largest(importance.channels[i], size.channels));
  }
  return kept;
}

void prune(const formats::GgufFile& file, const models::DecoderSpec& spec, const KeptParts& kept,
           const std::filesystem::path& destination, ThreadPool& pool,
           const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress) {
  formats::write_cut_model(file, metadata_of(file, spec, kept), cuts_of(file, spec, kept), destination, pool, progress);
}

}  // namespace minnow::evaluation
