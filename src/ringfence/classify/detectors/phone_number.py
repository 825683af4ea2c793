"""Telephone and fax numbers: international and North American ones anywhere, national ones beside a label."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import phonenumbers

from ringfence.classify.detector import CONFIRMED, LIKELY, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import before, compiled, digits, find

# The library reads a country's plan from disk at first use; a detector must not read files while it works.
phonenumbers.PhoneMetadata.load_all()

_EXTENSION = r"(?:,? ?(?i:x|ext\.?|extension) ?\d{1,6})?"
_INTERNATIONAL = compiled(rf"(?:\+|\b00|\b011[ .-])[1-9(](?:[\s().\-/]{{0,2}}\d){{6,16}}{_EXTENSION}")
_NORTH_AMERICAN = compiled(rf"(?:\b1[ .-])?(?:\(\d{{3}}\)[\s-]?|\b\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}{_EXTENSION}")
_TRUNK = compiled(r"\b(?:\(?0[1-9]\d{1,3}\)?[ -]\d{3,4}[ -]?\d{3,4}|0[1-9](?:[.-]\d{2}){4})\b")
_ANY = compiled(rf"\(?\d(?:[ ().\-/]{{0,2}}\d){{6,13}}{_EXTENSION}")

_LABEL_BEFORE = compiled(
    r"(?i)\b(?:(tele?fax|fax)|phones?|telephone|tel|ph|mobile|cell(?:phone|ular)?|voice ?mail|pager|hotline|help ?line|"
    r"whats ?app|sms|tel[eé]fono|tfno|m[oó]vil|celular|tel[eé]fon|handy|t[eé]l[eé]phone|portable|rufnummer|"
    r"ll[aá]m(?:e|ar|a)(?: al)?|(?:call|ring|dial|text|phone)(?:s|ed|ing)?|contact|reach(?: me| us| him| her| "
    r"them)?(?: at| on)|"
    r"answering|messages? (?:to|at|on)|my number|direct line|"
    r"(?:home|work|office|desk|main)(?:\s?(?:phone|number|no|line))?\s?[:#.])[^\d]{0,28}$"
)
_LABEL_AFTER = compiled(
    r"(?i)^[ \-,(]{0,3}(?:(fax)|office|mobile|cell|phone|home|desk|direct|pager|work)\b\s*(?:([^\s\w]|\n|$)|)"
)
_PREFILTER = r"\d(?:[\s().\-/]{0,2}\d){6}"
_DATE = compiled(r"^(?:(?:1[89]|20)\d{2}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4})\b")
_OTHER = compiled(r"^(?:\d{3}-\d{2}-\d{4}|\d{1,3}(?:\.\d{1,3}){3})$")


def _stands(text: str, start: int, end: int) -> bool:
    """Not inside a longer number, chain or word, and not an amount. A dash and a word may follow: 0171 2345-Office."""
    previous, following = text[max(0, start - 2) : start], text[end : end + 2]
    if previous and (previous[-1].isalnum() or previous[-1] in "$€£+#=_"):
        return False
    if len(previous) == 2 and previous[1] in "-./,:" and previous[0].isdigit():
        return False
    if following and (following[0].isalnum() or following[0] in "%_"):
        return False
    return not (len(following) == 2 and following[0] in "-./,:" and following[1].isdigit())


def _label(text: str, start: int, end: int, separated: bool) -> str | None:
    """The entity that a label beside the number says, or None. A label behind it wins: lists write `number fax`."""
    # Bare digits before `mobile` may count something (200000 mobile users), so there the label must end the phrase.
    match = _LABEL_AFTER.search(text[end : end + 24])
    if match and (separated or match.group(2) is not None):
        return "FAX_NUMBER" if match.group(1) else "PHONE_NUMBER"
    if match := _LABEL_BEFORE.search(before(text, start, 64)):
        return "FAX_NUMBER" if match.group(1) else "PHONE_NUMBER"
    return None


def _assigned(value: str) -> bool | None:
    """True where the numbering plan has such a number, False where only its length is right, None otherwise."""
    try:
        number = phonenumbers.parse(" ".join(value.split()))  # it knows no tabs and line ends
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return True
    return False if phonenumbers.is_possible_number(number) else None


@functools.lru_cache(maxsize=1024)
def _area_assigned(area: str) -> bool:
    """Whether the plan has this area code; asked once for each, as the library takes 80 microseconds to say no."""
    return bool(_assigned(f"+1{area}2345678"))


def _international(text: str) -> Iterator[tuple[int, int, float]]:
    for start, end in find(_INTERNATIONAL, text):
        value = text[start:end]
        dialled = "+" + value.removeprefix("+").removeprefix("011").removeprefix("00").lstrip(" .-")
        # Without a plus sign nothing says that it is a telephone number, so the numbering plan must.
        assigned = _assigned(dialled)
        if assigned or (assigned is False and value[0] == "+"):
            yield start, end, SHAPED if assigned else LIKELY


def _north_american(text: str) -> Iterator[tuple[int, int, float]]:
    for start, end in find(_NORTH_AMERICAN, text):
        number = digits(text[start + (text[start] == "1" and text[start + 1] in " .-") : end])
        # Neither area nor exchange begins with 0 or 1: https://nationalnanpa.com/area_codes/
        if number[0] in "01" or number[3] in "01":
            continue
        yield start, end, SHAPED if _area_assigned(number[:3]) else LIKELY


def extract(text: str) -> Iterator[Hit]:
    certain = [*_international(text), *_north_american(text), *((*span, LIKELY) for span in find(_TRUNK, text))]
    for start, end, score in certain:
        if _stands(text, start, end):
            entity = _label(text, start, end, True)
            yield Hit(start, end, entity or "PHONE_NUMBER", CONFIRMED if entity else score)
    for start, end in find(_ANY, text):
        value = text[start:end]
        if _DATE.search(value) or _OTHER.search(value) or not _stands(text, start, end):
            continue
        if entity := _label(text, start, end, not value.isdigit()):
            # Less sure than other labels: people call and text about numbers of every kind.
            yield Hit(start, end, entity, LIKELY)


DETECTOR = Detector(
    name="phone_number",
    version=1,
    entities=("PHONE_NUMBER", "FAX_NUMBER"),
    says="International and North American numbers anywhere, other national numbers with a trunk 0 or beside a label.",
    source="https://github.com/google/libphonenumber (numbering plans by region), https://www.itu.int/rec/T-REC-E.164",
    prefilters=(_PREFILTER,),
    extract=extract,
    examples=(
        marked("call «(415) 555-2671» or «+44 20 7946 0958 ext. 12»", "PHONE_NUMBER", "PHONE_NUMBER"),
        marked("Fax: «212-555-0143»", "FAX_NUMBER"),
        marked("a wrapped line: «+1 415\n867 5309»", "PHONE_NUMBER"),
        marked("Mobile: «0171 4455 667»\nDesk: «2125550188»", "PHONE_NUMBER", "PHONE_NUMBER"),
        marked("«212.555.0188» fax", "FAX_NUMBER"),
        marked("ring «0044 20 7946 0958»", "PHONE_NUMBER"),
        marked("at «030 9018 2000» weekdays", "PHONE_NUMBER"),
    ),
    counterexamples=(
        "2125550188 rows",
        "call on 2024-01-02 10:30",
        "ISBN 978-3-16-148410-0",
        "112-1234567-1234567",
        "$415 555 2671.00",
        "04 05 06 07 08 09 0a",
        "0.4155552671",
        "lots 155-723-4567 and 415-055-1234",
        "text $5552671 or phone x5552671y",
        "550e8400-e29b-41d4-a716-446655440000",
    ),
)
