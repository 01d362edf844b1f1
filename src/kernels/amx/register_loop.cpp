// Two tiles of activations times two tiles of weights into four tiles of sums, as the products do it, and nothing read
// in between: 16 × 16 × 64 integer products an instruction, or 16 × 16 × 32 of bf16.
#include "kernels/register_loop.hpp"

#include "kernels/amx/amx.hpp"
#include "kernels/amx/tile_unit.hpp"

namespace minnow::kernels {
namespace {

constexpr double kProducts = 4 * 16.0 * 16.0;  // a turn's, for each value of a row

template <class Value>
struct alignas(64) Tile {
  Value values[kTileRows][kTileRowBytes / sizeof(Value)];

  explicit Tile(Value value) {
    for (auto& row : values) {
      for (Value& each : row) each = value;
    }
  }
};

struct IntegerProduct {
  using Value = std::int8_t;
  static constexpr Value kMinusFive = -5;
  static constexpr Value kThree = 3;
  template <int sums, int a, int b>
  static void multiply() {
    multiply_tiles<sums, a, b, true>();
  }
  static std::int32_t to_integer(std::int32_t sum) { return sum; }
};

struct Bf16Product {
  using Value = std::uint16_t;
  static constexpr Value kMinusFive = 0xc0a0;
  static constexpr Value kThree = 0x4040;
  template <int sums, int a, int b>
  static void multiply() {
    multiply_bfloats<sums, a, b>();
  }
  static std::int32_t to_integer(std::int32_t bits) {
    float sum = 0;
    __builtin_memcpy(&sum, &bits, sizeof sum);
    return static_cast<std::int32_t>(sum);
  }
};

template <class Product, int tile>
std::int32_t sum_of() {
  alignas(64) TileSums sums;
  store_tile<tile>(sums);
  std::int32_t total = 0;
  for (const auto& row : sums) {
    for (const std::int32_t sum : row) total += Product::to_integer(sum);
  }
  return total;
}

template <class Product>
std::int32_t multiply_and_add(std::size_t turns) noexcept {
  const Tile<typename Product::Value> activations(Product::kMinusFive);
  const Tile<typename Product::Value> weights(Product::kThree);
  const TileUnit unit(kFullTiles);
  clear_tile<0>();
  clear_tile<1>();
  clear_tile<2>();
  clear_tile<3>();
  load_tile<4>(activations);
  load_tile<5>(activations);
  load_tile<6>(weights);
  load_tile<7>(weights);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    Product::template multiply<0, 4, 6>();
    Product::template multiply<1, 4, 7>();
    Product::template multiply<2, 5, 6>();
    Product::template multiply<3, 5, 7>();
  }
  return sum_of<Product, 0>() + sum_of<Product, 1>() + sum_of<Product, 2>() + sum_of<Product, 3>();
}

}  // namespace

RegisterLoop amx_integer_loop() noexcept { return {"tdpbssd", kProducts * 64 * 2, multiply_and_add<IntegerProduct>}; }
RegisterLoop amx_bf16_loop() noexcept { return {"tdpbf16ps", kProducts * 32 * 2, multiply_and_add<Bf16Product>}; }

}  // namespace minnow::kernels
