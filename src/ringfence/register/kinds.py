"""The kinds of document, what each must state before it counts: `kinds.toml` as types."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from ringfence.register import reading
from ringfence.vocabulary.labels import Label


class Kind(StrEnum):
    """What a document is. Each is described, with its source, in `kinds.toml`."""

    SOC2_TYPE2 = "soc2_type2"
    SOC2_TYPE1 = "soc2_type1"
    BRIDGE_LETTER = "bridge_letter"
    BAA = "baa"
    CUSTOMER_BAA = "customer_baa"
    DPA = "dpa"
    ZDR_APPROVAL = "zdr_approval"
    ISO_CERTIFICATE = "iso_certificate"
    QSOA_PART2 = "qsoa_part2"
    DATA_USE_AGREEMENT = "data_use_agreement"
    PCI_AOC = "pci_aoc"
    NDA = "nda"
    SERVICES_AGREEMENT = "services_agreement"
    EXPERT_DETERMINATION = "expert_determination"
    SAFE_HARBOR_ATTESTATION = "safe_harbor_attestation"
    STRUCTURED_MASKING_ACCEPTANCE = "structured_masking_acceptance"
    VENDOR_NOTICE = "vendor_notice"


class Tier(StrEnum):
    """How much a vendor keeps under one contract. Vendors' own names for it, as their pages use them."""

    DEFAULT = "default"
    """What holds where nothing was approved. No approval states it."""
    ZERO_DATA_RETENTION = "zero_data_retention"
    MODIFIED_ABUSE_MONITORING = "modified_abuse_monitoring"
    """No content in abuse logs, or none that people read; features that keep data stay available."""
    PRIVATE_RETENTION = "private_retention"
    SAFETY_RETENTION = "safety_retention"
    HIPAA_ORGANISATION = "hipaa_organisation"
    """An organisation of its own at the vendor, where features without HIPAA eligibility answer with an error."""


class Role(StrEnum):
    """What a party is under a document."""

    COVERED_ENTITY = "covered_entity"
    BUSINESS_ASSOCIATE = "business_associate"
    SUBCONTRACTOR = "subcontractor"
    CUSTOMER = "customer"
    SERVICE_PROVIDER = "service_provider"
    CONTROLLER = "controller"
    PROCESSOR = "processor"
    SUBPROCESSOR = "subprocessor"
    SERVICE_ORGANIZATION = "service_organization"
    AUDITOR = "auditor"
    CERTIFIED_ORGANIZATION = "certified_organization"
    CERTIFICATION_BODY = "certification_body"
    PART2_PROGRAM = "part2_program"
    LAWFUL_HOLDER = "lawful_holder"
    QUALIFIED_SERVICE_ORGANIZATION = "qualified_service_organization"
    DISCLOSER = "discloser"
    RECIPIENT = "recipient"
    ASSESSED_ENTITY = "assessed_entity"
    ASSESSOR = "assessor"
    EXPERT = "expert"
    ATTESTER = "attester"


class Subject(StrEnum):
    """What a document's `subject` names."""

    PROVIDER = "provider"
    """A vendor's id, or the host of a private service."""
    CLIENT = "client"
    """A customer of the organisation, by the name that API keys state."""
    ORGANISATION = "organisation"
    """The organisation itself; the field is free."""


class DateStyle(StrEnum):
    """Which dates a kind states."""

    AGREEMENT = "agreement"
    FIXED = "fixed"
    PERIOD = "period"
    POINT = "point"
    BRIDGE = "bridge"
    NOTICE = "notice"


class KindRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a document of one kind must state before it counts, with the source of that."""

    title: str
    relation: str
    subject: Subject
    dates: DateStyle
    scope: tuple[str, ...]
    roles: tuple[tuple[Role, ...], ...]
    says: str
    source: str
    reviewed_on: date
    names_organisation: bool = False
    report: bool = False
    method: bool = False
    needs_no_actual_knowledge: bool = False
    bridge_months: int = 0
    labels_refused: tuple[Label, ...] = ()


def load_kinds() -> dict[Kind, KindRules]:
    """The shipped rules of every kind."""
    return reading.decode(reading.shipped_file("kinds.toml"), dict[Kind, KindRules], "shipped kinds.toml")
