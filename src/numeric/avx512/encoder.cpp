#include "numeric/encoder/encode_formats.hpp"

namespace minnow::numeric::detail {

Encoder avx512_encoder() { return make_encoder("avx512"); }

}  // namespace minnow::numeric::detail
