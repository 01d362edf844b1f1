#!/usr/bin/env python3
"""Makes the golden data of the model families: small random models and the logits that transformers gives them.

    pip install torch transformers safetensors numpy
    python3 tests/reference/families/generate.py [NAME...]

Every family gets a folder as save_pretrained writes it (config.json, model.safetensors) and, for each prompt, the
logits at every position as raw little-endian f32 (positions x vocabulary). manifest.json lists them all.

The models are tiny but not tame: norms and biases are random, scores are spread so that attention is far from uniform, and
prompts are longer than the sliding windows and the original contexts, so that each branch of each family shows.
Weights hold values that bfloat16 can, so they are stored in two bytes (or as F16 or F32: the readers are tested
too) and are the same numbers in every format. The logits come from the model reloaded from its folder, in f64.
"""

import json
import pathlib
import shutil
import sys

import numpy
import openelm
import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
VOCABULARY = 96
PROMPT = 40
WINDOW = 16

SMALL = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0,
             attn_implementation="eager")
WIDE = SMALL | dict(hidden_size=64)  # families whose head size is always hidden/heads
LLAMA3_ROPE = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=64)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=32)
GEMMA = SMALL | dict(head_dim=24, rms_norm_eps=1e-6, tie_word_embeddings=True)
GEMMA3 = GEMMA | dict(num_hidden_layers=7, head_dim=16, num_key_value_heads=1, intermediate_size=48,
                      sliding_window=WINDOW, query_pre_attn_scalar=16)
GEMMA3_ROPE = {"sliding_attention": dict(rope_type="default", rope_theta=10000.0),
               "full_attention": dict(rope_type="linear", rope_theta=1000000.0, factor=8.0)}


def longrope(n_dims, original=24, **more):
    steps = numpy.arange(n_dims // 2)
    return dict(rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=original,
                short_factor=[round(1.0 + 0.07 * step, 3) for step in steps.tolist()],
                long_factor=[round(1.3 + 1.1 * step, 3) for step in steps.tolist()], **more)


# name -> (model class, configuration, other wishes): "old": config.json as transformers 4 wrote it; "dtype": of the
# stored weights; "prompts": lengths.
FAMILIES = {
    "llama": ("Llama", SMALL, dict(dtype="F32")),
    "llama-tied": ("Llama", SMALL | dict(tie_word_embeddings=True, num_key_value_heads=4), dict(dtype="F16")),
    "llama-llama3-rope": ("Llama", SMALL | dict(head_dim=16, rope_parameters=LLAMA3_ROPE), dict(old=True)),
    "llama-linear-rope": ("Llama", SMALL | dict(rope_parameters=dict(rope_type="linear", rope_theta=5000.0, factor=3.0)), {}),
    "llama-yarn-rope": ("Llama", SMALL | dict(head_dim=16, rope_parameters=YARN), {}),
    "llama-head-dim": ("Llama", SMALL | dict(head_dim=24), dict(old=True)),
    "llama-bias": ("Llama", SMALL | dict(attention_bias=True, mlp_bias=True), {}),
    "mistral": ("Mistral", SMALL | dict(sliding_window=None, head_dim=24), {}),
    "mistral-window": ("Mistral", SMALL | dict(sliding_window=WINDOW), dict(old=True)),
    "qwen2": ("Qwen2", SMALL, {}),
    "qwen2-yarn": ("Qwen2", WIDE | dict(rope_parameters=YARN, tie_word_embeddings=True), dict(old=True)),
    "qwen3": ("Qwen3", SMALL | dict(head_dim=24), {}),
    "qwen3-tied": ("Qwen3", SMALL | dict(head_dim=16, tie_word_embeddings=True, num_hidden_layers=3), dict(old=True)),
    "gemma": ("Gemma", GEMMA | dict(num_key_value_heads=1), dict(old=True)),
    "gemma2": ("Gemma2", GEMMA | dict(num_hidden_layers=3, sliding_window=WINDOW, query_pre_attn_scalar=24,
                                      attn_logit_softcapping=4.0, final_logit_softcapping=2.5), dict(old=True)),
    "gemma2-scalar": ("Gemma2", GEMMA | dict(sliding_window=WINDOW, query_pre_attn_scalar=10,
                                             attn_logit_softcapping=6.0, final_logit_softcapping=3.0), {}),
    "gemma3": ("Gemma3", GEMMA3 | dict(rope_parameters=GEMMA3_ROPE), {}),
    "gemma3-old-config": ("Gemma3", GEMMA3 | dict(num_hidden_layers=6, rope_parameters={
        **GEMMA3_ROPE, "full_attention": dict(rope_type="default", rope_theta=1000000.0)}), dict(old=True)),
    "phi2": ("Phi", WIDE | dict(num_key_value_heads=4, intermediate_size=256, num_hidden_layers=1, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)), dict(old=True)),
    "phi3": ("Phi3", WIDE | dict(sliding_window=None, rope_parameters=dict(rope_type="default", rope_theta=10000.0)), {}),
    "phi3-window": ("Phi3", WIDE | dict(num_key_value_heads=4, sliding_window=WINDOW, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0)), dict(old=True)),
    "phi3-longrope": ("Phi3", WIDE | dict(original_max_position_embeddings=24, num_key_value_heads=4,
                                          rope_parameters=longrope(16)), dict(old=True, prompts=[20, PROMPT])),
    "phi3-partial": ("Phi3", WIDE | dict(original_max_position_embeddings=24, tie_word_embeddings=True,
                                         rope_parameters=longrope(12, partial_rotary_factor=0.75)),
                     dict(old=True, prompts=[20, PROMPT])),
    "stablelm": ("StableLm", WIDE | dict(num_key_value_heads=4, use_qkv_bias=True, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.25)), dict(old=True)),
    "stablelm-parallel": ("StableLm", WIDE | dict(use_parallel_residual=True, qk_layernorm=True, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.25)), {}),
    "gpt2": ("GPT2", dict(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=1,
                          eos_token_id=2, attn_implementation="eager"), dict(dtype="F16")),
    "openelm": ("OpenELM", openelm.CONFIG | dict(vocab_size=VOCABULARY), {}),
}
CLASSES = {"Llama": "LlamaForCausalLM", "Mistral": "MistralForCausalLM", "Qwen2": "Qwen2ForCausalLM",
           "Qwen3": "Qwen3ForCausalLM", "Gemma": "GemmaForCausalLM", "Gemma2": "Gemma2ForCausalLM",
           "Gemma3": "Gemma3ForCausalLM", "Phi": "PhiForCausalLM", "Phi3": "Phi3ForCausalLM",
           "StableLm": "StableLmForCausalLM", "GPT2": "GPT2LMHeadModel"}
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def randomise(model, generator, gemma_norms):
    """Spread weights: queries and keys so that scores have a deviation of about two, outputs so that logits have about one."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name or ".ln_" in name:
            centre = 0.0 if gemma_norms or name.endswith("bias") else 1.0
            value = centre + 0.3 * noise
        elif parameter.ndim == 1:
            value = 0.3 * noise
        elif "embed" in name or "wte" in name or "wpe" in name:
            value = noise / parameter.shape[1] ** 0.5
        else:
            fan_in = parameter.shape[0] if "c_" in name and "gpt2" in model.config.model_type else parameter.shape[1]
            gain = 1.5 if any(part in name for part in ("q_proj", "k_proj", "qkv_proj", "c_attn")) else 1.0
            value = gain * noise / fan_in ** 0.5
        parameter.data = value.to(torch.bfloat16).to(torch.float32)


def like_transformers_4(config):
    """The same model as older config.json files say it, which is what most folders in the world hold."""
    rope = config.pop("rope_parameters", None)
    config["transformers_version"] = "4.44.0"
    config.pop("layer_types", None)
    if "dtype" in config:
        config["torch_dtype"] = config.pop("dtype")
    if rope is None:
        return
    if "sliding_attention" in rope:
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        config["sliding_window_pattern"] = 6
        rope = rope["full_attention"]
    config["rope_theta"] = rope.pop("rope_theta")
    if "partial_rotary_factor" in rope:
        config["partial_rotary_factor"] = rope.pop("partial_rotary_factor")
    kind = rope.pop("rope_type")
    if kind == "longrope":
        rope.pop("original_max_position_embeddings")
    config["rope_scaling"] = None if kind == "default" else {"rope_type" if kind == "llama3" else "type": kind, **rope}


def save_in(folder, tensors, dtype):
    save_file({name: tensor.to(DTYPES[dtype]).contiguous() for name, tensor in tensors.items()},
              folder / "model.safetensors", metadata={"format": "pt"})


def tidy_config(folder, wishes, dtype):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["dtype"] = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}[dtype]
    if wishes.get("old"):
        like_transformers_4(config)
    path.write_text(json.dumps(config, indent=1) + "\n")


def make_transformers(folder, kind, config, wishes, generator):
    model_class = getattr(transformers, CLASSES[kind])
    model = model_class(model_class.config_class(**config))
    randomise(model, generator, gemma_norms=kind.startswith("Gemma"))
    model.save_pretrained(folder)
    probe = torch.arange(3, 3 + PROMPT).tolist()
    meant = logits_of(model, probe)
    dtype = wishes.get("dtype", "BF16")
    save_in(folder, load_file(folder / "model.safetensors"), dtype)
    tidy_config(folder, wishes, dtype)
    (folder / "generation_config.json").unlink(missing_ok=True)
    assert abs(transformers_logits(folder, kind, probe) - meant).max() < 1e-4, "the folder says another model"


def logits_of(model, tokens):
    with torch.no_grad():
        return model.double().eval()(torch.tensor([tokens]), use_cache=False).logits[0].float().numpy()


def transformers_logits(folder, kind, tokens):
    model_class = getattr(transformers, CLASSES[kind])
    return logits_of(model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager"), tokens)


def make(name):
    kind, config, wishes = FAMILIES[name]
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    if kind == "OpenELM":
        openelm.save(folder, config, generator, lambda tensors: save_in(folder, tensors, "BF16"))
    else:
        make_transformers(folder, kind, config, wishes, generator)

    prompts = []
    for length in wishes.get("prompts", [PROMPT]):
        tokens = torch.randint(3, VOCABULARY, (length,), generator=generator).tolist()
        logits = openelm.logits(folder, tokens) if kind == "OpenELM" else transformers_logits(folder, kind, tokens)
        assert logits.shape == (length, VOCABULARY) and numpy.isfinite(logits).all()
        file = f"{name}/logits-{length}.f32"
        logits.astype("<f4").tofile(HERE / file)
        prompts.append(dict(tokens=tokens, logits=file))
        print(f"{name:20} {length:3} tokens, logits' deviation {logits.std():.3f}")
    return dict(name=name, folder=name, vocabulary_size=VOCABULARY, prompts=prompts)


def main():
    wanted = sys.argv[1:] or list(FAMILIES)
    manifest = HERE / "manifest.json"
    known = {}
    if manifest.exists() and sys.argv[1:]:
        known = {family["name"]: family for family in json.loads(manifest.read_text())["families"]}
    known |= {name: make(name) for name in wanted}
    families = [known[name] for name in FAMILIES if name in known]
    lines = ",\n".join("  " + json.dumps(family) for family in families)
    manifest.write_text(f'{{"transformers": "{transformers.__version__}", "torch": "{torch.__version__}", '
                        f'"families": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
