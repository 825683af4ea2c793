"""The identifiers that Safe Harbor lists, by their letters.

https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ringfence.vocabulary.entities import ENTITIES

LETTERS: dict[str, str] = {
    "A": "names",
    "B": "geographic subdivisions smaller than a state",
    "C": "dates, and ages over 89",
    "D": "telephone numbers",
    "E": "fax numbers",
    "F": "e-mail addresses",
    "G": "social security numbers",
    "H": "medical record numbers",
    "I": "health plan beneficiary numbers",
    "J": "account numbers",
    "K": "certificate and licence numbers",
    "L": "vehicle identifiers and plates",
    "M": "device identifiers and serial numbers",
    "N": "web addresses",
    "O": "IP addresses",
    "P": "biometric identifiers",
    "Q": "full-face photographs",
    "R": "any other unique number, characteristic or code",
}


def by_letter(entities: Mapping[str, int]) -> dict[str, int]:
    """How many findings of each letter, in the rule's order; entities without one are not counted."""
    counts = Counter[str]()
    for name, count in entities.items():
        counts[ENTITIES[name].safe_harbor] += count
    return {letter: counts[letter] for letter in LETTERS if counts[letter]}
