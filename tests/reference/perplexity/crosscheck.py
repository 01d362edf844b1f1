#!/usr/bin/env python3
"""The perplexity of a text by llama.cpp's library, in the windows of its perplexity tool, beside minnow's.

    crosscheck.py MODEL.gguf TEXT.txt --minnow build/release/bin/minnow --llama FOLDER [--context 512] [--chunks 8]

FOLDER holds libllama and its CPU back ends: node_modules/@node-llama-cpp/linux-x64/bins/linux-x64 of npm's
node-llama-cpp. The tokens are minnow's; the second half of each window counts, whose first token is the beginning of a
sequence where the model has one.
"""
import argparse
import ctypes
import glob
import json
import math
import subprocess


SILENCE = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)


class Params(ctypes.Structure):
    """Larger than any version's: only the first numbers of the context's are touched (n_ctx, n_batch, n_ubatch)."""
    _fields_ = [("numbers", ctypes.c_uint32 * 4), ("rest", ctypes.c_uint8 * 496)]


class Batch(ctypes.Structure):
    _fields_ = [("n_tokens", ctypes.c_int32), ("token", ctypes.POINTER(ctypes.c_int32)), ("embd", ctypes.c_void_p),
                ("pos", ctypes.POINTER(ctypes.c_int32)), ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
                ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))), ("logits", ctypes.POINTER(ctypes.c_int8))]


class Llama:
    def __init__(self, folder, model, context):
        for name in ("libggml-base", "libggml"):
            for path in glob.glob(f"{folder}/{name}*.so*"):
                ctypes.CDLL(path, ctypes.RTLD_GLOBAL)
        ggml = [ctypes.CDLL(path, ctypes.RTLD_GLOBAL) for path in glob.glob(f"{folder}/libggml*.so*")
                if "cpu" not in path and "base" not in path][0]
        ggml.ggml_backend_load_all_from_path(folder.encode())
        self.lib = ctypes.CDLL(glob.glob(f"{folder}/libllama.*so*")[0])
        self.lib.llama_log_set(SILENCE, None)
        for name, kind in (("llama_model_default_params", Params), ("llama_context_default_params", Params),
                           ("llama_model_load_from_file", ctypes.c_void_p), ("llama_init_from_model", ctypes.c_void_p),
                           ("llama_batch_init", Batch), ("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float)),
                           ("llama_model_get_vocab", ctypes.c_void_p), ("llama_get_memory", ctypes.c_void_p)):
            getattr(self.lib, name).restype = kind
        self.model = ctypes.c_void_p(self.lib.llama_model_load_from_file(
            model.encode(), self.lib.llama_model_default_params()))
        params = self.lib.llama_context_default_params()
        params.numbers[0] = params.numbers[1] = params.numbers[2] = context
        self.context = ctypes.c_void_p(self.lib.llama_init_from_model(self.model, params))
        vocabulary = ctypes.c_void_p(self.lib.llama_model_get_vocab(self.model))
        self.size = self.lib.llama_vocab_n_tokens(vocabulary)
        self.first = self.lib.llama_vocab_bos(vocabulary) if self.lib.llama_vocab_get_add_bos(vocabulary) & 1 else None
        self.batch = self.lib.llama_batch_init(context, 0, 1)

    def logits(self, tokens, begin):
        """Of every position from `begin` on."""
        batch = self.batch
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, i, 1, i >= begin
            batch.seq_id[i][0] = 0
        self.lib.llama_memory_clear(ctypes.c_void_p(self.lib.llama_get_memory(self.context)), True)
        if self.lib.llama_decode(self.context, batch) != 0:
            raise RuntimeError("llama_decode failed")
        return [self.lib.llama_get_logits_ith(self.context, i)[:self.size] for i in range(begin, len(tokens))]


def main():
    words = argparse.ArgumentParser()
    words.add_argument("model")
    words.add_argument("text")
    words.add_argument("--minnow", required=True)
    words.add_argument("--llama", required=True)
    words.add_argument("--context", type=int, default=512)
    words.add_argument("--chunks", type=int, default=8)
    words = words.parse_args()
    ours = json.loads(subprocess.run(
        [words.minnow, "eval", "perplexity", words.model, "-f", words.text, "-c", str(words.context), "--chunks",
         str(words.chunks), "--json"], check=True, capture_output=True, text=True).stdout)
    tokens = json.loads(subprocess.run([words.minnow, "tokenize", words.model, "--json"], check=True, text=True,
                                       input=open(words.text).read(), capture_output=True).stdout)
    tokens = tokens if isinstance(tokens, list) else tokens["tokens"]
    llama = Llama(words.llama, words.model, words.context)
    total, n, begin = 0.0, 0, words.context // 2
    for chunk in range(words.chunks):
        window = tokens[chunk * words.context:(chunk + 1) * words.context]
        wanted = list(window)
        if llama.first is not None:
            window[0] = llama.first
        for i, row in enumerate(llama.logits(window, begin)[:-1]):
            largest = max(row)
            total += largest + math.log(sum(math.exp(x - largest) for x in row)) - row[wanted[begin + i + 1]]
            n += 1
    theirs = math.exp(total / n)
    print(f"minnow {ours['perplexity']:.4f} over {ours['tokens']} tokens, llama.cpp {theirs:.4f} over {n}: "
          f"ratio {ours['perplexity'] / theirs:.5f}")


if __name__ == "__main__":
    main()
