"""Requests that ended, put together from their two records, in the order in which they ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from ringfence.ledger.checkpoint import read_note
from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader, entry
from ringfence.vocabulary.errors import LedgerCorrupt
from ringfence.vocabulary.record import Phase

T = TypeVar("T")


class AskedOf(msgspec.Struct, frozen=True):
    """Of a candidate's facts, what events say."""

    service: str = ""
    vendor: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """One candidate of a decision."""

    facts: AskedOf = AskedOf()
    allowed: bool = False


class Decision(msgspec.Struct, frozen=True):
    """docs/reference/record.md, `decided`. INVARIANT: only members that are named here can reach an event, so that a
    member added to records later leaves with no export before somebody has thought of it."""

    key: str = ""
    client: str = ""
    purpose: str = ""
    demonstration: bool = False
    dialect: str = ""
    endpoint: str = ""
    model: str = ""
    stream: bool = False
    labels: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    completeness: str = ""
    names_searched: bool = False
    findings: dict[str, int] = {}
    replaced: dict[str, int] = {}
    effect: str = ""
    service: str = ""
    form: str = ""
    rules: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    policy_digest: str = ""
    register_digest: str = ""


class Ending(msgspec.Struct, frozen=True):
    """The same of `ended`. `status` is 0 or None where there was none."""

    decided: int
    outcome: str
    status: int | None = None
    duration_ms: int | None = None
    model: str = ""
    usage: dict[str, int] = {}
    finish: tuple[str, ...] = ()
    reply_findings: dict[str, int] = {}


class Request(msgspec.Struct, frozen=True):
    """A request that ended: the indexes of its records, and their times (RFC 3339 as in records)."""

    request_id: str
    decided_index: int
    ended_index: int
    decided_at: str
    ended_at: str
    decision: Decision
    ending: Ending

    @property
    def vendor(self) -> str:
        """Of the service that got it; of the first candidate where none did."""
        candidates = self.decision.candidates
        taken = next((each for each in candidates if each.allowed), candidates[0] if candidates else Candidate())
        return taken.facts.vendor

    @property
    def failed(self) -> bool:
        """It was let through, and no good answer came of it."""
        outcome = self.ending.outcome
        return outcome != "denied" and (outcome != "completed" or (self.ending.status or 0) >= 400)

    @property
    def tokens(self) -> tuple[int | None, int | None]:
        """Of the input, those from a cache among them, and of the output; None where the service did not say."""
        usage = self.ending.usage
        given = usage.get("prompt_tokens", usage.get("input_tokens"))
        if given is not None:  # Anthropic's counts of a cache stand beside the input's, OpenAI's are within it
            given += usage.get("cache_creation_input_tokens", 0) + usage.get("cache_read_input_tokens", 0)
        return given, usage.get("completion_tokens", usage.get("output_tokens"))


class Requests:
    """Reads a log on and on. `following` is the index that the next reading begins with: a later run that starts there
    gives what this one did not, and nothing twice. `open` are requests that were read and have not ended."""

    def __init__(self, reader: Reader, start: int = 0) -> None:
        self._reader = reader
        self.following = start
        self._open: dict[int, tuple[Entry, Decision]] = {}

    @property
    def open(self) -> int:
        """How many were read and have not ended."""
        return len(self._open)

    def more(self) -> Iterator[Request]:
        """What ended since the last call, up to the newest published checkpoint: nothing that could still vanish in a
        power cut. Raises LedgerCorrupt."""
        size = read_note(self._reader.checkpoint()).checkpoint.size
        if size <= self.following:
            return
        for each in self._reader.entries(self.following):
            if each.index >= size:
                return
            self.following = each.index + 1
            if each.fields.phase is Phase.DECIDED:
                self._open[each.index] = each, _decode(each, Decision)
            elif each.fields.phase is Phase.ENDED:
                yield self._joined(each)

    def _joined(self, ended: Entry) -> Request:
        ending = _decode(ended, Ending)
        found = self._open.pop(ending.decided, None)
        if found is None:  # decided before the first record that was read
            before = entry(self._reader, ending.decided)
            found = before, _decode(before, Decision)
        decided, decision = found
        if (decided.fields.phase, decided.fields.request_id) != (Phase.DECIDED, ended.fields.request_id):
            raise LedgerCorrupt(f"Record {ended.index} ends a request that record {decided.index} did not decide.")
        return Request(
            request_id=decided.fields.request_id,
            decided_index=decided.index,
            ended_index=ended.index,
            decided_at=decided.fields.time,
            ended_at=ended.fields.time,
            decision=decision,
            ending=ending,
        )


def without_names(request: Request) -> Request:
    """The same request without the names that an operator gave to client and purpose; the key's id stays."""
    return msgspec.structs.replace(request, decision=msgspec.structs.replace(request.decision, client="", purpose=""))


def _decode(each: Entry, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(each.fields.body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LedgerCorrupt(f"Record {each.index} can't be read ({error}).") from None
