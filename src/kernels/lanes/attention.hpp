// A few queries that look at the same keys and values: scores, softmax, and the weighted sum of values, positions in
// order.
//
//   score[p]  = dot(query, key[p]) * scale, then the soft cap         16 lanes along the key
//   weight[p] = exp(score[p] - max of all)                            their sum: 16 lanes along the positions
//   out[j]    = (fma over p of weight[p] * value[p][j]) / sum
//
// Sixteen dot products are in the making at a time, of up to four queries with as many keys as that leaves, and folded
// together; a key or value read from the cache serves every query of the tile.
#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/lanes/elementwise.hpp"

namespace minnow::kernels {
namespace {

// A row of keys or values in the cache, of float, Half or Code.
struct Code {};
template <class Lanes, class Element>
struct CacheRow {
  const Element* values;

  CacheRow() = default;
  CacheRow(const std::byte* run, std::size_t size, std::size_t row)
      : values(reinterpret_cast<const Element*>(run) + row * size) {}
  // `n` of the row are left from value i on.
  Lanes load(std::size_t i, std::size_t n) const { return load_up_to<Lanes>(values + i, n); }
};
template <class Lanes>
struct CacheRow<Lanes, Code> {
  const std::int8_t* codes;
  const float* scales;

  CacheRow() = default;
  CacheRow(const std::byte* run, std::size_t size, std::size_t row)
      : codes(reinterpret_cast<const std::int8_t*>(run) + row * size),
        scales(reinterpret_cast<const float*>(run + kPagePositions * size) + row * (size / kCacheBlock)) {}
  Lanes load(std::size_t i, std::size_t) const {  // rows are whole blocks
    return Lanes::all(scales[i / kCacheBlock]) * Lanes::load(codes + i);
  }
};

// The positions from `position` on that lie in one page.
struct PagePart {
  const std::byte* page;
  std::size_t row;
  std::size_t n;

  PagePart(const AttentionArgs& args, std::size_t position)
      : page(args.pages[position / kPagePositions]), row(position % kPagePositions), n(kPagePositions - row) {
    if (n > args.end - position) n = args.end - position;
  }
};

// Dots of `queries` queries with 16 / `queries` rows of keys from `row` on; those past `last` are the last one.
template <class Lanes, class Element, int queries>
void score_block(const AttentionArgs& args, const float* query, const std::byte* keys, std::size_t row,
                 std::size_t last, Lanes* dots) {
  constexpr int kKeys = 16 / queries;
  constexpr int kKeysAtOnce = Lanes::kDotTile / queries;
  using Row = CacheRow<Lanes, Element>;
  for (int first = 0; first < kKeys; first += kKeysAtOnce) {
    Row key[kKeysAtOnce];
    for (int k = 0; k < kKeysAtOnce; ++k) {
      const std::size_t wanted = row + static_cast<std::size_t>(first + k);
      key[k] = Row(keys, args.key_size, wanted < last ? wanted : last);
    }
    Lanes dot[queries][kKeysAtOnce];
#pragma GCC unroll 4
    for (int q = 0; q < queries; ++q) {
#pragma GCC unroll 16
      for (int k = 0; k < kKeysAtOnce; ++k) dot[q][k] = Lanes::all(0.0f);
    }
    for (std::size_t i = 0; i < args.key_size; i += kLanes) {
      const std::size_t left = args.key_size - i;
      Lanes part[queries];
#pragma GCC unroll 4
      for (int q = 0; q < queries; ++q) {
        part[q] = load_up_to<Lanes>(query + static_cast<std::size_t>(q) * args.query_stride + i, left);
      }
#pragma GCC unroll 16
      for (int k = 0; k < kKeysAtOnce; ++k) {
        const Lanes of_key = key[k].load(i, left);
#pragma GCC unroll 4
        for (int q = 0; q < queries; ++q) dot[q][k] = Lanes::fma(part[q], of_key, dot[q][k]);
      }
    }
#pragma GCC unroll 4
    for (int q = 0; q < queries; ++q) {
#pragma GCC unroll 16
      for (int k = 0; k < kKeysAtOnce; ++k) dots[q * kKeys + first + k] = dot[q][k];
    }
  }
}

template <class Lanes, class Element, int queries>
void score_keys(const AttentionArgs& args, const float* query) {
  constexpr std::size_t kKeys = 16 / queries;
  const std::size_t n = args.end - args.begin;
  for (std::size_t position = args.begin; position < args.end;) {
    const PagePart part(args, position);
    for (std::size_t i = 0; i < part.n; i += kKeys) {
      Lanes dots[16];
      score_block<Lanes, Element, queries>(args, query, part.page + args.keys, part.row + i, part.row + part.n - 1,
                                           dots);
      float scores[16];
      (Lanes::sums(dots) * Lanes::all(args.scale)).store(scores);
      const std::size_t n_keys = part.n - i < kKeys ? part.n - i : kKeys;
      float* to = args.scores + (position - args.begin) + i;
      for (std::size_t q = 0; q < queries; ++q) {
        __builtin_memcpy(to + q * n, scores + q * kKeys, n_keys * sizeof(float));
      }
    }
    position += part.n;
  }
  if (args.soft_cap != 0.0f) soft_cap<Lanes>(args.soft_cap, queries * n, args.scores);
}

// Scores become weights; returns their sum.
template <class Lanes>
float weigh(float* scores, std::size_t n) {
  const Lanes largest = Lanes::all(largest_of<Lanes>(scores, n));
  Lanes sum = Lanes::all(0.0f);
  for (std::size_t p = 0; p < n; p += kLanes) {
    const Lanes weight = exponential(load_up_to<Lanes>(scores + p, n - p) - largest);
    store_up_to(weight, scores + p, n - p);
    sum = sum + keep_first(weight, n - p);
  }
  return sum.sum();
}

// out[column, column + width) of every query, for `n_registers` registers' worth of columns, which stay in registers
// over all positions.
template <class Lanes, class Element, int queries, int n_registers>
void add_values(const AttentionArgs& args, float* out, std::size_t column, std::size_t width, const float* totals) {
  const std::size_t n = args.end - args.begin;
  Lanes sum[queries][n_registers];
#pragma GCC unroll 4
  for (int q = 0; q < queries; ++q) {
#pragma GCC unroll 16
    for (int r = 0; r < n_registers; ++r) sum[q][r] = Lanes::all(0.0f);
  }
  const float* weights = args.scores;
  for (std::size_t position = args.begin; position < args.end;) {
    const PagePart part(args, position);
    for (std::size_t i = 0; i < part.n; ++i, ++weights) {
      const CacheRow<Lanes, Element> value(part.page + args.values, args.value_size, part.row + i);
      Lanes values[n_registers];
#pragma GCC unroll 16
      for (int r = 0; r < n_registers; ++r) {
        values[r] = value.load(column + static_cast<std::size_t>(r) * kLanes, n_registers == 1 ? width : kLanes);
      }
#pragma GCC unroll 4
      for (int q = 0; q < queries; ++q) {
        const Lanes weight = Lanes::all(weights[static_cast<std::size_t>(q) * n]);
#pragma GCC unroll 16
        for (int r = 0; r < n_registers; ++r) sum[q][r] = Lanes::fma(weight, values[r], sum[q][r]);
      }
    }
    position += part.n;
  }
#pragma GCC unroll 4
  for (int q = 0; q < queries; ++q) {
    float* place = out + static_cast<std::size_t>(q) * args.out_stride + column;
#pragma GCC unroll 16
    for (int r = 0; r < n_registers; ++r) {
      const std::size_t at = static_cast<std::size_t>(r) * kLanes;
      store_up_to(sum[q][r] / Lanes::all(totals[q]), place + at, width - at);
    }
  }
}

template <class Lanes, class Element, int queries>
void attend_tile(const AttentionArgs& args, std::size_t first_query) {
  constexpr int kRegisters = Lanes::kDotTile / queries < 4 ? Lanes::kDotTile / queries : 4;
  constexpr std::size_t kColumns = kRegisters * kLanes;
  const std::size_t n = args.end - args.begin;
  score_keys<Lanes, Element, queries>(args, args.queries + first_query * args.query_stride);
  float totals[queries];
  for (std::size_t q = 0; q < queries; ++q) totals[q] = weigh<Lanes>(args.scores + q * n, n);
  float* out = args.out + first_query * args.out_stride;
  std::size_t column = 0;
  for (; column + kColumns <= args.value_size; column += kColumns) {
    add_values<Lanes, Element, queries, kRegisters>(args, out, column, kColumns, totals);
  }
  for (; column < args.value_size; column += kLanes) {
    add_values<Lanes, Element, queries, 1>(args, out, column, args.value_size - column, totals);
  }
}

template <class Lanes, class Element>
void attend_elements(const AttentionArgs& args) {
  std::size_t query = 0;
  if constexpr (Lanes::kDotTile >= 16) {
    for (; query + 4 <= args.n_queries; query += 4) attend_tile<Lanes, Element, 4>(args, query);
  }
  for (; query + 2 <= args.n_queries; query += 2) attend_tile<Lanes, Element, 2>(args, query);
  if (query < args.n_queries) attend_tile<Lanes, Element, 1>(args, query);
}

template <class Lanes>
void attend(const AttentionArgs& args) noexcept {
  switch (args.cache_type) {
    case CacheType::f32:
      return attend_elements<Lanes, float>(args);
    case CacheType::f16:
      return attend_elements<Lanes, Half>(args);
    case CacheType::q8_0:
      return attend_elements<Lanes, Code>(args);
  }
}

}  // namespace
}  // namespace minnow::kernels
