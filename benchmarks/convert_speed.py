#!/usr/bin/env python3
"""Speed of `minnow convert`: a Hugging Face folder of a gigabyte, in memory, to each type.

    pip install numpy
    python3 benchmarks/convert_speed.py [--minnow build/release/bin/minnow] [--folder /dev/shm] [--layers 8] [--repeats 3]

A llama of random weights (58 million a layer) is written to the folder, which should be one in memory. Prints megabytes of
the source per second, the median of the repeats, and the least processor time.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import numpy

HIDDEN, FFN, KEYS, VOCABULARY = 2048, 8192, 512, 96
CASES = [("BF16", "bf16"), ("BF16", "f16"), ("BF16", "q8_0"), ("F16", "f16"), ("F32", "f16")]


def shapes(layers):
    yield "model.embed_tokens.weight", (VOCABULARY, HIDDEN)
    yield "lm_head.weight", (VOCABULARY, HIDDEN)
    yield "model.norm.weight", (HIDDEN,)
    for layer in range(layers):
        for name, shape in (("input_layernorm", (HIDDEN,)), ("post_attention_layernorm", (HIDDEN,)),
                            ("self_attn.q_proj", (HIDDEN, HIDDEN)), ("self_attn.k_proj", (KEYS, HIDDEN)),
                            ("self_attn.v_proj", (KEYS, HIDDEN)), ("self_attn.o_proj", (HIDDEN, HIDDEN)),
                            ("mlp.gate_proj", (FFN, HIDDEN)), ("mlp.up_proj", (FFN, HIDDEN)), ("mlp.down_proj", (HIDDEN, FFN))):
            yield f"model.layers.{layer}.{name}.weight", shape


def stored(values, kind):
    if kind == "BF16":
        return (values.view(numpy.uint32) >> 16).astype(numpy.uint16)
    return values.astype(numpy.float16) if kind == "F16" else values


def write_source(folder, kind, layers):
    header, end = {}, 0
    for name, shape in shapes(layers):
        begin, end = end, end + int(numpy.prod(shape)) * (4 if kind == "F32" else 2)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    random = numpy.random.default_rng(1)
    with open(folder / "model.safetensors", "wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for _, shape in shapes(layers):
            values = numpy.float32(0.02) * random.standard_normal(int(numpy.prod(shape)), dtype=numpy.float32)
            out.write(stored(values, kind).tobytes())
    config = dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=HIDDEN, intermediate_size=FFN,
                  num_hidden_layers=layers, num_attention_heads=32, num_key_value_heads=8, vocab_size=VOCABULARY, rms_norm_eps=1e-5,
                  rope_theta=10000.0, max_position_embeddings=2048, hidden_act="silu", tie_word_embeddings=False)
    (folder / "config.json").write_text(json.dumps(config))
    return (folder / "model.safetensors").stat().st_size


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--minnow", default="build/release/bin/minnow")
    words.add_argument("--folder", default="/dev/shm")
    words.add_argument("--layers", type=int, default=8)
    words.add_argument("--repeats", type=int, default=3)
    options = words.parse_args()
    for kind, target in CASES:
        folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder))
        try:
            size = write_source(folder, kind, options.layers // 2 if kind == "F32" else options.layers)
            rates, least = [], float("inf")
            for _ in range(options.repeats):
                start, used = time.perf_counter(), processor_seconds()
                subprocess.run([options.minnow, "convert", folder, folder / "out.gguf", "--outtype", target], check=True)
                rates.append(size / 1e6 / (time.perf_counter() - start))
                least = min(least, processor_seconds() - used)
                os.remove(folder / "out.gguf")
            rate = statistics.median(rates)
            print(f"{kind:>5} to {target:<5} {size / 1e6:.0f} MB: {rate:.0f} MB/s, {least:.2f} s of processor time", flush=True)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
