"""How dates are written. Patterns without capturing groups, and the check that a day and month exist."""

from __future__ import annotations

import re

_ENGLISH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
MONTH = rf"(?i:{_ENGLISH})\.?"
_ELSEWHERE = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    "januar|jänner|februar|märz|maerz|mai|juni|juli|oktober|dezember|"
    "janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|"
    "gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    "janeiro|fevereiro|março|junho|julho|setembro|outubro|novembro|dezembro"
)
_FULL = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TIME = r"(?:(?:[T ]|, | at )\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b)?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = rf"(?:1[89]|20|21)\d{{2}}(?:-\d{{1,2}}-\d{{1,2}}|/\d{{1,2}}/\d{{1,2}}|\.\d{{1,2}}\.\d{{1,2}}){_TIME}"
YEAR_LAST = rf"\d{{1,2}}(?:/\d{{1,2}}/|-\d{{1,2}}-|\.\d{{1,2}}\.|\. \d{{1,2}}\. )(?:1[89]|20|21)\d{{2}}{_TIME}"
SHORT_YEAR = r"\d{1,2}(?:/\d{1,2}/|-\d{1,2}-)\d{2}"
_YEAR = r"(?:1[89]|20|21)\d{2}\b"
_ANY_YEAR = rf"(?:{_YEAR}|'\d{{2}}\b)"
_TO = "(?: ?(?:-|–|/|&) ?| (?:to|through|and|or|until) )"
WRITTEN = (
    rf"(?:\d{{2}}(?i:{_ENGLISH}){_YEAR}|{MONTH},? +(?:of )?{_ANY_YEAR}|{MONTH} (?:the )?{_DAY}(?:{_TO}{_DAY}\b)?(?:,"
    rf"? +{_ANY_YEAR})?"
    rf"|{_DAY}(?:{_TO}{_DAY})?(?: of)?[ -]?{MONTH}(?:[ ,-]+(?:{_YEAR}|'?\d{{2}}\b))?"
    rf"|{MONTH}[-/]\d{{1,2}}[-/](?:{_YEAR}|\d{{2}}\b)|{_YEAR}[-/ ]{MONTH}[-/ ]\d{{1,2}}\b)"
)
_OF = "(?: del?| d')?"
FOREIGN = (
    rf"(?:(?:\d{{1,2}}(?:\.|º|er)?|(?i:primero)){_OF}[ -](?i:{_ELSEWHERE}|april|august|september|november)\b"
    rf"(?:,?{_OF}[ -]+{_YEAR})?|(?i:{_ELSEWHERE})(?:,| del?)? (?:\d{{1,2}}(?:,| del?)? )?{_YEAR})"
)
_TEENTH = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|twenty[ -](?:first|second|third|fourth|fifth|"
    "sixth|"
    "seventh|eighth|ninth)|thirty[ -]first"
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = (
    rf"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|oh[ -](?:{_ONES})|"
    rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:{_ONES}))?)"
)
_SPELLED_YEAR = (
    rf"(?:(?:nineteen|twenty)[ -]{_TENS}|two thousand(?: (?:and )?(?:{_TENS}|{_ONES}))?|nineteen hundred(?: and "
    rf"{_TENS})?)"
)
SPELLED = (
    rf"(?:(?i:(?:{_TEENTH})(?: day)? (?:of )?(?:{_FULL})(?:,? (?:{_SPELLED_YEAR}\b|in the year "
    rf"{_SPELLED_YEAR}\b))?)(?:,? {_YEAR})?"
    rf"|(?i:(?:{_FULL}) (?:the )?(?:{_TEENTH})\b(?:,? (?:{_SPELLED_YEAR}\b))?)(?:,? {_YEAR})?"
    rf"|(?i:(?:{_FULL})(?: of)?,? {_SPELLED_YEAR}\b))"
)
ANY = rf"(?:{YEAR_FIRST}|{YEAR_LAST}|{SHORT_YEAR}|{SPELLED}|{WRITTEN}|{FOREIGN})"
ANY_MONTH = rf"(?i:{_ENGLISH}|{_ELSEWHERE})"
FULL_MONTH = f"(?:{_FULL})"
ORDINAL = rf"(?i:{_TEENTH})"

_NUMBERS = re.compile(r"\d+")


def exists(value: str) -> bool:
    """True where a date of numbers has a month of 1 to 12 and a day of 1 to 31, in any order; written ones a day."""
    numbers = [int(found) for found in _NUMBERS.findall(value)[:3]]
    if any(char.isalpha() for char in value.partition("T")[0].partition(" at ")[0].rstrip("apmAPM. ")):
        return all(number <= 31 or number >= 1800 or len(str(number)) == 2 for number in numbers[:2]) and (
            not numbers or numbers[0] != 0
        )
    if len(numbers) < 3:
        return False
    if numbers[0] >= 1800:
        return 1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31
    small, large = sorted(numbers[:2])
    return 1 <= small <= 12 and large <= 31
