"""What was stopped, went wrong or was changed in the period."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.recorded import many, recorded, span
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.ledger.observed import State
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.fact import ORGANISATION, Fact

_INCIDENT = (
    "An incident here is an account found set otherwise than documents say, or a document that lapsed in use. No other "
    "kind is known to it."
)


def _find(world: World) -> Iterator[Fact]:
    traffic, when = world.traffic, span(world)
    denied = traffic.effects[Effect.DENY]
    rules = f", by {', '.join(sorted(traffic.denials))}" if traffic.denials else ""
    each_h = ", ".join(f"{name or 'one'} for {seen / 3600:.1f} h" for name, seen in sorted(traffic.instances.items()))
    excepted = f", by {', '.join(sorted(traffic.excepted))}" if traffic.excepted else ""
    observed_h = sum(
        (each.end - each.start).total_seconds() / 3600 for each in traffic.spans if each.state is State.OBSERVED
    )
    rows: tuple[tuple[str, int | float, str], ...] = (
        ("requests_decided", traffic.decided, f"{many(traffic.decided, 'request')} were decided {when}."),
        ("requests_denied", denied, f"{denied} of {many(traffic.decided, 'request')} were denied {when}{rules}."),
        (
            "exceptions_used",
            traffic.with_exception,
            f"{many(traffic.with_exception, 'request')} were let through under an exception {when}{excepted}.",
        ),
        (
            "forgets_done",
            traffic.forgets_done,
            f"{many(traffic.forgets_ordered, 'order')} to forget records were given and {traffic.forgets_done} carried "
            f"out {when}.",
        ),
        (
            "changes_approved",
            traffic.approved,
            f"{traffic.approved} of {many(traffic.changes, 'change')} of rules, register, keys, people or exceptions "
            f"{when} had an approval that holds.",
        ),
        (
            "observed_hours",
            round(float(observed_h), 3),
            f"A gateway was observed for {observed_h:.1f} h {when}{f': {each_h}' if each_h else ''}.",
        ),
    )
    for predicate, value, says in rows:
        yield recorded(world, ORGANISATION, predicate, value, says)
    yield from _of_accounts(world, when)


def _of_accounts(world: World, when: str) -> Iterator[Fact]:
    """That nothing was found says something only where somebody looked."""
    traffic = world.traffic
    drifts, findings = len(traffic.drifts), sum(not each.clean for each in traffic.runs)
    compared = f"Vendors' accounts were read {many(traffic.probes, 'time')} in the period."
    yield recorded(
        world,
        ORGANISATION,
        "incidents_opened",
        traffic.incidents,
        f"{many(traffic.incidents, 'incident')} were opened {when}.",
        limits=(_INCIDENT, compared),
        looked=traffic.probes + traffic.incidents > 0,
    )
    yield recorded(
        world,
        ORGANISATION,
        "drifts_found",
        drifts,
        f"{many(drifts, 'finding')} of an account set otherwise than documents say, or of a document that lapsed in "
        f"use, {when}.",
        limits=(compared,),
        looked=traffic.probes + drifts > 0,
    )
    yield recorded(
        world,
        ORGANISATION,
        "bypass_found",
        findings,
        f"{findings} of {many(len(traffic.runs), 'comparison')} with vendors' own counts found something that is not "
        f"on record ({when}).",
        looked=bool(traffic.runs),
    )


TOPIC = Topic(
    id="happenings",
    title="Denials, drifts, incidents, exceptions, changes",
    source="45 CFR 164.308(a)(6); SOC 2 criteria CC7.3, CC8.1",
    predicates=(
        Predicate("requests_decided", int, "Requests in the period.", "5210 requests were decided."),
        Predicate("requests_denied", int, "Those that were denied.", "12 of 5210 requests were denied."),
        Predicate(
            "incidents_opened",
            int,
            "Incidents that drifts and lapses opened, and no others.",
            "0 incidents were opened from 2026-08-01 to 2026-10-31.",
        ),
        Predicate(
            "drifts_found",
            int,
            "Accounts found set otherwise, documents that lapsed in use.",
            "1 finding of an account set otherwise.",
        ),
        Predicate(
            "bypass_found",
            int,
            "Comparisons with vendors' own counts that found something.",
            "0 of 2 comparisons with vendors' own counts found something that is not on record.",
        ),
        Predicate("exceptions_used", int, "Requests under an exception.", "2 requests were let through, by pilot."),
        Predicate("forgets_done", int, "Orders to forget that were carried out.", "1 order was given, 1 carried out."),
        Predicate("changes_approved", int, "Changes with an approval that holds.", "3 of 4 changes had an approval."),
        Predicate(
            "observed_hours",
            float,
            "Hours for which a gateway gave signs of life.",
            "A gateway was observed for 719.5 h.",
        ),
    ),
    find=_find,
)
