"""SOC 2 reports: each vendor's, and whether the organisation has one of its own. Neither ever stands for the other."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, Filed, covers, filed, on_paper, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Value

_TYPE = {Kind.SOC2_TYPE2: "II", Kind.SOC2_TYPE1: "I"}
_ATTESTATION = "SOC 2 is an attestation report on the past; it is no certificate and says nothing of other companies."
_DESIGN = "A Type I report is about design on one day, and says nothing of whether the controls worked."
_LETTER = "A bridge letter is management's own word, unaudited; it cures no opinion and stands in for no report."


def _find(world: World) -> Iterator[Fact]:
    for subject, name in ((ORGANISATION, "The organisation"), *((each, title(world, each)) for each in vendors(world))):
        reports = list(filed(world, subject, Kind.SOC2_TYPE2, Kind.SOC2_TYPE1))
        counting = [each for each in reports if each.standing.counts]
        for report in counting:
            yield from _report(subject, name, report)
            yield from _bridge(world, subject, name, report)
        if not counting:
            why = "".join(f" {each.standing.why}" for each in reports)
            yield Fact(
                subject=subject,
                predicate="soc2_report",
                value=False,
                basis=Basis.NOTHING,
                says=f"{name} has no SOC 2 report of its own on file that counts today.{why}",
                check="Ask for the report.",
                as_of=world.today,
                proofs=tuple(each.proof for each in reports),
                limits=(_ATTESTATION,),
            )


def _report(subject: str, name: str, paper: Filed) -> Iterator[Fact]:
    report, dates = paper.document.report, paper.document.dates
    kind, criteria = _TYPE[paper.document.kind], ", ".join(report.criteria)
    when = f"as of {dates.as_of}" if kind == "I" else f"for the period {dates.period_start} to {dates.period_end}"
    limits = [_ATTESTATION]
    limits += [_DESIGN] if kind == "I" else []
    limits += [f"Its opinion is {report.opinion}: it is no clean report."] if report.opinion != "unqualified" else []
    exceptions = len(report.exceptions)
    rows: tuple[tuple[str, Value, str], ...] = (
        (
            "soc2_report",
            True,
            f"{name} has a SOC 2 Type {kind} report ({paper.document.id}) on {criteria} {when}; it "
            f"names {covers(paper)}; its opinion is {report.opinion}.",
        ),
        ("soc2_type", kind, f"The SOC 2 report {paper.document.id} of {name} is of Type {kind}."),
        ("soc2_opinion", report.opinion, f"The auditor's opinion in {paper.document.id} is {report.opinion}."),
        ("soc2_criteria", report.criteria, f"{paper.document.id} is on {criteria}, and on no other criteria."),
        (
            "soc2_exceptions",
            report.exceptions,
            f"{exceptions} of the auditor's exceptions in {paper.document.id} are on file."
            if exceptions
            else f"No exception of {paper.document.id} is on file.",
        ),
    )
    for predicate, value, says in rows:
        yield on_paper(paper, subject, predicate, value, says, *limits)


def _bridge(world: World, subject: str, name: str, report: Filed) -> Iterator[Fact]:
    ended = report.document.dates.period_end
    for letter in filed(world, subject, Kind.BRIDGE_LETTER):
        document = letter.document
        until = document.dates.period_end or document.dates.issued_on
        if not letter.standing.counts or document.report.bridges != report.document.id:
            continue
        if ended is None or until is None or until <= ended:
            continue  # it speaks of no day after the report's
        yield Fact(
            subject=subject,
            predicate="soc2_bridge",
            value=True,
            basis=Basis.CLAIMED,
            says=f"{name}'s management states in {document.id} what changed from the end of {report.document.id} on "
            f"{ended} to {until}. The report's opinion stays {report.document.report.opinion}.",
            check=CHECK_DOCUMENT,
            as_of=min(until, world.today),
            expires_on=letter.until,
            scope={"document": document.id},
            proofs=(letter.proof,),
            limits=(_LETTER,),
        )


TOPIC = Topic(
    id="soc2",
    title="SOC 2 reports, the vendors' and the organisation's own",
    source="AICPA, AT-C section 205, TSP section 100",
    predicates=(
        Predicate(
            "soc2_report",
            bool,
            "Whether a SOC 2 report of the subject itself is on file and counts today: read, in date, not too old. "
            "Whether it is a good one stands in its type, opinion, criteria and exceptions.",
            "OpenAI has a SOC 2 Type II report (openai-soc2) on security for the period 2025-07-01 to 2026-06-30; it "
            "names services openai/*; its opinion is unqualified.",
        ),
        Predicate(
            "soc2_type", str, "`I` (a day) or `II` (a period).", "The SOC 2 report openai-soc2 of OpenAI is of Type II."
        ),
        Predicate(
            "soc2_opinion",
            str,
            "The auditor's: `unqualified`, `qualified`, `adverse` or `disclaimer`.",
            "The auditor's opinion in openai-soc2 is unqualified.",
        ),
        Predicate(
            "soc2_criteria",
            tuple,
            "The criteria that it is on.",
            "openai-soc2 is on security, and on no other criteria.",
        ),
        Predicate(
            "soc2_exceptions",
            tuple,
            "Exceptions that whoever read it wrote down.",
            "No exception of openai-soc2 is on file.",
        ),
        Predicate(
            "soc2_bridge",
            bool,
            "Whether a bridge letter goes on from the report: a claim, for three months at most.",
            "OpenAI's management states in openai-bridge what changed from the end of openai-soc2 on 2026-06-30 to "
            "2026-09-20. The report's opinion stays unqualified.",
        ),
    ),
    find=_find,
)
