"""The kinds of identifier that detectors report: one table, read by classify, masking and the docs."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ringfence.vocabulary.labels import Label


class Disposal(StrEnum):
    """How masking replaces a finding of this entity."""

    SURROGATE = "surrogate"
    """Replaced by a random stand-in that the vault can turn back."""
    REDACT = "redact"
    """Replaced irreversibly; the value never enters the vault."""


class Entity(msgspec.Struct, frozen=True):
    """One kind of identifier.

    `raises` is the label that a finding alone puts on a request (None: an identifier only beside other data about a
    person, such as a date). `safe_harbor` is the letter of 45 CFR 164.514(b)(2)(i), or "" where none applies.
    """

    name: str
    raises: Label | None
    safe_harbor: str
    disposal: Disposal
    says: str


def _entity(
    name: str, raises: Label | None, safe_harbor: str, says: str, disposal: Disposal = Disposal.SURROGATE
) -> tuple[str, Entity]:
    return name, Entity(name, raises, safe_harbor, disposal, says)


# Letters: https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)
ENTITIES: dict[str, Entity] = dict(
    (
        _entity("PERSON", Label.PERSONAL, "A", "name of a person: the individual, a relative, a household member"),
        _entity("PROVIDER_NAME", Label.PERSONAL, "", "name of a clinician (Safe Harbor does not list providers)"),
        _entity("ORGANIZATION", None, "A", "name of an organisation that may be somebody's employer"),
        _entity("FACILITY", None, "B", "hospital, clinic, school or other place that has a name"),
        _entity("COUNTRY", None, "", "country in what is said about a person (Safe Harbor lets it stand)"),
        _entity("LOCATION", None, "B", "place smaller than a state: city, county, district"),
        _entity("EMAIL_ADDRESS", Label.PERSONAL, "F", "e-mail address"),
        _entity("PHONE_NUMBER", Label.PERSONAL, "D", "telephone number"),
        _entity("FAX_NUMBER", Label.PERSONAL, "E", "fax number"),
        _entity("US_SSN", Label.PERSONAL, "G", "US social security number"),
        _entity("US_ITIN", Label.PERSONAL, "G", "US individual taxpayer identification number"),
        _entity("US_EIN", Label.FINANCIAL, "", "US employer identification number"),
        _entity("PASSPORT", Label.PERSONAL, "K", "passport number in context"),
        _entity("DRIVER_LICENSE", Label.PERSONAL, "K", "driver's licence number in context"),
        _entity("LICENSE_NUMBER", Label.PERSONAL, "K", "certificate or licence number in context"),
        _entity("MEDICAL_RECORD_NUMBER", Label.PHI, "H", "medical record number in context"),
        _entity("HEALTH_PLAN_ID", Label.PHI, "I", "health plan beneficiary or member number in context"),
        _entity("US_MBI", Label.PHI, "I", "Medicare beneficiary identifier"),
        _entity("US_NPI", Label.PERSONAL, "", "national provider identifier (a provider's, not a patient's)"),
        _entity("US_DEA", Label.PERSONAL, "", "DEA registration number (a prescriber's)"),
        _entity("ACCOUNT_NUMBER", Label.FINANCIAL, "J", "account number in context"),
        _entity("IBAN", Label.FINANCIAL, "J", "international bank account number"),
        _entity("US_ROUTING_NUMBER", Label.FINANCIAL, "", "ABA routing number in context"),
        _entity("CREDIT_CARD", Label.CARD, "J", "payment card number", Disposal.REDACT),
        _entity("CARD_SECURITY_CODE", Label.CARD, "", "card verification code in context", Disposal.REDACT),
        _entity("VIN", Label.PERSONAL, "L", "vehicle identification number"),
        _entity("LICENSE_PLATE", Label.PERSONAL, "L", "vehicle licence plate in context"),
        _entity("DEVICE_ID", Label.PERSONAL, "M", "device identifier or serial number"),
        _entity("MAC_ADDRESS", Label.PERSONAL, "M", "network hardware address"),
        _entity("IP_ADDRESS", Label.PERSONAL, "O", "internet protocol address"),
        _entity("URL", None, "N", "web address"),
        _entity("PERSONAL_URL", Label.PERSONAL, "N", "web address that points at one person's account"),
        _entity("STREET_ADDRESS", Label.PERSONAL, "B", "street address"),
        _entity("ZIP_CODE", None, "B", "US postal code in context"),
        _entity("DATE", None, "C", "date more precise than a year"),
        _entity("BIRTH_DATE", Label.PERSONAL, "C", "date of birth in context"),
        _entity("AGE_OVER_89", Label.PERSONAL, "C", "age over 89"),
        _entity("USERNAME", Label.PERSONAL, "R", "login or account name in context"),
        _entity("BIOMETRIC_ID", Label.PERSONAL, "P", "reference of a finger, voice, face or iris print in context"),
        _entity("PHOTO", Label.PERSONAL, "Q", "photograph of a person, by its file name or link in context"),
        _entity("UNIQUE_ID", Label.PERSONAL, "R", "other number or code that names one person, case or claim"),
        _entity("CODE", None, "R", "number or code that may name one person or case, without a label that says which"),
        _entity("API_KEY", Label.SECRET, "", "credential of a known shape", Disposal.REDACT),
        _entity("PRIVATE_KEY", Label.SECRET, "", "private key block", Disposal.REDACT),
        _entity("PASSWORD", Label.SECRET, "", "password or token in context", Disposal.REDACT),
    )
)
