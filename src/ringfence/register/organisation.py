"""Who runs Ringfence, as far as coverage depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ringfence.vocabulary.errors import ConfigurationError


class OrganisationRole(StrEnum):
    """The organisation's role under HIPAA, 45 CFR 160.103."""

    COVERED_ENTITY = "covered_entity"
    BUSINESS_ASSOCIATE = "business_associate"
    NEITHER = "neither"


class Regime(StrEnum):
    """Rules that the organisation is under. Some needs apply only under one (see `requirements.toml`)."""

    HIPAA = "hipaa"
    PART2 = "part2"
    GLBA = "glba"
    PCI = "pci"
    GDPR = "gdpr"
    CCPA = "ccpa"


class Organisation(msgspec.Struct, frozen=True):
    """`name` is the one that the organisation's agreements use; "" skips the check that they name it."""

    role: OrganisationRole
    regimes: tuple[Regime, ...] = ()
    name: str = ""


def organisation(role: str, regimes: Iterable[str] = (), name: str = "") -> Organisation:
    """From plain strings. Raises ConfigurationError for an unknown role or regime: a typo would drop rules."""
    try:
        return Organisation(OrganisationRole(role), tuple(sorted({Regime(regime) for regime in regimes})), name)
    except ValueError as error:
        raise ConfigurationError(
            f"[organisation]: {error}",
            remedy=f"role: {', '.join(OrganisationRole)}. regimes: {', '.join(Regime)}.",
        ) from error
