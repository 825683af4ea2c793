"""Time of the pattern pass on 2 KB of ordinary text, beside the same patterns in Python's `re`.

usage: python bench/patterns.py [--texts N] [--rounds N]

Texts: 2,048 code points each, cut from the dialogue, notes and chat questions in ../shared/data/text where that folder
is at hand, and from the sentences below otherwise; each is read once per round by a fresh-text path (no memory). Prints
p50, p95 and p99 of (1) the whole reading: views, the pass over RE2 sets, exact extraction, merge; of normal texts, of
texts never seen before (RE2 builds its automata as it meets text), and of texts full of identifiers; (2) the set pass
alone; (3) the same prefilters one after the other with `re`; and the rate at which chunks of 64 KB are read.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ringfence.classify import detectors
from ringfence.classify.patterns import Patterns
from ringfence.classify.reading import Reader

_SIZE = 2048
_CHUNK = 1 << 16
_SHARED = Path(__file__).parents[2] / "shared" / "data" / "text"
_SENTENCES = (
    "The team met on Thursday to go over the plan for the next quarter and agreed on four measures. ",
    "Could you explain how the cache is emptied when a node leaves the cluster? ",
    "He takes 20 mg in the morning, sleeps well and walks for half an hour on most days. ",
    "Please call back on (415) 555-2671 or write to desk@example.org before 2024-03-01. ",
    "It’s a “known” limit – the parser reads 4096 bytes at a time. ",
)


def _long_texts() -> list[str]:
    csv.field_size_limit(1 << 24)
    found = []
    for name in ("mts_dialog/MTS-Dialog-TrainingSet.csv", "aci_bench/train.csv", "banking77/test.csv"):
        path = _SHARED / name
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                found.append(" ".join(max((v or "" for v in row.values()), key=len) for row in csv.DictReader(lines)))
    return found or ["".join(_SENTENCES[(i * i) % len(_SENTENCES)] for i in range(4000))]


def _dense_texts() -> list[str]:
    """Prompts full of identifiers, one after the other: far denser than traffic is."""
    path = _SHARED / "spans" / "presidio_synth_v2.jsonl"
    if not path.is_file():
        return ["".join(_SENTENCES[3] for _ in range(2000))]
    with path.open(encoding="utf-8") as lines:
        return ["\n".join(json.loads(line)["text"] for line in lines)]


def _texts(sources: list[str], count: int) -> list[str]:
    share = -(-count // len(sources))
    cut = [text[i * _SIZE : (i + 1) * _SIZE] for text in sources for i in range(min(share, len(text) // _SIZE))]
    return cut[:count]


def _times(call: Callable[[str], object], texts: list[str], rounds: int) -> list[float]:
    for text in texts:
        call(text)  # RE2 builds its automaton as it meets text; a gateway has met text after its first requests
    times = []
    for _ in range(rounds):
        for text in texts:
            start = time.thread_time()  # other work on the machine is not this text's cost
            call(text)
            times.append(1000 * (time.thread_time() - start))
    return sorted(times)


def _once(call: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds of this thread for each text, in order of size."""
    times = []
    for text in texts:
        start = time.thread_time()
        call(text)
        times.append(1000 * (time.thread_time() - start))
    return sorted(times)


def _report(name: str, times: list[float]) -> float:
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99))
    print(f"{name:42s} p50 {p50:7.3f}   p95 {p95:7.3f}   p99 {p99:7.3f} ms")
    return p50


def _python_patterns() -> list[re.Pattern[str]]:
    """The same prefilters for `re`, which spells some things otherwise: flags in the middle, classes of letters."""
    return [
        re.compile(re.sub(r"^(.+)\(\?i\)", r"(?i)\1", _classes(pattern)))
        for detector in detectors.all()
        for pattern in detector.prefilters
    ]


def _classes(pattern: str) -> str:
    """RE2's classes of letters and digits, within brackets and outside, as ranges."""
    for name, ranges in ((r"\pL", "A-Za-zÀ-ÿ"), (r"\pN", "0-9"), (r"\p{Lu}", "A-ZÀ-Þ")):
        pattern = re.sub(rf"(\[[^\]]*){re.escape(name)}", lambda found, r=ranges: found.group(1) + r, pattern)
        pattern = re.sub(rf"(\[[^\]]*){re.escape(name)}", lambda found, r=ranges: found.group(1) + r, pattern)
        pattern = pattern.replace(name, f"[{ranges}]")
    return pattern


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = _texts(_long_texts(), options.texts)
    dense = _texts(_dense_texts(), options.texts)
    patterns = Patterns(detectors.all())
    reader = Reader(patterns)
    compiled = _python_patterns()
    findings = sum(len(reader.read(text).spans) for text in texts)
    print(f"{len(texts)} texts of {_SIZE} code points, {findings} findings, {len(detectors.all())} detectors")
    whole = _report("whole reading", _times(reader.read, texts, options.rounds))
    unseen = Reader(Patterns(detectors.all()))
    half = texts[::2]
    for text in half:
        unseen.read(text)
    _report("whole reading, texts never seen before", _once(unseen.read, texts[1::2]))
    found = sum(len(reader.read(text).spans) for text in dense)
    _report(
        f"whole reading, {found / len(dense):.0f} findings in each text", _times(reader.read, dense, options.rounds)
    )
    for source in _long_texts():
        chunks = [source[i : i + _CHUNK] for i in range(0, min(len(source), 16 * _CHUNK), _CHUNK)]
        spent = min(sum(_once(reader.read, chunks)) for _ in range(3)) / 1000
        print(f"chunks of 64 KB: {sum(map(len, chunks)) / spent / 1e6:.1f} MB/s")
    one = _report(f"RE2 sets, {len(compiled)} patterns", _times(patterns.named, texts, options.rounds))
    few = texts[:: max(1, len(texts) // 60)]
    other = _report(
        f"re, {len(compiled)} patterns in turn", _times(lambda text: [p.search(text) for p in compiled], few, 1)
    )
    print(f"re / RE2 sets: {other / one:.0f} times; re / whole reading: {other / whole:.0f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
