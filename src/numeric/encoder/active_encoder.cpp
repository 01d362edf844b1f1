#include "numeric/encoder/active_encoder.hpp"

#include "machine/cpu.hpp"

namespace minnow::numeric::detail {

std::vector<Encoder> usable_encoders() {
  std::vector<Encoder> encoders;
#if defined(MINNOW_ENCODERS_X86)
  if (machine::cpu_features().avx512_vnni) encoders.push_back(avx512_encoder());
  if (machine::cpu_features().avx2) encoders.push_back(avx2_encoder());
#endif
  encoders.push_back(portable_encoder());
  return encoders;
}

const Encoder& active_encoder() {
  static const Encoder encoder = usable_encoders().front();
  return encoder;
}

SearchedEncode search_of(const Encoder& encoder, Format format) {
  switch (format) {
    case Format::q4_0:
      return encoder.q4_0;
    case Format::q4_1:
      return encoder.q4_1;
    case Format::q5_0:
      return encoder.q5_0;
    case Format::q5_1:
      return encoder.q5_1;
    case Format::q2_k:
      return encoder.q2_k;
    case Format::q3_k:
      return encoder.q3_k;
    case Format::q4_k:
      return encoder.q4_k;
    case Format::q5_k:
      return encoder.q5_k;
    case Format::q6_k:
      return encoder.q6_k;
    case Format::iq4_nl:
      return encoder.iq4_nl;
    case Format::iq4_xs:
      return encoder.iq4_xs;
    case Format::f32:
    case Format::f16:
    case Format::bf16:
    case Format::q8_0:
      return nullptr;
  }
  return nullptr;
}

}  // namespace minnow::numeric::detail
