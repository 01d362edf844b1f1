"""Writes the trained model as GGUF, in F16 and in Q8_0.

    python export.py --checkpoint /tmp/home/model.pt --tokenizer /tmp/home/tokenizer.json --f16 /tmp/home/home-f16.gguf --q8 minnow-home.gguf
"""

import argparse
import json

import gguf
import numpy as np
import torch

from model import Model, Shape
from tokens import CHAT_TEMPLATE, END, END_OF_TEXT, START

_CONTROL, _NORMAL = 3, 1


def add_metadata(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("minnow-home")
    writer.add_author("The minnow authors")
    writer.add_license("apache-2.0")
    writer.add_description("Understands a command to a home, a vehicle cabin or a machine and answers with one line of JSON.")
    writer.add_languages(["en"])
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_vocab_size(shape.vocabulary)


def add_tokenizer(writer: gguf.GGUFWriter, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        saved = json.load(file)["model"]
    words = sorted(saved["vocab"], key=saved["vocab"].get)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in saved["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types([_CONTROL if word in (END_OF_TEXT, START, END) else _NORMAL for word in words])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(saved["vocab"][END])
    writer.add_pad_token_id(saved["vocab"][END_OF_TEXT])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def write(path: str, model: Model, tokenizer_path: str, matrices: gguf.GGMLQuantizationType, file_type: gguf.LlamaFileType) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    add_metadata(writer, model.shape)
    writer.add_file_type(file_type)
    add_tokenizer(writer, tokenizer_path)
    for name, parameter in model.state_dict().items():
        values = parameter.float().numpy()
        kind = matrices if values.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--checkpoint", "--tokenizer"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--f16")
    arguments.add_argument("--q8")
    options = arguments.parse_args()
    saved = torch.load(options.checkpoint)
    model = Model(Shape(layers=saved["layers"]))
    model.load_state_dict(saved["model"])
    if options.f16:
        write(options.f16, model, options.tokenizer, gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16)
    if options.q8:
        write(options.q8, model, options.tokenizer, gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0)


if __name__ == "__main__":
    main()
