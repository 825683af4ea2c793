"""The deep tier: a tagger on a sentence encoder, slower by far than `NeuralTagger` and better at names nobody listed.

Its base (MiniLM-L6, Apache-2.0) is the package of the extra `deep`; only what training added stands beside this file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ringfence.classify.detector import Hit
from ringfence.classify.tagger import adapter as adapter_file
from ringfence.classify.tagger import merge
from ringfence.classify.tagger.reading import MARK_ROWS, Reading, read, row, stretches
from ringfence.classify.tagger.spans import ENTITIES, Labels, hits
from ringfence.classify.tagger.subwords import Subwords
from ringfence.classify.tagger.tagger import pieces


class DeepTagger:
    """Keeps no state between texts; safe to call from any thread.

    INVARIANT: what is found in a text does not depend on the texts beside it in `find_many`: each row of the network
    is a call of its own.
    """

    entities = ENTITIES

    def __init__(self, adapter: bytes, weights: bytes, vocabulary: bytes, threads: int = 1) -> None:
        """`adapter`: the bytes of deep.bin; `weights`, `vocabulary`: the base's model.safetensors and vocab.txt.

        Raises ConfigurationError where they are damaged or do not belong together.
        """
        own = adapter_file.read(adapter)
        base = adapter_file.base(weights, own.base_sha256)
        self.name = f"deep/{own.version}"
        self._lexicon = own.lexicon()
        self._labels = Labels.of(own.tags, own.thresholds)
        self._columns = len(own.tags)
        self._subwords = Subwords(vocabulary)
        self._pieces = base["embeddings.word_embeddings.weight"].astype(np.float16)  # 23 MB rather than 47
        kinds = base["embeddings.token_type_embeddings.weight"]
        self._places = base["embeddings.position_embeddings.weight"] + kinds[0]
        self._marks = [own.arrays[f"marks.{column}"].values() for column in range(len(MARK_ROWS))]
        self._session = _session(own.network, merge.constants(own, base), threads)

    def find(self, text: str) -> list[Hit]:
        """Hits of one text, sorted and disjoint; offsets are code points."""
        found = []
        for start, piece in pieces(text):
            reading = read(piece, self._lexicon, self._subwords)
            for hit in hits(piece, reading.words, self._tags(reading), self._labels):
                found.append(Hit(hit.start + start, hit.end + start, hit.entity, hit.score))
        return found

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        """The hits of each text."""
        return [self.find(text) for text in texts]

    def tags(self, text: str) -> NDArray[np.float32]:
        """float32 [words, tags] of a text of at most 60,000 code points: the network's own numbers."""
        return self._tags(read(text, self._lexicon, self._subwords))

    def _tags(self, reading: Reading) -> NDArray[np.float32]:
        """float32 [words, tags], from rows that overlap."""
        tags = np.empty((len(reading.marks), self._columns), np.float32)
        for start, end, taken in stretches(reading):
            tags[taken:end] = self._row(reading, start, end)[taken - start :]
        return tags

    def _row(self, reading: Reading, start: int, end: int) -> NDArray[np.float32]:
        one = row(reading, start, end, self._subwords)
        x = self._pieces[one.ids] + self._places[: len(one.ids)]
        for column, table in enumerate(self._marks):
            x += table[one.marks[:, column]]
        (tags,) = self._session.run(["tags"], {"x": x, "places": one.places})
        return tags  # type: ignore[no-any-return]


def _session(network: bytes, constants: merge.Constants, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in constants.values()]
    options.add_external_initializers(list(constants), values)
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
