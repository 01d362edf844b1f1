"""An independent reading of the exported file: numpy only, straight from the GGUF, so that export mistakes show up here.

It takes everything (shape, vocabulary, merges, template) from the file and nothing from model.py.
"""

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

_QWEN2_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


class GgufModel:
    def __init__(self, path: str):
        reader = GGUFReader(path)
        field = lambda name: reader.fields[name].contents()
        self.tensors = {t.name: dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}
        self.layers, self.heads, self.kv_heads = (field(f"llama.{k}") for k in ("block_count", "attention.head_count", "attention.head_count_kv"))
        self.epsilon, self.theta = field("llama.attention.layer_norm_rms_epsilon"), field("llama.rope.freq_base")
        self.end = field("tokenizer.ggml.eos_token_id")
        words = field("tokenizer.ggml.tokens")
        kinds = field("tokenizer.ggml.token_type")
        merges = [tuple(merge.split(" ", 1)) for merge in field("tokenizer.ggml.merges")]
        self.tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, merges))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(_QWEN2_SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        self.tokenizer.decoder = decoders.ByteLevel()
        self.tokenizer.add_special_tokens([AddedToken(word, special=True) for word, kind in zip(words, kinds) if kind == 3])

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.epsilon) * self.tensors[name]

    def rotate(self, x, positions):
        """x [time, heads, width]; turns adjacent pairs."""
        width = x.shape[-1]
        angles = np.outer(positions, self.theta ** (-np.arange(0, width, 2) / width))[:, None, :]
        even, odd = x[..., 0::2], x[..., 1::2]
        return np.stack((even * np.cos(angles) - odd * np.sin(angles), even * np.sin(angles) + odd * np.cos(angles)), -1).reshape(x.shape)

    def forward(self, tokens, cache):
        """Logits after the last of `tokens`; cache holds the keys and values of all earlier ones."""
        start = cache[0][0].shape[0] if cache else 0
        positions = np.arange(start, start + len(tokens))
        x = self.tensors["token_embd.weight"][tokens]
        for layer in range(self.layers):
            weight = lambda name: self.tensors[f"blk.{layer}.{name}.weight"].T
            h = self.norm(x, f"blk.{layer}.attn_norm.weight")
            split = lambda y, heads: y.reshape(len(tokens), heads, -1)
            q = self.rotate(split(h @ weight("attn_q"), self.heads), positions)
            k = self.rotate(split(h @ weight("attn_k"), self.kv_heads), positions)
            v = split(h @ weight("attn_v"), self.kv_heads)
            if layer < len(cache):
                k, v = np.concatenate((cache[layer][0], k)), np.concatenate((cache[layer][1], v))
                cache[layer] = (k, v)
            else:
                cache.append((k, v))
            group = self.heads // self.kv_heads
            scores = np.einsum("thd,shd->hts", q, k.repeat(group, 1)) / np.sqrt(q.shape[-1])
            scores += np.where(np.arange(k.shape[0])[None, :] > positions[:, None], -np.inf, 0)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = np.einsum("hts,shd->thd", scores / scores.sum(-1, keepdims=True), v.repeat(group, 1))
            x = x + mixed.reshape(len(tokens), -1) @ weight("attn_output")
            h = self.norm(x, f"blk.{layer}.ffn_norm.weight")
            gate = h @ weight("ffn_gate")
            x = x + (gate / (1 + np.exp(-gate)) * (h @ weight("ffn_up"))) @ weight("ffn_down")
        return self.norm(x[-1], "output_norm.weight") @ self.tensors["token_embd.weight"].T

    def answer(self, text: str, limit: int) -> str:
        prompt = f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
        tokens, cache, written = self.tokenizer.encode(prompt).ids, [], []
        while len(written) < limit:
            token = int(self.forward(tokens, cache).argmax())
            if token == self.end:
                break
            written.append(token)
            tokens = [token]
        return self.tokenizer.decode(written, skip_special_tokens=False)
