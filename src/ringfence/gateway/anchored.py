"""What the anchors of a home say of its ledger as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from ringfence.gateway import boot
from ringfence.gateway.anchors import buckets, kept
from ringfence.gateway.home import Home
from ringfence.ledger.anchors.anchor import Anchor, Kind
from ringfence.ledger.anchors.check import newest
from ringfence.ledger.anchors.contradictions import Contradiction, compare, follow, trees
from ringfence.ledger.anchors.lag import Unanchored, longest_unanchored
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note

_MARK = "— ".encode()
_SKEW_S = 60.0  # between this machine's clock and another's


class Judged(msgspec.Struct, frozen=True):
    """`covered` records, the first ones, stand under an anchor that holds and that the ledger leads to. `elsewhere` is
    how many checkpoints were compared that were kept elsewhere, `waited` which of the covered records stood longest
    without an anchor."""

    anchors: list[Anchor]
    contradictions: list[Contradiction]
    covered: int
    elsewhere: int = 0
    waited: Unanchored | None = None

    @property
    def sound(self) -> bool:
        """Nothing contradicts the ledger, and no anchor is false."""
        return not self.contradictions and not any(each.wrong for each in self.anchors)

    @property
    def proven(self) -> list[Anchor]:
        """Those that the files here prove: a receipt of a copy is the operator's own word."""
        return [each for each in self.anchors if each.holds]


def judge(home: Home, *, notes: Iterable[bytes] = (), ask_buckets: bool = False, key_line: str | None = None) -> Judged:
    """Checks every anchor that is kept, and compares what they anchored, checkpoints in `notes` (signed notes kept
    elsewhere, such as a witness's) and those in the settings' buckets with the ledger's records. `key_line` is the
    ledger's public line that is trusted; without it the copy beside the ledger.

    Raises ConfigurationError, LedgerError (a note that the key did not sign, too), AnchorError (a bucket).
    """
    reader = boot.reader(home)
    verifier = Verifier.from_key_line(reader.key_line if key_line is None else key_line)
    anchors = kept(home, verifier)
    seen: list[Checkpoint] = [open_note(each, verifier) for data in notes for each in split_notes(data)]
    if ask_buckets:
        seen += [each for bucket in buckets(home) for each in bucket.copies(verifier)]
    anchored = [(each.size, each.root) for each in anchors if each.root]
    everything = [*anchored, *trees(seen)]
    log = follow(reader, {size for size, _ in everything})
    found = compare(log, everything)
    false = {(each.size, each.root) for each in found}
    good = [each for each in anchors if (each.size, each.root) not in false]
    best = newest(good)
    return Judged(anchors, found, best.size if best else 0, len(seen), longest_unanchored(good, log.next_times))


def split_notes(data: bytes) -> list[bytes]:
    """The notes in a file that holds one or several: each ends with its last signature line."""
    found, current, signed = list[bytes](), list[bytes](), False
    for line in data.splitlines(keepends=True):
        if signed and not line.startswith(_MARK):
            found.append(b"".join(current))
            current = []
        current.append(line)
        signed = line.startswith(_MARK)
    return [*found, b"".join(current)] if current else found


def lines(judged: Judged, size: int, now: datetime) -> list[str]:
    """What `ringfence ledger verify` says of the anchors, for a log of `size` records."""
    said = [f"ANCHOR: the ledger was {each.how}. {each.says}" for each in judged.contradictions]
    said += [f"anchor of {each.size} records ({each.kind}): {each.says}" for each in judged.anchors if each.wrong]
    copies = sorted({each.by for each in judged.anchors if each.kind is Kind.WORM and not each.wrong})
    if copies:
        said.append(
            f"Copies are said to lie locked in {', '.join(copies)}: `ringfence ledger anchors --bucket` compares."
        )
    if judged.contradictions:
        return said
    kinds = sorted({str(each.kind) for each in judged.anchors if each.holds and each.size == judged.covered})
    if not kinds:
        said.append(
            "Without an outside anchor whoever holds the key could have rewritten all of it: see the README's limits."
        )
        return said
    after = size - judged.covered
    more = f" Whoever holds the key could still rewrite the {after} after them." if after else ""
    said.append(f"ANCHORED: the first {judged.covered} records ({', '.join(kinds)}; {age(judged.proven, now)}).{more}")
    return [*said, waited(judged)]


def waited(judged: Judged) -> str:
    """How far back anchors reach, in words: one that was made long after its records says nothing of before."""
    found = judged.waited
    if found is None:
        return "No record is under an anchor that holds."
    return (
        f"Records {found.first} to {found.last} stood longest without one, {_span(found.seconds)}: until an anchor "
        "held a record, whoever holds the key could have written it otherwise."
    )


def last(anchors: Iterable[Anchor]) -> Anchor | None:
    """The one of the largest checkpoint that holds or is a receipt of a copy: what this machine can tell."""
    return newest(replace(each, holds=True) for each in anchors if not each.wrong and each.time)


def age(anchors: Iterable[Anchor], now: datetime) -> str:
    """How old the newest anchor is, in words."""
    best = last(anchors)
    if best is None or best.time is None:
        return "there is no anchor that holds"
    seconds = (now - best.time).total_seconds()
    if seconds < -_SKEW_S:
        return f"the newest is dated {_span(-seconds)} in the future"
    return f"the newest is {_span(max(seconds, 0.0))} old"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
