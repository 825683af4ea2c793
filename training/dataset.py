"""Documents -> arrays of word features and tags, in shards on disk that training reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ringfence.classify.tagger.features import COLUMNS, Lexicon, words
from training.generate.markup import Doc
from training.generate.world import LABELS
from training.public import IGNORE

TAGS = ("O", *(f"{mark}-{label}" for label in LABELS for mark in "BI"))
NO_LOSS = -100
GAP = 8
"""Padding words between documents: more than one layer of the network reaches over, so that none sees its neighbour."""
LONGEST = 60_000


def tagged(doc: Doc, lexicon: Lexicon) -> tuple[np.ndarray, np.ndarray]:
    """(features int32 [words, columns], tags int16 [words]) of one document."""
    found = words(doc.text[:LONGEST], lexicon)
    tags = np.zeros(len(found.starts), np.int16)
    for start, end, label in doc.spans:
        first = np.searchsorted(found.ends, start, "right")
        last = np.searchsorted(found.starts, end, "left")
        if first >= last:
            continue
        if label == IGNORE:
            tags[first:last] = NO_LOSS
        else:
            begin = TAGS.index(f"B-{label}")
            tags[first:last] = begin + 1
            tags[first] = begin
    return found.features, tags


def stream(docs: Iterable[Doc], lexicon: Lexicon) -> tuple[np.ndarray, np.ndarray]:
    """All documents in a row, `GAP` padding words after each: features, tags (`NO_LOSS` for padding).

    Padding has feature -1 in each column.
    """
    features: list[np.ndarray] = []
    tags: list[np.ndarray] = []
    blank = np.full((GAP, len(COLUMNS)), -1, np.int32)
    none = np.full(GAP, NO_LOSS, np.int16)
    for doc in docs:
        one, its = tagged(doc, lexicon)
        features += (one, blank)
        tags += (its, none)
    return np.concatenate(features), np.concatenate(tags)


def save(path: Path, features: np.ndarray, tags: np.ndarray) -> None:
    temporary = path.with_suffix(".part.npz")
    np.savez(temporary, features=features, tags=tags)
    temporary.rename(path)
