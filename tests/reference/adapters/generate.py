#!/usr/bin/env python3
"""Makes the golden data of LoRA adapters: PEFT folders for two of the golden models, and the logits that PEFT gives.

    pip install torch transformers safetensors numpy peft
    python3 tests/reference/adapters/generate.py

Every adapter changes all seven matrices of each layer by about as much as they hold. logits.f32 has the logits at
every position of the prompt in prompt.json (positions x vocabulary), in f64 until they are written as little-endian f32.
"""
import json
import pathlib

import numpy
import torch
import transformers
from peft import LoraConfig, get_peft_model

HERE = pathlib.Path(__file__).parent
FAMILIES = HERE.parent / "families"
ADAPTERS = {"llama": ("Llama", dict(r=4, lora_alpha=8)), "qwen2": ("Qwen2", dict(r=3, lora_alpha=5, use_rslora=True))}
MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

for name, (kind, options) in ADAPTERS.items():
    torch.manual_seed(7)
    base = getattr(transformers, kind + "ForCausalLM").from_pretrained(
        FAMILIES / name, dtype=torch.float32, attn_implementation="eager")
    model = get_peft_model(base, LoraConfig(target_modules=MODULES, lora_dropout=0.0, bias="none", **options))
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lora_" in key:
                value.copy_((torch.randn_like(value) * (0.5 if "lora_A" in key else 0.2)).bfloat16().float())
    folder = HERE / name
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = name
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
    tokens = [int(token) for token in numpy.random.default_rng(5).integers(3, 96, 21)]
    (folder / "prompt.json").write_text(json.dumps(tokens) + "\n")
    with torch.no_grad():
        logits = model.double().eval()(torch.tensor([tokens]), use_cache=False).logits[0]
        plain = base.double().eval()
        with model.disable_adapter():
            difference = (model(torch.tensor([tokens]), use_cache=False).logits[0] - logits).abs().mean()
    logits.float().numpy().astype("<f4").tofile(folder / "logits.f32")
    print(f"{name}: logits' deviation {logits.std():.3f}, changed by {difference:.3f} on average")
