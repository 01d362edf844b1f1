// One block of the K family from 256 floats.
#pragma once

#include "numeric/blocks_k.hpp"

namespace minnow::numeric::detail {

BlockQ2K encode_q2_k(const float* values);
BlockQ3K encode_q3_k(const float* values);
BlockQ4K encode_q4_k(const float* values);
BlockQ5K encode_q5_k(const float* values);
BlockQ6K encode_q6_k(const float* values);

}  // namespace minnow::numeric::detail
