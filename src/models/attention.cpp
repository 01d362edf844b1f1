#include <algorithm>
#include <cstring>

#include "kernels/matrix.hpp"
#include "models/forward_pass.hpp"

namespace minnow::models {
namespace {

struct Layer {
  const ForwardPass& pass;
  const DecoderSpec& model;
  const LayerSpec& spec;
  const LayerWeights& weights;
  std::size_t index;

  Layer(const ForwardPass& forward_pass, std::size_t layer)
      : pass(forward_pass),
        model(pass.spec),
        spec(model.layers[layer]),
        weights(pass.weights.layers[layer]),
        index(layer) {}
};

// Norms and rotates each head of one token's queries or keys. `norms` holds a row for all heads, one for each, or none.
void finish_heads(const Layer& layer, std::size_t n_heads, const AlignedBuffer<float>& norms, const float* cos_sin,
                  float* heads) noexcept {
  const DecoderSpec& spec = layer.model;
  const kernels::KernelTable& kernels = layer.pass.kernels;
  const std::size_t norm_stride = norms.size() > spec.key_size ? spec.key_size : 0;
  for (std::size_t i = 0; i < n_heads; ++i) {
    float* head = heads + i * spec.key_size;
    if (norms.size() > 0) {
      const float* weight = norms.data() + i * norm_stride;
      if (spec.norm == Norm::rms) kernels.rms_norm(head, weight, spec.key_size, spec.norm_epsilon, head);
      if (spec.norm == Norm::layer) kernels.layer_norm(head, weight, nullptr, spec.key_size, spec.norm_epsilon, head);
    }
    if (spec.rope.layout != RopeLayout::none) {
      kernels.rope(cos_sin, spec.rope.n_dims / 2, spec.rope.layout == RopeLayout::interleaved, head);
    }
  }
}

// x[n] as the row of `position` in the run that begins at `run` in its page.
void store(KvCache& cache, const kernels::KernelTable& kernels, const float* x, std::size_t n, std::size_t position,
           std::size_t run) noexcept {
  std::byte* place = cache.page_start(position) + run;
  const std::size_t row = position % kernels::kPagePositions;
  switch (cache.type()) {
    case kernels::CacheType::f32:
      std::memcpy(place + row * n * sizeof(float), x, n * sizeof(float));
      break;
    case kernels::CacheType::f16:
      kernels.store_f16(x, n, reinterpret_cast<std::uint16_t*>(place) + row * n);
      break;
    case kernels::CacheType::q8_0: {
      std::int16_t sums_16[kMostQuantizedHead / 16], sums_32[kMostQuantizedHead / 32];  // nobody asks for these
      auto* codes = reinterpret_cast<std::int8_t*>(place) + row * n;
      auto* scales = reinterpret_cast<float*>(place + kernels::kPagePositions * n) + row * (n / kernels::kCacheBlock);
      kernels.quantize(x, n, kernels::kCacheBlock, {codes, scales, sums_16, sums_32});
      break;
    }
  }
}

// From raw queries, keys and values of one token to what attention reads: keys and values go to the cache.
void place_token(const Layer& layer, std::size_t token) noexcept {
  const Scratch& all = layer.pass.scratch;
  const DecoderSpec& spec = layer.model;
  const std::size_t n_kv_heads = layer.spec.n_kv_heads;
  float* query = layer.pass.scratch.query.data() + token * layer.spec.n_heads * spec.key_size;
  float* key = layer.pass.scratch.key.data() + token * n_kv_heads * spec.key_size;
  float* value = layer.pass.scratch.value.data() + token * n_kv_heads * spec.value_size;
  const auto& table = layer.spec.local_rope ? all.local_rope : all.rope;
  const float* cos_sin = table.data() + token * spec.rope.n_dims;

  add_bias(layer.pass, layer.weights.query.bias, query);
  add_bias(layer.pass, layer.weights.key.bias, key);
  add_bias(layer.pass, layer.weights.value.bias, value);
  finish_heads(layer, layer.spec.n_heads, layer.weights.query_norm, cos_sin, query);
  finish_heads(layer, n_kv_heads, layer.weights.key_norm, cos_sin, key);

  const TokenPlace& place = layer.pass.tokens[token];
  KvCache& cache = *place.cache;
  for (std::size_t head = 0; head < n_kv_heads; ++head) {
    store(cache, layer.pass.kernels, key + head * spec.key_size, spec.key_size, place.position,
          cache.memory().keys(layer.index, head));
    store(cache, layer.pass.kernels, value + head * spec.value_size, spec.value_size, place.position,
          cache.memory().values(layer.index, head));
  }
}

// Heads of one token that share a kv head look at every position it may see, its own the last.
void attend(const Layer& layer, std::size_t token, std::size_t head, std::size_t n_heads,
            std::size_t score_row) noexcept {
  const DecoderSpec& spec = layer.model;
  const TokenPlace& place = layer.pass.tokens[token];
  const std::size_t kv_head = head / (layer.spec.n_heads / layer.spec.n_kv_heads);
  const std::size_t end = place.position + 1;
  const std::size_t window = layer.spec.sliding_window;
  layer.pass.kernels.attend({
      .queries = layer.pass.scratch.query.data() + (token * layer.spec.n_heads + head) * spec.key_size,
      .n_queries = n_heads,
      .query_stride = spec.key_size,
      .pages = place.cache->page_starts(),
      .keys = place.cache->memory().keys(layer.index, kv_head),
      .values = place.cache->memory().values(layer.index, kv_head),
      .cache_type = place.cache->type(),
      .key_size = spec.key_size,
      .value_size = spec.value_size,
      .begin = window != 0 && end > window ? end - window : 0,
      .end = end,
      .scale = spec.attention_scale,
      .soft_cap = spec.attention_soft_cap,
      .scores = place.cache->memory().scores(score_row),
      .out = layer.pass.scratch.attended.data() + (token * layer.spec.n_heads + head) * spec.value_size,
      .out_stride = spec.value_size,
  });
}

// Later tokens look at more positions, so that each task takes heads from everywhere in the batch.
void attend_all(const Layer& layer) {
  const std::size_t n_heads = layer.spec.n_heads;
  const std::size_t n_tokens = layer.pass.tokens.size();
  const std::size_t group = n_heads / layer.spec.n_kv_heads;
  // Heads of a group share what they read, unless threads would then have nothing to do.
  std::size_t together = group;
  while (together > 1 && n_tokens * (n_heads / together) < layer.pass.pool.size()) {
    do --together;
    while (group % together != 0);
  }
  const std::size_t n_rows = std::min(together, kernels::AttentionArgs::kQueryTile);
  const std::size_t items_per_token = n_heads / together;
  const std::size_t n_items = n_tokens * items_per_token;
  const std::size_t n_tasks = std::min(n_items, KvPages::kScoreRows / n_rows);
  layer.pass.pool.run(n_tasks, [&](std::size_t task) {
    for (std::size_t item = task; item < n_items; item += n_tasks) {
      attend(layer, item / items_per_token, item % items_per_token * together, together, task * n_rows);
    }
  });
}

}  // namespace

void attention(const ForwardPass& pass, std::size_t layer_index) {
  const Layer layer(pass, layer_index);
  const LayerWeights& weights = layer.weights;
  Scratch& scratch = pass.scratch;
  const std::size_t n_tokens = pass.tokens.size();

  norm_all(pass, weights.attention_norm);
  set_input(pass, MatrixInput::attention, layer_index, scratch.normed.data(), n_tokens, pass.spec.embedding_size);
  pass.multiply(scratch.activations, {{&weights.query.matrix, scratch.query.data()},
                                      {&weights.key.matrix, scratch.key.data()},
                                      {&weights.value.matrix, scratch.value.data()}});
  adapt(pass, layer_index, &LayerAdapter::query, scratch.normed.data(), scratch.query.data());
  adapt(pass, layer_index, &LayerAdapter::key, scratch.normed.data(), scratch.key.data());
  adapt(pass, layer_index, &LayerAdapter::value, scratch.normed.data(), scratch.value.data());
  pass.pool.run(n_tokens, [&](std::size_t token) { place_token(layer, token); });
  attend_all(layer);
  set_input(pass, MatrixInput::attention_output, layer_index, scratch.attended.data(), n_tokens,
            layer.spec.n_heads * pass.spec.value_size);
  pass.multiply(scratch.activations, {{&weights.attention_output.matrix, scratch.change.data()}});
  adapt(pass, layer_index, &LayerAdapter::attention_output, scratch.attended.data(), scratch.change.data());
  add_change(pass, weights.attention_output, weights.post_attention_norm);
}

}  // namespace minnow::models
