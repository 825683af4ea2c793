"""The network: hashed word features -> residual dilated convolutions -> a tag for each word.

Padding (feature -1) is zero before and after each layer, so that documents in one row never see one another.
"""

from __future__ import annotations

import torch
from torch import nn

from ringfence.classify.tagger.features import ROWS
from training.dataset import TAGS

WIDTHS = (48, 16, 16, 12, 16, 24, 12)
CHANNELS = 128
DILATIONS = (1, 2, 4, 8, 4, 1)


class Student(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(rows, width) for rows, width in zip(ROWS, WIDTHS, strict=True))
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.3)
        self.enter = nn.Linear(sum(WIDTHS), CHANNELS)
        self.layers = nn.ModuleList(nn.Linear(3 * CHANNELS, CHANNELS) for _ in DILATIONS)
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=0.035)
        self.leave = nn.Linear(CHANNELS, len(TAGS))
        self.drop = nn.Dropout(0.1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """int [rows, words, columns] -> logits [rows, words, tags]."""
        mask = (features[..., :1] >= 0).to(torch.float32)
        index = features.clamp(min=0)
        x = torch.cat([table(index[..., column]) for column, table in enumerate(self.tables)], -1)
        x = torch.relu(self.enter(self.drop(x))) * mask
        for dilation, layer in zip(DILATIONS, self.layers, strict=True):
            around = torch.nn.functional.pad(x, (0, 0, dilation, dilation))
            size = x.shape[1]
            near = torch.cat([around[:, at : at + size] for at in (0, dilation, 2 * dilation)], -1)
            x = (x + torch.relu(layer(near))) * mask
        return self.leave(self.drop(x))
