"""The neural tagger: names, places, dates and codes in free text, on one thread of the CPU."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime

from ringfence.classify.detector import Hit
from ringfence.classify.tagger import model as model_file
from ringfence.classify.tagger.features import COLUMNS, Words, words
from ringfence.classify.tagger.spans import ENTITIES, Labels, hits

_WINDOW_WORDS = 16_384
"""Words of one call of the network: bounds its memory (some 20 MB). Longer texts are read in overlapping windows."""
_LONGEST = 60_000
"""Code points of one piece of a text, below the limit of `features.words`; cut at the last blank before it."""


class NeuralTagger:
    """Finds what patterns cannot. Keeps no state between texts; safe to call from any thread.

    INVARIANT: what is found in a text does not depend on the texts beside it in `find_many`: padding keeps them apart,
    and the network's numbers are integers with fixed scales.
    """

    entities = ENTITIES

    def __init__(self, model: bytes, threads: int = 1) -> None:
        """`model`: the bytes of a model file (see `model.py`). Raises ConfigurationError where they are damaged."""
        read = model_file.read(model)
        self.name = f"tagger/{read.version}"
        self._lexicon = read.lexicon()
        self._labels = Labels.of(read.tags, read.thresholds)
        self._gap = np.full((read.gap, len(COLUMNS)), -1, np.int32)
        self._reach = read.reach
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(read.network, options, providers=["CPUExecutionProvider"])

    def find(self, text: str) -> list[Hit]:
        """Hits of one text, sorted and disjoint; offsets are code points."""
        return self.find_many((text,))[0]

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        """The hits of each text, for about the price of one text as long as all of them."""
        found: list[list[Hit]] = [[] for _ in texts]
        batch: list[tuple[int, int, str, Words]] = []
        size = 0
        for number, text in enumerate(texts):
            for start, piece in pieces(text):
                each = words(piece, self._lexicon)
                if not len(each.starts):
                    continue
                if batch and size + len(each.starts) > _WINDOW_WORDS:
                    self._answer(batch, found)
                    batch, size = [], 0
                batch.append((number, start, piece, each))
                size += len(each.starts) + len(self._gap)
        if batch:
            self._answer(batch, found)
        return found

    def _answer(self, batch: Sequence[tuple[int, int, str, Words]], found: list[list[Hit]]) -> None:
        """Run the network over all pieces in a row, `gap` padding words after each."""
        rows = [part for _, _, _, each in batch for part in (each.features, self._gap)]
        tags = self._tags(np.concatenate(rows))
        place = 0
        for number, start, piece, each in batch:
            end = place + len(each.starts)
            for hit in hits(piece, each, tags[place:end], self._labels):
                found[number].append(Hit(hit.start + start, hit.end + start, hit.entity, hit.score))
            place = end + len(self._gap)

    def _tags(self, features: np.ndarray) -> np.ndarray:
        """The network in windows that overlap by all that a word's tags depend on: the same as in one go."""
        parts = []
        for start in range(0, len(features), _WINDOW_WORDS):
            first = max(0, start - self._reach)
            last = min(len(features), start + _WINDOW_WORDS)
            window = features[first : min(len(features), last + self._reach)]
            (tags,) = self._session.run(["tags"], {"features": window})
            parts.append(tags[start - first : last - first])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def pieces(text: str) -> list[tuple[int, str]]:
    """(start, piece) of a long text, each cut after a blank."""
    if len(text) <= _LONGEST:
        return [(0, text)]
    cut, start = [], 0
    while start < len(text):
        end = min(len(text), start + _LONGEST)
        if end < len(text):
            blank = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
            end = blank + 1 if blank > start else end
        cut.append((start, text[start:end]))
        start = end
    return cut
