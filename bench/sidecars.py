"""What the encrypted stores beside the ledger cost a request: the exchange with both off, with one, and with both.

    python bench/sidecars.py [--requests 300]

Everything runs in this process, and nothing is sent; the ledger is a list. The difference is what is added before the
DECIDED record and when an entry is handed over, plus the thread that seals and writes, which takes turns with the
loop. Prints microseconds a request, the best of fifteen rounds, taken in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ringfence.gateway import boot
from ringfence.gateway import home as homes
from support import beside
from support.home import COVERED
from support.inprocess import InProcess, says

ROUNDS = 15
SETTINGS = {
    "off": "[detection]\nnames = false\n",
    "content, 1 %": beside.STORES.replace("share = 1.0", "share = 0.01").partition("[subjects]")[0],
    "subjects": beside.STORES.replace("share = 1.0", "share = 0.0"),
    "both, content 1 %": beside.STORES.replace("share = 1.0", "share = 0.01"),
}


async def _round(running: InProcess, key: str, body: bytes, requests: int) -> float:
    started = time.perf_counter()
    for _ in range(requests):
        answer = await running.post(key, body)
        assert answer.status == 200
    return (time.perf_counter() - started) / requests * 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=40)
    requests = parser.parse_args().requests
    body = json.dumps({"model": "gpt-4o-baa", "messages": [{"role": "user", "content": beside.BODY}]}).encode()
    made: dict[str, tuple[InProcess, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, settings) in enumerate(SETTINGS.items()):
            home = beside.made(Path(folder) / str(number), settings)
            running = InProcess(home.folder, lambda *_: says("Noted."), (COVERED,))
            sidecars = boot.open_sidecars(homes.find(home.folder, home.config))
            running.stations = dataclasses.replace(running.stations, sidecars=sidecars)
            made[name] = running, running.keys.create(client="test", purpose="bench", handles=("phi",))[1]
        took: dict[str, list[float]] = {name: [] for name in made}
        for _ in range(ROUNDS):
            for name, (running, key) in made.items():
                took[name].append(asyncio.run(_round(running, key, body, requests)))
        for name, rounds in took.items():
            print(f"{name:20} {min(rounds):8.0f} us a request")
        for running, _ in made.values():
            if running.stations.sidecars:
                running.stations.sidecars.close()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
