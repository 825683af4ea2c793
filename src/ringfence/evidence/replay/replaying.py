"""Every decision of a bundle or log derived anew from the facts on record, and compared."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ringfence.evidence.bundle.archive import Archive
from ringfence.evidence.bundle.layout import MANIFEST, RECORDS, SNAPSHOTS, most_bytes, read_manifest
from ringfence.evidence.replay.comparing import Mismatch, compare
from ringfence.evidence.replay.contradictions import Register, contradictions
from ringfence.evidence.replay.decided import Body, read
from ringfence.evidence.replay.engine import MOST_CANDIDATES, Answer, Engine
from ringfence.ledger.record import MAX_LEAF_BYTES

LIMITS = (
    "Replay re-derives decisions from logged facts. It does not re-derive labels: whether the data was classified "
    "rightly, only the content vault (`ringfence review`) can show.",
    "A candidate that was never put on record can't be missed by replay; that no record was taken out is for "
    "`ringfence evidence verify`.",
)
_BESIDE = (
    "Beside the rules a policy held {}: they say what is searched for and how it is masked, and are not replayed; "
    "their digest is part of the policy's."
)
_NAMES = "The rule {} reads names of unknown fields, and a record with regulated labels only counts them."
_MOST_LISTED = 1_000  # mismatches are counted to the end, and named up to here


class Used(msgspec.Struct, frozen=True):
    """A policy: its digest, how many decisions name it, its Cedar version ("" where it is not at hand)."""

    digest: str
    decisions: int
    cedar: str


class Replay(msgspec.Struct, frozen=True):
    """`matched` + `mismatched` + `unproven` = `decisions`. `mismatches` names the first 1,000 differences, of which a
    record may have several. `unproven_because` counts decisions that could not be replayed, by why. `bundle_sha256` is
    the bundle's, "" where another source was replayed."""

    engine: str
    decisions: int
    matched: int
    mismatched: int
    unproven: int
    mismatches: tuple[Mismatch, ...]
    unproven_because: dict[str, int]
    policies: tuple[Used, ...]
    limits: tuple[str, ...]
    bundle_sha256: str = ""

    @property
    def ok(self) -> bool:
        """Every decision matches."""
        return self.matched == self.decisions


class Kept(NamedTuple):
    """What digests stand for: the bytes behind the digest of a policy or of a register, or None."""

    policy: Callable[[str], bytes | None]
    register: Callable[[str], bytes | None]


def replay(leaves: Iterable[tuple[int, bytes]], kept: Kept, engine: Engine) -> Replay:
    """Replay every `decided` record among `leaves` (index, exact bytes), streaming: at most MOST_CANDIDATES candidates
    a policy are in memory.

    A decision is *unproven*, neither matched nor mismatched, where its policy is not at hand or is of another Cedar
    version than `engine`, and where a rule reads names that the record only counts. Raises ConfigurationError where
    the engine fails.
    """
    run = _Run(kept, engine)
    for index, leaf in leaves:
        run.take(index, leaf)
    run.finish()
    return run.result()


def replay_bundle(path: Path, engine: Engine) -> Replay:
    """`replay` of an evidence bundle's records. That they are the log's, unchanged, is for `evidence verify`.

    Raises LedgerCorrupt where the file is no bundle, ConfigurationError, OSError.
    """
    with Archive(path, most_bytes) as archive:

        def kept(kind: str) -> Callable[[str], bytes | None]:
            def find(digest: str) -> bytes | None:
                name = f"{SNAPSHOTS[kind]}{digest}.json"
                return archive.read(name) if name in archive.members else None

            return find

        first = read_manifest(archive.read(MANIFEST)).first
        leaves = enumerate(archive.lines(RECORDS, MAX_LEAF_BYTES), first)
        done = replay(leaves, Kept(kept("policy"), kept("register")), engine)
    with path.open("rb") as file:
        return msgspec.structs.replace(done, bundle_sha256=hashlib.file_digest(file, "sha256").hexdigest())


class _Policy(msgspec.Struct):
    """`why_not`: it can't be replayed. `waiting` are its decisions that were not yet put to the engine."""

    content: bytes
    cedar: str
    beside: tuple[str, ...]
    why_not: str
    decisions: int = 0
    candidates: int = 0
    waiting: list[tuple[int, bytes, Body]] = []


class _Content(msgspec.Struct):
    cedar: str
    policies: dict[str, str]
    schema: str
    beside: dict[str, Any] = {}


class _Run:
    def __init__(self, kept: Kept, engine: Engine) -> None:
        self._kept, self._engine = kept, engine
        self._policies: dict[str, _Policy] = {}
        self._registers: dict[str, Register | None] = {}
        self._decisions = self._matched = self._mismatched = 0
        self._unproven: Counter[str] = Counter()
        self._mismatches: list[Mismatch] = []

    def take(self, index: int, leaf: bytes) -> None:
        try:
            body = read(leaf)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._decisions += 1
            self._differ([Mismatch(index, None, "record", "It can't be read as a decision.")])
            return
        if body is None:
            return
        self._decisions += 1
        policy = self._policy(body.policy_digest)
        policy.decisions += 1
        if policy.why_not:
            self._unproven[policy.why_not] += 1
            return
        if policy.waiting and policy.candidates + len(body.candidates) > MOST_CANDIDATES:
            self._ask(policy)
        policy.waiting.append((index, leaf, body))
        policy.candidates += max(len(body.candidates), 1)

    def finish(self) -> None:
        for policy in self._policies.values():
            if policy.waiting:
                self._ask(policy)

    def result(self) -> Replay:
        beside = sorted({name for policy in self._policies.values() for name in policy.beside})
        return Replay(
            engine=self._engine.title,
            decisions=self._decisions,
            matched=self._matched,
            mismatched=self._mismatched,
            unproven=self._unproven.total(),
            mismatches=tuple(sorted(self._mismatches, key=lambda each: each.index)),
            unproven_because=dict(sorted(self._unproven.items())),
            policies=tuple(Used(digest, each.decisions, each.cedar) for digest, each in sorted(self._policies.items())),
            limits=(*LIMITS, _BESIDE.format(", ".join(beside))) if beside else LIMITS,
        )

    def _ask(self, policy: _Policy) -> None:
        waiting, policy.waiting, policy.candidates = policy.waiting, [], 0
        answer = self._engine.derive(policy.content, [leaf for _, leaf, _ in waiting])
        for (index, _, body), derived in zip(waiting, answer.derived, strict=True):
            if naming := _names_counted(body, answer):
                self._unproven[_NAMES.format(naming)] += 1
                continue
            found = list(compare(index, body, derived, answer.rules))
            if not derived.failed and not any(each.misfits for each in derived.candidates):
                # The schema has vouched for the facts' shapes, on which this rests.
                found += contradictions(index, body, self._register(body.register_digest))
            if found:
                self._differ(found)
            else:
                self._matched += 1

    def _differ(self, found: list[Mismatch]) -> None:
        self._mismatched += 1
        self._mismatches += found[: _MOST_LISTED - len(self._mismatches)]

    def _policy(self, digest: str) -> _Policy:
        if digest not in self._policies:
            self._policies[digest] = self._read_policy(digest)
        return self._policies[digest]

    def _read_policy(self, digest: str) -> _Policy:
        short = digest[:16]
        content = self._kept.policy(digest)
        if content is None:
            return _Policy(b"", "", (), f"The policy {short} is not at hand.")
        if hashlib.sha256(content).hexdigest() != digest:
            return _Policy(b"", "", (), f"What stands for the policy {short} has another digest.")
        try:
            read_ = msgspec.json.decode(content, type=_Content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _Policy(b"", "", (), f"The policy {short} can't be read.")
        why_not = ""
        if read_.cedar != self._engine.cedar:
            why_not = f"The policy {short} was asked with Cedar {read_.cedar}, and this engine is {self._engine.cedar}."
        return _Policy(content, read_.cedar, tuple(read_.beside), why_not)

    def _register(self, digest: str) -> Register | None:
        """None where it is not at hand, not what the digest says or not readable; verdicts do not rest on it."""
        if digest not in self._registers:
            content = self._kept.register(digest) if digest else None
            if content is not None and hashlib.sha256(content).hexdigest() != digest:
                content = None
            self._registers[digest] = None
            if content is not None:
                with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    self._registers[digest] = msgspec.json.decode(content, type=Register)
        return self._registers[digest]


def _names_counted(body: Body, answer: Answer) -> str:
    """The rule that reads the names of unknown fields, where this record only counts them; "" where none does."""
    fields = (asked.facts.get("unknown_fields") for asked in body.candidates)
    counted = any(str(name).startswith("(unknown ") for each in fields if isinstance(each, list) for name in each)
    return next((name for name, rule in answer.rules.items() if rule.names_fields), "") if counted else ""
