// The matrix unit: eight tiles of 16 rows of 64 bytes, and a product of two tiles added to a third.
//
//   C [16 tokens][16 weight rows] int32  +=  A [16 tokens][K activation codes]  ×  B [K / 4][16 weight rows][4 weights]
//
// B is how the packed layout lies once unpacked: register g of 64 bytes holds values 4g … 4g + 3 of 16 weight rows.
//
// Written as assembly because the compilers' intrinsics don't say which memory they read: stores to a tile's bytes, or
// to the configuration, may be left out before them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace minnow::kernels {
namespace {

inline constexpr std::size_t kTileRows = 16;
inline constexpr std::size_t kTileRowBytes = 64;

struct alignas(64) TileBytes {
  std::uint8_t bytes[kTileRows][kTileRowBytes];
};
struct alignas(64) HalfTileBytes {
  std::uint8_t bytes[kTileRows / 2][kTileRowBytes];
};
using TileSums = std::int32_t[kTileRows][16];  // [token][weight row]

// What ldtilecfg reads: 64 bytes.
struct alignas(64) TileShapes {
  std::uint8_t palette;
  std::uint8_t start_row;
  std::uint8_t reserved[14];
  std::uint16_t row_bytes[16];
  std::uint8_t rows[16];
};

inline constexpr TileShapes kFullTiles = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

// The calling thread's tiles for as long as it lives. Released at the end, so that the system needn't save them.
class TileUnit {
 public:
  explicit TileUnit(const TileShapes& shapes) { __asm__ volatile("ldtilecfg %0" ::"m"(shapes)); }
  ~TileUnit() { __asm__ volatile("tilerelease" ::); }
  TileUnit(const TileUnit&) = delete;
  TileUnit& operator=(const TileUnit&) = delete;
};

// Rows `stride` bytes apart, of memory that the calling function doesn't write.
template <int tile>
void load_rows(const std::int8_t* rows, std::size_t stride) {
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(rows), "r"(stride), "i"(tile));
}
template <int tile, class Bytes>
void load_tile(const Bytes& bytes) {
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(&bytes), "r"(kTileRowBytes), "i"(tile), "m"(bytes));
}
template <int tile>
void store_tile(std::int32_t (*rows)[16]) {
  TileSums& sums = *reinterpret_cast<TileSums*>(rows);
  __asm__ volatile("tilestored %%tmm%c3, (%1,%2,1)" : "=m"(sums) : "r"(rows), "r"(kTileRowBytes), "i"(tile));
}
template <int tile>
void load_sums(const float (*rows)[16]) {
  const auto& sums = *reinterpret_cast<const float(*)[kTileRows][16]>(rows);
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(rows), "r"(kTileRowBytes), "i"(tile), "m"(sums));
}
template <int tile>
void store_sums(float (*rows)[16]) {
  auto& sums = *reinterpret_cast<float(*)[kTileRows][16]>(rows);
  __asm__ volatile("tilestored %%tmm%c3, (%1,%2,1)" : "=m"(sums) : "r"(rows), "r"(kTileRowBytes), "i"(tile));
}
template <int tile>
void clear_tile() {
  __asm__ volatile("tilezero %%tmm%c0" ::"i"(tile));
}

// sums += a × b; the activations a are signed.
template <int sums, int a, int b, bool signed_weights>
void multiply_tiles() {
  if constexpr (signed_weights) {
    __asm__ volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
  } else {
    __asm__ volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
  }
}

// Pairs of bfloats: sums, in single precision, += a × b.
template <int sums, int a, int b>
void multiply_bfloats() {
  __asm__ volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sums), "i"(a), "i"(b));
}

}  // namespace
}  // namespace minnow::kernels
