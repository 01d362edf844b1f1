"""Source models as people download them: a folder with config.json, safetensors, tokenizer.json and tokenizer_config.json with a chat
template. Random weights in the variants of generate.py, but 256 wide, so that K-quants have whole blocks, and each family with
a tokenizer of the kind it really has, trained on the spot."""
import json
import shutil
import sys
from pathlib import Path

import openelm
import torch
import transformers
from generate import CLASSES, FAMILIES, randomise, save_in, tidy_config
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

sys.path.insert(0, str(Path(__file__).parents[1] / "tokenizers"))
import pipelines  # noqa: E402  (needs the path above)

WIDTH, FFN, CONTEXT, VOCABULARY = 256, 512, 128, 1000
BEGIN, END = "<s>", "<|end|>"
TEMPLATE = ("{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + '" + END + "\n' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}")
SENTENCEPIECE = "a SentencePiece vocabulary"
# What the published models of a family split with; Llama 2's descendants and Gemma use SentencePiece.
TOKENIZERS = {"Llama": "llama-bpe", "Mistral": SENTENCEPIECE, "Qwen2": "qwen2", "Qwen3": "qwen2", "Gemma": SENTENCEPIECE,
              "Gemma2": SENTENCEPIECE, "Gemma3": SENTENCEPIECE, "Phi": "gpt-2", "Phi3": SENTENCEPIECE, "StableLm": "qwen2",
              "GPT2": "gpt-2", "OpenELM": SENTENCEPIECE}


def byte_level(split, texts):
    tokenizer = Tokenizer(models.BPE(ignore_merges=split == "llama-bpe"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        pipelines.PRE_TOKENIZERS[split] + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=["<unk>", BEGIN, END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def sentencepiece(kind, texts):
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    trained.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=["<unk>", BEGIN, END] + byte_tokens, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    tokenizer = Tokenizer(models.BPE(model["vocab"], [tuple(merge) for merge in model["merges"]], unk_token="<unk>",
                                     fuse_unk=True, byte_fallback=True))
    spaces = not kind.startswith("Gemma")  # one before the text too, as Llama 2 and its descendants have it
    replace = normalizers.Replace(" ", "▁")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), replace]) if spaces else replace
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] +
                                          ([decoders.Strip(" ", 1, 0)] if spaces else []))
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True, rstrip=kind == "Phi3" and text == END)
                                  for text in ("<unk>", BEGIN, END)])
    return tokenizer


def make_tokenizer(kind, texts):
    split = TOKENIZERS[kind]
    tokenizer = sentencepiece(kind, texts) if split == SENTENCEPIECE else byte_level(split, texts)
    if kind not in ("Qwen2", "Qwen3", "Phi", "GPT2"):  # whose texts begin with no token of their own
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{BEGIN} $A", special_tokens=[(BEGIN, 1)])
    wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, clean_up_tokenization_spaces=False, unk_token="<unk>",
                                                   bos_token=BEGIN, eos_token=END)
    wrapped.chat_template = TEMPLATE
    return wrapped


def widened(kind, config, vocabulary):
    """The same variant in a size that real quantization fits: as many heads more as the width grows."""
    if kind == "GPT2":
        return config | dict(vocab_size=vocabulary, n_embd=WIDTH, n_head=32, n_positions=CONTEXT)
    if kind == "OpenELM":
        return config | dict(vocab_size=vocabulary, model_dim=WIDTH, ffn_dim_divisor=64, rope_max_length=CONTEXT,
                             max_context_length=CONTEXT)
    times = WIDTH // config["hidden_size"]
    return config | dict(vocab_size=vocabulary, hidden_size=WIDTH, intermediate_size=FFN, max_position_embeddings=CONTEXT,
                         num_attention_heads=config["num_attention_heads"] * times,
                         num_key_value_heads=config["num_key_value_heads"] * times)


def make(name, folder, texts):
    """Returns the tokenizer, and the function from tokens to logits (positions x vocabulary) by transformers in F32."""
    kind, config, wishes = FAMILIES[name]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    tokenizer = make_tokenizer(kind, texts)
    config = widened(kind, config, len(tokenizer))
    tokenizer.save_pretrained(folder)
    if kind == "OpenELM":
        openelm.save(folder, config, generator, lambda tensors: save_in(folder, tensors, "BF16"))
        return tokenizer, lambda tokens: openelm.logits(folder, tokens)
    model_class = getattr(transformers, CLASSES[kind])
    model = model_class(model_class.config_class(**config))
    randomise(model, generator, gemma_norms=kind.startswith("Gemma"))
    model.to(torch.bfloat16).save_pretrained(folder, max_shard_size="1MB")  # in several files, as large models are
    tidy_config(folder, wishes, "BF16")
    model = model_class.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()

    def logits(tokens):
        with torch.no_grad():
            return model(torch.tensor([tokens]), use_cache=False).logits[0].numpy()
    return tokenizer, logits
