"""What the search for names costs a request, and what serving it beside the loop adds: `python bench/names.py`.

Each text is new, so that nothing is remembered. Figures are of this machine today; other work on it shows in p99.
"""

from __future__ import annotations

import asyncio
import random
import re
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from ringfence.classify import Classifier, Provenance
from ringfence.gateway.leaving import Leaving
from ringfence.gateway.serving import Serving
from ringfence.gateway.taggers import load_taggers
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Segment

ROUNDS = 300
CLIENTS = (1, 4, 16, 64)
_SAID = "the patient reports that a mild cough went away after two weeks and asks about the delivery plan for May"
_WORDS = tuple(_SAID.split())


def text(size: int, rng: random.Random) -> str:
    """About `size` characters with a name now and then."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < size:
        words.append("Mara Lindqvist" if rng.random() < 0.02 else rng.choice(_WORDS))
    return " ".join(words)[:size]


def rss_mb() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def shown(name: str, times_ms: Sequence[float]) -> None:
    ordered = sorted(times_ms)
    print(f"{name:44}{statistics.median(ordered):9.2f}{ordered[int(len(ordered) * 0.99)]:9.2f}")


def timed(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for each in texts:
        began = time.perf_counter()
        work(each)
        times.append((time.perf_counter() - began) * 1e3)
    return times


async def clients(serving: Serving, count: int, texts: Sequence[str]) -> list[float]:
    """The time to an answer, for so many clients that each wait for theirs before they ask again."""
    times: list[float] = []
    left = iter(texts)

    async def client() -> None:
        leaving = Leaving(asyncio.Event().wait)  # type: ignore[arg-type]
        for each in left:
            began = time.perf_counter()
            job = serving.submit((each,))
            await leaving.outlasts(asyncio.wrap_future(job.done), 60.0)
            job.end()
            times.append((time.perf_counter() - began) * 1e3)
        leaving.close()

    await asyncio.gather(*(client() for _ in range(count)))
    return times


def main() -> None:
    rng = random.Random(1)
    before, began = rss_mb(), time.perf_counter()
    taggers = load_taggers()
    print(f"loading: {time.perf_counter() - began:.2f} s, {rss_mb() - before:.0f} MB")
    print(f"{'2,048 characters, ms':44}{'p50':>9}{'p99':>9}")
    texts = [text(2048, rng) for _ in range(ROUNDS)]
    timed(taggers[0].find, texts[:20])
    shown("the tagger alone", timed(taggers[0].find, texts))
    for kind, classifier in (
        ("patterns alone", Classifier(memory_key=secrets.token_bytes(32), clock=time.monotonic)),
        ("both", Classifier(memory_key=secrets.token_bytes(32), clock=time.monotonic, taggers=taggers)),
    ):

        def classify(each: str, classifier: Classifier = classifier) -> object:
            segments = (Segment("/messages/0/content", "user", each),)
            return classifier.classify(segments, (), Provenance(handles=(Label.GENERAL,)))

        shown(f"classify: {kind}", timed(classify, [text(2048, rng) for _ in range(ROUNDS)]))
    serving = Serving(taggers, deadline_s=60.0)
    for count in CLIENTS:
        texts = [text(2048, rng) for _ in range(ROUNDS + 20 * count)]
        began = time.perf_counter()
        times = uvloop.run(clients(serving, count, texts))
        rate = len(times) / (time.perf_counter() - began)
        shown(f"served, {count} clients ({rate:,.0f} texts/s)", times)
    serving.close()
    print(f"memory at the end: {rss_mb():.0f} MB")


if __name__ == "__main__":
    main()
