"""How much of what identifies somebody the detectors in use found where that was measured."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.figures import figures
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof

_LIMIT = (
    "Measured by the makers of the detectors on synthetic and public text, parts of which they had read when they "
    "chose rules: expect less on your own."
)


def _find(world: World) -> Iterator[Fact]:
    for detector in world.house.detectors:
        measured = [each for each in figures() if each.detector == detector]
        for each in measured:
            yield Fact(
                subject=ORGANISATION,
                predicate="detector_recall",
                value=each.share,
                basis=Basis.CATALOGUED,
                says=f"The detector {detector} found {each.share:.4g} of the identifying {each.unit} in {each.about}, "
                f"measured on {each.measured_on}.",
                check=f"Measure it again as {each.source} says, or on your own text with `ringfence detect bench`.",
                as_of=each.measured_on,
                scope={"detector": detector, "set": each.set},
                proofs=(Proof("document", each.source, as_of=each.measured_on),),
                limits=(_LIMIT,),
            )
        if not measured:
            yield Fact(
                subject=ORGANISATION,
                predicate="detector_recall",
                value=0.0,
                basis=Basis.NOTHING,
                says=f"How much the detector {detector} finds was not measured.",
                check="Measure it on your own text.",
                as_of=world.today,
                scope={"detector": detector},
            )


TOPIC = Topic(
    id="detection",
    title="How much the detectors find",
    source="A count of what was classified says nothing without it",
    predicates=(
        Predicate(
            "detector_recall",
            float,
            "The share that one detector in use found in one set of texts.",
            "The detector tagger/1 found 0.9981 of the identifying characters in 497 synthetic clinical prompts of "
            "ASQ-PHI, measured on 2026-11-22.",
        ),
    ),
    find=_find,
)
