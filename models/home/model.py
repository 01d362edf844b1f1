"""The network: a plain Llama decoder, small enough to read in one sitting.

RMSNorm, rotary positions on adjacent pairs (what GGUF calls NORM), grouped-query attention, SwiGLU, and one matrix for
both the embedding and the output. Every matrix row is a multiple of 256 wide, so the file can take any k-quant too.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 2048
    width: int = 256
    hidden: int = 768
    layers: int = 5
    heads: int = 8
    kv_heads: int = 4
    context: int = 512
    rope_theta: float = 10000.0
    norm_epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        return self.width // self.heads


def rotary_table(shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
    pairs = torch.arange(0, shape.head_width, 2).float() / shape.head_width
    angles = torch.outer(torch.arange(shape.context).float(), shape.rope_theta ** -pairs)
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turns each adjacent pair of x [batch, heads, time, head_width] by its position's angle."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Norm(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.epsilon = shape.norm_epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        kv_width = shape.kv_heads * shape.head_width
        self.shape = shape
        self.attn_norm, self.ffn_norm = Norm(shape), Norm(shape)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_v = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.width, bias=False)

    def heads(self, x: torch.Tensor, count: int) -> torch.Tensor:
        return x.view(x.shape[0], x.shape[1], count, self.shape.head_width).transpose(1, 2)

    def attention(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, future: torch.Tensor) -> torch.Tensor:
        shape = self.shape
        q = rotate(self.heads(self.attn_q(x), shape.heads), cos, sin)
        k = rotate(self.heads(self.attn_k(x), shape.kv_heads), cos, sin)
        v = self.heads(self.attn_v(x), shape.kv_heads)
        group = shape.heads // shape.kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        # Written out: at our lengths (under 200) two plain products train far faster on a CPU than the fused kernel.
        scores = (q @ k.transpose(-1, -2)) * shape.head_width**-0.5 + future
        mixed = scores.softmax(-1) @ v
        return self.attn_output(mixed.transpose(1, 2).flatten(2))

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, future: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.attn_norm(x), cos, sin, future)
        h = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Model(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape)
        cos, sin = rotary_table(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        future = torch.full((shape.context, shape.context), float("-inf")).triu(1)
        self.register_buffer("future", future, persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                # Projections back into the residual stream start smaller, so that depth does not inflate it.
                closing = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(parameter, std=0.02 / (2 * shape.layers) ** 0.5 if closing else 0.04)

    def trunk(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.token_embd(tokens)
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
        x = x.to(dtype)
        cos, sin = self.cos[: tokens.shape[1]].to(dtype), self.sin[: tokens.shape[1]].to(dtype)
        future = self.future[: tokens.shape[1], : tokens.shape[1]].to(dtype)
        for layer in self.blk:
            x = layer(x, cos, sin, future)
        return self.output_norm(x)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits for every position, [batch, time, vocabulary]."""
        return F.linear(self.trunk(tokens), self.token_embd.weight)
