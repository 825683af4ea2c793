"""The permitted public sets of the shared data folder as training documents (licences: training/README.md).

INVARIANT: what the folder's notes name for evaluation only is never opened here.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from training.generate import pools
from training.generate.markup import Doc
from training.generate.world import CONTACT, COUNTRY, DATE, ID, ORG, PERSON, PLACE, World

IGNORE = "?"
"""Marks a span that a set left unlabelled although it may be an identifier: no loss is taken there."""

TAB_HELD_OUT = 5
"""Every fifth judgment is left out, to measure on."""

_CONLL = {
    "PER": PERSON,
    "person": PERSON,
    "LOC": PLACE,
    "location": PLACE,
    "ORG": ORG,
    "corporation": ORG,
    "group": ORG,
    "MISC": IGNORE,
}
_NANNI = {
    "PERSON": PERSON,
    "NAME": PERSON,
    "ORG": ORG,
    "LOCATION": PLACE,
    "DATE": DATE,
    "DOB": DATE,
    "EMAIL": CONTACT,
    "PHONE": CONTACT,
    "PHONE_NUMBER": CONTACT,
}
_TAB = {"PERSON": PERSON, "LOC": PLACE, "CODE": ID, "ORG": ORG}
_LIFE = {"PERSON": PERSON, "ORG": ORG, "LOCATION": PLACE, "PHONE": CONTACT, "ID": ID, "EMAIL": CONTACT}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_FULL_DATE = re.compile(rf"(?i)\b{_MONTH}\b|\d{{1,2}}[./-]\d{{1,2}}|\d{{4}}-\d\d")
_UNSURE = re.compile(rf"(?i)\b{_MONTH}\b\.?(?: \d+)?|\b\d[\w./:-]*")
_TIGHT_BEFORE, _TIGHT_AFTER = set(".,;:!?)]}'%’"), set("([{$#@")


def documents(shared: Path) -> Iterator[tuple[str, Doc]]:
    """(set, document) of every permitted set, in a fixed order."""
    text = shared / "text"
    for name in ("a", "b", "e", "f", "g", "h"):
        yield from (("btc", doc) for doc in _conll(text / "ner_btc" / f"{name}.conll", "\t"))
    for name in ("FIN5.txt", "FIN3.txt"):
        yield from (("sec", doc) for doc in _conll(text / "ner_secfilings" / name, " "))
    for name in ("wnut17train.conll", "emerging.dev.conll"):
        yield from (("wnut", doc) for doc in _conll(text / "wnut17" / name, "\t"))
    yield from (("nanni", doc) for doc in _nanni(text / "nanni_pii" / "pii_syn_nano_en.json"))
    yield from (("tab", doc) for doc in _tab(text / "spans" / "tab_train_dev.jsonl"))
    yield from (("life", doc) for doc in _life(text / "spans" / "lifebench_8_users.jsonl.gz"))


def carriers(shared: Path) -> Iterator[tuple[str, str]]:
    """(set, text) without labels, for a teacher to read: clinical dialogues and notes."""
    text = shared / "text"
    for path in sorted((text / "mts_dialog").glob("*.csv")):
        for row in _csv(path):
            yield "mts", row["section_text"]
            yield "mts", row["dialogue"]
    for row in _csv(text / "aci_bench" / "train.csv"):
        for whole in (row["dialogue"], row["note"]):
            yield from (("aci", whole[start : start + 1500]) for start in range(0, len(whole), 1500))


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _conll(path: Path, mark: str) -> Iterator[Doc]:
    words: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8", errors="replace").splitlines(), ""]:
        cells = line.rstrip().split(mark)
        if len(cells) >= 2 and cells[0] and cells[0] != "-DOCSTART-":
            words.append((cells[0], cells[-1]))
        elif words:
            yield _joined(words)
            words = []


def _joined(words: list[tuple[str, str]]) -> Doc:
    text, spans = "", []
    for word, tag in words:
        tight = not text or word[0] in _TIGHT_BEFORE or text[-1] in _TIGHT_AFTER
        text += ("" if tight else " ") + word
        kind, _, label = tag.partition("-")
        label = _CONLL.get(label, "")
        if (
            label
            and kind == "I"
            and spans
            and spans[-1][2] == label
            and text[spans[-1][1] : len(text) - len(word)].strip() == ""
        ):
            spans[-1] = (spans[-1][0], len(text), label)
        elif label:
            spans.append((len(text) - len(word), len(text), label))
    return Doc(text, _sorted(spans, text))


def _nanni(path: Path) -> Iterator[Doc]:
    for row in json.loads(path.read_text(encoding="utf-8")):
        spans = []
        for found in row["NER"]:
            start = row["text"].find(found.get("entity", "\0"))
            if start >= 0:
                spans.append((start, start + len(found["entity"]), _NANNI.get(found["label"].upper(), IGNORE)))
        yield Doc(row["text"], _sorted(spans, row["text"]))


def _tab(path: Path) -> Iterator[Doc]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if number % TAB_HELD_OUT == 0:
            continue
        row = json.loads(line)
        text, spans = row["text"], []
        for start, end, kind, _ in row["spans"]:
            label = kind.split("/")[0]
            if label == "DATETIME":
                if _FULL_DATE.search(text[start:end]):
                    spans.append((start, end, DATE))
            elif label in _TAB:
                spans.append((start, end, _TAB[label]))
        yield Doc(text, _sorted(spans, text))


def _life(path: Path) -> Iterator[Doc]:
    rng = random.Random(4)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = row["text"]
            spans = [(start, end, _LIFE[label]) for start, end, label, _ in row["spans"]]
            spans += [(match.start(), match.end(), IGNORE) for match in _UNSURE.finditer(text)]
            whole = Doc(text, _sorted(spans, text))
            start = rng.randrange(max(1, len(text) - 1500))  # one stretch of each: a year of one phone repeats itself
            yield _cut(whole, start, start + 1500)


def _cut(doc: Doc, first: int, last: int) -> Doc:
    inside = [(start - first, end - first, label) for start, end, label in doc.spans if first <= start and end <= last]
    return Doc(doc.text[first:last], tuple(inside))


def _sorted(spans: list[tuple[int, int, str]], text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorted and disjoint, the longer first; a state is no identifier in our reading, a country a class of its own."""
    countries, states = set(pools.countries()), {name for name, _ in pools.us_states()}
    taken: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans, key=lambda span: (span[0], -span[1])):
        if label == PLACE and text[start:end] in states:
            continue
        if label == PLACE and text[start:end] in countries:
            label = COUNTRY
        if not taken or start >= taken[-1][1]:
            taken.append((start, end, label))
    return tuple(taken)


_RENAMED = {PERSON: "person.full", ORG: "org", PLACE: "city"}


def renamed(rng: random.Random, doc: Doc) -> Doc:
    """The same text about others: names, organisations and places drawn anew, the same ones for the same words."""
    world = World(rng)
    text, spans, done = "", [], 0
    slots: dict[str, str] = {}
    for start, end, label in doc.spans:
        value = doc.text[start:end]
        if label in _RENAMED:
            number = len(slots)
            slot = _RENAMED[label] if label != PERSON or " " in value else rng.choice(("person.first", "person.last"))
            value = world.value(slots.setdefault(value, f"{slot}.{number}")).text
        text += doc.text[done:start]
        spans.append((len(text), len(text) + len(value), label))
        text += value
        done = end
    return Doc(text + doc.text[done:], tuple(spans))
