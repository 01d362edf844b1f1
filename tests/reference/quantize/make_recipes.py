"""Which type each tensor gets in each named recipe, as llama.cpp chooses: small models in the shapes of several
families are quantized by its library, and the types in the new files are written down.

    pip install gguf numpy && python make_recipes.py FOLDER_OF_LIBLLAMA

FOLDER_OF_LIBLLAMA holds libggml-base.so, libggml*.so and libllama*.so of one release. (The committed file: v0.5.0 of
the library, as the npm package node-llama-cpp 3.x ships it for linux-x64.)

recipes.json: {model: {"metadata": {key: number}, "architecture": …, "tensors": [[name, [shape…]]…],
                       "types": {recipe: "ABA…"}}}: a letter for each tensor, which "letters" explains.
"""

import ctypes
import glob
import json
import pathlib
import sys
import tempfile

import gguf
import numpy as np

RECIPES = {
    "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9, "Q2_K": 10, "Q3_K_S": 11, "Q3_K_M": 12, "Q3_K_L": 13,
    "Q4_K_S": 14, "Q4_K_M": 15, "Q5_K_S": 16, "Q5_K_M": 17, "Q6_K": 18, "IQ4_NL": 25, "IQ4_XS": 30, "BF16": 32,
}  # fmt: skip
VOCABULARY = 32
TYPES = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS"]
LETTERS = {type: chr(ord("a") + i) for i, type in enumerate(TYPES)}


def model(arch, layers, dim, heads, kv_heads, ffn, tied=True, fused=False, gated=True, positions=False, experts=0):
    return dict(locals())


MODELS = {
    "llama, 16 layers, 4 queries a key": model("llama", 16, 256, 8, 2, 512),
    "llama, 22 layers, 2 queries a key, rows of 288": model("llama", 22, 288, 4, 2, 768, tied=False),
    "llama, rows of 48": model("llama", 3, 48, 4, 4, 96),
    "qwen2, 24 layers, rows of 896": model("qwen2", 24, 896, 14, 2, 256),
    "phi3, fused projections": model("phi3", 12, 256, 4, 4, 256, tied=False, fused=True),
    "gpt2": model("gpt2", 12, 256, 4, 4, 256, fused=True, gated=False, positions=True),
    "gemma3, 26 layers, rows of 640": model("gemma3", 26, 640, 4, 1, 512),
    "llama, 8 experts": model("llama", 8, 256, 8, 2, 256, experts=8),
}


def tensors(m):
    head = m["dim"] // m["heads"]
    kv = head * m["kv_heads"]
    yield "token_embd.weight", [m["dim"], VOCABULARY]
    if m["positions"]:
        yield "position_embd.weight", [m["dim"], VOCABULARY]
    for i in range(m["layers"]):
        layer = f"blk.{i}."
        yield layer + "attn_norm.weight", [m["dim"]]
        if m["fused"]:
            yield layer + "attn_qkv.weight", [m["dim"], m["dim"] + 2 * kv]
        else:
            yield layer + "attn_q.weight", [m["dim"], m["dim"]]
            yield layer + "attn_k.weight", [m["dim"], kv]
            yield layer + "attn_v.weight", [m["dim"], kv]
        yield layer + "attn_output.weight", [m["dim"], m["dim"]]
        yield layer + "ffn_norm.weight", [m["dim"]]
        if m["experts"]:
            yield layer + "ffn_gate_inp.weight", [m["dim"], m["experts"]]
            yield layer + "ffn_gate_exps.weight", [m["dim"], m["ffn"], m["experts"]]
            yield layer + "ffn_down_exps.weight", [m["ffn"], m["dim"], m["experts"]]
            yield layer + "ffn_up_exps.weight", [m["dim"], m["ffn"], m["experts"]]
            continue
        if m["gated"] and not m["fused"]:
            yield layer + "ffn_gate.weight", [m["dim"], m["ffn"]]
        yield layer + "ffn_up.weight", [m["dim"], m["ffn"] * (2 if m["fused"] and m["gated"] else 1)]
        yield layer + "ffn_down.weight", [m["ffn"], m["dim"]]
    yield "output_norm.weight", [m["dim"]]
    if not m["tied"]:
        yield "output.weight", [m["dim"], VOCABULARY]


def metadata(m):
    found = {
        "block_count": m["layers"], "context_length": VOCABULARY, "embedding_length": m["dim"],
        "feed_forward_length": m["ffn"], "attention.head_count": m["heads"], "attention.head_count_kv": m["kv_heads"],
        "attention.layer_norm_epsilon": 1e-5, "attention.layer_norm_rms_epsilon": 1e-5,
        "rope.dimension_count": m["dim"] // m["heads"], "vocab_size": VOCABULARY,
    }  # fmt: skip
    if m["experts"]:
        found |= {"expert_count": m["experts"], "expert_used_count": 2}
    if m["arch"] == "gemma3":
        found |= {"attention.sliding_window": 512, "attention.key_length": 160, "attention.value_length": 160}
    if m["arch"] == "phi3":
        found |= {"attention.sliding_window": 2047}
    return {m["arch"] + "." + key: value for key, value in found.items()}


def write(m, path):
    random = np.random.default_rng(1)
    out = gguf.GGUFWriter(path, m["arch"])
    for key, value in metadata(m).items():
        out.add_float32(key, value) if isinstance(value, float) else out.add_uint32(key, value)
    for name, shape in tensors(m):
        values = random.normal(0, 0.02, shape[::-1]).astype(np.float32)
        out.add_tensor(name, values if len(shape) == 1 else values.astype(np.float16))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


class Parameters(ctypes.Structure):  # longer than any release's; only the first members are touched
    _fields_ = [("n_threads", ctypes.c_int32), ("file_type", ctypes.c_int32), ("rest", ctypes.c_uint64 * 16)]


def load_library(folder):
    for path in sorted(glob.glob(folder + "/libggml-base*.so")) + sorted(glob.glob(folder + "/libggml.*so")):
        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(glob.glob(folder + "/libllama.*so")[0], mode=ctypes.RTLD_GLOBAL)
    library.llama_model_quantize_default_params.restype = Parameters
    library.llama_backend_init()
    return library


def types(library, source, folder, recipe, names):
    parameters = library.llama_model_quantize_default_params()
    parameters.n_threads, parameters.file_type = 2, RECIPES[recipe]
    destination = folder + "/out.gguf"
    if library.llama_model_quantize(source.encode(), destination.encode(), ctypes.byref(parameters)) != 0:
        raise RuntimeError(f"{source} {recipe}")
    found = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(destination).tensors}
    return "".join(LETTERS[found[name]] for name in names)


if __name__ == "__main__":
    library = load_library(sys.argv[1])
    result = {"letters": {letter: type for type, letter in LETTERS.items()}}
    with tempfile.TemporaryDirectory() as folder:
        for title, m in MODELS.items():
            source = folder + "/in.gguf"
            write(m, source)
            names = [name for name, _ in tensors(m)]
            result[title] = {
                "architecture": m["arch"],
                "metadata": {key: value for key, value in metadata(m).items() if isinstance(value, int)},
                "tensors": [[name, shape] for name, shape in tensors(m)],
                "types": {recipe: types(library, source, folder, recipe, names) for recipe in RECIPES},
            }
    lines = [json.dumps(title) + ": " + json.dumps(value) for title, value in result.items()]
    pathlib.Path(__file__).with_name("recipes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
