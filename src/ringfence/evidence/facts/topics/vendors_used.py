"""Which vendors processed which kinds of data in the period, and under which documents."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import provider, providers_used, title, vendors
from ringfence.evidence.facts.recorded import many, recorded, span
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.traffic import Labelled
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Fact
from ringfence.vocabulary.labels import Label


def _find(world: World) -> Iterator[Fact]:
    used = providers_used(world)
    names = ", ".join(title(world, each) for each in used)
    yield recorded(
        world,
        ORGANISATION,
        "ai_vendors_used",
        used,
        f"Requests left {span(world)} for {names}." if used else f"No request left for an AI vendor {span(world)}.",
    )
    for name, sent in sorted(world.traffic.sent.items()):
        vendor = provider(world, name)
        if vendor is None:
            continue
        for label, found in sorted(sent.labels.items()):
            yield recorded(
                world,
                vendor,
                "processed",
                found.requests,
                f"{many(found.requests, 'request')} classified as {label} left for {name} {span(world)}"
                f"{_under(label, found)}.",
                vendor=vendor,
                scope={"service": name, "label": label},
                as_of=sent.last_day,
            )
    for vendor in vendors(world):
        state = world.traffic.reconciliation(vendor)
        yield recorded(
            world,
            vendor,
            "reconciliation",
            state,
            f"{title(world, vendor)}'s own counts {_STATES[state]} ({span(world)}).",
            vendor=vendor,
            limits=("It compares accounts that the settings name, and no others at the same vendor.",),
        )


_STATES = {
    "complete": "of every day of the period were compared with the records, and nothing was missing",
    "part": "of some days of the period were compared with the records, and nothing was missing",
    "none": "were not compared with the records",
    "findings": "showed traffic or keys that are not on record",
}


def _under(label: str, found: Labelled) -> str:
    masked = f"; {found.masked} of them with identifiers masked" if found.masked else ""
    if label == Label.GENERAL:
        return masked
    papers = f"{found.covered} under {', '.join(sorted(found.documents))}" if found.covered else ""
    rest = found.requests - found.covered
    uncovered = f"{rest} under no document that covers it" if rest else ""
    return ": " + ", ".join(filter(None, (papers, uncovered))) + masked


TOPIC = Topic(
    id="vendors_used",
    title="Which vendors processed which data",
    source="45 CFR 164.502(e) and GDPR Article 30 ask who processes; every questionnaire asks for the list",
    predicates=(
        Predicate(
            "ai_vendors_used",
            tuple,
            "The vendors, and hosts of private models that others run, that requests left for in the period.",
            "Requests left from 2026-08-01 to 2026-10-31 for OpenAI.",
        ),
        Predicate(
            "processed",
            int,
            "How many requests with one label went to one service, and under which documents.",
            "412 requests classified as phi left for openai/responses from 2026-08-01 to 2026-10-31: 412 under "
            "openai-baa, openai-zdr.",
        ),
        Predicate(
            "reconciliation",
            str,
            "Whether the vendor's own counts of the period were compared: `complete`, `part`, `none`, or `findings`.",
            "OpenAI's own counts were not compared with the records (from 2026-08-01 to 2026-10-31).",
        ),
    ),
    find=_find,
)
