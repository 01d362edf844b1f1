// Operations whose results depend on one element each, and the rotation of pairs.
#pragma once

#include "kernels/lanes/exponential.hpp"

namespace minnow::kernels {
namespace {

// y[i] = operation(y[i])
template <class Lanes, class Operation>
void for_each(std::size_t n, float* y, Operation operation) {
  for (std::size_t i = 0; i < n; i += kLanes) {
    store_up_to(operation(load_up_to<Lanes>(y + i, n - i)), y + i, n - i);
  }
}

// y[i] = operation(a[i], b[i]); y may be a or b.
template <class Lanes, class Operation>
void for_each_pair(const float* a, const float* b, std::size_t n, float* y, Operation operation) {
  for (std::size_t i = 0; i < n; i += kLanes) {
    store_up_to(operation(load_up_to<Lanes>(a + i, n - i), load_up_to<Lanes>(b + i, n - i)), y + i, n - i);
  }
}

template <class Lanes>
void add(const float* x, std::size_t n, float* y) noexcept {
  for_each_pair<Lanes>(y, x, n, y, [](Lanes a, Lanes b) { return a + b; });
}

template <class Lanes>
void scale(float factor, std::size_t n, float* y) noexcept {
  for_each<Lanes>(n, y, [factor](Lanes a) { return a * Lanes::all(factor); });
}

template <class Lanes>
void silu_gate(const float* gate, const float* up, std::size_t n, float* y) noexcept {
  for_each_pair<Lanes>(gate, up, n, y, [](Lanes g, Lanes u) { return silu(g) * u; });
}

template <class Lanes>
void gelu_tanh_gate(const float* gate, const float* up, std::size_t n, float* y) noexcept {
  for_each_pair<Lanes>(gate, up, n, y, [](Lanes g, Lanes u) { return gelu_by_tanh(g) * u; });
}

template <class Lanes>
void gelu_tanh(std::size_t n, float* y) noexcept {
  for_each<Lanes>(n, y, [](Lanes a) { return gelu_by_tanh(a); });
}

template <class Lanes>
void soft_cap(float cap, std::size_t n, float* y) noexcept {
  const Lanes caps = Lanes::all(cap);
  for_each<Lanes>(n, y, [caps](Lanes a) { return caps * hyperbolic_tangent(a / caps); });
}

template <class Lanes>
void store_f16(const float* x, std::size_t n, std::uint16_t* y) noexcept {
  for (std::size_t i = 0; i < n; i += kLanes) {
    store_up_to(load_up_to<Lanes>(x + i, n - i), reinterpret_cast<Half*>(y) + i, n - i);
  }
}

// (x0, x1) becomes (fma(x0, cos, -(x1 sin)), fma(x0, sin, x1 cos)).
inline void rotate(float cosine, float sine, float& x0, float& x1) {
  const float first = __builtin_fmaf(x0, cosine, -(x1 * sine));
  x1 = __builtin_fmaf(x0, sine, x1 * cosine);
  x0 = first;
}

// A template for its linkage only: every instruction set compiles its own.
template <class Lanes>
void rope(const float* cos_sin, std::size_t n_pairs, bool interleaved, float* head) noexcept {
  const float* sine = cos_sin + n_pairs;
  if (interleaved) {
    for (std::size_t i = 0; i < n_pairs; ++i) rotate(cos_sin[i], sine[i], head[2 * i], head[2 * i + 1]);
  } else {
    for (std::size_t i = 0; i < n_pairs; ++i) rotate(cos_sin[i], sine[i], head[i], head[i + n_pairs]);
  }
}

}  // namespace
}  // namespace minnow::kernels
