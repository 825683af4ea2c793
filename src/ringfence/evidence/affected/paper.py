"""What was on paper when the requests left: read from the register's snapshot that their records name by digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ringfence.evidence.affected.requests import Request
from ringfence.ledger.snapshots import Snapshots
from ringfence.register import Document, Kind, Practices, Retention, Tier
from ringfence.register.globs import any_matches


class Paper(msgspec.Struct, frozen=True):
    """One document that covered the requests. `notice_hours` None: it states none."""

    id: str
    kind: str
    subject: str
    sha256: str
    effective_on: str
    ends_on: str
    notice_hours: int | None


class Standing(msgspec.Struct, frozen=True):
    """Of one service at the time: its vendor and host, the documents, and what the vendor says that it keeps. `known`
    is false where the snapshot was not kept, so that none of this can be said."""

    known: bool
    vendor: str = ""
    host: str = ""
    private: bool = False
    documents: tuple[Paper, ...] = ()
    retention: tuple[Retention, ...] = ()
    may_oblige: tuple[Paper, ...] = ()
    """Agreements of the register that state hours for a notice, whoever owes it."""


def standing(snapshots: Snapshots, requests: Iterable[Request]) -> Standing:
    """What the snapshots say of requests to one service. Raises LedgerCorrupt where one is not what was kept."""
    found = Standing(False)
    contents: dict[str, dict[str, Any]] = {}
    asked = {(each.register_digest, each.endpoint, each.model, each.service, each.documents) for each in requests}
    for digest, endpoint, model, service, documents in sorted(asked):
        if digest not in contents:
            data = snapshots.read("register", digest)
            contents[digest] = msgspec.json.decode(data) if data is not None else {}
        if contents[digest]:
            found = _joined(found, _read(contents[digest], service, documents, endpoint, model))
    return found


def _read(content: dict[str, Any], service: str, documents: tuple[str, ...], endpoint: str, model: str) -> Standing:
    entry = content.get("services", {}).get(service, {})
    vendor = entry.get("vendor", "")
    papers = {id_: msgspec.convert(raw, Document, strict=False) for id_, raw in content.get("documents", {}).items()}
    covering = [papers[id_] for id_ in documents if id_ in papers]
    tiers = {paper.tier for paper in covering if paper.kind is Kind.ZDR_APPROVAL} or {Tier.DEFAULT}
    practices = content.get("practices", {}).get(vendor)
    kept = msgspec.convert(practices, Practices, strict=False).retention if practices else ()
    return Standing(
        True,
        vendor,
        entry.get("host", ""),
        bool(entry.get("private")),
        tuple(_paper(each) for each in covering),
        tuple(
            each
            for each in kept
            if (not each.tiers or tiers & set(each.tiers))
            and (not each.endpoints or endpoint in each.endpoints)
            and (not each.models or any_matches(each.models, model))
        ),
        tuple(_paper(each) for each in papers.values() if each.limits.notice_hours is not None),
    )


def _joined(one: Standing, other: Standing) -> Standing:
    """Requests of a long period may have left under several registers: all that any of them says."""
    if not one.known:
        return other
    return Standing(
        True,
        other.vendor,
        other.host,
        other.private,
        tuple(dict.fromkeys((*one.documents, *other.documents))),
        tuple(dict.fromkeys((*one.retention, *other.retention))),
        tuple(dict.fromkeys((*one.may_oblige, *other.may_oblige))),
    )


def _paper(document: Document) -> Paper:
    dates = document.dates
    return Paper(
        document.id,
        document.kind.value,
        document.subject,
        document.file.sha256,
        dates.effective_on.isoformat() if dates.effective_on else "",
        dates.ends_on.isoformat()
        if dates.ends_on
        else dates.ends_with or ("ongoing" if dates.until_terminated else ""),
        document.limits.notice_hours,
    )
