// For any machine; on 64-bit Arm its vectors are NEON's.
#include "numeric/encoder/encode_formats.hpp"

namespace minnow::numeric::detail {

Encoder portable_encoder() { return make_encoder("portable"); }

}  // namespace minnow::numeric::detail
