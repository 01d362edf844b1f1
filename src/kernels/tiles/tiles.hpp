// What the kernels for packed weights compute with: one row of the tile per 32-bit lane.
//
// Each vector instruction set has a `tile.hpp` with a struct Tile of these members; quantized_matmul.hpp beside
// this file is a template over it:
//
//   kRows                      rows interleaved in a packed tile = 32-bit lanes of a register
//   kTokens                    tokens that share one unpacking of the weights
//   kSignedCodes               whether 8-bit codes are multiplied signed; else they stay unsigned, 128 too large
//   Codes                      4 codes for each row
//   load(p) low_bits(codes, mask) shift_right(codes, n) shift_left(codes, n) either(a, b)
//   minus(codes, byte)         byte by byte
//   kShiftsBytes               whether shifts are, too; else they let bits of the neighbour byte in, for masks to
//   remove look_up(codes)             in kIq4Table, signed or with 128 added, as kSignedCodes says Sums an int32 for
//   each row add_dot<max_code, n>(sums, codes[n], activations)   sums + codes × 4n activations add_scaled_dot<max_code,
//   n>(sums, codes, activations, scale)     sums + scale × that Scale                      sub-scales in whichever form
//   add_scaled_dot likes; -128…127 ScalePair                  sub-scales or sub-minimums of two groups, from kRows
//   bytes and the next kRows add_products(sums, pair, p)                         sums + first × p[0] + second × p[1]
//   subtract(a, factor, b)                              a - factor × b
//   Floats                     a float for each row: load_f16, times, fma, to_floats
//
// max_code bounds the magnitude of the codes, for instruction sets that add 16-bit products first.
// As in lanes/, everything is in anonymous namespaces.
#pragma once

#include <cstddef>
#include <cstdint>
