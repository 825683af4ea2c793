"""SOC 2 reports: each vendor's, and whether the organisation has one of its own. Neither ever stands for the other."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, Filed, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact

_TYPE = {Kind.SOC2_TYPE2: "II", Kind.SOC2_TYPE1: "I"}
_ATTESTATION = "SOC 2 is an attestation report on the past; it is no certificate and says nothing of other companies."


def _find(world: World) -> Iterator[Fact]:
    for subject, name in ((ORGANISATION, "The organisation"), *((each, title(world, each)) for each in vendors(world))):
        reports = list(filed(world, subject, Kind.SOC2_TYPE2, Kind.SOC2_TYPE1))
        best = next((each for each in reports if each.standing.counts), None)
        if best is None:
            why = f" {reports[0].standing.why}" if reports else ""
            yield Fact(
                subject=subject,
                predicate="soc2_report",
                value=False,
                basis=Basis.NOTHING,
                says=f"{name} has no SOC 2 report on file that counts today.{why}",
                check="Ask for the report.",
                as_of=world.today,
                proofs=tuple(each.proof for each in reports),
                limits=(_ATTESTATION,),
            )
            continue
        yield from _report(subject, name, best)
        yield from _bridge(world, subject, name, best)


def _report(subject: str, name: str, best: Filed) -> Iterator[Fact]:
    report, dates = best.document.report, best.document.dates
    kind = _TYPE[best.document.kind]
    span = f"the period {dates.period_start} to {dates.period_end}" if dates.period_end else f"{dates.as_of}"
    common = {
        "subject": subject,
        "basis": Basis.REVIEWED,
        "check": CHECK_DOCUMENT,
        "as_of": best.as_of,
        "expires_on": best.until,
        "proofs": (best.proof,),
        "limits": (_ATTESTATION,),
    }
    criteria = ", ".join(report.criteria)
    yield Fact(
        predicate="soc2_report",
        value=True,
        says=f"{name} has a SOC 2 Type {kind} report on {criteria} for {span}, opinion {report.opinion}.",
        **common,  # type: ignore[arg-type]
    )
    yield Fact(predicate="soc2_type", value=kind, says=f"It is of Type {kind}.", **common)  # type: ignore[arg-type]
    yield Fact(
        predicate="soc2_opinion",
        value=report.opinion,
        says=f"The auditor's opinion is {report.opinion}.",
        **common,  # type: ignore[arg-type]
    )
    yield Fact(
        predicate="soc2_criteria",
        value=report.criteria,
        says=f"It is on {criteria}, and on no other criteria.",
        **common,  # type: ignore[arg-type]
    )
    yield Fact(
        predicate="soc2_exceptions",
        value=report.exceptions,
        says=f"The auditor noted {len(report.exceptions)} exceptions."
        if report.exceptions
        else "No exception is noted.",
        **common,  # type: ignore[arg-type]
    )


def _bridge(world: World, subject: str, name: str, best: Filed) -> Iterator[Fact]:
    for letter in filed(world, subject, Kind.BRIDGE_LETTER):
        if letter.standing.counts and letter.document.report.bridges == best.document.id:
            yield Fact(
                subject=subject,
                predicate="soc2_bridge",
                value=True,
                basis=Basis.CLAIMED,
                says=f"{name}'s management states in a letter that nothing material changed since the period of "
                f"{best.document.id} ended.",
                check=CHECK_DOCUMENT,
                as_of=letter.as_of,
                expires_on=letter.until,
                proofs=(letter.proof,),
                limits=("A bridge letter is management's own word, unaudited, and cures no qualified opinion.",),
            )
            return


TOPIC = Topic(
    id="soc2",
    title="SOC 2 reports, the vendors' and the organisation's own",
    source="AICPA, AT-C section 205, TSP section 100",
    predicates=(
        Predicate(
            "soc2_report",
            bool,
            "Whether a SOC 2 report of the subject itself is on file and counts today.",
            "OpenAI has a SOC 2 Type II report on security for the period 2025-07-01 to 2026-06-30, opinion "
            "unqualified.",
        ),
        Predicate("soc2_type", str, "Type I (a day) or Type II (a period).", "It is of Type II."),
        Predicate("soc2_opinion", str, "The auditor's opinion.", "The auditor's opinion is unqualified."),
        Predicate("soc2_criteria", tuple, "The criteria it is on.", "It is on security, and on no other criteria."),
        Predicate("soc2_exceptions", tuple, "Exceptions that the auditor noted.", "No exception is noted."),
        Predicate(
            "soc2_bridge",
            bool,
            "Whether a bridge letter goes on from the report.",
            "OpenAI's management states in a letter that nothing material changed since the period of openai-soc2 "
            "ended.",
        ),
    ),
    find=_find,
)
