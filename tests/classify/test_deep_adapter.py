"""The deep tagger's own file, and the base that it belongs to."""

from __future__ import annotations

import hashlib
import json

import msgspec
import numpy as np
import pytest

from ringfence.classify.tagger.adapter import Adapter, Array, base, read, write
from ringfence.classify.tagger.features import VERSION
from ringfence.vocabulary.errors import ConfigurationError

VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)
ADAPTER = Adapter(
    3,
    VERSION,
    "00",
    ("O", "B-PERSON", "I-PERSON"),
    {"PERSON": 0.5},
    {"x": Array.of(VALUES)},
    b"graph",
    bytes(8),
    b"\x01",
)


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in tensors.items():
        kind = {"float32": "F32", "int64": "I64"}[value.dtype.name]
        header[name] = {"dtype": kind, "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_what_is_written_is_read() -> None:
    found = read(write(ADAPTER))
    assert found == ADAPTER
    assert found.arrays["x"].values().tolist() == VALUES.tolist()
    assert found.lexicon().lists.tolist() == [1]


@pytest.mark.parametrize("place", [0, 30, -1])
def test_a_damaged_file_is_refused(place: int) -> None:
    data = bytearray(write(ADAPTER))
    data[place] ^= 1
    with pytest.raises(ConfigurationError):
        read(bytes(data))


def test_a_file_of_other_features_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="features"):
        read(write(msgspec.structs.replace(ADAPTER, features=VERSION + 1)))


def test_the_base_is_read_where_it_is_the_one_that_was_trained_on() -> None:
    data = safetensors({"a": VALUES, "numbers": np.arange(3), "b": VALUES[:1] + 1})
    found = base(data, hashlib.sha256(data).hexdigest())
    assert {name: value.tolist() for name, value in found.items()} == {"a": VALUES.tolist(), "b": [[1.0, 2.0, 3.0]]}


def test_another_base_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="SHA-256"):
        base(safetensors({"a": VALUES}), "00")
