"""Fills a file system with a ledger, and looks what is left. Run as a script: `filling.py FOLDER`, where FOLDER is on a
small file system that holds `ballast`, a file to remove afterwards. Prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from ringfence.ledger.ledger import Ledger
from ringfence.ledger.read import entries
from ringfence.ledger.verify import verify
from ringfence.vocabulary.errors import LedgerUnavailable
from ringfence.vocabulary.record import Phase, Record

TIMEOUT_S = 20.0


def fill(root: Path) -> dict[str, object]:
    """Append until there is no space; then make some, start again and verify."""
    highest = root / "highest"

    def opened() -> Ledger:
        places = {"key_path": root / "key.pem", "highest_path": highest}
        return Ledger.open(root / "log", **places, origin="test.example/full", clock=time.time, roll_bytes=30_000)

    told: list[tuple[int, str]] = []
    ledger, why = opened(), ""
    try:
        for number in count():
            decided = Record(f"r-{number}", Phase.DECIDED, {"x": "y" * 300}, {"received": b"x"})
            for record in (decided, Record(f"r-{number}", Phase.ENDED, {})):
                told.append((ledger.append_blocking(record, TIMEOUT_S).index, record.request_id))
    except LedgerUnavailable as error:
        why = str(error)
    with suppress(LedgerUnavailable):
        ledger.close()
    try:
        opened().close()
        started = True
    except LedgerUnavailable:
        started = False
    (root / "ballast").unlink()
    opened().close()
    report = verify(root / "log", highest_path=highest)
    stored = {entry.index: entry.fields.request_id for entry in entries(root / "log")}
    lost = [index for index, request_id in told if stored[index] != request_id]
    said = {"why": why, "started": started, "told": len(told), "lost": lost, "ok": report.ok}
    return {**said, "unended": len(report.unended), "segments": report.segments}


if __name__ == "__main__":
    print(json.dumps(fill(Path(sys.argv[1]))))
