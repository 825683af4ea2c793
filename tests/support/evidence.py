"""What a ledger proves about bytes that somebody has: which record committed to them."""

from __future__ import annotations

import os
from hmac import compare_digest
from pathlib import Path

from ringfence.ledger.read import Match, entries
from ringfence.ledger.reader import SegmentsReader, check_content
from ringfence.ledger.record import SALT_BYTES, commitment
from ringfence.ledger.salts import read_slots


class Commitments:
    """The commitments of one name (`received`, `leaving`) in a ledger, from index `first` on."""

    def __init__(self, folder: Path, name: str, first: int = 0) -> None:
        self._folder, self._name = folder, name
        found = [(entry.index, entry.fields.commitments.get(name)) for entry in entries(folder, first)]
        self._committed = {index: digest for index, digest in found if digest is not None}
        self._salts: dict[int, bytes] = {}
        fd = os.open(folder / "salts", os.O_RDONLY)
        try:
            for index in self._committed:
                [slot] = read_slots(fd, index, 1)
                self._salts[index] = slot[:SALT_BYTES]
        finally:
            os.close(fd)

    def __len__(self) -> int:
        return len(self._committed)

    def find(self, content: bytes) -> int | None:
        """The record that committed to these bytes, or None. Each record is found once."""
        for index, digest in self._committed.items():
            if compare_digest(commitment(self._salts[index], content), digest):
                log = SegmentsReader(self._folder, self._folder)
                assert check_content(log, index, self._name, content) is Match.SAME
                del self._committed[index]
                return index
        return None
