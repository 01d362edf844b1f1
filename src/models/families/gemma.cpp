// Gemma, Gemma 2 and Gemma 3 (text): embeddings scaled by sqrt(embedding size), a gated GELU feed-forward, tied output.
// The files hold 1 + weight of the norms. Gemma 2 caps scores and logits softly, norms what each half of a layer gives
// and sees only a window in every other layer; Gemma 3 norms queries and keys instead of capping, and its windowed
// layers, five in six, have a position encoding of their own.
#include <cmath>
#include <variant>

#include "base/error.hpp"
#include "models/families/family.hpp"

namespace minnow::models {
namespace {

void read_all_gemmas(const SpecReader& in, DecoderSpec& spec) {
  read_rms_norm(in, spec);
  spec.rope.layout = RopeLayout::half;
  spec.activation = Activation::gelu_tanh_gate;
  spec.embedding_scale = std::sqrt(static_cast<float>(spec.embedding_size));
}

// Of every `period` layers the last sees everything, the others a window. A file may say another period, or for every
// layer whether it has the window.
void read_window_pattern(const SpecReader& in, DecoderSpec& spec, std::size_t period) {
  constexpr std::string_view kPattern = "attention.sliding_window_pattern";
  const std::size_t window = in.count("attention.sliding_window");
  const formats::MetadataValue* pattern = in.file().metadata().find(in.key_name(kPattern));
  const bool is_list = pattern != nullptr && (std::holds_alternative<std::vector<bool>>(*pattern) ||
                                              std::holds_alternative<std::vector<std::uint64_t>>(*pattern) ||
                                              std::holds_alternative<std::vector<std::int64_t>>(*pattern));
  if (is_list) {
    const auto has_window = in.per_layer(kPattern, spec.layers.size());
    for (std::size_t i = 0; i < spec.layers.size(); ++i) spec.layers[i].sliding_window = has_window[i] ? window : 0;
    return;
  }
  period = in.count(kPattern, period);
  if (period == 0) fail(ErrorCode::invalid_input, "{}: {} cannot be 0", in.file().name(), in.key_name(kPattern));
  for (std::size_t i = 0; i < spec.layers.size(); ++i)
    spec.layers[i].sliding_window = (i + 1) % period == 0 ? 0 : window;
}

// The 27-billion models scale scores by the embedding's share of a head instead of the head's size, and their files
// don't say so: they are told by their number of layers.
void scale_attention_of_27b(const SpecReader& in, DecoderSpec& spec, std::size_t n_layers_of_27b) {
  if (in.has("attention.scale") || spec.layers.size() != n_layers_of_27b || spec.layers.front().n_heads == 0) return;
  const std::size_t share = spec.embedding_size / spec.layers.front().n_heads;
  spec.attention_scale = 1 / std::sqrt(static_cast<float>(share));
}

}  // namespace

void read_gemma(const SpecReader& in, DecoderSpec& spec) { read_all_gemmas(in, spec); }

void read_gemma2(const SpecReader& in, DecoderSpec& spec) {
  read_all_gemmas(in, spec);
  spec.post_norms = true;
  read_window_pattern(in, spec, 2);
  spec.attention_soft_cap = static_cast<float>(in.number("attn_logit_softcapping", 50));
  spec.final_soft_cap = static_cast<float>(in.number("final_logit_softcapping", 30));
  scale_attention_of_27b(in, spec, 46);
}

void read_gemma3(const SpecReader& in, DecoderSpec& spec) {
  read_all_gemmas(in, spec);
  spec.post_norms = true;
  spec.qk_norm = true;
  read_window_pattern(in, spec, 6);
  for (LayerSpec& layer : spec.layers) layer.local_rope = layer.sliding_window != 0;
  if (!in.has("rope.freq_base")) spec.rope.base = 1e6;
  spec.local_rope = {
      .layout = RopeLayout::half, .n_dims = spec.rope.n_dims, .base = in.number("rope.freq_base_swa", 10000)};
  spec.final_soft_cap = static_cast<float>(in.number("final_logit_softcapping", 0));
  scale_attention_of_27b(in, spec, 62);
}

}  // namespace minnow::models
