#!/usr/bin/env python3
"""What speculation gains and loses: `minnow run` with and without it, side by side, on text that somebody wrote.

    speculation.py MINNOW HOME.gguf [--folder DIR] [--alternations N] [--threads N]

HOME.gguf is models/home/minnow-home.gguf: its vocabulary is used. Random weights say nothing that repeats, and the
share of drafts that hold is what speculation lives on. So the models here have the size and shape of a 1B model (Q4_K,
learned positions) and play back a text: position i is the unit vector i, the output's row of a token has a one
wherever the text has that token next, and what layers add to the residual is multiplied by zero after it was computed.
Every matrix is read and multiplied as in a model that means what it says. The draft model is of the same making, 50 M
weights, and wrong about every fifth token. Needs the packages numpy and gguf.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

import gguf
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
from make_model import Q4_K, Q8_0, random_rows  # noqa: E402

LARGE = dict(name="large", layers=16, size=2048, heads=32, ffn=8192)
SMALL = dict(name="small", layers=4, size=1024, heads=16, ffn=4096)
POSITIONS = 1024  # at most SMALL's size: each has a unit vector of its own


def texts():
    """{name: (prompt, answer)}"""
    rng = np.random.default_rng(5)
    rooms = ["kitchen", "hall", "cellar", "attic", "office", "garage", "bath", "garden"]
    record = '{{"id": {}, "room": "{}", "temperature": {:.1f}, "humidity": {}, "window_open": {}}}'
    records = [record.format(i, rooms[rng.integers(8)], rng.uniform(15, 25), rng.integers(30, 70),
                             "true" if rng.integers(2) else "false") for i in range(9)]
    lines = [f"set_{what}({room!r}, {rng.integers(1, 99)})" for room in rooms for what in ("light", "blind")]
    changed = [line.replace("hall", "corridor") for line in lines]
    root = pathlib.Path(__file__).parent.parent
    prose = (root / "docs" / "architecture.md").read_text()
    return {
        "JSON records": ("Sensors as JSON:\n", "[" + ",\n ".join(records) + "]\n"),
        "a quoted list, edited": ("\n".join(lines) + "\nCall the hall corridor:\n", "\n".join(changed) + "\n"),
        "prose": (prose[:200], prose[200:900]),
    }


def tokenize(minnow, home, text, *more):
    command = [minnow, "tokenize", home, "--json", *more, text]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["tokens"]


def copy_vocabulary(writer, home):
    for key, field in gguf.GGUFReader(home).fields.items():
        if not key.startswith("tokenizer.") or key == "tokenizer.chat_template":
            continue
        writer.add_key_value(key, field.contents(), field.types[0], field.types[1] if len(field.types) > 1 else None)


def zeros(rows, columns, kind):
    values, size = gguf.GGML_QUANT_SIZES[kind]
    return np.zeros((rows, columns // values * size), np.uint8)


def output_rows(sequence, n_tokens, size):
    """Q8_0: a one in row sequence[i + 1], column i."""
    codes = np.zeros((n_tokens, size), np.int8)
    codes[sequence[1:], np.arange(len(sequence) - 1)] = 127
    scales = np.full((n_tokens, size // 32, 1), 1 / 127, "<f2").view(np.uint8).reshape(n_tokens, size // 32, 2)
    return np.concatenate([scales, codes.view(np.uint8).reshape(n_tokens, size // 32, 32)], axis=2).reshape(n_tokens, -1)


def write_model(path, shape, sequence, n_tokens, home):
    rng = np.random.default_rng(1)
    size, ffn = shape["size"], shape["ffn"]
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_name(f"plays back a text, {shape['name']}")
    writer.add_block_count(shape["layers"])
    writer.add_context_length(POSITIONS)
    writer.add_embedding_length(size)
    writer.add_feed_forward_length(ffn)
    writer.add_head_count(shape["heads"])
    writer.add_layer_norm_eps(1e-5)
    copy_vocabulary(writer, home)

    def vector(name, length, value):
        writer.add_tensor(name, np.full(length, value, np.float32))

    def norm(name):
        vector(name + ".weight", size, 1)
        vector(name + ".bias", size, 0)

    writer.add_tensor("token_embd.weight", zeros(n_tokens, size, Q8_0), raw_dtype=Q8_0)
    writer.add_tensor("position_embd.weight", np.eye(POSITIONS, size, dtype=np.float32))
    for layer in range(shape["layers"]):
        block = f"blk.{layer}."
        norm(block + "attn_norm")
        norm(block + "ffn_norm")
        for name, rows, columns in (("attn_qkv", 3 * size, size), ("ffn_up", ffn, size)):
            writer.add_tensor(block + name + ".weight", random_rows(rng, rows, columns, Q4_K), raw_dtype=Q4_K)
            vector(block + name + ".bias", rows, 0)
        for name, columns in (("attn_output", size), ("ffn_down", ffn)):
            writer.add_tensor(block + name + ".weight", zeros(size, columns, Q4_K), raw_dtype=Q4_K)
            vector(block + name + ".bias", size, 0)
    norm("output_norm")
    writer.add_tensor("output.weight", output_rows(sequence, n_tokens, size), raw_dtype=Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def with_mistakes(sequence, n_tokens):
    rng = np.random.default_rng(2)
    return [int(rng.integers(n_tokens)) if i > 0 and rng.random() < 0.2 else id for i, id in enumerate(sequence)]


def answer(minnow, model, prompt, n, threads, more):
    command = [minnow, "run", model, "--raw", "--temp", "0", "--json", "-n", str(n), "-t", str(threads), *more, prompt]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(words, name, prompt, expected):
    ids = tokenize(words.minnow, words.home, prompt)
    sequence = ids + tokenize(words.minnow, words.home, expected, "--no-special")
    sequence = np.array(sequence[:POSITIONS])
    n_tokens = len(gguf.GGUFReader(words.home).fields["tokenizer.ggml.tokens"].data)
    large, small = (str(words.folder / f"{shape['name']}.gguf") for shape in (LARGE, SMALL))
    write_model(large, LARGE, sequence, n_tokens, words.home)
    write_model(small, SMALL, np.array(with_mistakes(sequence, n_tokens)), n_tokens, words.home)
    n = len(sequence) - len(ids)
    ways = {"plain": [], "prompt lookup": ["--prompt-lookup"], "draft model": ["--model-draft", small]}
    rates = {way: [] for way in ways}
    accepted = {}
    texts_seen = set()
    for _ in range(words.alternations):
        for way, more in ways.items():
            result = answer(words.minnow, large, prompt, n, words.threads, more)
            texts_seen.add(result["text"])
            timings = result["timings"]
            rates[way].append(timings["decode_tokens"] / timings["decode_ms"] * 1e3)
            if timings.get("drafted_tokens"):
                accepted[way] = timings["accepted_tokens"] / timings["drafted_tokens"]
    if len(texts_seen) != 1 or texts_seen.pop().strip() != expected.strip():
        sys.exit(f"{name}: the answers differ, or aren't the text")
    for way in list(ways)[1:]:
        ratio = statistics.median(a / b for a, b in zip(rates[way], rates["plain"]))
        print(f"| {name}, {n} tokens | {way} | {statistics.median(rates['plain']):.1f} | "
              f"{statistics.median(rates[way]):.1f} | **{ratio:.2f}** | {100 * accepted.get(way, 0):.0f}% |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minnow")
    parser.add_argument("home")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("."), help="where the models are written")
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    words = parser.parse_args()
    print("| text | speculation | tokens/s without | with | ratio | drafted tokens accepted |\n|---|---|---|---|---|---|")
    for name, (prompt, expected) in texts().items():
        measure(words, name, prompt, expected)


if __name__ == "__main__":
    main()
