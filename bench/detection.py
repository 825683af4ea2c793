"""What detection reaches on the public sets: patterns alone beside patterns with the tagger, in one run.

usage: python bench/detection.py [--data FOLDER] [--misses N]

Scores as `ringfence detect bench` does (letters and digits, whatever the class), and `presidio_synth_v2` also by spans:
F2 with an intersection over union of at least .75; ages, bare years, weekdays, NRP and TITLE left out on both sides,
neighbouring spans with no letter or digit between them counting as one on both sides. TAB counts every fifth judgment
only, which no training saw.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import Counter
from importlib import resources
from pathlib import Path

from ringfence.classify import Classifier, Tagger
from ringfence.classify.tagger import NeuralTagger
from ringfence.scanning.finder import Finder, Passage
from ringfence.scanning.score import score
from ringfence.scanning.spans import Gold, Predicted, read

_DATA = Path(__file__).parents[2] / "shared" / "data" / "text"
_WEEKDAYS = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
_FULL_DATE = re.compile(r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d[./-]\d")
_LEAST_OVERLAP = 0.75

Span = tuple[int, int, str]


def _predicted(rows: list[Gold], finder: Finder) -> list[Predicted]:
    found = finder.find([[Passage(row.text)] for row in rows])
    return [
        Predicted(row.id, tuple((each.start, each.end, each.entity) for each in some.passages[0]))
        for row, some in zip(rows, found, strict=True)
    ]


def _joined(spans: list[Span], text: str, neutral: set[int]) -> list[Span]:
    """Trimmed to letters and digits that are not neutral; neighbours with nothing between them are one."""
    joined: list[Span] = []
    for start, end, label in sorted(spans):
        while start < end and (start in neutral or not text[start].isalnum()):
            start += 1
        while end > start and (end - 1 in neutral or not text[end - 1].isalnum()):
            end -= 1
        if start == end:
            continue
        if joined and not any(map(str.isalnum, text[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end), joined[-1][2])
        else:
            joined.append((start, end, label))
    return joined


def _left_out(label: str, value: str) -> bool:
    year_or_day = re.fullmatch(r"\d{4}", value) or value.lower() in _WEEKDAYS
    return label in ("NRP", "TITLE", "AGE") or (label == "DATE_TIME" and bool(year_or_day))


def _overlap(one: Span, other: Span) -> float:
    both = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, both) / (max(one[1], other[1]) - min(one[0], other[0]))


def span_f2(gold: list[Gold], predicted: list[Predicted]) -> tuple[float, float, float]:
    """(F2, precision, recall) by spans."""
    counts: Counter[str] = Counter()
    for row, said in zip(gold, predicted, strict=True):
        out = [span for span in row.spans if _left_out(span[2], row.text[span[0] : span[1]])]
        kept = [(span[0], span[1], span[2]) for span in row.spans if span not in out]
        inside = {place for start, end, _ in kept for place in range(start, end)}
        neutral = {place for span in out for place in range(span[0], span[1])} - inside
        wanted = _joined(kept, row.text, set())
        found = _joined([(span[0], span[1], span[2]) for span in said.spans], row.text, neutral)
        taken: set[int] = set()
        for span in wanted:
            match = next(
                (n for n, it in enumerate(found) if n not in taken and _overlap(span, it) >= _LEAST_OVERLAP), -1
            )
            counts["hit" if match >= 0 else "missed"] += 1
            taken.add(match)
        counts["false"] += sum(number not in taken for number in range(len(found)))
    precision = counts["hit"] / (counts["hit"] + counts["false"])
    recall = counts["hit"] / (counts["hit"] + counts["missed"])
    return 5 * precision * recall / (4 * precision + recall), precision, recall


def _sets(data: Path) -> dict[str, list[Gold]]:
    with (data / "banking77" / "test.csv").open(encoding="utf-8", newline="") as lines:
        bank = [Gold(str(number), row["text"], ()) for number, row in enumerate(csv.DictReader(lines))]
    judgments = list(read(data / "spans" / "tab_train_dev.jsonl", Gold))[::5]
    direct = [
        Gold(row.id, row.text, tuple(span for span in row.spans if _in_tab_bar(span[2], row.text[span[0] : span[1]])))
        for row in judgments
    ]
    return {
        "asq_phi_dev_half": list(read(data / "spans" / "asq_phi_dev_half.jsonl", Gold)),
        "presidio_synth_v2": list(read(data / "spans" / "presidio_synth_v2.jsonl", Gold)),
        "tab, every fifth, all": judgments,
        "tab, PERSON LOC CODE, full dates": direct,
        "banking77 test": bank,
    }


def _in_tab_bar(label: str, value: str) -> bool:
    kind = label.split("/")[0]
    return kind in ("PERSON", "LOC", "CODE") or (kind == "DATETIME" and bool(_FULL_DATE.search(value)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=_DATA)
    given = parser.parse_args()
    if not given.data.is_dir():
        print(f"{given.data} is not there: nothing to measure on")
        return
    model = resources.files("ringfence.classify.tagger").joinpath("model.bin").read_bytes()
    both: tuple[Tagger, ...] = (NeuralTagger(model),)
    for name, gold in _sets(given.data).items():
        for what, taggers in (("patterns", ()), ("patterns + tagger", both)):
            finder = Finder(Classifier(memory_key=b"k" * 32, clock=time.monotonic), taggers)
            predicted = _predicted(gold, finder)
            figures = {key: round(value, 4) for key, value in score(gold, predicted).metrics().items()}
            print(f"{name:34} {what:18}", "  ".join(f"{key} {value}" for key, value in figures.items()))
            if name.startswith("tab, every"):
                only = score(gold, predicted, only="DIRECT").metrics()["charR"]
                print(f"{'':34} {'':18} DIRECT charR {only:.4f}")
            if name.startswith("presidio"):
                f2, precision, recall = span_f2(gold, predicted)
                print(f"{'':34} {'':18} spans: F2 {f2:.4f}, precision {precision:.4f}, recall {recall:.4f}")


if __name__ == "__main__":
    main()
