"""What masking costs: restoring a streamed event, and masking a request with its vault. `python bench/restore.py`

CPU time of one core, median of rounds. A stream is 63 events of about four characters (a token each), once of plain
words and once with a surrogate split over every few events. The bar for one streamed event, decoded, restored and
encoded, is 25 us (docs/reference/performance.md); this room's share of it is to stay under 5.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ringfence.masking import Restorer, Vault, mask, scope_of
from ringfence.masking.surrogates import FORMS, draw
from ringfence.vocabulary.text import Finding, Segment

EVENTS = 63
ROUNDS = 200


def events(text: str, size: int = 4) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)][:EVENTS]


def cpu_us(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    taken = []
    for _ in range(rounds):
        start = time.process_time_ns()
        work()
        taken.append((time.process_time_ns() - start) / 1_000)
    return sorted(taken)


def restoring(rng: random.Random) -> None:
    print(f"{'surrogates':>10} {'stream':>16} {'us/event':>9} {'first event us':>15}")
    for count in (0, 5, 100, 1_000):
        originals = {draw(entity, rng.randbytes): "Ann O'Hara" for entity in rng.choices(sorted(FORMS), k=count)}
        words = "The member asked about two late payments and was told that the next one is due on Friday. " * 4
        texts = {"plain words": words}
        if originals:
            texts["with surrogates"] = " ".join(f"{s} and" for s in rng.choices(sorted(originals), k=20))
        for json_string in (False, True):
            for name, text in texts.items():
                chunks = events(text)

                def stream(
                    chunks: list[str] = chunks, originals: dict[str, str] = originals, j: bool = json_string
                ) -> None:
                    restorer = Restorer(originals, json_string=j)
                    for chunk in chunks:
                        restorer.feed(chunk)
                    restorer.flush()

                def first(originals: dict[str, str] = originals, j: bool = json_string) -> None:
                    Restorer(originals, json_string=j).feed("The ")

                total, begun = statistics.median(cpu_us(stream)), statistics.median(cpu_us(first))
                each = (total - begun) / (len(chunks) - 1)
                print(f"{count:>10} {name + (' json' if json_string else ''):>20} {each:>9.2f} {begun:>15.1f}")


def masking(rng: random.Random) -> None:
    print(f"\n{'identifiers':>11} {'of them new':>11} {'wall us p50':>12} {'p99':>9}")
    for count in (1, 5, 20, 100):
        with tempfile.TemporaryDirectory() as folder:
            vault = Vault.open(
                Path(folder) / "vault.db", rng.randbytes(32), lifetime_s=3_600, clock=time.time, random_bytes=os.urandom
            )
            for fresh in (True, False):
                taken = []
                for turn in range(500):
                    values = [f"ann{turn if fresh else 0}.{place}@example.com" for place in range(count)]
                    text = " wrote to us about the invoice of last month, and ".join(values)
                    findings = []
                    for value in values:
                        at = text.index(value)
                        findings.append(Finding("/m", at, at + len(value), "EMAIL_ADDRESS", 1.0, "bench/1"))
                    start = time.perf_counter_ns()
                    book = vault.book(scope_of("key", str(turn if fresh else 0)))
                    mask([Segment("/m", "user", text)], findings, book)
                    book.commit()
                    taken.append((time.perf_counter_ns() - start) / 1_000)
                taken.sort()
                new = count if fresh else 0
                print(f"{count:>11} {new:>11} {taken[250]:>12.0f} {taken[494]:>9.0f}")
            vault.close()


if __name__ == "__main__":
    seeded = random.Random(1)
    restoring(seeded)
    masking(seeded)
