"""Ages over 89, which Safe Harbor does not let stand."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import alone, compiled, find

_AGE = r"(?:9\d|1[0-2]\d)"
_ONES = "(?:one|two|three|four|five|six|seven|eight|nine)"
_WORDS = (
    rf"(?i:ninety(?:[ -]{_ONES})?|(?:one|a) hundred(?: and)?(?:[ -](?:{_ONES}|ten|eleven|twelve))?|"
    r"noventa(?: y (?:uno?|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?|cien|ciento (?:uno?|dos|tres|cuatro|"
    r"cinco))"
)
_WORD = r"(?i:\b(?:aged?|ages|age (?:is|of|was)|edad(?: de)?|alter)[\s\"':=]{1,5})"
_OLD = (
    r"[ -]{0,2}(?i:(?:years?|yrs?\.?)[ -]?(?:old|young|of age)|year[ -]?old|y\.? ?/?o\.?\b|yrs?\.?[ -]?old|años(?: "
    r"de edad)?\b|jahre alt|"
    r"-?jährige?r?|ans\b)"
)
_SEX = (
    r"(?: ?(?:M|F|m|f|yo[MF])|[ -](?i:male|female|woman|man|lady|gentleman)\b|[ -]?(?i:yr?s?)[ -](?i:[mf]\b|male|"
    r"female|woman|man|lady|gentleman))"
)
_AFTER_SEX = (
    r"(?:[,.;:)]| (?i:with|w/|who|presents?|presenting|here|c/o|admitted|adm|s/p|hx|h/o|pt|patient|in|from|seen|"
    r"found|had|has|was|is|for)\b)"
)
_TURN = r"(?i:\bturn(?:s|ed|ing)? )"
_BEFORE_OLD = compiled(rf"\b({_AGE}|{_WORDS}){_OLD}")
_BEFORE_SEX = compiled(rf"\b({_AGE}){_SEX}{_AFTER_SEX}")
_DECADE = compiled(r"\b(?i:(?:in|into) (?:his|her|their|my) (?:early|mid|late)?[ -]?)((?i:nineties)|90'?s)\b")
_BIRTHDAY = compiled(rf"\b({_AGE})(?:th|st|nd|rd) birthday|\b((?i:ninet(?:ieth|y[ -][a-z]+)|hundredth)) birthday")
_AFTER_WORD = compiled(rf"{_WORD}({_AGE}|{_WORDS})\b")
_AFTER_TURN = compiled(rf"{_TURN}({_AGE}|{_WORDS})\b")
# Other things age too: invoices, cheese, account balances.
_UNIT = compiled(
    r"(?i)^[\s+-]{0,2}(?:(?:to |or |and )?\d|days?|weeks?|months?|hours?|min|%|percent|mg|ml|kg|points?|degrees?|"
    r"días|meses|tage)"
)
_WAY = compiled(r"(?i)^ (?:off|left|right|into|out|times)\b")


def extract(text: str) -> Iterator[Hit]:
    for pattern, groups in ((_BEFORE_OLD, (1,)), (_BEFORE_SEX, (1,)), (_DECADE, (1,)), (_BIRTHDAY, (1, 2))):
        for group in groups:
            for start, end in find(pattern, text, group):
                if text[start - 1 : start] not in (".", ",", "-", "$", "/"):
                    yield Hit(start, end, "AGE_OVER_89", LABELLED)
    for pattern, other in ((_AFTER_WORD, _UNIT), (_AFTER_TURN, _WAY)):
        for start, end in find(pattern, text, 1):
            rest = text[end : end + 12]
            if alone(text, start, end, ".") and not _UNIT.search(rest) and not other.search(rest):
                yield Hit(start, end, "AGE_OVER_89", LABELLED)


DETECTOR = Detector(
    name="age_over_89",
    version=2,
    entities=("AGE_OVER_89",),
    says="90 to 129, in digits or words, beside words that make it a person's age, in English and Spanish.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(C)",
    prefilters=(
        rf"\b(?:{_AGE}|{_WORDS}){_OLD}",
        rf"\b{_AGE}{_SEX}",
        r"(?i)nineties|\b90'?s\b",
        rf"(?:{_WORD}|{_TURN})(?:{_AGE}|{_WORDS})\b",
        r"(?i)\b(?:\d(?:th|st|nd|rd)|ninet\w+(?:[ -]\w+)?|hundredth) birthday",
    ),
    extract=extract,
    examples=(
        marked("a «93»-year-old man", "AGE_OVER_89"),
        marked("Age: «101», and she turned «90»", "AGE_OVER_89", "AGE_OVER_89"),
        marked("«ninety-four» years old, «95» y/o, her «100»th birthday", "AGE_OVER_89", "AGE_OVER_89", "AGE_OVER_89"),
        marked("a «ninety-three»-year-old, aged «ninety-one», «94»F with falls", *["AGE_OVER_89"] * 3),
        marked("paciente de «92» años, «noventa y tres» años de edad", "AGE_OVER_89", "AGE_OVER_89"),
        marked("a woman in her «nineties», «91» yo male, edad: «97»", *["AGE_OVER_89"] * 3),
    ),
    counterexamples=(
        "an 89-year-old",
        "cheese aged 90 days",
        "92 years of experience",
        "turn 90 degrees",
        "page 95",
        "Room 93, bed 0.93, a 62-year-old",
        "music of the 90s and the nineties",
        "a 93 F engine, 98.6 F",
    ),
)
