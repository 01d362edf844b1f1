"""Blocks of every number format with the values that the `gguf` package (PyPI) decodes from them, and values with
the blocks that it encodes them to.

    pip install gguf==0.19.0 numpy && python make_golden.py

decode/FORMAT.bin   u32 n_values | the blocks | n_values f32
encode/FORMAT.bin   u32 n_values | n_values f32 | the blocks

Only formats whose encoding is one formula are in encode/.
"""

import pathlib
import struct

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize

HERE = pathlib.Path(__file__).parent

# Where the half-precision scales of a block are, in bytes.
SCALES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
    Type.IQ4_NL: [0], Type.IQ4_XS: [0],
}  # fmt: skip
FORMATS = [Type.F32, Type.F16, Type.BF16, *SCALES]
ENCODED = [Type.F32, Type.F16, Type.BF16, Type.Q8_0]

# Zeros, the smallest and largest subnormal, one, the largest, and numbers an f32 product must round.
EXTREME_SCALES = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x3C00, 0x7BFF, 0xFBFF, 0x3555], dtype=np.uint16)


def blocks_of(format, random):
    block_values, block_bytes = GGML_QUANT_SIZES[format]
    n_random, n_extreme = max(4, 512 // block_values), len(EXTREME_SCALES) * 3
    blocks = random.integers(0, 256, size=(n_random + n_extreme, block_bytes), dtype=np.uint8)
    if format not in SCALES:
        return finite_plain(format, random)
    blocks[n_random::3] = 0
    blocks[n_random + 1 :: 3] = 255
    for place in SCALES[format]:
        half = random.normal(0, 0.05, len(blocks)).astype(np.float16).view(np.uint16)
        half[n_random:] = np.repeat(np.roll(EXTREME_SCALES, place), 3)
        blocks[:, place : place + 2] = half.view(np.uint8).reshape(-1, 2)
    return blocks


def finite_plain(format, random):
    values = np.concatenate([random.normal(0, 1, 64), [0.0, -0.0, 1e-40, -1e-7, 65504.0, -65504.0, 3.0e4, 6e-8]])
    return quantize(values.astype(np.float32).reshape(1, -1), format).view(np.uint8).reshape(1, -1)


def values_to_encode(random):
    rows = [random.normal(0, scale, 32) for scale in (1.0, 0.02, 1e-4, 300.0, 1e-9)]
    rows += [np.zeros(32), np.full(32, 0.7), np.full(32, -0.7), np.linspace(-1, 1, 32), np.linspace(0.1, 9, 32)]
    rows += [np.arange(32) - 16.0, (np.arange(32) - 8) / 2, np.where(np.arange(32) == 5, -100.0, 0.01)]
    rows += [random.laplace(0, 0.1, 32) for _ in range(40)]
    rows += [np.round(random.normal(0, 20, 32)) / 4 for _ in range(20)]  # many exact halves between two integers
    return np.stack(rows).astype(np.float32)


def main():
    for folder in ("decode", "encode"):
        (HERE / folder).mkdir(exist_ok=True)
    for format in FORMATS:
        random = np.random.default_rng(int(format))
        blocks = blocks_of(format, random)
        values = dequantize(blocks, format).astype(np.float32).reshape(-1)
        golden = struct.pack("<I", values.size) + blocks.tobytes() + values.tobytes()
        (HERE / "decode" / f"{format.name}.bin").write_bytes(golden)
    values = values_to_encode(np.random.default_rng(99))
    for format in ENCODED:
        golden = struct.pack("<I", values.size) + values.tobytes() + quantize(values, format).tobytes()
        (HERE / "encode" / f"{format.name}.bin").write_bytes(golden)


if __name__ == "__main__":
    main()
