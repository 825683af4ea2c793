"""What was measured of the detectors: `detection.toml` as types."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share of what identifies somebody that one detector found in a set of texts, which `about` tells of. `source`
    is where it is described, with how to measure it again."""

    detector: str
    set: str
    about: str
    unit: str
    share: Annotated[float, Meta(ge=0, le=1)]
    measured_on: date
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figures: tuple[Figure, ...]


@cache
def figures() -> tuple[Figure, ...]:
    """All that is shipped."""
    text = files("ringfence.evidence.facts").joinpath("detection.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).figures
