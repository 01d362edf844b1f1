#!/usr/bin/env python3
"""Writes a GGUF file in the shape of a published model, with random weights.

    make_model.py SHAPE TYPE OUT.gguf        SHAPE: llama-3.2-1b llama-3.2-3b qwen2.5-0.5b
                                             TYPE: F16 Q8_0 Q6_K Q4_K_M Q4_0

Speed and memory don't depend on what the weights are, only on their number and format, so the blocks are drawn
directly in the file's format. Which tensor gets which format follows what quantized files in circulation do. The
vocabulary has the true size and made-up words: benchmarks give token ids, not text. Needs the packages numpy and gguf.
"""
import argparse

import gguf
import numpy as np

from shapes import SHAPES, TYPES

F16, Q4_0, Q5_0, Q8_0, Q4_K, Q6_K = (getattr(gguf.GGMLQuantizationType, name)
                                     for name in ("F16", "Q4_0", "Q5_0", "Q8_0", "Q4_K", "Q6_K"))

DEVIATION = 0.03  # of the weights, about what trained models have


def format_of(kind, file_type, layer, layers, columns):
    """The format of one matrix: kind is "value", "down", "output" or "other"."""
    if file_type == "F16":
        return F16
    if file_type == "Q8_0":
        return Q8_0
    if file_type == "Q4_0":
        return Q6_K if kind == "output" and columns % 256 == 0 else Q8_0 if kind == "output" else Q4_0
    more_bits = layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
    six = file_type == "Q6_K" or kind == "output" or (kind in ("value", "down") and more_bits)
    if columns % 256 != 0:  # K-quants have blocks of 256
        return Q8_0 if six else Q5_0
    return Q6_K if six else Q4_K


def half_bytes(values):
    return values.astype("<f2").view(np.uint8)


def random_rows(rng, rows, columns, kind):
    """`rows` rows of random blocks, as bytes [rows][bytes of a row]."""
    if kind == F16:
        return half_bytes(rng.standard_normal((rows, columns), np.float32) * DEVIATION)
    values, size = gguf.GGML_QUANT_SIZES[kind]
    n_blocks = rows * columns // values
    blocks = rng.integers(0, 256, (n_blocks, size), np.uint8)

    def put_half(offset, scale):
        blocks[:, offset:offset + 2] = half_bytes(scale * rng.uniform(0.8, 1.2, n_blocks)).reshape(n_blocks, 2)

    if kind == Q4_K:  # value = d * (6-bit scale) * (0…15) - dmin * (6-bit minimum)
        put_half(0, DEVIATION / 32 / 4.6)
        put_half(2, DEVIATION / 32 / 4.6 * 7.5)
    elif kind == Q6_K:  # value = d * (signed byte) * (-32…31)
        put_half(size - 2, DEVIATION / 74 / 18.5)
    else:  # value = d * code, whose deviation is 4.6, 9.2 or 74
        put_half(0, DEVIATION / {Q4_0: 4.6, Q5_0: 9.2, Q8_0: 74}[kind])
    return blocks.reshape(rows, -1)


def matrices(shape):
    """(name, rows, columns, kind, layer) of every matrix."""
    size, queries, keys = shape["size"], shape["heads"] * shape["head"], shape["kv_heads"] * shape["head"]
    yield "token_embd", shape["vocabulary"], size, "output", 0
    for layer in range(shape["layers"]):
        block = f"blk.{layer}."
        yield block + "attn_q", queries, size, "other", layer
        yield block + "attn_k", keys, size, "other", layer
        yield block + "attn_v", keys, size, "value", layer
        yield block + "attn_output", size, queries, "other", layer
        yield block + "ffn_gate", shape["ffn"], size, "other", layer
        yield block + "ffn_up", shape["ffn"], size, "other", layer
        yield block + "ffn_down", size, shape["ffn"], "down", layer


def vectors(shape):
    """(name, length) of every vector."""
    yield "output_norm.weight", shape["size"]
    for layer in range(shape["layers"]):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", shape["size"]
        yield block + "ffn_norm.weight", shape["size"]
        if shape["qkv_bias"]:
            yield block + "attn_q.bias", shape["heads"] * shape["head"]
            yield block + "attn_k.bias", shape["kv_heads"] * shape["head"]
            yield block + "attn_v.bias", shape["kv_heads"] * shape["head"]


def byte_letters():
    """The letters by which byte-level vocabularies write the 256 bytes (GPT-2's table)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in shown] + [chr(256 + i) for i in range(256 - len(shown))]


def add_vocabulary(writer, shape):
    letters = byte_letters()
    n_words = shape["vocabulary"] - len(letters) - 2
    tokens = letters + ["ab"] + [f"w{i}" for i in range(n_words)] + ["<|end|>"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(shape["tokenizer"])
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * (len(tokens) - 1) + [gguf.TokenType.CONTROL])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(len(tokens) - 1)
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_vocab_size(len(tokens))


def add_spec(writer, shape, name):
    writer.add_name(name)
    writer.add_block_count(shape["layers"])
    writer.add_context_length(32768)
    writer.add_embedding_length(shape["size"])
    writer.add_feed_forward_length(shape["ffn"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_key_length(shape["head"])
    writer.add_value_length(shape["head"])
    writer.add_rope_dimension_count(shape["head"])
    writer.add_rope_freq_base(shape["rope_base"])
    writer.add_layer_norm_rms_eps(1e-5)


def make_model(shape_name, file_type, path):
    shape = SHAPES[shape_name]
    rng = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, shape["architecture"])
    add_spec(writer, shape, f"{shape_name} {file_type} (random weights)")
    add_vocabulary(writer, shape)
    plan = [(name, rows, columns, format_of(kind, file_type, layer, shape["layers"], columns))
            for name, rows, columns, kind, layer in matrices(shape)]
    for name, rows, columns, kind in plan:
        values, size = gguf.GGML_QUANT_SIZES[kind]
        row_bytes = columns // values * size
        writer.add_tensor_info(name + ".weight", (rows, row_bytes), np.dtype(np.uint8), rows * row_bytes, kind)
    for name, length in vectors(shape):
        writer.add_tensor_info(name, (length,), np.dtype(np.float32), length * 4)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for _, rows, columns, kind in plan:
        writer.write_tensor_data(random_rows(rng, rows, columns, kind))
    for name, length in vectors(shape):
        middle = 0 if name.endswith(".bias") else 1
        writer.write_tensor_data((middle + 0.05 * rng.standard_normal(length)).astype(np.float32))
    writer.close()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("shape", choices=SHAPES)
    arguments.add_argument("type", choices=TYPES)
    arguments.add_argument("out")
    words = arguments.parse_args()
    make_model(words.shape, words.type, words.out)


if __name__ == "__main__":
    main()
