"""Classify, cover, decide, mask: what will happen to a request, with nothing recorded and nothing sent.

`ringfence explain` stops here; `exchange` goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from ringfence import masking, policy, register
from ringfence.classify import Provenance
from ringfence.dialects import Dialect
from ringfence.gateway import candidates as listing
from ringfence.gateway.admit import Caller
from ringfence.gateway.candidates import Candidate, Option
from ringfence.gateway.services import EMBEDDED
from ringfence.gateway.stations import Stations
from ringfence.masking import Book, Masked
from ringfence.vocabulary.chat import CanonicalRequest, Unread
from ringfence.vocabulary.decision import Decision, Form
from ringfence.vocabulary.text import Classification, Completeness, Finding, Place, Segment

# llama.cpp's server: no reuse of another request's prompt, no choice of the slot that holds it.
# https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
_NO_CACHE = {"/cache_prompt": False, "/id_slot": -1}


class Rewrite(msgspec.Struct, frozen=True):
    """A member that the gateway set in the body that leaves, and why."""

    pointer: str
    why: str


class Plan(msgspec.Struct, frozen=True):
    """`leaving` is the exact body for the service, None for DENY. `masked` is what was replaced in it, if anything.
    `asked_at` is the time that policy was told, for replay."""

    decision: Decision
    classification: Classification
    option: Option | None = None
    leaving: bytes | None = None
    rewrites: tuple[Rewrite, ...] = ()
    masked: Masked | None = None
    asked_at: datetime | None = None


class _Sight(msgspec.Struct, frozen=True):
    """A masked candidate as it would leave: what could not be masked, and what a second look still finds, if it could
    look at all."""

    masked: Masked
    book: Book
    residual: tuple[str, ...]
    completeness: Completeness


def make(
    request: CanonicalRequest, dialect: Dialect, caller: Caller, stations: Stations, *, every: bool = False
) -> Plan:
    """The plan for one request. `every`: judge all candidates, also those after the first allowed (for `explain`).

    Raises ModelNotFound where no service of the register has that model; VaultError where surrogates can't be kept.
    """
    steps = _steps(request, dialect, caller, stations, every)
    try:
        search = next(steps)
        while True:
            search = steps.send(search())
    except StopIteration as done:
        return cast(Plan, done.value)


async def make_beside(request: CanonicalRequest, dialect: Dialect, caller: Caller, stations: Stations) -> Plan:
    """As `make`, with each search in one of the readers' threads: for a body so large that other requests, and the
    acknowledgements of their records, would wait for it."""
    steps, loop = _steps(request, dialect, caller, stations, False), asyncio.get_running_loop()
    try:
        search = next(steps)
        while True:
            search = steps.send(await loop.run_in_executor(stations.readers, search))
    except StopIteration as done:
        return cast(Plan, done.value)


_Search = Callable[[], Classification]


def _steps(
    request: CanonicalRequest, dialect: Dialect, caller: Caller, stations: Stations, every: bool
) -> Generator[_Search, Classification, Plan]:
    """Yields each search for identifiers, which touches nothing but the classifier; all else is done in between."""
    state, now = stations.state(), stations.now()
    given = Provenance(handles=caller.key.handles, sources=caller.sources, declared_labels=caller.labels)
    classification = yield _search(request.segments, request.unread, given, stations)
    options = listing.options(request, classification, caller, state, now.date())
    candidates = listing.candidates(options, classification, caller)
    coverage = tuple(cover for option in options for cover in option.coverage)
    until = state.paper(now.date()).until
    sights: dict[int, _Sight] = {}
    while True:
        # A masked candidate is first asked about as if masking were perfect; only where policy would take it is it
        # really masked and looked at again, and what is then still found is a fact of the next round.
        asked = [
            listing.facts(candidate, request, classification, caller, *_seen(sights.get(place)))
            for place, candidate in enumerate(candidates)
        ]
        decision = policy.decide(
            state.policy, asked, coverage, state.register.digest, now, every=every, memory=state.memory, until=until
        )
        place = next((place for place, verdict in enumerate(decision.verdicts) if verdict.allowed), None)
        if place is None or candidates[place].form is not Form.MASKED or place in sights:
            break
        sights[place] = yield from _look(request, classification, candidates[place], dialect, caller, stations)
    if place is None:
        return Plan(decision, classification, asked_at=now)
    return _leave(
        request, dialect, caller, stations, decision, classification, candidates[place], sights.get(place), now
    )


def _seen(sight: _Sight | None) -> tuple[tuple[str, ...], tuple[str, ...], Completeness]:
    return (sight.masked.unmaskable, sight.residual, sight.completeness) if sight else ((), (), Completeness.COMPLETE)


def _search(segments: Sequence[Segment], unread: Sequence[Unread], given: Provenance, stations: Stations) -> _Search:
    def search() -> Classification:
        deadline = stations.monotonic() + stations.detect_timeout_s
        return stations.classifier.classify(segments, unread, given, deadline=deadline)

    return search


def _look(
    request: CanonicalRequest,
    classification: Classification,
    candidate: Candidate,
    dialect: Dialect,
    caller: Caller,
    stations: Stations,
) -> Generator[_Search, Classification, _Sight]:
    """Masks for one candidate and classifies the outgoing bytes again."""
    option, book = candidate.option, stations.book(caller.scope)

    def which(finding: Finding) -> bool:
        return listing.to_mask(option, finding)

    findings = [_fixed(finding, request) for finding in classification.findings]
    masked = masking.mask(request.segments, findings, book, which=which, json_text=dialect.json_text(request))
    again = dialect.read(dialect.rewrite(request, masked.texts, {}))
    found = yield _search(again.segments, (), Provenance(handles=caller.key.handles), stations)
    left = masking.residual(
        again.segments, [f for f in found.findings if which(f)], masked.issued, json_text=dialect.json_text(again)
    )
    return _Sight(masked, book, left, found.completeness)


def _fixed(finding: Finding, request: CanonicalRequest) -> Finding:
    """A finding in a member that steers the request (a name, an id, a type) counts as one in a key: unmaskable."""
    steers = finding.segment in {use.pointer for use in request.uses if use.value} or finding.segment == "/model"
    return msgspec.structs.replace(finding, place=Place.KEY) if steers else finding


def _leave(
    request: CanonicalRequest,
    dialect: Dialect,
    caller: Caller,
    stations: Stations,
    decision: Decision,
    classification: Classification,
    candidate: Candidate,
    sight: _Sight | None,
    now: datetime,
) -> Plan:
    """The plan of a request that goes somewhere: the bytes that leave, and every member that was set in them."""
    service, state = candidate.option.service, stations.state()
    members: dict[str, Any] = {}
    rewrites = []
    for pointer, value, why in register.forced_members(state.register, service.id, request.endpoint):
        members[pointer] = value
        rewrites.append(Rewrite(pointer, why))
    if candidate.option.rerouted:
        members["/model"] = service.models[0]
        rewrites.append(Rewrite("/model", "the private model answers instead of the one asked for"))
    if service.private:
        # A prompt cache that tenants share tells one of them, by time and count, what another asked (CVE-2025-46570).
        # The engine's own switches are set whether the client sent them or not; vLLM takes a salt in their place.
        apart = _NO_CACHE if service.id == EMBEDDED else {"/cache_salt": stations.cache_salt(caller.key.client)}
        members |= apart
        rewrites += [Rewrite(pointer, "keeps tenants' prompt caches apart") for pointer in apart]
    if sight:
        sight.book.commit()
    masked = sight.masked if sight else None
    leaving = dialect.rewrite(request, masked.texts if masked else {}, members)
    return Plan(decision, classification, candidate.option, leaving, tuple(rewrites), masked, now)
