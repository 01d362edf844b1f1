// Virtual lanes as a plain array: what the vector kernels' lanes must equal.
#pragma once

#include <bit>

#include "kernels/lanes/lanes.hpp"
#include "numeric/half.hpp"

namespace minnow::kernels {
namespace {

template <int n_lanes>
struct ArrayLanes {
  static constexpr int kRowTile = 1;
  static constexpr int kTokenTile = 1;
  static constexpr int kDotTile = 4;
  float lane[n_lanes];

  template <class Function>
  static ArrayLanes make(Function function) {
    ArrayLanes result;
    for (int i = 0; i < n_lanes; ++i) result.lane[i] = function(i);
    return result;
  }
  static std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

  static ArrayLanes all(float x) {
    return make([&](int) { return x; });
  }
  static ArrayLanes load(const float* p) {
    return make([&](int i) { return p[i]; });
  }
  static ArrayLanes load(const Half* p) {
    return make([&](int i) { return numeric::f16_to_f32(p[i].bits); });
  }
  static ArrayLanes load(const Bfloat* p) {
    return make([&](int i) { return numeric::bf16_to_f32(p[i].bits); });
  }
  static ArrayLanes load(const std::int8_t* p) {
    return make([&](int i) { return static_cast<float>(p[i]); });
  }
  void store(float* p) const {
    for (int i = 0; i < n_lanes; ++i) p[i] = lane[i];
  }
  void store(Half* p) const {
    for (int i = 0; i < n_lanes; ++i) p[i].bits = numeric::f32_to_f16(lane[i]);
  }
  void store_low_bytes(std::int8_t* p) const {
    for (int i = 0; i < n_lanes; ++i) p[i] = static_cast<std::int8_t>(bits(lane[i]) & 0xff);
  }
  static int sum_bytes(const std::int8_t* p) {
    int sum = 0;
    for (int i = 0; i < n_lanes; ++i) sum += p[i];
    return sum;
  }

  friend ArrayLanes operator+(const ArrayLanes& a, const ArrayLanes& b) {
    return make([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  friend ArrayLanes operator-(const ArrayLanes& a, const ArrayLanes& b) {
    return make([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  friend ArrayLanes operator*(const ArrayLanes& a, const ArrayLanes& b) {
    return make([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  friend ArrayLanes operator/(const ArrayLanes& a, const ArrayLanes& b) {
    return make([&](int i) { return a.lane[i] / b.lane[i]; });
  }
  static ArrayLanes fma(const ArrayLanes& a, const ArrayLanes& b, const ArrayLanes& c) {
    return make([&](int i) { return __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]); });
  }
  static ArrayLanes greater(const ArrayLanes& a, const ArrayLanes& b, const ArrayLanes& x, const ArrayLanes& y) {
    return make([&](int i) { return a.lane[i] > b.lane[i] ? x.lane[i] : y.lane[i]; });
  }
  static ArrayLanes max_bits(const ArrayLanes& a, const ArrayLanes& b) {
    return make([&](int i) { return bits(a.lane[i]) > bits(b.lane[i]) ? a.lane[i] : b.lane[i]; });
  }
  ArrayLanes magnitude() const {
    return make([&](int i) { return __builtin_fabsf(lane[i]); });
  }
  ArrayLanes with_sign_of(const ArrayLanes& x) const {
    return make([&](int i) { return __builtin_copysignf(lane[i], x.lane[i]); });
  }
  // Adding 3 * 2^22 + 127 puts lane + 127, the biased exponent, into the low bits. No conversion to an integer,
  // which a NaN would make undefined.
  ArrayLanes two_to() const {
    return make([&](int i) { return std::bit_cast<float>(bits(lane[i] + (0x1.8p23f + 127.0f)) << 23); });
  }
  float sum() const {
    float folded[n_lanes];
    store(folded);
    for (int width = n_lanes / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; ++i) folded[i] = folded[i] + folded[i + width];
    }
    return folded[0];
  }
  static ArrayLanes sums(const ArrayLanes* of) {
    return make([of](int i) { return of[i].sum(); });
  }
};

using Lanes = ArrayLanes<16>;

}  // namespace
}  // namespace minnow::kernels
