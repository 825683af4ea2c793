"""Classify, cover, decide, mask: what will happen to a request, with nothing recorded and nothing sent.

`ringfence explain` stops here; `exchange` goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from ringfence import masking, policy
from ringfence.classify import Provenance
from ringfence.dialects import Dialect
from ringfence.gateway import candidates as listing
from ringfence.gateway.admit import Caller
from ringfence.gateway.candidates import Candidate, Option
from ringfence.gateway.classifying import by_patterns, classified
from ringfence.gateway.leaving import Leaving
from ringfence.gateway.outgoing import Rewrite, outgoing
from ringfence.gateway.state import State
from ringfence.gateway.stations import Stations
from ringfence.gateway.steps import Steps, run_beside, run_now
from ringfence.gateway.ways import Way, ways
from ringfence.masking import Book, Masked
from ringfence.vocabulary.chat import OPAQUE, CanonicalRequest
from ringfence.vocabulary.decision import Decision, Form
from ringfence.vocabulary.text import Classification, Completeness, Finding, Place, Segment

_LOOKS = 3
"""How often a request is masked and searched again before what is still found forbids the masked form."""


class Plan(msgspec.Struct, frozen=True):
    """`leaving` is the exact body for the service, None for DENY. `masked` is what was replaced in it, if anything.
    `asked_at` is the time that policy was told, for replay. `gaps` say what a service could not have done. `segments`
    are what was read, where the request goes somewhere. `exceptions` are the ids of those without which it would have
    gone nowhere, or elsewhere."""

    decision: Decision
    classification: Classification
    option: Option | None = None
    leaving: bytes | None = None
    rewrites: tuple[Rewrite, ...] = ()
    masked: Masked | None = None
    asked_at: datetime | None = None
    gaps: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    exceptions: tuple[str, ...] = ()
    exceptions_digest: str = ""


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
    return run_now(_steps(request, dialect, caller, stations, every), stations)


async def make_beside(
    request: CanonicalRequest, dialect: Dialect, caller: Caller, stations: Stations, leaving: Leaving, *, large: bool
) -> Plan:
    """As `make`, while others are served. `large`: with each search by patterns in one of the readers' threads, for a
    body so large that other requests, and the acknowledgements of their records, would wait for it. Raises ClientLeft.
    """
    return await run_beside(_steps(request, dialect, caller, stations, False), stations, leaving, large=large)


def _steps(request: CanonicalRequest, dialect: Dialect, caller: Caller, stations: Stations, every: bool) -> Steps[Plan]:
    """Yields what has to be waited for; all else is done in between."""
    state, now = stations.state(), stations.now()
    found = ways(request, dialect, caller, state, now.date())
    given = Provenance(handles=caller.key.handles, sources=caller.sources, declared_labels=caller.labels)

    def judge(each: Classification) -> Decision:
        return _asked(found, request, each, caller, state, now, every=False)[1]

    classification, segments = yield from classified(
        request, dialect, given, stations, judge, always=stations.names_always or every
    )
    sights: dict[int, _Sight] = {}
    while True:
        # A masked candidate is first asked about as if masking were perfect; only where policy would take it is it
        # really masked and looked at again, and what is then still found is a fact of the next round.
        candidates, decision = _asked(found, request, classification, caller, state, now, every=every, sights=sights)
        place = next((place for place, verdict in enumerate(decision.verdicts) if verdict.allowed), None)
        if place is None or candidates[place].form is not Form.MASKED or place in sights:
            break
        sights[place] = yield from _look(request, classification, candidates[place], dialect, caller, stations)
    gaps = tuple(dict.fromkeys(gap for way in found for gap in way.gaps))
    if place is None:
        return Plan(decision, classification, asked_at=now, gaps=gaps)
    made = _leave(
        request, dialect, caller, stations, decision, classification, candidates[place], sights.get(place), now
    )
    used = listing.exceptions_used(candidates[place], decision.verdicts[place].facts)
    digest = state.exceptions.digest if used else ""
    return msgspec.structs.replace(made, gaps=gaps, segments=segments, exceptions=used, exceptions_digest=digest)


def _asked(
    found: tuple[Way, ...],
    request: CanonicalRequest,
    classification: Classification,
    caller: Caller,
    state: State,
    now: datetime,
    *,
    every: bool,
    sights: Mapping[int, _Sight] = MappingProxyType({}),
) -> tuple[list[Candidate], Decision]:
    """The candidates of a request and what policy says of them. `sights`: what is known of masked ones, by place."""
    options = listing.options(found, request, classification, caller, state, now)
    candidates = listing.candidates(options, classification, caller)
    asked = [
        listing.facts(candidate, request, classification, caller, *_seen(sights.get(place)))
        for place, candidate in enumerate(candidates)
    ]
    decision = policy.decide(
        state.policy,
        asked,
        tuple(cover for option in options for cover in option.coverage),
        state.register.digest,
        now,
        every=every,
        memory=state.memory,
        until=state.paper(now.date()).until,
    )
    return candidates, decision


def _seen(sight: _Sight | None) -> tuple[tuple[str, ...], tuple[str, ...], Completeness]:
    return (sight.masked.unmaskable, sight.residual, sight.completeness) if sight else ((), (), Completeness.COMPLETE)


def _look(
    request: CanonicalRequest,
    classification: Classification,
    candidate: Candidate,
    dialect: Dialect,
    caller: Caller,
    stations: Stations,
) -> Steps[_Sight]:
    """Masks for one candidate and classifies the outgoing bytes again; what is then still found is masked as well, a
    few times over, before it counts as what masking can't do."""
    option, book = candidate.option, stations.book(caller.scope)

    def which(finding: Finding) -> bool:
        return listing.to_mask(option, finding)

    steering = _steering(request)
    findings = [_fixed(finding, steering) for finding in classification.findings]
    for look in range(_LOOKS):
        masked = masking.mask(
            request.segments,
            findings,
            book,
            which=which,
            json_text=dialect.json_text(request),
            manner=option.manner,
        )
        again = dialect.read(dialect.rewrite(request, masked.texts, {}), request.headers)
        found = yield from by_patterns(again.segments, Provenance(handles=caller.key.handles), stations)
        left = masking.residual(
            again.segments, [f for f in found.findings if which(f)], masked, json_text=dialect.json_text(again)
        )
        if left.stuck or not left.again or look == _LOOKS - 1:
            break
        findings += [_fixed(finding, steering) for finding in left.again]
    return _Sight(masked, book, left.entities, found.completeness)


def _steering(request: CanonicalRequest) -> frozenset[str]:
    """The members that steer the request: the model's name, and what chooses between behaviours."""
    return frozenset({use.pointer for use in request.uses if use.value not in ("", OPAQUE)} | {"/model"})


def _fixed(finding: Finding, steering: frozenset[str]) -> Finding:
    """A finding in a member that steers the request counts as one in a key: unmaskable."""
    return msgspec.structs.replace(finding, place=Place.KEY) if finding.segment in steering else finding


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
    if sight:
        sight.book.commit()
    masked = sight.masked if sight else None
    leaving, rewrites = outgoing(
        request,
        dialect,
        candidate.option.way,
        masked.texts if masked else {},
        stations.state().register,
        stations.cache_salt(caller.key.client),
    )
    return Plan(decision, classification, candidate.option, leaving, rewrites, masked, now)
