// The arithmetic of one instruction set behind one table of functions, chosen once per process.
//
// Every table computes the same bits. The definition of each result, which all of them follow, with every operation
// IEEE single precision, rounded to nearest even, subnormals kept:
//
//  * activations for quantized weights, per block of 32 or 256 (the weight format's): absmax is the largest
//    magnitude. Infinite or NaN: scale NaN, codes 0, so that every product is NaN. Below 2^-120: scale 0, codes 0.
//    Otherwise scale = absmax / 127 and code = x * (127 / absmax), rounded to the nearest whole number, ties to even.
//  * matmul, quantized weights (formulas of the formats in quantized_layout.hpp), a the activation's codes, da its
//    scale. Inside a block everything is a 32-bit integer and exact in any order:
//      S = sum over groups of sub_scale * (sum over the group of weight integer * a)
//      M = sum over groups of sub_minimum * (sum over the group of a)            formats with a minimum
//    Then, in block order from acc = 0, float() rounding to nearest even:
//      acc = fma(d * da, float(S), acc)
//      acc = fma(-(dmin * da), float(M), acc)    K-quants with a minimum
//      acc = fma(m * da, float(M), acc)          Q4_1 and Q5_1, whose sub_minimum is 1
//  * matmul, float weights, and every reduction (norms, dot products, softmax): element i goes to virtual lane
//    i mod 16, each lane accumulates in order from 0 with fused multiply-adds (plain sums: additions), the row is
//    padded with zeros to a multiple of 16, and the lanes fold 8+8, 4+4, 2+2, 1+1.
//  * exp, sin, cos, tanh are our own polynomials (math.hpp), the same operations in the same order everywhere.
//  * attention: scores and weighted values of one query and head, positions in order (lanes/attention.hpp).
//
// Where a result is NaN it is NaN on every machine, but its payload and sign may differ.
//
// Functions here work on one row, head or tile, never allocate and never throw; matrix.hpp and the forward pass
// spread them over threads. Because no reduction is ever split, thread count and batch size can't change a bit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/register_loop.hpp"
#include "numeric/format.hpp"

namespace minnow::kernels {

// How results come about: `exact` as defined above, or `fast`, which leaves the definition where bfloat16 matrix units
// multiply batches of tokens sooner: there, weights and activations are rounded to bfloat16 first. One token at a time
// is exact in both.
enum class Arithmetic { exact, fast };

enum class Isa { scalar, avx2, avxvnni, avx512, amx, neon, i8mm };
inline constexpr Isa kAllIsas[] = {Isa::scalar, Isa::avx2, Isa::avxvnni, Isa::avx512, Isa::amx, Isa::neon, Isa::i8mm};

// The number format of a KV cache. q8_0: a value is its block's scale × its code, 32 values a block, quantized as the
// activations of products are.
enum class CacheType : std::uint8_t { f32, f16, q8_0 };
inline constexpr std::size_t kCacheBlock = 32;  // of q8_0

// Keys and values lie in pages of so many positions. The rows of one head in one page, `size` values each, are one run:
// the values row by row, or with q8_0 int8 codes row by row and then the scales, float, row by row.
inline constexpr std::size_t kPagePositions = 64;
constexpr std::size_t cache_run_bytes(CacheType type, std::size_t size) {
  switch (type) {
    case CacheType::f32:
      return kPagePositions * size * sizeof(float);
    case CacheType::f16:
      return kPagePositions * size * sizeof(std::uint16_t);
    case CacheType::q8_0:
      return kPagePositions * (size + size / kCacheBlock * sizeof(float));
  }
  return 0;
}

struct MatmulKernel;  // matmul_kernel.hpp: the products of one format

// Queries of one position, of heads that share a kv head, against its cached keys and values.
struct AttentionArgs {
  // A kernel works on so many queries at a time at most.
  static constexpr std::size_t kQueryTile = 4;

  const float* queries;  // query q at queries + q * query_stride, [key_size]
  std::size_t n_queries;
  std::size_t query_stride;
  const std::byte* const* pages;  // position p is row p % kPagePositions of pages[p / kPagePositions]
  std::size_t keys;               // where the head's run of keys begins in a page
  std::size_t values;             // and that of its values
  CacheType cache_type;
  std::size_t key_size;    // multiple of 8; of kCacheBlock with q8_0
  std::size_t value_size;  // the same
  std::size_t begin;       // the first position seen (sliding windows), begin < end
  std::size_t end;         // one past the last position seen
  float scale;             // on the scores, before the soft cap
  float soft_cap;          // 0: none; else cap * tanh(score / cap)
  float* scores;           // scratch, [min(n_queries, kQueryTile)][end - begin]
  float* out;              // of query q at out + q * out_stride, [value_size]
  std::size_t out_stride;
};

// A row of activations as int8, with what minimums and offsets need: the sums of every 16 and every 32 codes, which
// 16 bits hold: 32 * 127 = 4064.
struct QuantizedRow {
  std::int8_t* codes;
  float* scales;
  std::int16_t* sums_16;
  std::int16_t* sums_32;
};

// A block whose activations are all smaller counts as zero: 127 / absmax must be a number.
inline constexpr float kSmallestActivation = 0x1p-120f;

struct KernelTable {
  Isa isa;
  const char* name;  // as MINNOW_ISA says it: "scalar", "avx2", "avxvnni", …

  // Indexed by numeric::Format; never null.
  const MatmulKernel* matmul[numeric::kFormatCount];

  Arithmetic arithmetic;
  std::size_t fast_tokens;  // products of so many tokens and more use multiply_bfloats; 0: none do
  // Rounds to bfloat16, to nearest even, with zeros up to a multiple of 32 values. Null in exact tables.
  void (*to_bfloats)(const float* x, std::size_t n, std::uint16_t* y) noexcept;

  // n is a multiple of block_values, which is 32 or 256.
  void (*quantize)(const float* x, std::size_t n, std::size_t block_values, const QuantizedRow& row) noexcept;

  // y = x / sqrt(mean(x²) + eps) * weight; weight may be null. x and y may be the same.
  void (*rms_norm)(const float* x, const float* weight, std::size_t n, float eps, float* y) noexcept;
  // y = (x - mean) / sqrt(variance + eps) * weight + bias; weight and bias may be null.
  void (*layer_norm)(const float* x, const float* weight, const float* bias, std::size_t n, float eps,
                     float* y) noexcept;
  void (*add)(const float* x, std::size_t n, float* y) noexcept;                                 // y += x
  void (*scale)(float factor, std::size_t n, float* y) noexcept;                                 // y *= factor
  void (*silu_gate)(const float* gate, const float* up, std::size_t n, float* y) noexcept;       // y = silu(gate) * up
  void (*gelu_tanh_gate)(const float* gate, const float* up, std::size_t n, float* y) noexcept;  // y = gelu(gate) * up
  void (*gelu_tanh)(std::size_t n, float* y) noexcept;            // y = gelu(y), tanh form
  void (*soft_cap)(float cap, std::size_t n, float* y) noexcept;  // y = cap * tanh(y / cap)
  // Rotates n_pairs pairs of one head. cos_sin holds cos then sin, n_pairs each. Interleaved pairs are
  // (2i, 2i+1), else (i, i + n_pairs).
  void (*rope)(const float* cos_sin, std::size_t n_pairs, bool interleaved, float* head) noexcept;
  void (*store_f16)(const float* x, std::size_t n, std::uint16_t* y) noexcept;
  void (*attend)(const AttentionArgs& args) noexcept;

  // log of the sum of exp(x[i]), n >= 1. NaN when an x is NaN or infinity, or when all are -infinity.
  double (*log_sum_exp)(const float* x, std::size_t n) noexcept;
  // Kullback-Leibler: the sum of p log(p / q), log q = logits - normalizer. Probabilities of zero add nothing.
  double (*divergence)(const float* log_p, const float* logits, double normalizer, std::size_t n) noexcept;

  RegisterLoop integer_loop;  // what bounds products with quantized weights
  RegisterLoop bf16_loop;     // what bounds products of bf16 matrix units; none where there are none
};

// The table this process uses: MINNOW_ISA if it is set, else the best this machine has. Where nothing is faster than
// exact, asking for `fast` gives the exact table: see its `arithmetic`.
// Throws Error(unsupported) when MINNOW_ISA names a table this machine lacks, Error(invalid_input) for an unknown name.
const KernelTable& active_kernels(Arithmetic arithmetic = Arithmetic::exact);
// Throws Error(unsupported) when this build or machine lacks it.
const KernelTable& kernels_for(Isa isa, Arithmetic arithmetic = Arithmetic::exact);
bool has_kernels(Isa isa) noexcept;

}  // namespace minnow::kernels
