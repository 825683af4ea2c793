"""A short life of a ledger in a process of its own: start, appends over several segments, stop. Run as a script.

`session.py FOLDER RUN` lives once; each acknowledgement is a line `index request phase` on standard output, written
before the next append, and the last line is `closed` or `refused <error>`. `session.py --many` reads points from
standard input, one JSON list a line: [folder, run, call, when, fault]; it must be started with shim.c in LD_PRELOAD.
Each point is a fork with that fault set; the answer is a JSON list a line: [exit code, calls seen, lines].
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from itertools import count
from pathlib import Path

from ringfence.ledger.ledger import Ledger
from ringfence.vocabulary.errors import LedgerUnavailable
from ringfence.vocabulary.record import Phase, Record

TIMEOUT_S = 20.0
ROLL_BYTES = 2000
"""Three or four records a segment, so that the life makes new ones."""
REQUESTS = 3


def live(root: Path, run: str, out: int) -> None:
    """One life; what it has to say goes to the descriptor `out` at once."""
    clock = (1_700_000_000 + number / 1000 for number in count()).__next__
    places = {"key_path": root / "key" / "ledger.pem", "highest_path": root / "elsewhere" / "highest"}
    try:
        ledger = Ledger.open(
            root / "log", **places, origin="test.example/ringfence", clock=clock, roll_bytes=ROLL_BYTES
        )
        try:
            for number in range(REQUESTS):
                name = f"{run}-{number}"
                decided = Record(name, Phase.DECIDED, {"effect": "ALLOW"}, {"received": name.encode()})
                for record in (decided, Record(name, Phase.ENDED, {"outcome": "completed"})):
                    receipt = ledger.append_blocking(record, TIMEOUT_S)
                    os.write(out, f"{receipt.index} {name} {record.phase}\n".encode())
        finally:
            ledger.close()
    except LedgerUnavailable as error:
        os.write(out, f"refused {type(error).__name__}\n".encode())
    else:
        os.write(out, b"closed\n")


def _one(point: list[str | int]) -> list[object]:
    folder, run, call, when, fault = point
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            shim = ctypes.CDLL(None)
            shim.shim_arm(str(call).encode(), int(when), str(fault).encode(), b"", 0)
            live(Path(str(folder)), str(run), writing)
            os.write(writing, f"seen {shim.shim_seen()}\n".encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = said.read().splitlines()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    seen = int(lines.pop().split()[1]) if lines and lines[-1].startswith("seen") else -1
    return [code, seen, lines]


if __name__ == "__main__":
    if sys.argv[1] == "--many":
        for line in sys.stdin:
            print(json.dumps(_one(json.loads(line))), flush=True)
    else:
        live(Path(sys.argv[1]), sys.argv[2], 1)
