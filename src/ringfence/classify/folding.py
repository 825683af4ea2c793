"""What one character stands for when a text is read for identifiers: NFKC, look-alikes, invisible ones, digits."""

from __future__ import annotations

import functools
import unicodedata

# Letters that look like an ASCII letter in most fonts, a part of https://www.unicode.org/Public/security/latest/confusables.txt
_LOOK_ALIKES: dict[str, str] = {}
for _strange, _plain in (
    ("аеорсухіјѕԁһӏԛԝк", "aeopcyxijsdhlqwk"),  # Cyrillic
    ("АВСЕНІЈКМОРЅТХУ", "ABCEHIJKMOPSTXY"),
    ("αορνιυκ", "aopviuk"),  # Greek
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("օսհոց", "ouhng"),  # Armenian
    ("ɡıɑ", "gia"),  # Latin extensions
):
    _LOOK_ALIKES.update(zip(_strange, _plain, strict=True))

# Hyphens, non-breaking hyphen, figure dash, en dash, minus. Not the em dash: it ends a clause, and would glue words on.
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe58\ufe63\uff0d", "-")
_QUOTES = {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
# Letters and symbols without ink: Hangul fillers and the Braille blank.
_BLANK = dict.fromkeys("\u115f\u1160\u3164\uffa0\u2800", "")
_TABLE = {**_LOOK_ALIKES, **_DASHES, **_QUOTES, **_BLANK}

_INVISIBLE = frozenset(("Cf", "Mn", "Me", "Cc"))
_LONGEST = 4
_TAGS = range(0xE0020, 0xE007F)
"""Invisible copies of ASCII, https://www.unicode.org/charts/PDF/UE0000.pdf: models read them, people can't see them."""


@functools.lru_cache(maxsize=8192)
def folded(char: str) -> str:
    """The character's plain form: one or more characters, or "" where it is invisible."""
    if char in "\t\n\r" or " " <= char <= "~":
        return char
    if char in _TABLE:
        return _TABLE[char]
    if ord(char) in _TAGS:
        return chr(ord(char) - 0xE0000)
    category = unicodedata.category(char)
    if category in _INVISIBLE:
        return ""
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(char))
    plain = unicodedata.normalize("NFKC", char)
    # A few ligatures stand for whole phrases; left as they are, so that no text grows much by folding.
    return "".join(_TABLE.get(part, part) for part in plain) if len(plain) <= _LONGEST else char
