// The searches of one instruction set, one per format. All give the same bytes; they differ in speed.
//
// Plain structs only: files compiled for one instruction set include this one.
#pragma once

#include <stddef.h>

namespace minnow::numeric::detail {

// n_values is a multiple of the format's block. `importance`, null or n_values long, weighs the squared error of each
// value; it is not negative.
using SearchedEncode = void (*)(const float* values, const float* importance, size_t n_values, unsigned char* blocks);

struct Encoder {
  const char* name;
  SearchedEncode q4_0, q4_1, q5_0, q5_1;
  SearchedEncode q2_k, q3_k, q4_k, q5_k, q6_k;
  SearchedEncode iq4_nl, iq4_xs;
};

Encoder portable_encoder();
Encoder avx2_encoder();  // for machines that have it only, as the next
Encoder avx512_encoder();

}  // namespace minnow::numeric::detail
