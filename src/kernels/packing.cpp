#include "kernels/packing.hpp"

#include <cstdint>
#include <cstring>

#include "kernels/plain_block.hpp"
#include "kernels/quantized_layout.hpp"

namespace minnow::kernels {
namespace {

// A plane of a code's bits: `bits` of them, beginning with bit `from` of the code, in 32 / (8 / bits) / 4 registers.
struct Plane {
  int bits;
  int from;
};
struct Planes {
  Plane low;
  Plane high;  // bits 0: there is none
};

constexpr Planes planes_of(int code_bits) {
  switch (code_bits) {
    case 2:
      return {{2, 0}, {0, 0}};
    case 3:
      return {{2, 0}, {1, 2}};
    case 4:
      return {{4, 0}, {0, 0}};
    case 5:
      return {{4, 0}, {1, 4}};
    case 6:
      return {{4, 0}, {2, 4}};
    default:
      return {{8, 0}, {0, 0}};
  }
}

// Where value v of 32 lies in a plane: byte `at` beyond row r's place, shifted by `shift`.
struct Place {
  std::size_t at;
  int shift;
};

Place place_of(Plane plane, std::size_t row_tile, std::size_t row, int v) {
  const int per_register = 8 / plane.bits;  // groups of 4 values that share a register's bytes
  const int group = v / 4;
  const auto reg = static_cast<std::size_t>(group / per_register);
  return {(reg * row_tile + row) * 4 + static_cast<std::size_t>(v % 4), group % per_register * plane.bits};
}

// One row's share of one block inside a tile.
class Slot {
 public:
  Slot(const QuantizedLayout& layout, std::size_t row_tile, std::size_t n_blocks, std::size_t row, std::size_t block)
      : layout_(layout),
        row_tile_(row_tile),
        row_(row),
        header_(header_bytes(layout, row_tile) * block),
        codes_(all_header_bytes(layout, row_tile, n_blocks) + code_bytes(layout, row_tile) * block) {}

  std::size_t d() const { return header_ + 2 * row_; }
  std::size_t minimum() const { return header_ + 2 * row_tile_ + 2 * row_; }
  std::size_t sub_scale(std::size_t j) const {
    return header_ + row_tile_ * (layout_.has_minimum ? 4 : 2) + j * row_tile_ + row_;
  }

  // Calls visit(byte offset, shift, plane) for each plane of value v of the block.
  template <typename Visit>
  void each_plane(int v, Visit visit) const {
    const Planes planes = planes_of(layout_.code_bits);
    const std::size_t unit = codes_ + static_cast<std::size_t>(v / 32 * layout_.code_bits * 4) * row_tile_;
    const Place low = place_of(planes.low, row_tile_, row_, v % 32);
    visit(unit + low.at, low.shift, planes.low);
    if (planes.high.bits == 0) return;
    const std::size_t after_low = unit + static_cast<std::size_t>(planes.low.bits * 4) * row_tile_;
    const Place high = place_of(planes.high, row_tile_, row_, v % 32);
    visit(after_low + high.at, high.shift, planes.high);
  }

 private:
  const QuantizedLayout& layout_;
  std::size_t row_tile_;
  std::size_t row_;
  std::size_t header_;
  std::size_t codes_;
};

// The up to 16 small numbers of a six_bit header: scales then minimums, or scales alone.
bool holds_minimums(const QuantizedLayout& layout) { return layout.groups() == 8; }

void write_six_bit(const QuantizedLayout& layout, const PlainBlock& plain, const Slot& slot, std::uint8_t* tile) {
  unsigned numbers[16];
  for (int j = 0; j < 16; ++j) {
    numbers[j] = static_cast<unsigned>(plain.sub_scales[j] + layout.sub_scale_offset);
    if (holds_minimums(layout) && j >= 8) numbers[j] = plain.sub_minimums[j - 8];
  }
  for (std::size_t j = 0; j < 12; ++j) {
    const unsigned spread = (numbers[12 + j % 4] >> (2 * (j / 4))) & 3;
    tile[slot.sub_scale(j)] = static_cast<std::uint8_t>(numbers[j] | (spread << 6));
  }
}

void read_six_bit(const QuantizedLayout& layout, const Slot& slot, const std::uint8_t* tile, PlainBlock& plain) {
  int numbers[16] = {};
  for (std::size_t j = 0; j < 12; ++j) {
    const std::uint8_t byte = tile[slot.sub_scale(j)];
    numbers[j] = byte & 63;
    numbers[12 + j % 4] |= (byte >> 6) << (2 * (j / 4));
  }
  for (int j = 0; j < 16; ++j) {
    plain.sub_scales[j] = static_cast<std::int8_t>(numbers[j] - layout.sub_scale_offset);
    if (holds_minimums(layout) && j >= 8) plain.sub_minimums[j - 8] = static_cast<std::uint8_t>(numbers[j]);
  }
}

void write_sub_scales(const QuantizedLayout& layout, const PlainBlock& plain, const Slot& slot, std::uint8_t* tile) {
  switch (layout.sub_scales) {
    case SubScales::none:
      return;
    case SubScales::six_bit:
      return write_six_bit(layout, plain, slot, tile);
    case SubScales::nibble_pairs:
      for (std::size_t j = 0; j < 16; ++j) {
        tile[slot.sub_scale(j)] = static_cast<std::uint8_t>(plain.sub_scales[j] | (plain.sub_minimums[j] << 4));
      }
      return;
    case SubScales::bytes:
      for (std::size_t j = 0; j < static_cast<std::size_t>(layout.groups()); ++j) {
        tile[slot.sub_scale(j)] = static_cast<std::uint8_t>(plain.sub_scales[j]);
      }
      return;
  }
}

void read_sub_scales(const QuantizedLayout& layout, const Slot& slot, const std::uint8_t* tile, PlainBlock& plain) {
  switch (layout.sub_scales) {
    case SubScales::none:
      std::memset(plain.sub_scales, 1, sizeof plain.sub_scales);
      return;
    case SubScales::six_bit:
      return read_six_bit(layout, slot, tile, plain);
    case SubScales::nibble_pairs:
      for (std::size_t j = 0; j < 16; ++j) {
        plain.sub_scales[j] = static_cast<std::int8_t>(tile[slot.sub_scale(j)] & 15);
        plain.sub_minimums[j] = tile[slot.sub_scale(j)] >> 4;
      }
      return;
    case SubScales::bytes:
      for (std::size_t j = 0; j < static_cast<std::size_t>(layout.groups()); ++j) {
        plain.sub_scales[j] = static_cast<std::int8_t>(tile[slot.sub_scale(j)]);
      }
      return;
  }
}

void write_block(const QuantizedLayout& layout, const PlainBlock& plain, const Slot& slot, std::uint8_t* tile) {
  std::memcpy(tile + slot.d(), &plain.d, 2);
  if (layout.has_minimum) std::memcpy(tile + slot.minimum(), &plain.minimum, 2);
  write_sub_scales(layout, plain, slot, tile);
  for (int v = 0; v < layout.block_values; ++v) {
    slot.each_plane(v, [&](std::size_t at, int shift, Plane plane) {
      const int bits = (plain.codes[v] >> plane.from) & ((1 << plane.bits) - 1);
      tile[at] = static_cast<std::uint8_t>(tile[at] | (bits << shift));
    });
  }
}

}  // namespace

std::size_t packed_bytes(numeric::Format format, std::size_t row_tile, std::size_t rows, std::size_t cols) {
  const QuantizedLayout layout = quantized_layout(format);
  const std::size_t n_blocks = cols / static_cast<std::size_t>(layout.block_values);
  return (rows + row_tile - 1) / row_tile * tile_bytes(layout, row_tile, n_blocks);
}

void pack_tile(numeric::Format format, std::size_t row_tile, const std::byte* rows, std::size_t n_rows,
               std::size_t cols, std::byte* tile) {
  const QuantizedLayout layout = quantized_layout(format);
  const std::size_t n_blocks = cols / static_cast<std::size_t>(layout.block_values);
  const std::size_t block_bytes = numeric::info(format).block_bytes;
  auto* bytes = reinterpret_cast<std::uint8_t*>(tile);
  std::memset(bytes, 0, tile_bytes(layout, row_tile, n_blocks));
  for (std::size_t block = 0; block < n_blocks; ++block) {
    for (std::size_t row = 0; row < n_rows; ++row) {
      PlainBlock plain;
      read_block(format, rows + (row * n_blocks + block) * block_bytes, plain);
      write_block(layout, plain, Slot(layout, row_tile, n_blocks, row, block), bytes);
    }
  }
}

void decode_packed_row(numeric::Format format, std::size_t row_tile, const std::byte* tile, std::size_t row_in_tile,
                       std::size_t cols, float* values) noexcept {
  const QuantizedLayout layout = quantized_layout(format);
  const auto block_values = static_cast<std::size_t>(layout.block_values);
  const std::size_t n_blocks = cols / block_values;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(tile);
  for (std::size_t block = 0; block < n_blocks; ++block) {
    const Slot slot(layout, row_tile, n_blocks, row_in_tile, block);
    PlainBlock plain{};
    std::memcpy(&plain.d, bytes + slot.d(), 2);
    if (layout.has_minimum) std::memcpy(&plain.minimum, bytes + slot.minimum(), 2);
    read_sub_scales(layout, slot, bytes, plain);
    for (int v = 0; v < layout.block_values; ++v) {
      slot.each_plane(v, [&](std::size_t at, int shift, Plane plane) {
        const int bits = (bytes[at] >> shift) & ((1 << plane.bits) - 1);
        plain.codes[v] = static_cast<std::uint8_t>(plain.codes[v] | (bits << plane.from));
      });
    }
    decode_block(format, plain, values + block * block_values);
  }
}

}  // namespace minnow::kernels
