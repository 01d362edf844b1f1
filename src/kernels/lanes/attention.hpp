// One query of one head against its cache: scores, softmax, and the weighted sum of values, positions in order.
//
//   score[p]  = dot(query, key[p]) * scale, then the soft cap         16 lanes along the key
//   weight[p] = exp(score[p] - max of all)                            their sum: 16 lanes along the positions
//   out[j]    = (fma over p of weight[p] * value[p][j]) / sum
#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/lanes/elementwise.hpp"

namespace minnow::kernels {
namespace {

template <class Lanes, class Element>
void score_keys(const AttentionArgs& args) {
  const auto* key = static_cast<const Element*>(args.keys) + args.begin * args.key_size;
  for (std::size_t p = 0; p < args.end - args.begin; ++p, key += args.key_size) {
    Lanes dot = Lanes::all(0.0f);
    for (std::size_t i = 0; i < args.key_size; i += kLanes) {
      const std::size_t left = args.key_size - i;
      dot = Lanes::fma(load_up_to<Lanes>(args.query + i, left), load_up_to<Lanes>(key + i, left), dot);
    }
    args.scores[p] = dot.sum() * args.scale;
  }
  if (args.soft_cap != 0.0f) soft_cap<Lanes>(args.soft_cap, args.end - args.begin, args.scores);
}

// Scores become weights; returns their sum.
template <class Lanes>
float weigh(float* scores, std::size_t n) {
  float largest = scores[0];
  for (std::size_t p = 1; p < n; ++p) largest = scores[p] > largest ? scores[p] : largest;
  Lanes sum = Lanes::all(0.0f);
  for (std::size_t p = 0; p < n; p += kLanes) {
    const Lanes weight = exponential(load_up_to<Lanes>(scores + p, n - p) - Lanes::all(largest));
    store_up_to(weight, scores + p, n - p);
    sum = sum + keep_first(weight, n - p);
  }
  return sum.sum();
}

// out[0, width) for `n_registers` registers' worth of columns, which stay in registers over all positions.
template <class Lanes, class Element, int n_registers>
void add_values(const AttentionArgs& args, std::size_t column, std::size_t width, float total) {
  const auto* value = static_cast<const Element*>(args.values) + args.begin * args.value_size + column;
  Lanes sum[n_registers];
  for (int r = 0; r < n_registers; ++r) sum[r] = Lanes::all(0.0f);
  for (std::size_t p = 0; p < args.end - args.begin; ++p, value += args.value_size) {
    const Lanes weight = Lanes::all(args.scores[p]);
    for (int r = 0; r < n_registers; ++r) {
      const std::size_t at = static_cast<std::size_t>(r) * kLanes;
      sum[r] = Lanes::fma(weight, load_up_to<Lanes>(value + at, n_registers == 1 ? width : kLanes), sum[r]);
    }
  }
  for (int r = 0; r < n_registers; ++r) {
    const std::size_t at = static_cast<std::size_t>(r) * kLanes;
    store_up_to(sum[r] / Lanes::all(total), args.out + column + at, width - at);
  }
}

template <class Lanes, class Element>
void attend_elements(const AttentionArgs& args) {
  score_keys<Lanes, Element>(args);
  const float total = weigh<Lanes>(args.scores, args.end - args.begin);
  std::size_t column = 0;
  for (; column + 4 * kLanes <= args.value_size; column += 4 * kLanes) {
    add_values<Lanes, Element, 4>(args, column, 4 * kLanes, total);
  }
  for (; column < args.value_size; column += kLanes) {
    add_values<Lanes, Element, 1>(args, column, args.value_size - column, total);
  }
}

template <class Lanes>
void attend(const AttentionArgs& args) noexcept {
  if (args.cache_type == CacheType::f16) return attend_elements<Lanes, Half>(args);
  attend_elements<Lanes, float>(args);
}

}  // namespace
}  // namespace minnow::kernels
