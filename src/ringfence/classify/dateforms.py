"""How dates are written. Patterns without capturing groups, and the check that a day and month exist."""

from __future__ import annotations

import re

MONTH = (
    "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TIME = r"(?:(?:[T ]|, | at )\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b)?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = rf"(?:1[89]|20|21)\d{{2}}(?:-\d{{1,2}}-\d{{1,2}}|/\d{{1,2}}/\d{{1,2}}|\.\d{{1,2}}\.\d{{1,2}}){_TIME}"
YEAR_LAST = rf"\d{{1,2}}(?:/\d{{1,2}}/|-\d{{1,2}}-|\.\d{{1,2}}\.)(?:1[89]|20|21)\d{{2}}{_TIME}"
SHORT_YEAR = r"\d{1,2}(?:/\d{1,2}/|-\d{1,2}-)\d{2}"
_YEAR = r"(?:1[89]|20|21)\d{2}\b"
WRITTEN = (
    rf"(?:{MONTH},? +(?:of )?{_YEAR}|{MONTH} {_DAY}(?:,? +{_YEAR})?"
    rf"|{_DAY}(?: of)?[ -]?{MONTH}(?:[ ,-]+(?:{_YEAR}|'?\d{{2}}\b))?)"
)
ANY = rf"(?:{YEAR_FIRST}|{YEAR_LAST}|{SHORT_YEAR}|{WRITTEN})"

_NUMBERS = re.compile(r"\d+")


def exists(value: str) -> bool:
    """True where a date of numbers has a month of 1 to 12 and a day of 1 to 31, in any order; written ones a day."""
    numbers = [int(found) for found in _NUMBERS.findall(value)[:3]]
    if any(char.isalpha() for char in value.partition("T")[0].partition(" at ")[0].rstrip("apmAPM. ")):
        return (
            all(number <= 31 or number >= 1800 or len(str(number)) == 2 for number in numbers[:2]) and numbers[0] != 0
        )
    if len(numbers) < 3:
        return False
    if numbers[0] >= 1800:
        return 1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31
    small, large = sorted(numbers[:2])
    return 1 <= small <= 12 and large <= 31
