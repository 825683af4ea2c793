"""Payment card numbers: any spacing that cards are written in, Luhn, and the brands' ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.classify.checksums import luhn
from ringfence.classify.detector import CHECKED, DOUBTFUL, LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, before, compiled, digits, ends, find, label

_LABEL = label(
    "card, cards, credit card, debit card, card number, visa, mastercard, amex, american express, discover "
    "card, maestro, diners, jcb, unionpay, cc, pan, ccn"
)
_RUN = compiled(r"\d(?:[ ._/-]{0,2}\d){11,31}")
_LABELLED = Labelled(_LABEL, r"\d(?:[ ._/-]{0,2}\d){11,18}", r"[^0-9\n]{0,32}?")
_GROUP = re.compile(r"\d+")

# Issuer ranges with their lengths, ISO/IEC 7812-1; collected from the brands' own pages, for example
# https://www.mastercard.us/en-us/business/issuers/get-support/simplified-bin-account-range-table.html and
# https://www.discoverglobalnetwork.com/content/dam/discover/en_us/dgn/docs/IPP-VAR-Enabler-Compliance.pdf
# (first prefix, last prefix, lengths, found without a label). Maestro's ranges are so wide that a label must stand by.
_RANGES: tuple[tuple[str, str, tuple[int, ...], bool], ...] = (
    ("4", "4", (13, 16, 19), True),  # Visa
    ("51", "55", (16,), True),  # Mastercard
    ("2221", "2720", (16,), True),
    ("34", "34", (15,), True),  # American Express
    ("37", "37", (15,), True),
    ("6011", "6011", (16, 17, 18, 19), True),  # Discover
    ("644", "649", (16, 17, 18, 19), True),
    ("65", "65", (16, 17, 18, 19), True),
    ("3528", "3589", (16, 17, 18, 19), True),  # JCB
    ("2131", "2131", (15,), True),
    ("1800", "1800", (15,), True),
    ("300", "305", (14, 16), True),  # Diners Club
    ("36", "36", (14, 16), True),
    ("38", "39", (14, 16), True),
    ("62", "62", (16, 17, 18, 19), True),  # UnionPay
    ("81", "81", (16, 17, 18, 19), False),
    ("50", "50", tuple(range(12, 20)), False),  # Maestro
    ("56", "69", tuple(range(12, 20)), False),
    ("2200", "2204", (16, 17, 18, 19), False),  # Mir
)


def _brand(number: str) -> bool | None:
    """None where no brand issues such a number; else whether it may be found without a label."""
    found: bool | None = None
    for first, last, lengths, bare in _RANGES:
        if len(number) in lengths and first <= number[: len(first)] <= last:
            found = bool(found) or bare
    return found


def _printed_like_a_card(sizes: tuple[int, ...]) -> bool:
    """True for the groupings in which cards are printed, or split when copied: one block, fours, 4-6-5, 4-6-4."""
    if len(sizes) == 1 or sizes in ((4, 6, 5), (4, 6, 4), (10, 5), (4, 11), (10, 4), (4, 10)):
        return True
    return all(size % 4 == 0 for size in sizes[:-1]) and sizes[-1] <= 12


def _in_run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cards within a run of digit groups, which may begin or end with other numbers (a year before the card)."""
    groups = [(start + found.start(), start + found.end()) for found in _GROUP.finditer(text[start:end])]
    if all(last - first == 1 for first, last in groups):
        groups = [(start, end)]  # one digit at a time: the whole run or nothing
    used = -1
    for first, (begin, after) in enumerate(groups):
        # Few groupings exist, so a table of short numbers is passed over quickly.
        if begin < used or not (after - begin in (4, 8, 10) or after - begin >= 12):
            continue
        for last in range(first, len(groups)):
            finish = groups[last][1]
            number = digits(text[begin:finish])
            if len(number) > 19:
                break
            sizes = tuple(stop - start for start, stop in groups[first : last + 1])
            if len(number) >= 12 and _printed_like_a_card(sizes) and _brand(number) and luhn(number):
                used = finish
                yield begin, finish
                break


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_RUN, text):
        for first, last in _in_run(text, start, end):
            if alone(text, first, last, "") and before(text, first, 2)[-1:] not in (".", "$", "€", "£"):
                yield Hit(first, last, "CREDIT_CARD", CHECKED, checked=True)
    for start, end in _LABELLED.spans(text):
        number = digits(text[start:end])
        if ends(text, end, ""):
            valid = luhn(number)
            score = DOUBTFUL if not valid else CHECKED if _brand(number) is not None else LABELLED
            yield Hit(start, end, "CREDIT_CARD", score, checked=score == CHECKED)


DETECTOR = Detector(
    name="credit_card",
    version=1,
    entities=("CREDIT_CARD",),
    says="12 to 19 digits of a card brand's range that pass Luhn; beside a label also those that fail.",
    source="https://www.iso.org/standard/70484.html",
    prefilters=(r"\d(?:[ ._/-]{0,2}\d){11}",),
    extract=extract,
    examples=(
        marked("charge «4111 1111 1111 1111» today", "CREDIT_CARD"),
        marked("in 2024 «4111-1111-1111-1111» and «378282246310005»", "CREDIT_CARD", "CREDIT_CARD"),
        marked("«3782 822463 10005»", "CREDIT_CARD"),
        marked("digits «4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1», slowly", "CREDIT_CARD"),
        marked("card number «4111 1111 1111 1112» was declined", "CREDIT_CARD"),
        marked("my maestro is «503890547220»", "CREDIT_CARD"),
    ),
    counterexamples=(
        "order 4111111111111112",
        "token a4111111111111111f",
        "0.4111111111111111",
        "1716239022000",
        "503890547220",
        "the card arrived on 2024-01-02 at 10:00",
    ),
)
