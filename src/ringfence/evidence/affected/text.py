"""The report as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.affected.deadlines import rules
from ringfence.evidence.affected.report import AtService, Report

_MOST = 20


def lines(report: Report) -> Iterator[str]:
    """Everything that it says; long lists of records are cut, and JSON has them whole."""
    yield f"{report.about}: {report.requests} requests with regulated data left"
    if report.requests:
        yield f"from {report.first_time} to {report.last_time}, records {_list(report.records)}."
    for each in report.services:
        yield ""
        yield from _service(each)
    yield ""
    yield from _subjects(report)
    yield ""
    yield f"Notices, if there was a breach discovered on {report.discovered} (rules read on {rules().reviewed_on})"
    for deadline in report.deadlines:
        yield f"  {deadline.due_on}  {deadline.id}: {deadline.to}. Applies: {deadline.applies}. {deadline.why}"
        yield f"              {deadline.says} {deadline.source}"
    yield f"  {rules().says}"
    yield f"  {rules().delay.says} {rules().delay.source}"
    yield f"  Not covered: {report.not_covered}"
    yield ""
    yield f"DRAFT risk assessment, for a person to complete and decide ({rules().assessment.source})"
    for number, factor in enumerate(report.assessment, 1):
        yield f"  {number}. {factor.asks}"
        yield from (f"     known: {known}" for known in factor.known)
        yield from (f"     open:  {open_}" for open_ in factor.open)


def _service(each: AtService) -> Iterator[str]:
    yield f"{each.service}: {each.requests} requests, {each.masked} masked, {each.requests - each.masked} as they were"
    yield f"  labels: {_counts(each.labels)}; found: {_counts(each.entities)}; replaced: {_counts(each.replaced)}"
    if not each.paper.known:
        yield "  what was on paper at the time is not known: the register's snapshot was not kept"
        return
    for paper in each.paper.documents:
        hours = f", notice within {paper.notice_hours} hours" if paper.notice_hours is not None else ""
        yield f"  under {paper.id} ({paper.kind}, {paper.effective_on} to {paper.ends_on or '?'}{hours})"
    for kept in each.paper.retention:
        yield f"  keeps {kept.what}: {kept.says} ({kept.source}, read on {kept.reviewed_on})"


def _subjects(report: Report) -> Iterator[str]:
    if report.subjects is None:
        yield "Who: sealed. Two custodians open it with --key-a and --key-b."
    else:
        yield f"Who: {len(report.subjects)} groups of identifiers, at least {report.at_least} people"
        for number, subject in enumerate(report.subjects, 1):
            shown = ", ".join(f"{each.entity} {plain(each.value)}" for each in subject.identifiers)
            how = "left as it was" if subject.exposed else "left masked"
            yield f"  {number}. {shown} ({how}; records {_list(subject.records)})"
    unknown = report.unknown
    for records, why in (
        (unknown.no_identifiers, "nothing in them that identifies anybody was found"),
        (unknown.no_entry, "subjects unknown: their sealed entries are not there or can't be read"),
        (unknown.sidecar_off, "subjects unknown: the sidecar was off"),
        (unknown.not_read_whole, "not read whole or not searched for names: more people may be in them"),
    ):
        if records:
            yield f"  {len(records)} requests: {why} (records {_list(records)})"
    yield from (f"  damaged: {problem}" for problem in report.problems)


def plain(text: str, keep: str = "") -> str:
    """What a client sent, for a terminal: what would steer it, or turn the direction of text, is spelt out. `keep` are
    characters that stay."""
    return "".join(each if each.isprintable() or each in keep else ascii(each)[1:-1] for each in text)


def _list(records: tuple[int, ...]) -> str:
    shown = ", ".join(str(index) for index in records[:_MOST])
    return f"{shown} and {len(records) - _MOST} more" if len(records) > _MOST else shown


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
