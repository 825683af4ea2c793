"""What is to be searched, and what was found there. Values themselves are in it only where they were asked for."""

from __future__ import annotations

import msgspec


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """A file, or the bytes [start, end) of a plain text too long for one. `done`: the keyed digest of its bytes when it
    was searched before, "" if it was not."""

    path: str
    size: int
    start: int = 0
    end: int | None = None
    done: str = ""

    @property
    def part(self) -> bool:
        return self.end is not None

    @property
    def bytes(self) -> int:
        """How many are its own."""
        return self.size if self.end is None else self.end - self.start


class Spotted(msgspec.Struct, frozen=True, array_like=True):
    """One identifier. `where`: the place in the words of the file's format. `line` and `column`: 1-based, of its first
    code point; 0 where the format has none; in a part of a file, lines count from that part. `fingerprint`: keyed, the
    same for the same value. `value` only where it was asked for."""

    where: str
    line: int
    column: int
    length: int
    entity: str
    score: float
    detector: str
    fingerprint: str
    value: str = ""


class Searched(msgspec.Struct, frozen=True, array_like=True):
    """What came of a unit. `digest`: keyed, of its bytes. `lines`: how many line ends a part has. `reasons`: why some
    or all of it was not read, without content. `unchanged`: it was searched before, so nothing was done."""

    unit: Unit
    kind: str = ""
    digest: str = ""
    lines: int = 0
    spotted: tuple[Spotted, ...] = ()
    reasons: tuple[str, ...] = ()
    unchanged: bool = False


class Passed(msgspec.Struct, frozen=True):
    """A path that was not, or not wholly, searched, and why. `left_out`: by a rule that was known before, so it is no
    failure."""

    path: str
    why: str
    left_out: bool = False
