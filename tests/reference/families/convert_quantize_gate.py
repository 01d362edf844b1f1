#!/usr/bin/env python3
"""From a checkpoint to a file that was judged, for every family: `minnow convert`, `quantize` and `eval gate` on source
models made with transformers, and whether the results are what the sources say.

    pip install torch transformers safetensors tokenizers gguf
    python3 tests/reference/families/convert_quantize_gate.py --minnow build/release/bin/minnow [--llama FOLDER] [NAME...]

Checked of each of generate.py's models (NAMEs; all): the tokens of a text and of a chat, the divergence of the F32 file's
predictions from transformers', the gate's verdict on two quantized files (and that a limit of nothing refuses), that PyPI's gguf reads them, and with
--llama (node_modules/@node-llama-cpp/linux-x64/bins/linux-x64 of npm's node-llama-cpp) llama.cpp's predictions
from the same F32 file. Prints a line of a Markdown table each; exit 1 when one fails.
"""
import argparse
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import gguf
import numpy
import source_folders

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests" / "reference" / "perplexity"))
import crosscheck  # noqa: E402  (needs the path above)

CONTEXT, CHUNKS = 128, 3
LIMITS = {"Q8_0": 0.005, "Q4_K_M": 0.5}  # random weights are harder to round than learned ones
SAME = 1e-5  # nats: what rounding predictions to a file of 16 bits each leaves
LLAMA_SAME = 1e-3  # its activations in half precision
# Where llama.cpp runs another model than transformers does: it knows no window in `llama` and `phi3` files, and Gemma 2's scale of scores
# by its sizes only.
LLAMA_DIFFERS = {"mistral-window", "phi3-window", "gemma2-scalar"}
CHAT = "Is it raining? It isn't, 12 °C."


class Failure(Exception):
    pass


def run(*words, **more):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, words[1:3]))}: {result.stderr.strip().splitlines()[-1]}")
    return result.stdout


def require(holds, sentence):
    if not holds:
        raise Failure(sentence)


def read_predictions(path):
    """Passages of `minnow eval divergence --save-reference`: tokens, and log-probabilities of those from `first` on."""
    data = path.read_bytes()
    size, n_passages = struct.unpack_from("<IQ", data, 12)
    at = 24 + 128
    for _ in range(n_passages):
        n_tokens, first = struct.unpack_from("<II", data, at)
        tokens = numpy.frombuffer(data, "<i4", n_tokens, at + 8).tolist()
        at += 8 + 4 * n_tokens
        rows = numpy.frombuffer(data, numpy.dtype([("largest", "<f4"), ("steps", "<u2", size)]), n_tokens - first, at)
        at += rows.nbytes
        yield tokens, first, rows["largest"][:, None].astype(float) - rows["steps"] * (32 / 65535)


def log_softmax(logits):
    logits = numpy.asarray(logits, float)
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - numpy.log(numpy.exp(logits).sum(axis=1, keepdims=True))


def divergence(ours, reference):
    return float((numpy.exp(reference) * (reference - ours)).sum(axis=1).mean())


def check_tokens(minnow, file, tokenizer, text):
    ours = json.loads(run(minnow, "tokenize", file, "--json", input=text))["tokens"]
    require(ours == tokenizer(text).input_ids, "other tokens than transformers'")
    chat = json.loads(run(minnow, "run", file, CHAT, "-n", 1, "-c", CONTEXT, "--json"))["prompt_tokens"]
    wanted = tokenizer.apply_chat_template([{"role": "user", "content": CHAT}], add_generation_prompt=True, tokenize=False)
    require(chat == tokenizer(wanted).input_ids, "other tokens of a chat than transformers'")


def check_predictions(minnow, file, logits, llama_folder, text_file):
    """Divergence of minnow's from transformers' and of llama.cpp's from minnow's; the second is NaN without the library."""
    kept = file.with_suffix(".lp")
    run(minnow, "eval", "divergence", file, "-f", text_file, "-c", CONTEXT, "--chunks", CHUNKS, "--save-reference", kept)
    llama = crosscheck.Llama(llama_folder, str(file), CONTEXT) if llama_folder else None
    apart, llama_apart = [], []
    for tokens, first, ours in read_predictions(kept):
        apart.append(divergence(ours, log_softmax(logits(tokens)[first - 1:-1])))
        if llama:
            llama_apart.append(divergence(log_softmax(llama.logits(tokens, first - 1)[:-1]), ours))
    require(max(apart) < SAME, f"predictions are {max(apart):.2g} nats from transformers'")
    require(not llama or max(llama_apart) < LLAMA_SAME, f"llama.cpp's predictions are {max(llama_apart, default=0):.2g} nats away")
    return max(apart), max(llama_apart, default=math.nan)


def gate(minnow, reference, candidate, text_file, limit):
    command = [minnow, "eval", "gate", "--reference", reference, "--candidate", candidate, "-f", text_file, "-c", CONTEXT, "--chunks",
               CHUNKS, "--max-divergence", limit, "--json"]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    require(result.stdout, f"eval gate: {result.stderr.strip()}")
    verdict = json.loads(result.stdout)
    require(verdict["passed"] == (result.returncode == 0), "the gate's exit code isn't its verdict")
    return verdict["passed"], verdict["divergence"]["mean"]


def check_family(name, words, text_file, folder):
    text = text_file.read_text()
    tokenizer, logits = source_folders.make(name, folder / "source", text.splitlines())
    f32 = folder / "f32.gguf"
    run(words.minnow, "convert", folder / "source", f32, "--outtype", "F32")
    check_tokens(words.minnow, f32, tokenizer, text)
    found = check_predictions(words.minnow, f32, logits, None if name in LLAMA_DIFFERS else words.llama, text_file)
    lost = []
    for kind, limit in LIMITS.items():
        small = folder / f"{kind}.gguf"
        run(words.minnow, "quantize", f32, small, kind)
        passed, mean = gate(words.minnow, f32, small, text_file, limit)
        require(passed, f"the gate refused {kind}: {mean:.4f} nats")
        require(not gate(words.minnow, f32, small, text_file, 0)[0], "a gate that allows nothing let a rounded file pass")
        sizes = {tensor.name: tensor.n_bytes for tensor in gguf.GGUFReader(small).tensors}
        require(len(sizes) == len(gguf.GGUFReader(f32).tensors) and sum(sizes.values()) < f32.stat().st_size, "tensors are missing")
        lost.append(mean)
    direct = folder / "direct.gguf"
    run(words.minnow, "convert", folder / "source", direct, "--outtype", "Q4_K_M")
    require(direct.read_bytes() == (folder / "Q4_K_M.gguf").read_bytes(), "convert --outtype gives another file than two steps")
    return *found, *lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--minnow", required=True)
    parser.add_argument("--llama")
    words = parser.parse_args()
    source_folders.transformers.utils.logging.disable_progress_bar()
    failed = []
    print("| model | from transformers | from llama.cpp | Q8_0 | Q4_K_M |\n|---|---|---|---|---|")
    for name in words.names or source_folders.FAMILIES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                figures = check_family(name, words, ROOT / "docs" / "evaluation.md", pathlib.Path(folder))
                print(f"| {name} |", " | ".join("" if math.isnan(x) else f"{x:.2g}" for x in figures), "|", flush=True)
            except Failure as failure:
                failed.append(name)
                print(f"| {name} | {failure} |", flush=True)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
