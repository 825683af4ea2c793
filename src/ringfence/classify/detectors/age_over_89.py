"""Ages over 89, which Safe Harbor does not let stand."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import alone, compiled, find

_AGE = r"(?:9\d|1[0-2]\d)"
_WORDS = r"(?i:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a) hundred(?: and)?(?: (?:one|two|three|four|five))?)"
_OLD = r"[ -]?(?i:years?[ -]?(?:old|young|of age)|y\.?/?o\.?\b|yrs?\.?[ -]?old|year[ -]?old)"
_BEFORE_OLD = compiled(rf"\b({_AGE}|{_WORDS}){_OLD}")
_AFTER_WORD = compiled(
    rf"(?i:\b(?:aged?|ages|age (?:is|of|was)|turn(?:s|ed|ing)?|turned)[\s\"':=]{{1,5}}|\bage[\"':= ]{{1,5}}|(?:his|her|their) )({_AGE})(?i:th birthday)?\b"
)
_BIRTHDAY = compiled(rf"\b({_AGE})(?:th|st|nd|rd) birthday")
# Other things age too: invoices, cheese, account balances.
_UNIT = compiled(
    r"(?i)^(?:th birthday)?[\s+-]{0,2}(?:(?:to |or |and )?\d|days?|weeks?|months?|hours?|minutes?|min|%|percent|mg|ml|kg|points?|degrees?|off|left|right|into|out)"
)


def extract(text: str) -> Iterator[Hit]:
    for pattern in (_BEFORE_OLD, _BIRTHDAY):
        for start, end in find(pattern, text, 1):
            if text[start - 1 : start] not in (".", ","):
                yield Hit(start, end, "AGE_OVER_89", LABELLED)
    for start, end in find(_AFTER_WORD, text, 1):
        if alone(text, start, end, ".") and not _UNIT.search(text[end : end + 12]):
            yield Hit(start, end, "AGE_OVER_89", LABELLED)


DETECTOR = Detector(
    name="age_over_89",
    version=1,
    entities=("AGE_OVER_89",),
    says="90 to 129, in digits or words, beside words that make it a person's age.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(C)",
    prefilters=(
        rf"\b{_AGE}{_OLD}",
        rf"\b{_WORDS}{_OLD}",
        rf"(?i)\b(?:age|aged|ages|turn|turns|turned|turning|age is|age of|age was)[\s\"':=]{{1,5}}{_AGE}\b",
        rf"\b{_AGE}(?:th|st|nd|rd) birthday",
    ),
    extract=extract,
    examples=(
        marked("a «93»-year-old man", "AGE_OVER_89"),
        marked("Age: «101», and she turned «90»", "AGE_OVER_89", "AGE_OVER_89"),
        marked("«ninety-four» years old, «95» y/o, her «100»th birthday", "AGE_OVER_89", "AGE_OVER_89", "AGE_OVER_89"),
    ),
    counterexamples=("an 89-year-old", "cheese aged 90 days", "92 years of experience", "turn 90 degrees", "page 95"),
)
