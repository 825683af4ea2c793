"""Ages over 89, which Safe Harbor does not let stand."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import alone, compiled, find

_AGE = r"(?:9\d|1[0-2]\d)"
_ONES = "(?:one|two|three|four|five|six|seven|eight|nine)"
_WORDS = rf"(?i:ninety(?:[ -]{_ONES})?|(?:one|a) hundred(?: and)?(?: {_ONES})?)"
_WORD = r"(?i:\b(?:aged?|ages|age (?:is|of|was))[\s\"':=]{1,5})"
_OLD = r"[ -]?(?i:years?[ -]?(?:old|young|of age)|y\.?/?o\.?\b|yrs?\.?[ -]?old)"
_TURN = r"(?i:\bturn(?:s|ed|ing)? )"
_BEFORE_OLD = compiled(rf"\b({_AGE}|{_WORDS}){_OLD}")
_BIRTHDAY = compiled(rf"\b({_AGE})(?:th|st|nd|rd) birthday")
_AFTER_WORD = compiled(rf"{_WORD}({_AGE})\b")
_AFTER_TURN = compiled(rf"{_TURN}({_AGE})\b")
# Other things age too: invoices, cheese, account balances.
_UNIT = compiled(
    r"(?i)^[\s+-]{0,2}(?:(?:to |or |and )?\d|days?|weeks?|months?|hours?|min|%|percent|mg|ml|kg|points?|degrees?)"
)
_WAY = compiled(r"(?i)^ (?:off|left|right|into|out|times)\b")


def extract(text: str) -> Iterator[Hit]:
    for pattern in (_BEFORE_OLD, _BIRTHDAY):
        for start, end in find(pattern, text, 1):
            if text[start - 1 : start] not in (".", ","):
                yield Hit(start, end, "AGE_OVER_89", LABELLED)
    for pattern, other in ((_AFTER_WORD, _UNIT), (_AFTER_TURN, _WAY)):
        for start, end in find(pattern, text, 1):
            rest = text[end : end + 12]
            if alone(text, start, end, ".") and not _UNIT.search(rest) and not other.search(rest):
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
        rf"(?:{_WORD}|{_TURN}){_AGE}\b",
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
