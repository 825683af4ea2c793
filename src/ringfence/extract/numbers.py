"""Numbers of a workbook as a person sees them: dates are numbers there, and a format may put the dashes into an SSN."""

from __future__ import annotations

import datetime
import re
from typing import Final

# ECMA-376-1, 18.8.30: formats that every workbook has without saying so. 14 to 22 and 45 to 47 are dates and times;
# 27 to 36 and 50 to 58 are dates in East Asian versions.
_BUILT_IN_DATES: Final = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
# Digits with marks between them, such as 000-00-0000, (000) 000-0000 or 00000.
_PATTERN: Final = re.compile(r"[0#()\-/ ]*[0#][0#()\-/ ]*")
# A section for smaller numbers, as in Excel's own format for phone numbers.
_CONDITION: Final = re.compile(r"\[<=?(\d{1,15})\]")
_EPOCH_1900: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001  (the workbook's own days, of no time zone)
_EPOCH_1904: Final = datetime.datetime(1904, 1, 1)  # noqa: DTZ001
_MAX_DAYS: Final = 2_958_466  # the end of the year 9999


def is_date(format_id: int, code: str) -> bool:
    """Does this number format show a date or time?"""
    if not code:
        return format_id in _BUILT_IN_DATES
    plain = _QUOTED.sub("", code.split(";")[0])
    return bool(_DATE_LETTERS.search(plain)) and "general" not in plain.lower()


def shown(value: str, format_id: int, code: str, *, since_1904: bool = False) -> str:
    """The number as its format shows it, or as it stands where the format says nothing that we know."""
    try:
        number = float(value)
    except ValueError:
        return value
    if is_date(format_id, code):
        return _date(number, _EPOCH_1904 if since_1904 else _EPOCH_1900) or value
    if number != number or abs(number) >= 1e15:  # more digits than the workbook keeps
        return value
    plain = _plain(number, value)
    sections = code.split(";")
    smaller = _CONDITION.match(sections[0])
    section = sections[1] if smaller and len(sections) > 1 and number > int(smaller[1]) else sections[0]
    marks = re.sub(r'["\\]|\[[^\]]*\]', "", section)
    if plain.isdecimal() and _PATTERN.fullmatch(marks):
        return _patterned(plain, marks)
    return plain


def _plain(number: float, value: str) -> str:
    """5.36228412E8 is written 536228412."""
    if number.is_integer():
        return str(int(number))
    return repr(number) if "e" in value.lower() else value


def _date(days: float, epoch: datetime.datetime) -> str:
    if not 0 <= days < _MAX_DAYS:
        return ""
    moment = epoch + datetime.timedelta(seconds=round(days * 86400))
    if days < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d") if moment.time() == datetime.time() else moment.strftime("%Y-%m-%d %H:%M:%S")


def _patterned(digits: str, pattern: str) -> str:
    """The digits put into the pattern from its end; those left over stand before it."""
    left = list(digits)
    made: list[str] = []
    for mark in reversed(pattern):
        if mark in "0#":
            if left:
                made.append(left.pop())
            elif mark == "0":
                made.append("0")
        else:
            made.append(mark)
    return "".join(left) + "".join(reversed(made)).strip()
