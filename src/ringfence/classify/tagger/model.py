"""The model file: the network and all that must go with it in one piece, so that no part is of another training."""

from __future__ import annotations

import msgspec
import numpy as np

from ringfence.classify.tagger.envelope import opened, sealed
from ringfence.classify.tagger.features import VERSION, Lexicon
from ringfence.vocabulary.errors import ConfigurationError


class Model(msgspec.Struct, frozen=True):
    """`network` is ONNX: int32 `features` [words, columns] -> float32 `tags` [words, tags], each row summing to 1.

    `tags` names the columns (`O`, `B-PERSON`, `I-PERSON` ...). `thresholds`: by label, how likely a word must be no `O`
    to count. `gap`: padding words that keep two texts of one call apart. `reach`: words to either side that one word's
    tags depend on. `version` counts trainings; `features` is the version of the features it was trained with.
    """

    version: int
    features: int
    tags: tuple[str, ...]
    thresholds: dict[str, float]
    gap: int
    reach: int
    network: bytes
    lexicon_hashes: bytes
    lexicon_lists: bytes

    def lexicon(self) -> Lexicon:
        return Lexicon(np.frombuffer(self.lexicon_hashes, np.uint32), np.frombuffer(self.lexicon_lists, np.uint8))


_MAGIC = b"ringfence tagger 1\n"


def write(model: Model) -> bytes:
    """The file's bytes: a line that names the format, the SHA-256 of the rest, and the model in MessagePack."""
    body = msgspec.msgpack.encode(model)
    return sealed(_MAGIC, body)


def read(data: bytes) -> Model:
    """Raises ConfigurationError for anything that `write` of this version did not make."""
    body = opened(data, _MAGIC, "The tagger's model file", "ringfence/classify/tagger/model.bin")
    model = msgspec.msgpack.decode(body, type=Model)
    if model.features != VERSION:
        raise ConfigurationError(
            f"The tagger's model wants features of version {model.features}; this release computes {VERSION}.",
            where="ringfence/classify/tagger/model.bin",
            remedy="Install the package again, or train with this release: `make train`.",
        )
    return model
