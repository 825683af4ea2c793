"""Courts, ministries, parliaments, governments and states: they are nobody's name and no place below a state.

45 CFR 164.514(b)(2)(i) lists identifiers of the individual, of relatives, employers and household members. A public
authority in a text is hardly ever an employer; where it is, a local rule finds it. The town in a court's name stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.classify.wordlists import words

_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"[’']s$")
_COURT = re.compile(r"(?i)\b(?:courts?|tribunals?|chamber|ministry|ministries|minist(?:er|re) of)\b")
_LAND = re.compile(
    r"(?i)\b(?:(?:governments?|parliament|senate|republic|kingdom)(?:[’']s)?$|"
    r"(?:governments?|parliament|republic|kingdom) of (?:the )?[^\W\d_]|house of (?:lords|commons|representatives))"
)
_FORMAL = re.compile(r"(?i)\b(?:republic|kingdom) of (?:the )?[^\W\d_]")
_CUT = re.compile(r"(?i)^(?:of|and) | (?:of|and)$")
_KINDS = words(
    """
    administrative appeal appeals assize cassation circuit civil commercial commonwealth constitutional county criminal
    defence defense disciplinary district education european family federal finance first foreign affairs grand health
    high human rights instance interior international justice juvenile labor labour magistrates military municipal
    national provincial regional security social state supreme
    """
)
_GENERAL = _KINDS | words("the a of and for in on court courts tribunal tribunals chamber ministry ministries office")


def nameless(value: str) -> bool:
    """Whether an organisation of this name is a state or one of its powers."""
    value = _POSSESSIVE.sub("", value)
    if _LAND.search(value) is not None:
        return True
    return not any(_own(value)) and (_COURT.search(value) is not None or _CUT.search(value) is not None)


def is_party(country: str) -> bool:
    """Whether a country is named in full, as a party to a case or a treaty is."""
    return _FORMAL.search(country) is not None


def place(value: str) -> tuple[int, int] | None:
    """Where the town stands in a local court's name; None where it is no court, or has words on both sides of a town.

    `Alder District Court` needs a word such as `District`: `Alder Court` may be a house.
    """
    own = list(_own(value))
    if not own or _COURT.search(value) is None:
        return None
    start, end = own[0].start(), own[-1].end()
    if _COURT.search(value, start, end) or not any(word.lower() in _KINDS for word in _WORD.findall(value)):
        return None
    return start, end


def _own(value: str) -> Iterator[re.Match[str]]:
    """The words of a name that any authority could not bear."""
    return (match for match in _WORD.finditer(value) if match[0].lower() not in _GENERAL and match[0] != "s")
