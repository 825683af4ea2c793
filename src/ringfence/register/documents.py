"""One document on paper, as data: what `documents/*.toml` hold, and the checks that need nothing but the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec

from ringfence.register import reading
from ringfence.register.kinds import DateStyle, Kind, KindRules, Role, Tier
from ringfence.vocabulary.labels import Label

# SHA-256 of no bytes (FIPS 180-4): the digest of a file that was never read.
_EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Says(StrEnum):
    """What a document says about a use: it permits it, forbids it, or was read and is silent."""

    PERMITTED = "permitted"
    FORBIDDEN = "forbidden"
    SILENT = "silent"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A table of a document's file. Unknown keys are refused."""


class Party(_Part, frozen=True, kw_only=True):
    """Who signed, or who is reported on, and as what."""

    name: str
    role: Role


class Dates(_Part, frozen=True, kw_only=True):
    """Every date is inclusive: a document that ends on a day still counts on that day. `voided_on` is the first day
    on which it does not."""

    effective_on: date | None = None
    ends_on: date | None = None
    ends_with: str = ""
    until_terminated: bool = False
    period_start: date | None = None
    period_end: date | None = None
    as_of: date | None = None
    issued_on: date | None = None
    voided_on: date | None = None


class Scope(_Part, frozen=True, kw_only=True):
    """What the document covers. `services` and `models` are globs; `models` and `endpoints` empty: all of them.

    `regions` begin with a country: `us`, `us-east-1`, `eu-west-1`.
    """

    services: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    endpoints: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class Subservice(_Part, frozen=True, kw_only=True):
    """A subservice organisation of a report, inside its scope (inclusive) or left out (carve_out)."""

    name: str
    method: Literal["inclusive", "carve_out"]
    does: str = ""


class Report(_Part, frozen=True, kw_only=True):
    """What an auditor's report says. `bridges` is the id of the report that a bridge letter follows."""

    opinion: Literal["", "unqualified", "qualified", "adverse", "disclaimer"] = ""
    criteria: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    user_controls: tuple[str, ...] = ()
    subservices: tuple[Subservice, ...] = ()
    bridges: str = ""


class Limits(_Part, frozen=True, kw_only=True):
    """What the document permits. None or "": nobody has written down what it says.

    `flow_down`: subcontractors are bound to the same restrictions. `notice_hours`: the time to report an incident.
    `retention`: kinds of keeping that the document accepts, by the names that the terms catalogue uses. `tier`: what an
    approval approves; where it states none it is zero data retention, as the kind says.
    """

    permitted_uses: tuple[str, ...] = ()
    ai: Says | None = None
    offshore: Says | None = None
    deidentification: Says | None = None
    subcontractors: Says | None = None
    flow_down: bool | None = None
    notice_hours: int | None = None
    distribution: str = ""
    retention: tuple[str, ...] = ()
    tier: Tier | None = None

    def says(self, name: str) -> Says | None:
        """What the document says on one limit; `flow_down` reads as permitted or forbidden."""
        value = getattr(self, name)
        if isinstance(value, bool):
            return Says.PERMITTED if value else Says.FORBIDDEN
        return value if isinstance(value, Says) else None


class Method(_Part, frozen=True, kw_only=True):
    """What a method of masking rests on."""

    no_actual_knowledge: bool = False
    notes: str = ""


class File(_Part, frozen=True, kw_only=True):
    """The paper itself: its digest, and where it came from. It stays in the customer's own store."""

    sha256: str = ""
    source_url: str = ""
    snapshot_sha256: str = ""


class Review(_Part, frozen=True, kw_only=True):
    """Who read it, when, and to which day that reading may be relied on."""

    reviewed_by: str = ""
    reviewed_on: date | None = None
    expires_on: date | None = None


class Document(_Part, frozen=True, kw_only=True):
    """One document. Tables stand in the order in which `ringfence register add` writes them."""

    kind: Kind
    id: str
    subject: str
    title: str = ""
    demonstration: bool = False
    parties: tuple[Party, ...] = ()
    dates: Dates = Dates()
    scope: Scope = Scope()
    report: Report = Report()
    limits: Limits = Limits()
    method: Method = Method()
    file: File = File()
    review: Review = Review()

    @property
    def tier(self) -> Tier | None:
        """The tier that an approval approves; None for every other kind."""
        return (self.limits.tier or Tier.ZERO_DATA_RETENTION) if self.kind is Kind.ZDR_APPROVAL else None


def names_party(document: Document, name: str, roles: Iterable[Role] = ()) -> bool:
    """Whether `name` is one of its parties, in one of these roles if any are given; case and blanks don't matter."""
    wanted, roles = " ".join(name.casefold().split()), tuple(roles)
    return any(
        " ".join(party.name.casefold().split()) == wanted and (not roles or party.role in roles)
        for party in document.parties
    )


def load_document(path: Path, kinds: dict[Kind, KindRules]) -> Document:
    """Reads and checks one file. Raises ConfigurationError naming file and field."""
    document = reading.read(path, Document)
    check_document(document, kinds[document.kind], str(path))
    return document


def check_document(document: Document, rules: KindRules, where: str) -> None:
    """Refuses what can't be true whatever the day: placeholders, contradictions, fields of another kind.

    What is merely absent is no error: the document is then claimed, and does not count (see `standing`).
    Raises ConfigurationError naming file and field.
    """
    _check_names(document, where)
    _check_digests(document.file, where)
    _check_dates(document.dates, rules, where)
    _check_review(document.review, where)
    _check_tables(document, rules, where)


def _check_names(document: Document, where: str) -> None:
    if not reading.ID.fullmatch(document.id) or "/" in document.id:
        raise reading.problem(where, "id", "not a lower-case name of letters, digits, `.`, `_` and `-`")
    named = [("subject", document.subject)]
    named += [(f"parties[{i}].name", party.name) for i, party in enumerate(document.parties)]
    named += [("review.reviewed_by", document.review.reviewed_by)] if document.review.reviewed_by else []
    named += [("file.source_url", document.file.source_url)] if document.file.source_url else []
    for field, text in named:
        if reading.is_placeholder(text):
            raise reading.problem(where, field, "is empty or a placeholder", "Write the real one, or remove the line.")
    for field, globs in (("scope.services", document.scope.services), ("scope.models", document.scope.models)):
        for pattern in globs:
            if not reading.GLOB.fullmatch(pattern):
                raise reading.problem(where, field, "not a name or a glob with `*`")


def _check_digests(file: File, where: str) -> None:
    for field, digest in (("file.sha256", file.sha256), ("file.snapshot_sha256", file.snapshot_sha256)):
        if not digest:
            continue
        if not _SHA256.fullmatch(digest):
            raise reading.problem(where, field, "not 64 lower-case hexadecimal digits", "Use `sha256sum FILE`.")
        if len(set(digest)) <= 2 or digest == _EMPTY_SHA256:
            raise reading.problem(
                where, field, "a placeholder, or the digest of an empty file", "Use `sha256sum FILE`."
            )


def _check_dates(dates: Dates, rules: KindRules, where: str) -> None:
    ends = [
        name
        for name, stated in (
            ("ends_on", dates.ends_on is not None),
            ("ends_with", bool(dates.ends_with)),
            ("until_terminated", dates.until_terminated),
        )
        if stated
    ]
    if len(ends) > 1:
        raise reading.problem(where, "dates", f"states {' and '.join(ends)}: a document has one end", "Keep one.")
    allowed = {
        DateStyle.AGREEMENT: {"effective_on", "ends_on", "ends_with", "until_terminated"},
        DateStyle.FIXED: {"effective_on", "ends_on"},
        DateStyle.PERIOD: {"period_start", "period_end", "issued_on"},
        DateStyle.POINT: {"as_of", "issued_on"},
        DateStyle.BRIDGE: {"period_start", "period_end", "issued_on"},
        DateStyle.NOTICE: {"effective_on", "issued_on"},
    }[rules.dates] | {"voided_on"}
    for name in dates.__struct_fields__:
        if getattr(dates, name) and name not in allowed:
            raise reading.problem(where, f"dates.{name}", f"a {rules.title} has no such date", "Remove it.")
    for first, second in (("effective_on", "ends_on"), ("period_start", "period_end"), ("as_of", "issued_on")):
        _check_order(getattr(dates, first), getattr(dates, second), f"dates.{second}", first, where)
    if rules.dates is DateStyle.PERIOD:
        _check_order(dates.period_end, dates.issued_on, "dates.issued_on", "period_end", where)


def _check_order(first: date | None, second: date | None, field: str, first_name: str, where: str) -> None:
    if first and second and second < first:
        raise reading.problem(where, field, f"{second} is before {first_name} {first}", "Correct one of the two dates.")


def _check_review(review: Review, where: str) -> None:
    _check_order(review.reviewed_on, review.expires_on, "review.expires_on", "reviewed_on", where)


def _check_tables(document: Document, rules: KindRules, where: str) -> None:
    if not rules.report and document.report != Report():
        raise reading.problem(where, "report", f"a {rules.title} has no [report]", "Remove the table.")
    if not rules.method and document.method != Method():
        raise reading.problem(where, "method", f"a {rules.title} has no [method]", "Remove the table.")
    if document.limits.tier is not None and (
        document.kind is not Kind.ZDR_APPROVAL or document.limits.tier is Tier.DEFAULT
    ):
        raise reading.problem(where, "limits.tier", "only an approval states one, and never `default`", "Remove it.")
    if document.report.bridges and rules.dates is not DateStyle.BRIDGE:
        raise reading.problem(where, "report.bridges", "only a bridge letter follows a report", "Remove it.")
    for label in document.scope.labels:
        if label is Label.GENERAL:
            raise reading.problem(where, "scope.labels", "`general` needs no document", "Remove it.")
        if label in rules.labels_refused:
            raise reading.problem(
                where,
                "scope.labels",
                f"a {rules.title} can't cover {label.value} ({rules.source})",
                "Remove the label.",
            )
