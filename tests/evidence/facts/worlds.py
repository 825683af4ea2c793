"""Worlds for the tests of facts: documents on file, what an account said, and records, each made from what is true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec

from ringfence.evidence.facts import House, World, collect, read_traffic
from ringfence.ledger.read import Entry
from ringfence.ledger.record import Leaf
from ringfence.register import Document, Organisation, Posture, Snapshot, load, new_document, organisation
from ringfence.register.reading import decode
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.fact import Fact
from ringfence.vocabulary.posture import AccountState, Acknowledgement, Drift, Finding, FindingKind, Observation

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
US, VENDOR = "Example Health, Inc.", "OpenAI OpCo, LLC"
SERVICE, RESPONSES = "openai/chat-completions", "openai/responses"

_PARTIES = {
    "baa": ((US, "covered_entity"), (VENDOR, "business_associate")),
    "dpa": ((US, "controller"), (VENDOR, "processor")),
    "zdr_approval": ((US, "customer"), (VENDOR, "service_provider")),
    "soc2_type2": ((VENDOR, "service_organization"), ("Auditors LLP", "auditor")),
    "soc2_type1": ((VENDOR, "service_organization"), ("Auditors LLP", "auditor")),
    "bridge_letter": ((VENDOR, "service_organization"),),
    "iso_certificate": ((VENDOR, "certified_organization"), ("Certifiers AG", "certification_body")),
}
_DATES: dict[str, dict[str, Any]] = {
    "soc2_type2": {"period_start": date(2025, 7, 1), "period_end": date(2026, 9, 30), "issued_on": date(2026, 11, 1)},
    "soc2_type1": {"as_of": date(2026, 9, 30), "issued_on": date(2026, 11, 1)},
    "bridge_letter": {"issued_on": date(2026, 11, 20)},
}
_AGREEMENT = {"effective_on": date(2026, 1, 1), "ends_on": date(2027, 1, 31)}
_TABLES: dict[str, dict[str, dict[str, Any]]] = {
    "soc2_type2": {"report": {"opinion": "unqualified", "criteria": ["security"]}},
    "soc2_type1": {"report": {"opinion": "unqualified", "criteria": ["security"]}},
    "bridge_letter": {"report": {"bridges": "soc2_type2"}},
    "baa": {"scope": {"services": ["openai/*"], "labels": ["phi", "personal"]}},
    "dpa": {"scope": {"services": ["openai/*"], "labels": ["personal"]}},
    "zdr_approval": {"scope": {"services": ["openai/*"], "labels": ["phi"]}},
}
KINDS = tuple(_PARTIES)


def paper(kind: str, **over: Any) -> Document:
    """A document about OpenAI that counts on TODAY. Tables in `over` are laid over its own."""
    tables: dict[str, dict[str, Any]] = {
        "dates": _DATES.get(kind, _AGREEMENT),
        "scope": {"services": ["openai/*"]} if kind != "bridge_letter" else {},
        "file": {"sha256": sha256(kind.encode()).hexdigest()},
        "review": {"reviewed_by": "Q. Reader", "reviewed_on": date(2026, 11, 21), "expires_on": date(2027, 1, 31)},
        **_TABLES.get(kind, {}),
    }
    names = over.pop("parties", _PARTIES[kind])
    plain = {"id": kind, "subject": "openai"} | {k: v for k, v in over.items() if not isinstance(v, dict)}
    for name, table in over.items():
        if isinstance(table, dict):
            tables[name] = {k: v for k, v in {**tables.get(name, {}), **table}.items() if v is not None}
    parties = [{"name": name, "role": role} for name, role in names]
    return decode(new_document(kind, parties=parties, **plain, **tables), Document, "test")


@cache
def shipped() -> Snapshot:
    return load(None)


def of_us(kind: str, **over: Any) -> Document:
    """A report on the organisation itself."""
    role = "certified_organization" if kind == "iso_certificate" else "service_organization"
    other = ("Auditors LLP", "certification_body" if kind == "iso_certificate" else "auditor")
    return paper(kind, **{"subject": "organisation", "parties": ((US, role), other), "id": f"own-{kind}", **over})


# ---- accounts


def account(
    *documents: str,
    vendor: str = "openai",
    kind: FindingKind = FindingKind.AGREES,
    until: datetime | None = NOW + timedelta(days=2),
    observations: tuple[Observation, ...] = (),
    considered: tuple[str, ...] | None = None,
) -> AccountState:
    """An account read an hour ago, with one finding about these documents."""
    finding = Finding(
        kind=kind,
        vendor=vendor,
        scope="organization",
        setting="data_retention",
        value="zero_data_retention",
        says="It is so.",
        source="/x",
        services=(f"{vendor}/*",),
        documents=documents,
        kinds=("zdr_approval",),
        counts_until=None if kind is FindingKind.MISSING_CAPABILITY else until,
    )
    return AccountState(
        vendor=vendor,
        services=(f"{vendor}/*",),
        probed_at=NOW - timedelta(hours=1),
        considered=documents if considered is None else considered,
        observations=observations,
        findings=(finding,) if documents else (),
        verified_at=NOW - timedelta(hours=1),
        verified_until=until,
    )


def residency(until: datetime = NOW + timedelta(days=2)) -> Observation:
    return Observation(
        vendor="openai",
        scope="project proj_1",
        setting="residency",
        value="us",
        observed_at=NOW - timedelta(hours=1),
        expires_at=until,
        source="/x",
        services=("openai/*",),
    )


def drift(*, acknowledged: bool = False, resolved: bool = False, **over: Any) -> Drift:
    """The account keeps what an approval says that it does not."""
    word = Acknowledgement("Q. Reader", NOW - timedelta(days=1), "seen") if acknowledged else None
    own = {
        "id": "f-1",
        "cause": "setting",
        "vendor": "openai",
        "scope": "organization",
        "setting": "data_retention",
        "value": "default",
        "says": "It is otherwise.",
        "services": ("openai/*",),
        "kinds": ("zdr_approval",),
        "documents": ("zdr_approval",),
        "opened_at": NOW - timedelta(days=3),
        "resolved_at": NOW - timedelta(days=1) if resolved else None,
        "acknowledged": word,
    }
    return Drift(**{**own, **over})


# ---- records


class Log:
    """As much of a ledger's reader as facts need. `at` is the time of the next record."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 10, 8, tzinfo=UTC)
        self.leaves: list[Leaf] = []

    def put(self, phase: str, body: dict[str, Any], at: datetime | None = None) -> int:
        self.at = at or self.at + timedelta(seconds=1)
        raw = msgspec.Raw(msgspec.json.encode(body))
        time = self.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        leaf = {"version": 1, "time": time, "request_id": "r", "phase": phase, "body": raw, "commitments": {}}
        self.leaves.append(msgspec.json.decode(msgspec.json.encode(leaf), type=Leaf))
        return len(self.leaves) - 1

    def notice(self, event: str, at: datetime | None = None, **body: Any) -> int:
        return self.put("notice", {"event": event, **body}, at)

    def request(self, at: datetime | None = None, **members: Any) -> int:
        return self.put("decided", decided(**members), at)

    def alive(self, first: datetime, last: datetime, instance: str = "a", every_s: float = 3600.0) -> None:
        """Signs of life, from a start to a stop."""
        self.notice("start", first, version="0.1.0", instance=instance, heartbeat_s=every_s)
        moment = first + timedelta(seconds=every_s)
        while moment < last:
            self.notice("heartbeat", moment, instance=instance, heartbeat_s=every_s)
            moment += timedelta(seconds=every_s)
        self.notice("stop", last, instance=instance)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for index, leaf in enumerate(self.leaves[start:], start):
            yield Entry(index, b"", leaf)


def decided(*, covered: Iterable[str] = (), without: Iterable[str] = (), **members: Any) -> dict[str, Any]:
    """The body of a DECIDED record; `covered` by openai-baa are these labels; `without` leaves out members."""
    service, labels = members.get("service", SERVICE), members.get("labels", ["general"])
    body = {
        "demonstration": False,
        "endpoint": "chat_completions",
        "model": "gpt-4o",
        "labels": labels,
        "completeness": "complete",
        "names_searched": True,
        "effect": "ALLOW",
        "service": service,
        "form": "as_requested",
        "rules": [],
        "coverage": [
            {
                "label": label,
                "service": service,
                "covered": label in covered or label == "general",
                "documents": ["openai-baa"] if label in covered else [],
            }
            for label in labels
        ],
        "rewrites": [],
        "exceptions": [],
        **members,
    }
    return {name: value for name, value in body.items() if name not in without}


# ---- worlds


def world(
    *documents: Document,
    log: Log | None = None,
    posture: Posture | None = None,
    today: date = TODAY,
    now: datetime = NOW,
    period: tuple[date, date] = (FIRST, LAST),
    services: Iterable[Service] = (),
    house: House | None = None,
    ours: Organisation | None = None,
    **over: Any,
) -> World:
    base = shipped()
    snapshot = msgspec.structs.replace(
        base,
        documents={each.id: each for each in documents},
        services={**base.services, **{each.id: each for each in services}},
        posture=posture or Posture(at=now),
        **over,
    )
    return World(
        today=today,
        register=snapshot,
        organisation=ours or organisation("covered_entity", ["hipaa"], US),
        traffic=read_traffic(log, *period, now=now),  # type: ignore[arg-type]
        house=house or House(),
    )


def rich() -> World:
    """One of everything."""
    log = Log()
    log.alive(datetime(2026, 10, 31, 22, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    for _ in range(3):
        log.request(labels=["phi"], covered=["phi"])
    log.request(labels=["phi"], effect="MASK", form="masked")
    log.request(service=RESPONSES, endpoint="responses", rewrites=[{"pointer": "/store", "why": "w"}])
    log.request(service="private/own", labels=["phi"], covered=["phi"], effect="REROUTE")
    log.request(effect="DENY", service="", rules=["r"])
    papers = [paper(each) for each in KINDS if each not in ("soc2_type1", "soc2_type2", "dpa")]
    report = {"subservices": [{"name": "Azure", "method": "carve_out"}], "user_controls": ["Rotate keys."]}
    papers += [paper("soc2_type2", report=report), paper("dpa", scope={"regions": ["us"]})]
    posture = Posture(at=NOW, accounts=(account("zdr_approval", observations=(residency(),)),))
    return world(*papers, log=log, posture=posture, services=[own_host()], house=house())


def own_host() -> Service:
    return Service(
        id="private/own",
        vendor="private",
        title="Own",
        private=True,
        own_host=True,
        host="this machine",
        endpoints=("chat_completions",),
        models=("llama",),
        modalities=("text",),
    )


def rented() -> Service:
    """A private service on somebody else's machine."""
    return msgspec.structs.replace(own_host(), id="private/rented", own_host=False, host="gpu.hosting.example:8000")


def house(**over: Any) -> House:
    own: dict[str, Any] = {
        "records": 12,
        "keys": 3,
        "keys_undeclared": 1,
        "oldest_key": date(2026, 10, 2),
        "private_models": ("llama",),
        "isolated": True,
        "detectors": ("patterns/0.1.0", "tagger/1"),
        "mask_lifetime_s": 7_200,
        "anchored_at": date(2026, 11, 29),
        "anchor_kinds": ("witness",),
        "approvers": 2,
        "exceptions": ("pilot",),
        "addresses": {SERVICE: "https://eu.api.openai.com/v1", "anthropic/messages": "http://127.0.0.1:9/v1"},
    }
    return House(**{**own, **over})


def facts(given: World, predicate: str, subject: str | None = None, **scope: str) -> list[Fact]:
    """Those of one predicate, and of these parts of their scope."""
    return [
        each
        for each in collect(given)
        if each.predicate == predicate and subject in (None, each.subject) and scope.items() <= each.scope.items()
    ]


def fact(given: World, predicate: str, subject: str | None = None, **scope: str) -> Fact:
    [found] = facts(given, predicate, subject, **scope)
    return found
