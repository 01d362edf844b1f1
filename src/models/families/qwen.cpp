// Qwen2 and Qwen3: as Llama, but halves of a head are rotated; Qwen2 has biases on queries, keys and values, Qwen3
// norms queries and keys instead.
#include "models/families/family.hpp"

namespace minnow::models {

void read_qwen2(const SpecReader& in, DecoderSpec& spec) {
  read_rms_norm(in, spec);
  spec.rope.layout = RopeLayout::half;
}

void read_qwen3(const SpecReader& in, DecoderSpec& spec) {
  read_qwen2(in, spec);
  spec.qk_norm = true;
}

}  // namespace minnow::models
