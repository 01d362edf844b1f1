"""OpenELM from its paper (Mehta et al. 2024, arXiv:2404.14619), in NumPy and f64: transformers has no class for it.

A pre-norm decoder with RMS norms whose layers differ in their number of heads and in the width of their gated
feed-forward; queries, keys and values come out of one matrix; queries and keys are RMS-normed per head before they are rotated
(halves of the head, like NeoX); input and output embeddings are one.
"""

import json

import numpy
import torch
from safetensors.torch import load_file

CONFIG = {
    "architectures": ["OpenELMForCausalLM"], "model_type": "openelm", "activation_fn_name": "swish", "ffn_with_glu": True,
    "ffn_dim_divisor": 16, "ffn_multipliers": [0.5, 1.3, 2.0], "head_dim": 16, "model_dim": 32, "num_gqa_groups": 2,
    "num_kv_heads": [1, 2, 2], "num_query_heads": [2, 4, 4], "num_transformer_layers": 3, "normalization_layer_name": "rms_norm",
    "normalize_qk_projections": True, "qkv_multipliers": [0.5, 1.0], "rope_freq_constant": 10000, "rope_max_length": 4096,
    "max_context_length": 2048, "share_input_output_layers": True, "bos_token_id": 1, "eos_token_id": 2,
    "initializer_range": 0.02, "torch_dtype": "bfloat16", "transformers_version": "4.39.3", "use_cache": True,
}
NORM_EPSILON = 1e-6


def ffn_size(multiplier, config):
    """The nearest multiple of the divisor that isn't more than a tenth too small."""
    divisor, wanted = config["ffn_dim_divisor"], multiplier * config["model_dim"]
    size = max(divisor, int(wanted + divisor / 2) // divisor * divisor)
    return size + divisor if size < 0.9 * wanted else size


def save(folder, config, generator, save_tensors):
    def matrix(rows, columns, gain=1.0):
        return gain * torch.randn(rows, columns, generator=generator) / columns**0.5

    def norm(size):
        return 1.0 + 0.3 * torch.randn(size, generator=generator)

    width, head = config["model_dim"], config["head_dim"]
    tensors = {"transformer.token_embeddings.weight": matrix(config["vocab_size"], width),
               "transformer.norm.weight": norm(width)}
    for i in range(config["num_transformer_layers"]):
        n_heads, n_kv, ffn = config["num_query_heads"][i], config["num_kv_heads"][i], ffn_size(config["ffn_multipliers"][i], config)
        tensors |= {f"transformer.layers.{i}.{name}.weight": value for name, value in {
            "attn_norm": norm(width), "attn.qkv_proj": matrix((n_heads + 2 * n_kv) * head, width),
            "attn.q_norm": 1.5 * norm(head), "attn.k_norm": norm(head), "attn.out_proj": matrix(width, n_heads * head),
            "ffn_norm": norm(width), "ffn.proj_1": matrix(2 * ffn, width), "ffn.proj_2": matrix(width, ffn)}.items()}
    save_tensors({name: value.to(torch.bfloat16) for name, value in tensors.items()})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def rms_norm(x, weight):
    return x / numpy.sqrt((x * x).mean(axis=-1, keepdims=True) + NORM_EPSILON) * weight


def rotate(x, base):
    """x: positions x heads x head."""
    half = x.shape[-1] // 2
    angles = numpy.arange(x.shape[0])[:, None, None] * base ** (-numpy.arange(half) / half)
    first, second = x[..., :half], x[..., half:]
    return numpy.concatenate([first * numpy.cos(angles) - second * numpy.sin(angles),
                              second * numpy.cos(angles) + first * numpy.sin(angles)], axis=-1)


def attend(x, layer, n_heads, n_kv, config):
    head, n = config["head_dim"], x.shape[0]
    qkv = (x @ layer["attn.qkv_proj"].T).reshape(n, n_heads + 2 * n_kv, head)
    q, k, v = numpy.split(qkv, [n_heads, n_heads + n_kv], axis=1)
    q = rotate(rms_norm(q, layer["attn.q_norm"]), config["rope_freq_constant"])
    k = rotate(rms_norm(k, layer["attn.k_norm"]), config["rope_freq_constant"])
    k, v = (numpy.repeat(part, n_heads // n_kv, axis=1) for part in (k, v))
    scores = numpy.einsum("ihd,jhd->hij", q, k) / head**0.5
    scores = numpy.where(numpy.tri(n, dtype=bool), scores, -numpy.inf)
    weights = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return numpy.einsum("hij,jhd->ihd", weights, v).reshape(n, -1) @ layer["attn.out_proj"].T


def feed_forward(x, layer):
    gate, up = numpy.split(x @ layer["ffn.proj_1"].T, 2, axis=-1)
    return (gate / (1 + numpy.exp(-gate)) * up) @ layer["ffn.proj_2"].T


def logits(folder, tokens):
    config = json.loads((folder / "config.json").read_text())
    weights = {name: value.double().numpy() for name, value in load_file(folder / "model.safetensors").items()}
    embeddings = weights["transformer.token_embeddings.weight"]
    x = embeddings[tokens]
    for i in range(config["num_transformer_layers"]):
        prefix = f"transformer.layers.{i}."
        layer = {name[len(prefix):-len(".weight")]: value for name, value in weights.items() if name.startswith(prefix)}
        x = x + attend(rms_norm(x, layer["attn_norm"]), layer, config["num_query_heads"][i], config["num_kv_heads"][i], config)
        x = x + feed_forward(rms_norm(x, layer["ffn_norm"]), layer)
    return rms_norm(x, weights["transformer.norm.weight"]) @ embeddings.T
