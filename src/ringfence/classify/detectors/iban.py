"""International bank account numbers: mod 97 and each country's length."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import checksums
from ringfence.classify.detector import CHECKED, DOUBTFUL, Detector, Hit, marked
from ringfence.classify.matching import before, compiled, find

_CANDIDATE = compiled(r"(?i)\b[A-Z]{2}\d{2}(?:[\s-]?[A-Z0-9]){11,30}")

# SWIFT IBAN registry: https://www.swift.com/standards/data-standards/iban-international-bank-account-number
_LENGTHS: dict[str, int] = {
    country: int(size)
    for size, countries in (
        line.split(":")
        for line in """15:NO;16:BE;18:DK FI FO GL NL SD FK;19:MK SI;20:AT BA EE KZ LT LU MN XK;21:CH HR LI LV
        22:BG BH CR DE GB GE IE ME RS VA;23:AE GI IL IQ OM TL SO;24:AD CZ ES MD PK RO SA SE SK TN VG
        25:LY PT ST;26:IS TR;27:BI DJ FR GR IT MC MR SM;28:AL AZ BY CY DO GT HN HU LB NI PL SV
        29:BR EG PS QA UA;30:JO KW MU YE;31:MT SC;32:LC;33:RU""".replace("\n", ";").split(";")
    )
    for country in countries.split()
}


def _end(text: str, start: int, limit: int, size: int) -> int | None:
    """Where `size` letters and digits end, or None where the candidate is shorter or runs on as one word."""
    count = 0
    for place in range(start, limit):
        count += text[place].isalnum()
        if count == size:
            return place + 1 if not text[place + 1 : place + 2].isalnum() else None
    return None


def extract(text: str) -> Iterator[Hit]:
    for start, limit in find(_CANDIDATE, text):
        size = _LENGTHS.get(text[start : start + 2].upper())
        end = _end(text, start, limit, size) if size else None
        if end is None:
            continue
        if checksums.iban("".join(char for char in text[start:end] if char.isalnum())):
            yield Hit(start, end, "IBAN", CHECKED, checked=True)
        elif "iban" in before(text, start).lower():
            yield Hit(start, end, "IBAN", DOUBTFUL)


DETECTOR = Detector(
    name="iban",
    version=1,
    entities=("IBAN",),
    says="A country's code and length with remainder 1 of 97; beside the word IBAN also with another remainder.",
    source="https://www.swift.com/standards/data-standards/iban-international-bank-account-number",
    prefilters=(r"(?i)\b[A-Z]{2}\d{2}[\s-]?[A-Z0-9]{4}",),
    extract=extract,
    examples=(
        marked("pay to «DE89 3704 0044 0532 0130 00» by noon", "IBAN"),
        marked("«gb29nwbk60161331926819»", "IBAN"),
        marked("IBAN «NO9386011117948»", "IBAN"),
    ),
    counterexamples=("DE89 3704 0044 0532 0130 0", "SHA256 of the file", "ZZ89370400440532013000"),
)
