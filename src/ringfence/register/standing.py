"""Whether a document counts on a day, to which day it goes on counting, and if it does not, exactly why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import permutations

import msgspec

from ringfence.register.documents import Document, Party, Review
from ringfence.register.kinds import DateStyle, Kind, KindRules, Role
from ringfence.register.months import add_months

_DAY = timedelta(days=1)


class Standing(msgspec.Struct, frozen=True):
    """`until` is the last day (inclusive) on which a counting document counts if nothing changes on paper.

    `why` is a plain sentence where it does not count, else "". `rests_on` are the documents that it ends with.
    """

    counts: bool
    until: date = date.max
    why: str = ""
    rests_on: tuple[str, ...] = ()


def missing(document: Document, rules: KindRules) -> tuple[str, ...]:
    """The fields that a document must state before it counts and doesn't: digest, parties, dates, scope, reviewer.

    A document with a gap is *claimed*; one without is *reviewed*.
    """
    return (
        *(() if document.file.sha256 else ("file.sha256",)),
        *_missing_parties(document, rules),
        *_missing_dates(document, rules),
        *(f"scope.{name}" for name in rules.scope if not getattr(document.scope, name)),
        *_missing_findings(document, rules),
        *(f"review.{n}" for n in _reviewed(rules) if not getattr(document.review, n)),
    )


def _reviewed(rules: KindRules) -> tuple[str, ...]:
    """What a review states. That of a notice is done once: what comes of it stands in terms, which expire."""
    return ("reviewed_by", "reviewed_on") if rules.dates is DateStyle.NOTICE else tuple(Review.__struct_fields__)


def _missing_parties(document: Document, rules: KindRules) -> Iterator[str]:
    if not roles_filled(document.parties, rules.roles):
        yield f"parties ({'; '.join(' or '.join(group) for group in rules.roles)})"


def roles_filled(parties: tuple[Party, ...], groups: tuple[tuple[Role, ...], ...]) -> bool:
    """True where each group of roles is held by a party of its own."""
    return any(
        all(party.role in group for party, group in zip(chosen, groups, strict=True))
        for chosen in permutations(parties, len(groups))
    )


def _missing_dates(document: Document, rules: KindRules) -> Iterator[str]:
    dates = document.dates
    needed = {
        DateStyle.AGREEMENT: ("effective_on",),
        DateStyle.FIXED: ("effective_on", "ends_on"),
        DateStyle.PERIOD: ("period_start", "period_end", "issued_on"),
        DateStyle.POINT: ("as_of", "issued_on"),
        DateStyle.BRIDGE: ("issued_on",),
        DateStyle.NOTICE: ("effective_on",),
    }[rules.dates]
    yield from (f"dates.{name}" for name in needed if getattr(dates, name) is None)
    ends = dates.ends_on or dates.ends_with or dates.until_terminated
    if rules.dates is DateStyle.AGREEMENT and not ends:
        yield "dates.ends_on (or ends_with, or until_terminated)"


def _missing_findings(document: Document, rules: KindRules) -> Iterator[str]:
    if rules.dates is DateStyle.BRIDGE:
        if not document.report.bridges:
            yield "report.bridges"
    elif rules.report:
        yield from (f"report.{name}" for name in ("opinion", "criteria") if not getattr(document.report, name))
    if rules.needs_no_actual_knowledge and not document.method.no_actual_knowledge:
        yield "method.no_actual_knowledge"


def standing(
    document: Document, documents: Mapping[str, Document], kinds: Mapping[Kind, KindRules], today: date
) -> Standing:
    """Whether `document` counts on `today`. `documents` are all on file, by id.

    INVARIANT: the result is the same for every day from `today` to `until`.
    """
    rules = kinds[document.kind]
    name = f"The {rules.title} {document.id}"
    if gaps := missing(document, rules):
        listed, verb = joined(gaps), "is" if len(gaps) == 1 else "are"
        return Standing(False, why=f"{name} is claimed, not reviewed: {listed} {verb} missing.")
    for first, what in _starts(document):
        if today < first:
            return Standing(False, why=f"{name} {what} {first}, which is after today.")
    until = date.max
    for last, what in _ends(document):
        if last < today:
            return Standing(False, why=f"{name} {what}.")
        until = min(until, last)
    parent, missing_parent = _parent(document, documents)
    if missing_parent:
        return Standing(False, why=f"{name} {missing_parent}")
    if parent is None:
        return Standing(True, until)
    if rules.dates is DateStyle.BRIDGE:
        last = add_months(parent.dates.period_end or date.min, rules.bridge_months)
        if last < today:
            late = f"is more than {rules.bridge_months} months past the period end of {parent.id}"
            return Standing(False, why=f"{name} {late}.")
        return Standing(True, min(until, last), rests_on=(parent.id,))
    above = standing(parent, documents, kinds, today)
    if not above.counts:
        return Standing(False, why=f"{name} ends with {parent.id}. {above.why}")
    return Standing(True, min(until, above.until), rests_on=(parent.id, *above.rests_on))


def _starts(document: Document) -> Iterator[tuple[date, str]]:
    for day, what in (
        (document.dates.effective_on, "starts on"),
        (document.dates.issued_on, "was issued on"),
        (document.review.reviewed_on, "was reviewed on"),
    ):
        if day:
            yield day, what


def _ends(document: Document) -> Iterator[tuple[date, str]]:
    if voided := document.dates.voided_on:
        yield voided - _DAY, f"was voided on {voided}"
    if ends := document.dates.ends_on:
        yield ends, f"ended on {ends}"
    if expires := document.review.expires_on:
        yield expires, f"was reviewed until {expires} only, and must be read again"


def _parent(document: Document, documents: Mapping[str, Document]) -> tuple[Document | None, str]:
    """The document that this one rests on, and why it can't rest on it ("" where it can or rests on none)."""
    bridges = document.report.bridges
    wanted = document.dates.ends_with or bridges
    if not wanted:
        return None, ""
    parent = documents.get(wanted)
    # Example documents prop up nothing real, and the other way round.
    if parent is None or parent.demonstration != document.demonstration:
        return None, f"{'follows' if bridges else 'ends with'} {wanted}, which is not on file."
    if bridges and (parent.kind is not Kind.SOC2_TYPE2 or parent.dates.period_end is None):
        return None, f"follows {wanted}, which is no SOC 2 Type II report with a period end."
    return parent, ""


def joined(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
