"""Writes the trained model as a Hugging Face folder, which `minnow convert`, transformers and others read.

    python export.py --checkpoint /tmp/home/model.pt --tokenizer /tmp/home/tokenizer.json --out /tmp/home/minnow-home
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from model import Model, Shape
from tokens import CHAT_TEMPLATE, END, END_OF_TEXT, START

_NAMES = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
          "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj",
          "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}


def config_of(shape: Shape) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": shape.vocabulary, "hidden_size": shape.width,
        "intermediate_size": shape.hidden, "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads, "head_dim": shape.head_width, "max_position_embeddings": shape.context,
        "rope_theta": shape.rope_theta, "rms_norm_eps": shape.norm_epsilon, "hidden_act": "silu", "tie_word_embeddings": True,
        "bos_token_id": None, "eos_token_id": 2, "pad_token_id": 0, "torch_dtype": "float32",
    }


def rotated_by_halves(rows: torch.Tensor, shape: Shape) -> torch.Tensor:
    """Our heads rotate neighbours, transformers' the two halves: even rows of each head come first, then the odd ones."""
    heads = rows.unflatten(0, (-1, shape.head_width // 2, 2))
    return heads.transpose(1, 2).flatten(0, 2).contiguous()


def weights_of(model: Model) -> dict:
    weights = {}
    for name, parameter in model.state_dict().items():
        parameter = parameter.float()
        if name == "token_embd.weight":
            weights["model.embed_tokens.weight"] = parameter
        elif name == "output_norm.weight":
            weights["model.norm.weight"] = parameter
        else:
            _, layer, part, _ = name.split(".")
            turned = rotated_by_halves(parameter, model.shape) if part in ("attn_q", "attn_k") else parameter
            weights[f"model.layers.{layer}.{_NAMES[part]}.weight"] = turned
    return weights


def tokenizer_config() -> dict:
    return {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": None, "eos_token": END, "pad_token": END_OF_TEXT,
            "additional_special_tokens": [START], "add_bos_token": False, "model_max_length": Shape().context,
            "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--checkpoint", "--tokenizer", "--out"):
        arguments.add_argument(name, required=True)
    options = arguments.parse_args()
    saved = torch.load(options.checkpoint)
    model = Model(Shape(layers=saved["layers"]))
    model.load_state_dict(saved["model"])
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights_of(model), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config_of(model.shape), indent=1) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(), indent=1) + "\n")
    (folder / "tokenizer.json").write_bytes(Path(options.tokenizer).read_bytes())


if __name__ == "__main__":
    main()
