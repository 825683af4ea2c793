"""What a vendor's SOC 2 report leaves to its customers (complementary user entity controls), and its state here."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        for paper in filed(world, vendor, Kind.SOC2_TYPE2, Kind.SOC2_TYPE1):
            if not paper.standing.counts:
                continue
            for number, control in enumerate(paper.document.report.user_controls, 1):
                yield Fact(
                    subject=ORGANISATION,
                    predicate="user_control_state",
                    value="not stated",
                    basis=Basis.NOTHING,
                    says=f"{title(world, vendor)}'s report leaves this to its customers: {control.rstrip('.')}. How it "
                    "is done here is not on file.",
                    check=CHECK_DOCUMENT,
                    as_of=world.today,
                    expires_on=paper.until,
                    scope={"document": paper.document.id, "control": str(number)},
                    proofs=(paper.proof,),
                    limits=("Where it is not done here, the vendor's opinion does not reach this organisation.",),
                )


TOPIC = Topic(
    id="user_controls",
    title="Controls that vendors' reports leave to their customers",
    source="AICPA, AT-C section 205: complementary user entity controls",
    predicates=(
        Predicate(
            "user_control_state",
            str,
            "How one of them is done here, as far as that is on file.",
            "OpenAI's report leaves this to its customers: API keys are rotated. How it is done here is not on file.",
        ),
    ),
    find=_find,
)
