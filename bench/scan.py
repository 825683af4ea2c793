"""How fast `ringfence scan` searches folders: with the tagger and by patterns only, on all cores.

usage: python bench/scan.py [--megabytes N] [--workers N] [--seconds N] [--check]

Folders of generated files, from a seed: notes of 2 KB in ASCII with two or three identifiers in each, the same as one
long text, notes full of identifiers, and a table in CSV. Each is searched by the command's own engine, processes and
reading from disk included, their start not. Prints MB/s of wall and of processor time. `--check`
fails below the bars: 1 MB/s with the tagger and 20 MB/s by patterns only, on notes, on two cores.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from ringfence.gateway.taggers import load_taggers
from ringfence.scanning.pool import search
from ringfence.scanning.results import Unit
from ringfence.scanning.setup import Setup, no_taggers
from ringfence.scanning.walk import Choice, units

_NOTE_BYTES = 2048
_BARS = {"tagger": 1.0, "patterns": 20.0}
_PLAIN = (
    "The wound is clean and dry, and the dressing was changed in the morning. ",
    "Blood pressure stays at 132 over 84, pulse regular at 72, lungs clear on both sides. ",
    "He takes metformin 500 mg twice a day and tolerates it well, without nausea. ",
    "She walks for half an hour on most days and sleeps through the night. ",
    "Plan: go on as before, repeat the laboratory tests, and come back if the pain returns. ",
    "No known allergies; the family history adds nothing new since the last visit. ",
    "The claim was checked against the contract and sent on to the second desk. ",
    "Potassium 4.1, sodium 139, creatinine 0.9, all within the usual range. ",
)
_TELLING = (
    "{first} {last} was seen on {month}/{day}/2023 and is doing better. ",
    "MRN: {number} is the chart that they asked for. ",
    "Please call {first} back at (415) 555-{four} before noon. ",
    "A letter went to {first}.{last}@example.org the same day. ",
)
_FIRST = ("Mara", "Tomas", "Ines", "Joao", "Petra", "Luis", "Hanna", "Omar", "Ruth", "Stefan")
_LAST = ("Lindqvist", "Okafor", "Brandt", "Moreau", "Silva", "Novak", "Tanaka", "Haddad", "Olsen", "Rossi")


def _sentence(rng: random.Random) -> str:
    return rng.choice(_TELLING).format(
        first=rng.choice(_FIRST),
        last=rng.choice(_LAST),
        month=rng.randint(1, 12),
        day=rng.randint(1, 28),
        number=rng.randint(1_000_000, 9_999_999),
        four=f"{rng.randint(0, 9999):04}",
    )


def _note(rng: random.Random, share: float) -> str:
    parts: list[str] = []
    size = 0
    while size < _NOTE_BYTES:
        parts.append(_sentence(rng) if rng.random() < share else rng.choice(_PLAIN))
        size += len(parts[-1])
    return "".join(parts)[:_NOTE_BYTES].rpartition(" ")[0] + "\n"


def _written(top: Path, kind: str, count: int) -> Path:
    """A folder of about `count` bytes, and one file more that is next to nothing."""
    rng = random.Random(7)
    folder = top / "files"
    folder.mkdir()
    for number in range(os.cpu_count() or 1):  # so that every process is started
        (folder / f"~{number}.txt").write_text("-")
    if kind in ("notes", "dense notes"):
        for number in range(count // _NOTE_BYTES):
            (folder / f"{number:06}.txt").write_text(_note(rng, 0.1 if kind == "notes" else 0.8))
    elif kind == "long text":
        with (folder / "all.txt").open("w") as file:
            file.writelines(_note(rng, 0.1) for _ in range(count // _NOTE_BYTES))
    else:
        with (folder / "table.csv").open("w") as file:
            file.write("visit,name,MRN,remark,code\n")
            for number in range(count // 60):
                name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
                said = rng.choice(_PLAIN)[:30].replace(",", "")
                file.write(f"{number},{name},{rng.randint(10**6, 10**7)},{said},A{number % 90}\n")
    return folder


def _cpu_s() -> float:
    """Of this process and of those that it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _run(setup: Setup, folder: Path, workers: int) -> tuple[float, float, int]:
    """(seconds, processor seconds, findings)."""
    before, started = _cpu_s(), time.perf_counter()
    found = (unit for unit in units([str(folder)], Choice()) if isinstance(unit, Unit))
    spotted = sum(len(result.spotted) for result in search(setup.searcher, found, workers))
    return time.perf_counter() - started, _cpu_s() - before, spotted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=40.0, help="by patterns only; a tenth of it with the tagger")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--kinds", default="notes,long text,dense notes,table")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    low = []
    print(f"{options.workers} processes; MB/s; MB per second of processor time; findings")
    for name, load, share in (("patterns", no_taggers, 1.0), ("tagger", load_taggers, 0.1)):
        setup = Setup(load_taggers=load)
        with tempfile.TemporaryDirectory() as top:
            start_s, start_cpu_s, _ = _run(setup, _written(Path(top), "notes", 0), options.workers)
        print(f"{name}: {start_s:.2f} s to start, taken off below")
        for kind in options.kinds.split(","):
            with tempfile.TemporaryDirectory() as top:
                size = int(options.megabytes * 1e6 * share * (1 if kind in ("notes", "long text") else 0.1))
                folder = _written(Path(top), kind, size)
                megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
                seconds, cpu_s, spotted = _run(setup, folder, options.workers)
            rate, of_cpu = megabytes / (seconds - start_s), megabytes / (cpu_s - start_cpu_s)
            print(f"  {kind:12} {megabytes:7.1f} MB {rate:8.2f} {of_cpu:8.2f} {spotted:9}")
            if kind == "notes" and rate < _BARS[name]:
                low.append(f"{name}: {rate:.1f} MB/s, bar {_BARS[name]}")
    for line in low:
        print("BELOW THE BAR", line)
    return 1 if low and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
