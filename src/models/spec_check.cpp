#include "models/spec_check.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace minnow::models {
namespace {

constexpr std::size_t kHeadMultiple = 8;  // what the attention kernels take

void require_between(std::string_view file, std::string_view what, std::size_t value, std::size_t most) {
  if (value >= 1 && value <= most) return;
  fail(ErrorCode::invalid_input, "{}: {} is {}, and must be between 1 and {}", file, what, value, most);
}

void check_head_size(std::string_view file, std::string_view what, std::size_t size) {
  require_between(file, what, size, kMaxRow);
  if (size % kHeadMultiple != 0) {
    fail(ErrorCode::unsupported, "{}: {} is {}, and we need a multiple of {}", file, what, size, kHeadMultiple);
  }
}

void check_layer(const DecoderSpec& spec, std::size_t index, std::string_view file) {
  const LayerSpec& layer = spec.layers[index];
  require_between(file, "the number of heads", layer.n_heads, kMaxRow / std::max(spec.key_size, spec.value_size));
  require_between(file, "the number of key and value heads", layer.n_kv_heads, layer.n_heads);
  require_between(file, "the feed-forward size", layer.ffn_size, kMaxRow);
  if (layer.n_heads % layer.n_kv_heads != 0) {
    fail(ErrorCode::invalid_input, "{}: layer {} has {} heads, which {} key and value heads can't share", file, index,
         layer.n_heads, layer.n_kv_heads);
  }
}

void check_rope(const RopeSpec& rope, const DecoderSpec& spec, std::string_view file) {
  if (rope.layout == RopeLayout::none) return;
  if (rope.n_dims == 0 || rope.n_dims % 2 != 0 || rope.n_dims > spec.key_size) {
    fail(ErrorCode::invalid_input, "{}: {} rotated values of a head with {} make no sense", file, rope.n_dims,
         spec.key_size);
  }
  const bool sane = rope.base >= 1 && rope.base <= 1e15 && rope.factor >= 0.125 && rope.factor <= 1e6 &&
                    rope.attention_factor > 0 && rope.attention_factor <= 1e3 && rope.yarn_beta_fast > 0 &&
                    rope.yarn_beta_fast <= 1e6 && rope.yarn_beta_slow > 0 && rope.yarn_beta_slow <= 1e6;
  if (!sane) {
    fail(ErrorCode::invalid_input,
         "{}: the position encoding makes no sense (base {}, factor {}, attention factor {}, yarn betas {} and {})",
         file, rope.base, rope.factor, rope.attention_factor, rope.yarn_beta_fast, rope.yarn_beta_slow);
  }
  const bool needs_original = rope.scaling == RopeScaling::yarn || rope.scaling == RopeScaling::longrope;
  if (needs_original) require_between(file, "the original context", rope.original_context, std::size_t{1} << 40);
}

// Each is a small number that multiplies activations; a file that says otherwise would only give NaN.
void check_numbers(const DecoderSpec& spec, std::string_view file) {
  const auto require = [&](bool good, std::string_view what, float value) {
    if (!good) fail(ErrorCode::invalid_input, "{}: {} cannot be {}", file, what, value);
  };
  const auto is_cap = [](float cap) { return cap == 0 || (cap > 1e-3f && cap < 1e9f); };
  require(spec.norm_epsilon >= 0 && spec.norm_epsilon <= 1, "the norms' epsilon", spec.norm_epsilon);
  require(spec.attention_scale > 0 && spec.attention_scale <= 1e3f, "the attention scale", spec.attention_scale);
  require(is_cap(spec.attention_soft_cap), "the attention's soft cap", spec.attention_soft_cap);
  require(is_cap(spec.final_soft_cap), "the logits' soft cap", spec.final_soft_cap);
}

}  // namespace

void check_spec(const DecoderSpec& spec, std::string_view file) {
  require_between(file, "the number of layers", spec.layers.size(), kMaxLayers);
  require_between(file, "the embedding size", spec.embedding_size, kMaxRow);
  require_between(file, "the vocabulary's size", spec.vocabulary_size, kMaxVocabulary);
  check_head_size(file, "the size of a head's key", spec.key_size);
  check_head_size(file, "the size of a head's value", spec.value_size);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) check_layer(spec, i, file);
  check_rope(spec.rope, spec, file);
  if (spec.has_local_rope()) check_rope(spec.local_rope, spec, file);
  check_numbers(spec, file);
}

}  // namespace minnow::models
