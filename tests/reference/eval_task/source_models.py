"""Two small models as Hugging Face folders in F32: the program's own, whose weights are read out of its GGUF file, and one
with random weights, another shape and a tokenizer that begins texts with a special token."""
import itertools
import json
import pathlib

import gguf
import numpy
import torch
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = QWEN2.replace(r"\p{N}|", r"\p{N}{1,3}|")


def byte_level(split):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def save(folder, model, tokenizer, **special):
    folder = pathlib.Path(folder)
    model.save_pretrained(folder)
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, clean_up_tokenization_spaces=False, **special).save_pretrained(folder)
    return folder


def home(path, folder):
    reader = gguf.GGUFReader(path)
    value = lambda key: reader.fields[key].contents()
    heads, kv_heads = value("llama.attention.head_count"), value("llama.attention.head_count_kv")
    config = transformers.LlamaConfig(
        vocab_size=value("llama.vocab_size"), hidden_size=value("llama.embedding_length"), num_hidden_layers=value("llama.block_count"),
        intermediate_size=value("llama.feed_forward_length"), num_attention_heads=heads, num_key_value_heads=kv_heads,
        head_dim=value("llama.attention.key_length"), max_position_embeddings=value("llama.context_length"),
        rms_norm_eps=value("llama.attention.layer_norm_rms_epsilon"), tie_word_embeddings=True, eos_token_id=2, pad_token_id=0,
        bos_token_id=None, rope_parameters=dict(rope_type="default", rope_theta=value("llama.rope.freq_base")))
    model = transformers.LlamaForCausalLM(config)
    names = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
             "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
             "ffn_down": "mlp.down_proj"}
    outer = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}
    state = {}
    for tensor in reader.tensors:
        weights = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
        name = outer.get(tensor.name)
        if name is None:
            _, layer, part, _ = tensor.name.split(".")
            name = f"model.layers.{layer}.{names[part]}.weight"
            if part in ("attn_q", "attn_k"):  # GGUF rotates neighbours, transformers halves
                n = heads if part == "attn_q" else kv_heads
                weights = weights.reshape(n, weights.shape[0] // n // 2, 2, -1).swapaxes(1, 2).reshape(weights.shape)
        state[name] = torch.from_numpy(numpy.ascontiguousarray(weights))
    missing = model.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"lm_head.weight"}, missing

    words, types = value("tokenizer.ggml.tokens"), value("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, merges))
    tokenizer.pre_tokenizer, tokenizer.decoder = byte_level(QWEN2), decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word, kind in zip(words, types) if kind == 3])
    return save(folder, model, tokenizer, eos_token=words[2], pad_token=words[0])


def random_llama(folder, texts, seed=5):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = byte_level(LLAMA3), decoders.ByteLevel()
    tokenizer.train_from_iterator(itertools.islice(texts, 4000), trainers.BpeTrainer(
        vocab_size=1500, special_tokens=["<|begin|>", "<|end|>"], show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", 0)])
    size = tokenizer.get_vocab_size()
    torch.manual_seed(seed)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=size, hidden_size=128, intermediate_size=320, num_hidden_layers=3, num_attention_heads=8, num_key_value_heads=2,
        max_position_embeddings=2048, bos_token_id=0, eos_token_id=1, tie_word_embeddings=False))
    for name, parameter in model.named_parameters():  # lively enough that answers differ
        gain = 1.5 if "q_proj" in name or "k_proj" in name else 1.0
        parameter.data = 1 + 0.2 * torch.randn_like(parameter) if parameter.ndim == 1 else gain * torch.randn_like(parameter) / parameter.shape[1] ** 0.5
    return save(folder, model, tokenizer, bos_token="<|begin|>", eos_token="<|end|>", pad_token="<|end|>")


def learn_by_heart(folder, questions, steps=160):
    """Teaches the model in `folder` GSM8K questions and their answers, so that it has numbers to say."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    torch.manual_seed(1)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.05)
    texts = [f"Question: {question['question']}\nAnswer: {question['answer']}<|end|>" for question in questions]
    rows = tokenizer(texts, return_tensors="pt", padding=True)
    labels = rows.input_ids.masked_fill(rows.attention_mask == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 4e-3 * min(1, (step + 1) / 20) * (1 - step / steps)
        loss = model(**rows, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    print(f"learned to {loss.item():.3f} nats a token", flush=True)
    model.save_pretrained(folder)
    return folder


def task_texts(*files):
    for file in files:
        for line in pathlib.Path(file).read_text().splitlines():
            yield from (value for value in json.loads(line).values() if isinstance(value, str))
