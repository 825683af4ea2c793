"""Documents, folders and organisations for the tests of the register. Every day is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence.register import Document, Organisation, Snapshot, load, new_document, organisation
from ringfence.register.reading import decode
from ringfence.vocabulary.chat import Service

TODAY = date(2026, 12, 1)
US = "Example Health, Inc."
VENDOR = "OpenAI OpCo, LLC"

_PARTIES = {
    "baa": ((US, "covered_entity"), (VENDOR, "business_associate")),
    "customer_baa": (("North Clinic", "covered_entity"), (US, "business_associate")),
    "dpa": ((US, "controller"), (VENDOR, "processor")),
    "zdr_approval": ((US, "customer"), (VENDOR, "service_provider")),
    "qsoa_part2": ((US, "part2_program"), (VENDOR, "qualified_service_organization")),
    "data_use_agreement": ((US, "discloser"), (VENDOR, "recipient")),
    "nda": ((US, "discloser"), (VENDOR, "recipient")),
    "services_agreement": ((US, "customer"), (VENDOR, "service_provider")),
    "pci_aoc": ((VENDOR, "assessed_entity"), ("Assessors LLP", "assessor")),
    "iso_certificate": ((VENDOR, "certified_organization"), ("Certifiers AG", "certification_body")),
    "soc2_type2": ((VENDOR, "service_organization"), ("Auditors LLP", "auditor")),
    "soc2_type1": ((VENDOR, "service_organization"), ("Auditors LLP", "auditor")),
    "bridge_letter": ((VENDOR, "service_organization"),),
    "expert_determination": (("Dr. A. Statistician", "expert"),),
    "safe_harbor_attestation": (("Privacy officer M. Meyer", "attester"),),
    "structured_masking_acceptance": (("Privacy officer M. Meyer", "attester"),),
    "vendor_notice": (),
}
_LABELS = {
    "baa": ["phi", "personal", "part2"],
    "customer_baa": ["phi", "part2"],
    "dpa": ["personal", "financial", "card", "confidential"],
    "zdr_approval": ["phi"],
    "qsoa_part2": ["part2"],
    "data_use_agreement": ["limited_data_set"],
    "nda": ["confidential"],
    "expert_determination": ["phi", "personal"],
    "safe_harbor_attestation": ["phi", "personal"],
    "structured_masking_acceptance": ["personal", "financial"],
}
_AGREEMENT = {"effective_on": date(2026, 1, 1), "ends_on": date(2027, 1, 31)}
_DATES: dict[str, dict[str, Any]] = {
    "soc2_type2": {
        "period_start": date(2025, 7, 1),
        "period_end": date(2026, 6, 30),
        "issued_on": date(2026, 8, 15),
    },
    "soc2_type1": {"as_of": date(2026, 6, 30), "issued_on": date(2026, 8, 15)},
    "bridge_letter": {"issued_on": date(2026, 9, 20)},
    "vendor_notice": {"effective_on": date(2026, 11, 15), "issued_on": date(2026, 9, 20)},
}
_TABLES: dict[str, dict[str, dict[str, Any]]] = {
    "customer_baa": {"limits": {"ai": "permitted", "subcontractors": "permitted", "deidentification": "permitted"}},
    "soc2_type2": {"report": {"opinion": "unqualified", "criteria": ["security", "availability"]}},
    "soc2_type1": {"report": {"opinion": "unqualified", "criteria": ["security"]}},
    "bridge_letter": {"report": {"bridges": "soc2-type2"}},
    "safe_harbor_attestation": {"method": {"no_actual_knowledge": True}},
}
_NO_SERVICES = {"bridge_letter", "services_agreement", "customer_baa"}

Make = Callable[..., str]


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`base` with `over` laid over it; None removes."""
    return {name: value for name, value in {**base, **over}.items() if value is not None}


def text_of(kind: str, **over: Any) -> str:
    """The TOML text of a document that counts on TODAY, with some of its members replaced, or removed by None."""
    scope: dict[str, Any] = {} if kind in _NO_SERVICES else {"services": ["openai/*"]}
    if kind in _LABELS:
        scope["labels"] = _LABELS[kind]
    tables: dict[str, dict[str, Any]] = {
        "dates": _DATES.get(kind, _AGREEMENT),
        "scope": scope,
        "file": {"sha256": sha256(kind.encode()).hexdigest(), "source_url": "https://files.example.org/1"},
        "review": {"reviewed_by": "Q. Reader", "reviewed_on": date(2026, 2, 1), "expires_on": date(2027, 1, 31)},
        **_TABLES.get(kind, {}),
    }
    if kind in _DATES:
        tables["review"]["reviewed_on"] = date(2026, 10, 1)
    subject = {"customer_baa": "north-clinic"}.get(kind, "openai" if kind in _PARTIES else "organisation")
    members = {
        "id": kind.replace("_", "-"),
        "subject": subject,
        "parties": [{"name": name, "role": role} for name, role in _PARTIES[kind]],
    }
    plain = {name: value for name, value in over.items() if not isinstance(value, dict)}
    for name, value in over.items():
        if isinstance(value, dict):
            tables[name] = _merged(tables.get(name, {}), value)
    return new_document(kind, **_merged(members, plain), **tables)


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def text() -> Make:
    """kind and members -> TOML text of a document."""
    return text_of


@pytest.fixture(scope="session")
def paper() -> Callable[..., Document]:
    """kind and members -> a document."""
    return lambda kind, **over: decode(text_of(kind, **over), Document, "test")


@pytest.fixture(scope="session")
def shipped() -> Snapshot:
    """Only what the package ships: nothing on file."""
    return load(None)


@pytest.fixture(scope="session")
def filed(shipped: Snapshot) -> Callable[..., Snapshot]:
    """documents -> the shipped snapshot with these on file (and, if given, more services)."""

    def make(documents: Iterable[Document], services: Iterable[Service] = (), **over: Any) -> Snapshot:
        return msgspec.structs.replace(
            shipped,
            documents={document.id: document for document in documents},
            services={**shipped.services, **{service.id: service for service in services}},
            **over,
        )

    return make


@pytest.fixture(scope="session")
def covered_entity() -> Organisation:
    return organisation("covered_entity", ["hipaa"], US)


@pytest.fixture(scope="session")
def business_associate() -> Organisation:
    return organisation("business_associate", ["hipaa"], US)


@pytest.fixture(scope="session")
def rented() -> Service:
    """A private service on somebody else's machine."""
    return Service(
        id="private/rented",
        vendor="private",
        title="Rented GPU",
        private=True,
        own_host=False,
        host="gpu.hosting.example:8000",
        endpoints=("chat_completions",),
        models=("llama-3.1-8b",),
        modalities=("text",),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """relative path -> text, written to a new register folder."""

    def write(files: dict[str, str]) -> Path:
        for name, content in files.items():
            path = tmp_path / "register" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        (tmp_path / "register").mkdir(exist_ok=True)
        return tmp_path / "register"

    return write
