"""Data labels: what kind of data a request carries, and so which documents must cover it."""

from __future__ import annotations

from enum import StrEnum


class Label(StrEnum):
    """One kind of data. A request carries a set of these; each one must be covered on its own."""

    GENERAL = "general"
    PERSONAL = "personal"
    PHI = "phi"
    """Protected health information, 45 CFR 160.103."""
    FINANCIAL = "financial"
    """Non-public personal information under GLBA, 16 CFR 314.2(l)."""
    CARD = "card"
    """Cardholder data, PCI DSS v4.0.1 section 2."""
    SECRET = "secret"
    """Credentials: API keys, passwords, private keys."""
    PART2 = "part2"
    """Substance use disorder records, 42 CFR Part 2."""
    LIMITED_DATA_SET = "limited_data_set"
    """45 CFR 164.514(e)."""
    CONFIDENTIAL = "confidential"
    """The organisation's own confidential information."""


REGULATED: frozenset[Label] = frozenset(Label) - {Label.GENERAL}
"""Labels that a service covers only through documents on file."""

UNDECLARED: frozenset[Label] = REGULATED
"""What a key that declares nothing is taken to handle: anything. Its traffic is therefore private by default."""
