"""What a detector is, and what it reports. One file in `detectors/` exports one `DETECTOR`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

# How sure a hit is. The number orders overlapping hits and is shown to operators; it never hides a hit.
CHECKED = 0.99
"""A check digit holds."""
CONFIRMED = 0.95
"""The shape holds, and something beside or within it says what it is."""
SHAPED = 0.9
"""No check digit exists, but the shape and the issuer's ranges hold."""
LABELLED = 0.8
"""A word beside it says what it is."""
LIKELY = 0.6
"""The shape is common for this entity, and nothing contradicts it."""
DOUBTFUL = 0.4
"""A word beside it says what it is, but the checksum or the issuer's range fails: a typing error, or a made-up value.
It is reported all the same, since a mistyped identifier still points at its owner."""


class Hit(msgspec.Struct, frozen=True):
    """One identifier in one text: code points, half-open. `checked` is true where a check digit holds."""

    start: int
    end: int
    entity: str
    score: float
    checked: bool = False


class Example(msgspec.Struct, frozen=True):
    """A text and exactly what the detector reports in it, as (start, end, entity)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


class Detector(msgspec.Struct, frozen=True):
    """One detector with all that the docs and the parametrised test need.

    `prefilters` are RE2 patterns; `extract` runs only on texts where one of them matches, so each text that `extract`
    reports on must match one. `source` is the URL of the rule or format; `says` is one sentence for the docs page.
    `counterexamples` are texts in which `extract` reports nothing.
    """

    name: str
    version: int
    entities: tuple[str, ...]
    says: str
    source: str
    prefilters: tuple[str, ...]
    extract: Callable[[str], Iterable[Hit]]
    examples: tuple[Example, ...]
    counterexamples: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.name}/{self.version}"


def marked(text: str, *entities: str) -> Example:
    """Make an example from a text that marks each span as «span»; `entities` name them in order."""
    spans: list[tuple[int, int, str]] = []
    plain = ""
    for part in text.split("«"):
        inside, closing, rest = part.partition("»")
        if closing:
            spans.append((len(plain), len(plain) + len(inside), entities[len(spans)]))
        plain += inside + rest
    return Example(plain, tuple(spans))
