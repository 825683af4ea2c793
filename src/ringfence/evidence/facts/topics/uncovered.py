"""Requests classified as regulated that left without cover: how many, as far as anybody can know."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_LEDGER, records
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.posture import SEEN_ONLY
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact

_DETECTOR = (
    "It counts what was classified as regulated: data that the detectors missed is not in it. How much they find is "
    "measured in docs/reference/detection-figures.md."
)


def _find(world: World) -> Iterator[Fact]:
    traffic = world.traffic
    first, last = traffic.period
    versions = ", ".join(sorted(traffic.versions)) or world.house.version
    limits = [_DETECTOR, f"It speaks {SEEN_ONLY}, with detectors of version {versions}."]
    if traffic.bypassed:
        limits.append("A vendor's own counts showed traffic that went around the gateway in the period.")
    if traffic.unsearched:
        limits.append(f"In {traffic.unsearched} requests names in free text were not searched for.")
    for predicate, count, form in (
        ("uncovered_left", traffic.uncovered, "as it was"),
        ("uncovered_left_masked", traffic.uncovered_masked, "with its identifiers masked"),
    ):
        yield Fact(
            subject=ORGANISATION,
            predicate=predicate,
            value=count,
            basis=Basis.RECORDED,
            says=f"{count} of {traffic.decided} requests from {first} to {last} were classified as regulated and left "
            f"{form} for a service that no document covered for it.",
            check=CHECK_LEDGER,
            as_of=last,
            period=(first, last),
            proofs=(records(world),),
            limits=tuple(limits),
        )


TOPIC = Topic(
    id="uncovered",
    title="Regulated requests that left without cover",
    source="45 CFR 164.502(a), 164.308(b): PHI goes only where an agreement permits it",
    predicates=(
        Predicate(
            "uncovered_left",
            int,
            "Requests classified as regulated that left as they were, for a service that no document covered for it.",
            "0 of 5,210 requests from 2026-08-01 to 2026-10-31 were classified as regulated and left as it was for a "
            "service that no document covered for it.",
        ),
        Predicate(
            "uncovered_left_masked",
            int,
            "Those that left with their identifiers masked, by a method on file or where no health data was in them.",
            "38 of 5,210 requests from 2026-08-01 to 2026-10-31 were classified as regulated and left with its "
            "identifiers masked for a service that no document covered for it.",
        ),
    ),
    find=_find,
)
