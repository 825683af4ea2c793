"""The encrypted stores beside the ledger, as a request meets them: what is drawn or found is handed to a thread.

What a request's DECIDED record says of it (`content`, `subjects`) is fixed before anything is kept, so that what was
drawn and is not there any more can be told. INVARIANT: nothing is kept before that record is durable, and no request
waits for it: these stores are an aid for later, and the ledger is the bar. A crash loses what the thread had not
written; the record then shows that something should be there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from ringfence.gateway.admit import Caller
from ringfence.gateway.plan import Plan
from ringfence.sidecar.content import MAX_BODY_BYTES, Kept
from ringfence.sidecar.subjects import Identifier, Named
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.entities import ENTITIES, Disposal
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.text import Finding, Place, Segment

MAX_WAITING = 1024
"""Entries that wait for the thread; a disk that hangs loses the others."""
MAX_WAITING_BYTES = 64 << 20

MAX_IDENTIFIERS, MAX_VALUE = 256, 256
"""Of one request; characters of each. What is beyond is counted in the entry."""

_CLOSE_S = 5.0


class Content(Protocol):
    """Keeps requests (sidecar/content.py)."""

    def write(self, index: int, kept: Kept) -> None: ...

    def freed(self, count_bytes: int) -> None: ...


class Subjects(Protocol):
    """Keeps identifiers (sidecar/subjects.py)."""

    def write(self, entries: Sequence[tuple[int, Named]]) -> None: ...

    def close(self) -> None: ...


class Lost(msgspec.Struct, frozen=True):
    """How many requests and entries should have been kept and were not, since the start."""

    contents: int = 0
    subjects: int = 0


class Mark(msgspec.Struct, frozen=True):
    """What one request leaves in the stores. `members` belong into its DECIDED record."""

    members: dict[str, Any]
    kept: Kept | None = None
    named: Named | None = None


class Sidecars:
    """`content` with the `share` that is drawn, and `subjects`; None where that store is off. `chance` gives numbers
    in [0, 1) that no client can foresee."""

    def __init__(
        self, content: Content | None, share: float, subjects: Subjects | None, chance: Callable[[], float]
    ) -> None:
        self._content, self._share, self._subjects, self._chance = content, share, subjects, chance
        self._waiting: deque[tuple[int, Mark]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._lost_contents = self._lost_subjects = 0
        self._thread = threading.Thread(target=self._run, name="ringfence-sidecars", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> Lost:
        return Lost(self._lost_contents, self._lost_subjects)

    def mark(self, request: CanonicalRequest, body: bytes, caller: Caller, plan: Plan) -> Mark:
        """Draws, and gathers what was found. Called before the DECIDED record is made."""
        members: dict[str, Any] = {}
        kept = named = None
        if self._content is not None:
            drawn = self._chance() < self._share
            fits = len(body) <= MAX_BODY_BYTES
            members["content"] = ("drawn" if fits else "too_long") if drawn else "not_drawn"
            kept = _kept(request, body, caller) if drawn and fits else None
        if self._subjects is not None and _concerns_people(plan):
            named = found_in(plan.segments, plan.classification.findings)
            members["subjects"] = len(named.identifiers)
        return Mark(members, kept, named)

    def keep(self, index: int, mark: Mark) -> None:
        """Hands over what belongs to the record at `index`, which is durable."""
        if mark.kept is None and mark.named is None:
            return
        size = len(mark.kept.body) if mark.kept else 0
        with self._changed:
            if self._closing or len(self._waiting) >= MAX_WAITING or self._bytes + size > MAX_WAITING_BYTES:
                self._lose((mark,))
                return
            self._waiting.append((index, mark))
            self._bytes += size
            self._changed.notify()

    def freed(self, count_bytes: int) -> None:
        """So much of what was kept of requests has expired."""
        if self._content is not None:
            self._content.freed(count_bytes)

    def close(self) -> None:
        """Writes what waits, for a few seconds at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                taken, self._bytes = list(self._waiting), 0
                self._waiting.clear()
                if not taken:
                    break
            self._write(taken)
        if self._subjects is not None:
            self._subjects.close()

    def _write(self, taken: Sequence[tuple[int, Mark]]) -> None:
        """Whatever fails here is counted, and the next is tried: a full disk must not end the thread."""
        entries = [(index, mark.named) for index, mark in taken if mark.named is not None]
        if entries and self._subjects is not None:
            try:
                self._subjects.write(entries)
            except Exception:
                self._lost_subjects += len(entries)
        for index, mark in taken:
            if mark.kept is not None and self._content is not None:
                try:
                    self._content.write(index, mark.kept)
                except Exception:
                    self._lost_contents += 1

    def _lose(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._lost_contents += mark.kept is not None
            self._lost_subjects += mark.named is not None


def found_in(segments: Sequence[Segment], findings: Collection[Finding]) -> Named:
    """The identifiers in a request, each once. Values that masking would not keep either (cards, credentials) are left
    out: their kinds are counted in the record."""
    texts: dict[tuple[str, Place], list[str]] = {}
    for segment in segments:
        texts.setdefault((segment.pointer, segment.place), []).append(segment.text)
    found: dict[Identifier, None] = {}
    for finding in findings:
        if ENTITIES[finding.entity].disposal is not Disposal.REDACT:
            # Two pieces of a file can stand at one pointer: then what stands there in either is taken.
            for text in texts.get((finding.segment, finding.place), ()):
                if value := text[finding.start : finding.end][:MAX_VALUE].strip():
                    found[Identifier(finding.entity, value)] = None
    listed = tuple(found)[:MAX_IDENTIFIERS]
    return Named(listed, len(found) - len(listed))


def _concerns_people(plan: Plan) -> bool:
    """Regulated data that leaves, to a vendor or to a private model: an incident may be at either."""
    left = plan.leaving is not None and plan.decision.effect is not Effect.DENY
    return left and bool(plan.classification.labels & REGULATED)


def _kept(request: CanonicalRequest, body: bytes, caller: Caller) -> Kept:
    return Kept(
        endpoint=request.endpoint,
        headers=request.headers,
        handles=tuple(label.value for label in caller.key.handles),
        sources=tuple(caller.sources),
        labels=tuple(caller.labels),
        body=body,
    )
