"""Requests classified as regulated that left without cover: how many, as far as anybody can know."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.figures import figures
from ringfence.evidence.facts.recorded import many, recorded, span
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Fact


def _find(world: World) -> Iterator[Fact]:
    traffic = world.traffic
    for predicate, count, form in (
        ("uncovered_left", traffic.uncovered, "as they were"),
        ("uncovered_left_masked", traffic.uncovered_masked, "with identifiers masked"),
    ):
        yield recorded(
            world,
            ORGANISATION,
            predicate,
            count,
            f"Of {many(traffic.decided, 'request')} {span(world)}, {count} were classified as regulated and left "
            f"{form} for a service that no document covered for all of it.",
            limits=_limits(world),
            looked=traffic.decided > 0,
        )


def _limits(world: World) -> tuple[str, ...]:
    traffic = world.traffic
    detectors = ", ".join(world.house.detectors) or "not known"
    versions = ", ".join(sorted(traffic.versions)) or "not on record"
    found = [
        "It counts what was classified or declared as regulated: what the detectors missed is not in it.",
        f"Detectors in use today: {detectors}. Versions of Ringfence that ran in the period: {versions}.",
    ]
    found += [
        f"{each.detector} found {each.share:.4g} of the identifying {each.unit} in {each.about} ({each.measured_on})."
        for each in figures()
        if each.detector in world.house.detectors
    ]
    if traffic.unsearched:
        found.append(f"In {many(traffic.unsearched, 'request')} names in free text were not searched for.")
    if traffic.partial:
        found.append(f"{many(traffic.partial, 'request')} could not be read whole.")
    if traffic.with_exception:
        found.append(f"{many(traffic.with_exception, 'request')} went under an exception that two people approved.")
    return tuple(found)


TOPIC = Topic(
    id="uncovered",
    title="Regulated requests that left without cover",
    source="45 CFR 164.502(a), 164.308(b): PHI goes only where an agreement permits it",
    predicates=(
        Predicate(
            "uncovered_left",
            int,
            "Requests classified as regulated that left as they were, for a service that no document covered for it.",
            "Of 5210 requests from 2026-08-01 to 2026-10-31, 0 were classified as regulated and left as they were for "
            "a service that no document covered for all of it.",
        ),
        Predicate(
            "uncovered_left_masked",
            int,
            "Those that left with their identifiers masked, by a method on file or where no health data was in them.",
            "Of 5210 requests from 2026-08-01 to 2026-10-31, 38 were classified as regulated and left with identifiers "
            "masked for a service that no document covered for all of it.",
        ),
    ),
    find=_find,
)
