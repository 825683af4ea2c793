"""US street addresses and post office boxes, with the unit, city, state and ZIP code that follow."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.dateforms import MONTH
from ringfence.classify.detector import LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import before, compiled, find
from ringfence.classify.states import STATE

# The commoner of the suffixes and their abbreviations in USPS Publication 28, appendix C1:
# https://pe.usps.com/text/pub28/28apc_002.htm
_SUFFIX = (
    "(?i:street|st|avenue|ave|av|boulevard|blvd|road|rd|lane|ln|drive|dr|court|ct|place|pl|terrace|ter|circle|cir|"
    "parkway|pkwy|highway|hwy|trail|trl|square|sq|plaza|plz|alley|aly|crescent|cres|loop|ridge|turnpike|tpke|way)"
)
_DIRECTION = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?"
_NUMBER = r"\b\d{1,6}(?:-\d{1,4})?[A-Za-z]?(?: 1/2)?"
_PROPER = r"(?:[A-Z][\pL'’.-]*|\d{1,3}(?:st|nd|rd|th|ST|ND|RD|TH))"
_NAME = rf"{_PROPER} (?:(?:{_PROPER}|of|de|del|la|the) ){{0,3}}"
_UNIT_WORD = r"(?i:apt|apartment|unit|suite|ste|floor|fl|room|rm|bldg|building|lot)"
_UNIT = rf"(?:,? *\n? *(?:{_UNIT_WORD}\b\.? *#? ?|# ?)[A-Za-z0-9-]{{1,6}}\b)?"
_CITY = rf"(?:,?[ \n]+\pL[\pL'.-]+(?: \pL[\pL'.-]+){{0,2}},? +{STATE}\b(?:,? +\d{{5}}(?:-\d{{4}})?\b)?)?"
_TAIL = rf"(?: {_DIRECTION}\b)?{_UNIT}{_CITY}"
_WRITTEN = compiled(rf"{_NUMBER} (?:{_DIRECTION} )?(?:{_NAME}{_SUFFIX}\b\.?|Broadway\b){_TAIL}")
_LABELLED = compiled(
    r"(?i:address(?: is| was|:)?|lives? (?:at|on)|living at|resid(?:es|ing) at|located at|deliver(?:ed)? to|"
    rf"ship(?:ped)? to|home is)\s*[:=]?\s*({_NUMBER} (?:[\pL'.-]+ ){{1,4}}{_SUFFIX}\b\.?{_TAIL})"
)
_BOX = compiled(rf"(?i:\bp\.? ?o\.? ?box #?\d{{1,6}}\b){_CITY}")
# Dates and years stand before names too: `in 2023 Google Drive`, `On 2 May 2005 the Court`, `2019 Supreme Court`.
_YEAR = compiled(r"^(?:19|20)\d{2} ")
_AFTER_YEAR_WORD = compiled(r"(?i)\b(?:in|since|by|of|from|during|until|before|after|circa|year)\s*$")
_AFTER_MONTH = compiled(rf"\b{MONTH},?\s*$")
_AMBIGUOUS = compiled(r"(?i) (?:court|drive|way|place|square|circle|loop|ridge|plaza|terrace|trail)$")
_NOT_STREETS = compiled(
    r"(?i)\b(?:(?:google|hard|flash|thumb|disk|usb|tape|test|one|two|three|no|either|half|long) (?:drive|way)|"
    r"(?:wall|main) street|(?:supreme|high|district|federal|labou?r|administrative|constitutional|regional|social|"
    r"county|criminal|appeals?|circuit|family|civil|commercial|military|municipal|city|provincial|crown|juvenile) "
    r"court)\b"
)


def _is_street(text: str, start: int, end: int) -> bool:
    if start and text[start - 1] in "$€£.-/:§":
        return False
    value = text[start:end]
    # A ZIP code or a unit at the end settles it.
    if any(map(str.isdigit, value[-5:])):
        return True
    if _NOT_STREETS.search(value) or _AFTER_MONTH.search(before(text, start, 16)):
        return False
    return not (_YEAR.search(value) and (_AMBIGUOUS.search(value) or _AFTER_YEAR_WORD.search(before(text, start, 16))))


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_WRITTEN, text):
        if _is_street(text, start, end):
            yield Hit(start, end, "STREET_ADDRESS", LIKELY)
    for start, end in find(_LABELLED, text, 1):
        yield Hit(start, end, "STREET_ADDRESS", LABELLED)
    for start, end in find(_BOX, text):
        yield Hit(start, end, "STREET_ADDRESS", LIKELY)


DETECTOR = Detector(
    name="street_address",
    version=1,
    entities=("STREET_ADDRESS",),
    says="A number, a capitalised name and a street suffix, with unit, city, state and ZIP; post office boxes.",
    source="https://pe.usps.com/text/pub28/28apc_002.htm",
    prefilters=(rf"\b{_SUFFIX}\b", r"\d (?:[NSEW]\.? )?Broadway", r"(?i)\bp\.? ?o\.? ?box"),
    extract=extract,
    examples=(
        marked("moved to «4821 Old Quarry Rd, Apt 6B» in May", "STREET_ADDRESS"),
        marked("«77 W 21st St., Albany, NY 12207»", "STREET_ADDRESS"),
        marked("she lives at «19 birch hollow lane»", "STREET_ADDRESS"),
        marked("mail: «P.O. Box 4471»", "STREET_ADDRESS"),
        marked("«350 NORTH ELM AVENUE SUITE 200»", "STREET_ADDRESS"),
    ),
    counterexamples=(
        "In 2023 Google Drive added folders",
        "took 15 minutes to drive there",
        "100 Wall Street firms",
        "On 2 May 2005 the Court decided, on 4 July 2002 the Federal Constitutional Court refused",
        "the 2019 Supreme Court term",
        "3 court cases",
        "10 Best Practices on the way",
    ),
)
