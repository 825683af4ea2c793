"""A reviewer repeats the classification of a sample: are the kept bytes the recorded ones, and what is found in them
with the detectors of today? Replay re-derives decisions from labels; this looks at the labels themselves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from ringfence.ledger.read import Match
from ringfence.ledger.reader import Reader, check_content
from ringfence.sidecar.content import Kept
from ringfence.vocabulary.errors import SidecarError
from ringfence.vocabulary.record import Phase


class Verdict(StrEnum):
    """What today's detectors find beside what the record says. MIXED: more of one kind, fewer of another."""

    AGREE = "agree"
    MORE = "more now"
    FEWER = "fewer now"
    MIXED = "more and fewer"
    UNREADABLE = "not reviewed"


class Found(msgspec.Struct, frozen=True):
    """One classification: labels, how many of each entity, how much was read, and whether names were searched."""

    labels: tuple[str, ...] = ()
    findings: dict[str, int] = {}
    completeness: str = ""
    names_searched: bool = False


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the sample. `bytes` says whether the kept request is what the record committed to. `more` and
    `fewer` count labels (as `label:phi`) and entities against the record."""

    index: int
    bytes: str
    verdict: Verdict
    then: Found
    now: Found
    more: dict[str, int]
    fewer: dict[str, int]
    why: str = ""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """From what was drawn: `decided` records say whether they were drawn at all (the others were made while that was
    off), `drawn` were, of which `too_long` could not be kept; `missing` expired, were lost or forgotten."""

    decided: int
    drawn: int
    too_long: int
    missing: tuple[int, ...]
    kept: tuple[int, ...]


class _Decided(msgspec.Struct, frozen=True):
    content: str = ""


_decided = msgspec.json.Decoder(_Decided)
_found = msgspec.json.Decoder(Found)


def population(reader: Reader, kept: Collection[int]) -> Population:
    """What the records say of the draw, beside what is there. Raises LedgerCorrupt."""
    said = Counter[str]()
    drawn: list[int] = []
    for entry in reader.entries():
        if entry.fields.phase is Phase.DECIDED and (content := _decided.decode(entry.fields.body).content):
            said[content] += 1
            if content == "drawn":
                drawn.append(entry.index)
    there = set(kept)
    return Population(
        decided=said.total(),
        drawn=len(drawn) + said["too_long"],
        too_long=said["too_long"],
        missing=tuple(index for index in drawn if index not in there),
        kept=tuple(index for index in drawn if index in there),
    )


def sample(kept: Collection[int], n: int, seed: str) -> tuple[int, ...]:
    """`n` of the records, by the order of SHA-256 of seed and index: anybody draws the same ones."""
    ordered = sorted(kept, key=lambda index: hashlib.sha256(f"{seed} {index}".encode()).digest())
    return tuple(sorted(ordered[:n]))


def review(
    reader: Reader, index: int, open_: Callable[[int], Kept], again: Callable[[Kept], Found]
) -> tuple[Reviewed, Kept | None]:
    """One record. `open_` gives the kept request, `again` classifies it; where one raises SidecarError, the record is
    not reviewed. Raises LedgerError where the ledger can't be read."""
    then = _found.decode(next(reader.entries(index)).fields.body)
    try:
        kept = open_(index)
    except SidecarError as error:
        return _not(index, "not opened", then, error.message), None
    match = check_content(reader, index, "received", kept.body)
    if match is Match.DIFFERENT:
        return _not(index, match, then, "What is kept is not what the record committed to."), None
    try:
        now = again(kept)
    except SidecarError as error:
        return _not(index, match, then, error.message), kept
    more, fewer = _beside(then, now)
    verdict = {
        (False, False): Verdict.AGREE,
        (True, False): Verdict.MORE,
        (False, True): Verdict.FEWER,
        (True, True): Verdict.MIXED,
    }[bool(more), bool(fewer)]
    why = "" if then.names_searched == now.names_searched else _names(now)
    reviewed = Reviewed(index=index, bytes=match, verdict=verdict, then=then, now=now, more=more, fewer=fewer, why=why)
    return reviewed, kept


def totals(reviewed: Collection[Reviewed]) -> dict[str, Any]:
    """How many of each verdict, and how many more and fewer of each label and entity there are in all."""
    more: Counter[str] = Counter()
    fewer: Counter[str] = Counter()
    for each in reviewed:
        more.update(each.more)
        fewer.update(each.fewer)
    counts = Counter(each.verdict for each in reviewed)
    return {
        "reviewed": len(reviewed),
        "verdicts": {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]},
        "more": dict(sorted(more.items())),
        "fewer": dict(sorted(fewer.items())),
    }


def _beside(then: Found, now: Found) -> tuple[dict[str, int], dict[str, int]]:
    before, after = _counts(then), _counts(now)
    difference = {name: after.get(name, 0) - before.get(name, 0) for name in sorted({*before, *after})}
    more = {name: count for name, count in difference.items() if count > 0}
    return more, {name: -count for name, count in difference.items() if count < 0}


def _counts(found: Found) -> Mapping[str, int]:
    return {f"label:{label}": 1 for label in found.labels} | found.findings


def _not(index: int, bytes_: str, then: Found, why: str) -> Reviewed:
    verdict = Verdict.UNREADABLE
    return Reviewed(index=index, bytes=bytes_, verdict=verdict, then=then, now=Found(), more={}, fewer={}, why=why)


def _names(now: Found) -> str:
    return "Names are searched now and were not then." if now.names_searched else "Names were searched then, not now."
