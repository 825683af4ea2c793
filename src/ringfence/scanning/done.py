"""What was searched before, so that a scan can be broken off and go on: one line for each unit, appended as it ends.

A crash leaves a line cut off at the end, which is dropped: that unit is searched again. Lines hold keyed digests and
places, no content.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import msgspec

from ringfence.scanning.results import Searched, Unit
from ringfence.vocabulary.errors import ConfigurationError


class _Head(msgspec.Struct, frozen=True):
    """The first line. `setup` says by what was searched: detectors, rules, options, key."""

    ringfence_scan: int
    setup: str


class Done:
    """The file of a scan's `--state`. Close it when the scan ends."""

    def __init__(self, path: Path, setup: str) -> None:
        """Raises ConfigurationError where the file belongs to another setup or is no such file; OSError."""
        self._path, self._head = path, _Head(1, setup)
        self._known: dict[tuple[str, int, int | None], Searched] = {}
        end = self._load()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")
        self._file.truncate(end)
        self._file.seek(end)
        if not end:
            self._write(self._head)

    def _load(self) -> int:
        """Reads what is there; returns where the whole lines end."""
        if not self._path.exists():
            return 0
        end = 0
        decoder = msgspec.json.Decoder(Searched)
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines):
                if not line.endswith(b"\n"):
                    break
                try:
                    if number == 0:
                        self._check(msgspec.json.decode(line, type=_Head))
                    else:
                        searched = decoder.decode(line)
                        self._known[_key(searched.unit)] = searched
                except msgspec.DecodeError:
                    raise ConfigurationError(
                        f"{self._path}: line {number + 1} is not of a scan's state",
                        remedy="Name another file for --state, or remove this one to search everything anew.",
                    ) from None
                end += len(line)
        return end

    def _check(self, head: _Head) -> None:
        if head != self._head:
            raise ConfigurationError(
                f"{self._path}: it was written with other detectors, rules or options",
                remedy="Remove it to search everything anew, or run the scan as it was run before.",
            )

    def asked(self, unit: Unit) -> Unit:
        """The unit, with the digest that it had when it was searched before."""
        known = self._known.get(_key(unit))
        return msgspec.structs.replace(unit, done=known.digest) if known else unit

    def told(self, searched: Searched) -> Searched:
        """What came of the unit: as it was before where nothing changed, else this, which is then kept."""
        if searched.unchanged:
            return msgspec.structs.replace(self._known[_key(searched.unit)], unit=searched.unit)
        if searched.digest and _is_unicode(searched.unit.path):
            self._write(msgspec.structs.replace(searched, unit=msgspec.structs.replace(searched.unit, done="")))
        return searched

    def close(self) -> None:
        self._file.close()

    def _write(self, line: msgspec.Struct) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()


def _is_unicode(path: str) -> bool:
    """A name that is none can't be kept here; its file is searched each time."""
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _key(unit: Unit) -> tuple[str, int, int | None]:
    return unit.path, unit.start, unit.end
