#include "numeric/encoder/encode_formats.hpp"

namespace minnow::numeric::detail {

Encoder avx2_encoder() { return make_encoder("avx2"); }

}  // namespace minnow::numeric::detail
