// The encoders this machine can run, and the one that does.
#pragma once

#include <vector>

#include "numeric/encoder/encoder.hpp"
#include "numeric/format.hpp"

namespace minnow::numeric::detail {

// Fastest first; the last is the portable one.
std::vector<Encoder> usable_encoders();
// The fastest; chosen once.
const Encoder& active_encoder();
// Null for a format without a search.
SearchedEncode search_of(const Encoder& encoder, Format format);

}  // namespace minnow::numeric::detail
