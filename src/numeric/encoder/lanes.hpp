// Sixteen floats side by side, as registers of whatever width the file is compiled for: the same operations in the
// same order on every machine, in the vectors that g++ and clang++ both know.
//
// Everything in this folder's headers is in unnamed namespaces: each file that includes them is compiled for its own
// instruction set, and no copy of it may serve another one.
#pragma once

#include <stdint.h>

#include "numeric/half.hpp"

namespace minnow::numeric::detail {
namespace {

#define MINNOW_INLINE [[gnu::always_inline]] inline

constexpr int kLanes = 16;

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif
constexpr int kParts = kLanes / kWidth;

typedef float FloatPart __attribute__((vector_size(4 * kWidth)));
typedef int32_t IntPart __attribute__((vector_size(4 * kWidth)));

// All bits of a lane or none.
struct Mask {
  IntPart part[kParts];
  MINNOW_INLINE bool operator[](int lane) const { return part[lane / kWidth][lane % kWidth] != 0; }
};

struct Floats {
  FloatPart part[kParts];
  MINNOW_INLINE float operator[](int lane) const { return part[lane / kWidth][lane % kWidth]; }
  MINNOW_INLINE void set(int lane, float value) { part[lane / kWidth][lane % kWidth] = value; }
};

// operation(i) gives part i of the result.
template <typename Result, typename Operation>
MINNOW_INLINE Result for_parts(Operation operation) {
  Result result;
#pragma GCC unroll 4
  for (int i = 0; i < kParts; ++i) result.part[i] = operation(i);
  return result;
}

MINNOW_INLINE Floats all(float value) {
  return for_parts<Floats>([&](int) { return FloatPart{} + value; });
}
MINNOW_INLINE Floats operator+(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] + b.part[i]; });
}
MINNOW_INLINE Floats operator-(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] - b.part[i]; });
}
MINNOW_INLINE Floats operator*(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] * b.part[i]; });
}
MINNOW_INLINE Floats operator/(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] / b.part[i]; });
}
MINNOW_INLINE Floats operator-(Floats a) {
  return for_parts<Floats>([&](int i) { return -a.part[i]; });
}
MINNOW_INLINE Mask operator<(Floats a, Floats b) {
  return for_parts<Mask>([&](int i) { return a.part[i] < b.part[i]; });
}
MINNOW_INLINE Mask operator>(Floats a, Floats b) { return b < a; }
MINNOW_INLINE Mask operator>=(Floats a, Floats b) {
  return for_parts<Mask>([&](int i) { return a.part[i] >= b.part[i]; });
}
MINNOW_INLINE Mask operator==(Floats a, Floats b) {
  return for_parts<Mask>([&](int i) { return a.part[i] == b.part[i]; });
}
MINNOW_INLINE Mask operator&(Mask a, Mask b) {
  return for_parts<Mask>([&](int i) { return a.part[i] & b.part[i]; });
}
MINNOW_INLINE Floats select(Mask mask, Floats yes, Floats no) {
  return for_parts<Floats>([&](int i) { return mask.part[i] ? yes.part[i] : no.part[i]; });
}

// Where one is not a number, the second is taken.
MINNOW_INLINE Floats smaller(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] < b.part[i] ? a.part[i] : b.part[i]; });
}
MINNOW_INLINE Floats larger(Floats a, Floats b) {
  return for_parts<Floats>([&](int i) { return a.part[i] > b.part[i] ? a.part[i] : b.part[i]; });
}
MINNOW_INLINE Floats magnitude(Floats a) {
  return for_parts<Floats>([&](int i) { return (FloatPart)((IntPart)a.part[i] & 0x7fffffff); });
}

MINNOW_INLINE Floats load(const float* values) {
  Floats loaded;
  __builtin_memcpy(&loaded, values, sizeof(Floats));
  return loaded;
}
// Whole numbers within the range of int32.
MINNOW_INLINE void store_whole(Floats whole, int32_t* integers) {
#pragma GCC unroll 4
  for (int i = 0; i < kParts; ++i) {
    const IntPart part = __builtin_convertvector(whole.part[i], IntPart);
    __builtin_memcpy(integers + i * kWidth, &part, sizeof(part));
  }
}

// To whole numbers, halves to even, within bounds that are whole; NaN becomes `low`. Adding 1.5 * 2^23 leaves no room
// for a fraction, so the addition rounds.
MINNOW_INLINE Floats nearest_between(Floats value, float low, float high) {
  const Floats magic = all(12582912.0f);
  return (smaller(larger(value, all(low)), all(high)) + magic) - magic;
}

// 1 / scale, or 0 for a scale of zero, whose values are all zero whatever integers they have.
MINNOW_INLINE Floats inverse(Floats scale) { return select(scale == all(0.0f), all(0.0f), all(1.0f) / scale); }

}  // namespace
}  // namespace minnow::numeric::detail
