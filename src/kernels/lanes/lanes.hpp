// What the float kernels compute with: 16 virtual lanes, one zmm register, two ymm, four NEON or a plain array.
//
// Each instruction set has a `lanes.hpp` with a struct Lanes of these members; every file of this folder is a
// template over it, so that an operation is written once and every machine performs the same IEEE operations in
// the same order:
//
//   kRowTile, kTokenTile            how many accumulators a float matrix product may keep in registers
//   kDotTile                        how many attention may, 4 to 16
//   all(x)                          x in every lane
//   load(p)                         16 values, of float, Half, Bfloat or int8
//   store(float*), store(Half*)     rounded to nearest even
//   + - * /  fma(a, b, c)           a * b + c, rounded once
//   greater(a, b, x, y)             x where a > b, else y (also where a or b is not a number)
//   magnitude()  with_sign_of(x)    on the sign bit
//   max_bits(a, b)                  of non-negative lanes: the larger bit pattern, so a NaN beats everything
//   two_to()                        2^lane, for whole lanes in -126…127
//   store_low_bytes(int8*)          the lowest byte of each lane's bit pattern
//   sum_bytes(p)                    of 16 int8
//   sum()                           folds 8+8, 4+4, 2+2, 1+1: lane i with lane i + 8, then i + 4, …
//   sums(p)                         the sum() of each of 16 Lanes
//
// Everything lives in anonymous namespaces: these functions are compiled once per instruction set, and the linker
// must never take one machine's copy for another's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace minnow::kernels {

inline constexpr std::size_t kLanes = 16;

struct Half {
  std::uint16_t bits;
};
struct Bfloat {
  std::uint16_t bits;
};

namespace {

// The first n < 16 values and zeros.
template <class Lanes, class Element>
Lanes load_first(const Element* values, std::size_t n) {
  Element padded[kLanes] = {};
  for (std::size_t i = 0; i < n; ++i) padded[i] = values[i];
  return Lanes::load(padded);
}

template <class Lanes, class Element>
Lanes load_up_to(const Element* values, std::size_t n) {
  return n >= kLanes ? Lanes::load(values) : load_first<Lanes>(values, n);
}

template <class Lanes, class Element>
void store_up_to(Lanes lanes, Element* values, std::size_t n) {
  if (n >= kLanes) return lanes.store(values);
  Element padded[kLanes];
  lanes.store(padded);
  for (std::size_t i = 0; i < n; ++i) values[i] = padded[i];
}

// Lanes from n on become zero.
template <class Lanes>
Lanes keep_first(Lanes lanes, std::size_t n) {
  if (n >= kLanes) return lanes;
  float padded[kLanes];
  lanes.store(padded);
  return load_first<Lanes>(padded, n);
}

// Of n >= 1 numbers. With a NaN among them whichever comes out here, sums over all of them are NaN too.
template <class Lanes>
float largest_of(const float* x, std::size_t n) {
  float lanes[kLanes];
  std::size_t n_lanes = n;
  if (n >= kLanes) {
    Lanes largest = Lanes::load(x);
    for (std::size_t i = kLanes; i < n; i += kLanes) {  // the last lanes may be read twice
      const Lanes more = Lanes::load(x + (i + kLanes <= n ? i : n - kLanes));
      largest = Lanes::greater(more, largest, more, largest);
    }
    largest.store(lanes);
    x = lanes;
    n_lanes = kLanes;
  }
  float largest = x[0];
  for (std::size_t i = 1; i < n_lanes; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

}  // namespace
}  // namespace minnow::kernels
