"""The models that make_model.py can write: published shapes, and number formats."""
SHAPES = {
    "llama-3.2-1b": dict(architecture="llama", layers=16, size=2048, heads=32, kv_heads=8, head=64, ffn=8192,
                         vocabulary=128256, rope_base=5e5, tokenizer="llama-bpe", qkv_bias=False),
    "llama-3.2-3b": dict(architecture="llama", layers=28, size=3072, heads=24, kv_heads=8, head=128, ffn=8192,
                         vocabulary=128256, rope_base=5e5, tokenizer="llama-bpe", qkv_bias=False),
    "qwen2.5-0.5b": dict(architecture="qwen2", layers=24, size=896, heads=14, kv_heads=2, head=64, ffn=4864,
                         vocabulary=151936, rope_base=1e6, tokenizer="qwen2", qkv_bias=True),
}
TYPES = ("F16", "Q8_0", "Q6_K", "Q4_K_M", "Q4_0")
