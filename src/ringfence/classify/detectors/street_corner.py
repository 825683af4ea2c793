"""Crossings of two streets: `the corner of Alder Lane and 5th`."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LIKELY, Detector, Hit, marked
from ringfence.classify.matching import Pattern, compiled, find


def _spaced(pattern: str) -> Pattern:
    """A blank of the pattern is one or two of the text, or the end of a line."""
    return compiled(pattern.replace(" ", r"\s{1,2}"))


_NAME = r"(?:\p{Lu}[\pL'’.-]*|\d{1,3}(?:st|nd|rd|th))"
_LINK = r"(?:(?:of|de|del|della|da|do|du|di|la|le|des|van|von|ten|ter|the) ){0,2}"
_NUMBER = r"\d{1,5}[A-Za-z]?\.?"
_KIND = r"(?i:street|st|road|rd|avenue|ave|str|lane|ln|drive|dr|útja|utca|tér)\b\.?"
_ROAD = (
    rf"(?:{_NUMBER} ){{0,2}}(?:(?:ul|u|C/|av|via|rua|rue|calle)\.? )?{_LINK}{_NAME}"
    rf"(?: {_LINK}(?:{_NAME}|{_KIND})){{0,3}}(?: {_NUMBER})?"
)
_CROSSING = r"(?i:\b(?:the )?(?:corner|intersection|crossing) of )"
_WRITTEN = _spaced(rf"{_CROSSING}{_ROAD},? (?:and|&|/) {_ROAD}")
# In small letters each street must end with a number or a commoner suffix of USPS Publication 28, appendix C1:
# https://pe.usps.com/text/pub28/28apc_002.htm
_END = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|courts|place|pl|way|terrace|circle|parkway|square|trail|"
    "highway|boulevard|blvd|crescent|close|crossing|gardens?|mills?|pass|parks?|greens?|club|harbor|route|union|flats?|"
    "coves?|isle|dale|radial|loop|ridge|plaza|alley|turnpike|str|"
    r"stra(?:ß|ss)e|weg|gasse|utca|\d{1,5}[a-z]?|\d+(?:st|nd|rd|th)"
)
_SMALL_ROAD = rf"(?:[\pL\d][\pL\d'’.-]* ){{1,5}}?(?:{_END})(?: (?:{_END}))?"
_SMALL = _spaced(rf"{_CROSSING}(?i:{_SMALL_ROAD}\.?,? (?:and|&|/) {_SMALL_ROAD}\b)")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_WRITTEN, text):
        yield Hit(start, end - (text[end - 1] == "."), "STREET_ADDRESS", LIKELY)
    for start, end in find(_SMALL, text):
        yield Hit(start, end, "STREET_ADDRESS", LIKELY)


DETECTOR = Detector(
    name="street_corner",
    version=1,
    entities=("STREET_ADDRESS",),
    says="The corner or crossing of two streets, both with a capital letter, or a number or street word last.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(B)",
    prefilters=(r"(?i)\b(?:corner|intersection|crossing)\s{1,2}of\s",),
    extract=extract,
    examples=(
        marked("I wait at «the corner of Alder Lane and 5th» until noon", "STREET_ADDRESS"),
        marked("crash at «intersection of Mill Rd & N. Ferry Street».", "STREET_ADDRESS"),
        marked("near «the corner of ul. Lipowa 12 and Harbor Row»", "STREET_ADDRESS"),
        marked("at «the corner of alder lane and 12 mill road» since noon", "STREET_ADDRESS"),
    ),
    counterexamples=(
        "a corner of the room and a chair",
        "the intersection of sets and maps",
        "at the crossing of Two roads",
        "the corner of Main",
    ),
)
