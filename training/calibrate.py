"""Thresholds: by label, how likely a word must be no `O` to count, chosen on documents that nothing was fit to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import onnxruntime

from ringfence.classify.tagger.model import Model
from training.dataset import NO_LOSS, stream
from training.generate.markup import Doc

_GRID = np.arange(0.40, 0.51, 0.05)
# Not lower: what the generator thinks likely enough is too often nothing at all in text of other kinds. Not higher: the
# generator's own text needs no mercy, and elsewhere a name that was missed costs more than a word too many.
_WEIGHT = 1.0
"""What a missed word costs, in false ones."""


def calibrated(model: Model, docs: Sequence[Doc]) -> Model:
    """`model` with the thresholds that cost least on `docs`; ties go to the one nearest one half."""
    features, gold = stream(docs, model.lexicon())
    session = onnxruntime.InferenceSession(model.network)
    (tags,) = session.run(["tags"], {"features": features})
    names = tuple(dict.fromkeys(tag[2:] for tag in model.tags if tag != "O"))
    columns = [[place for place, tag in enumerate(model.tags) if tag[2:] == name] for name in names]
    by_label = np.stack([tags[:, each].sum(1) for each in columns], 1)
    best, likely, kept = by_label.argmax(1), 1 - tags[:, 0], gold != NO_LOSS
    thresholds = {}
    for number, name in enumerate(names):
        own = kept & (best == number)
        hit = gold[own] != 0
        costs = [
            _WEIGHT * float((hit & (likely[own] < limit)).sum()) + float((~hit & (likely[own] >= limit)).sum())
            for limit in _GRID
        ]
        least = min(costs)
        close = [float(limit) for limit, cost in zip(_GRID, costs, strict=True) if cost == least]
        thresholds[name] = round(min(close, key=lambda limit: abs(limit - 0.5)), 2)
    return msgspec.structs.replace(model, thresholds=thresholds)
