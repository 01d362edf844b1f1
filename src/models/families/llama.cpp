// Llama 2 and 3, TinyLlama, SmolLM2, Mistral 7B, Nemo and Small, and what was distilled into them: RMS norms, rotated
// neighbours (converters reorder the rows of queries and keys), a gated SiLU feed-forward.
#include "models/families/family.hpp"

namespace minnow::models {

void read_llama(const SpecReader& in, DecoderSpec& spec) {
  read_rms_norm(in, spec);
  read_window_of_all_layers(in, spec);  // the first Mistral
}

}  // namespace minnow::models
