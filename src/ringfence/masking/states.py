"""The states of the United States, by name and by postal abbreviation: the smallest geography that may stand."""

from __future__ import annotations

import re

# USPS Publication 28, Appendix B (https://pe.usps.com/text/pub28/28apb.htm, as of 2026), the armed forces left out.
_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota
OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota
TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
_NAMES = dict(entry.split(" ", 1) for entry in _STATES.strip().replace("\n", "|").split("|"))
_BY_NAME = {name.casefold(): name for name in _NAMES.values()}
_NAME = re.compile(rf"(?i)(?:\A|[\s,;])({'|'.join(sorted(_BY_NAME, key=len, reverse=True))})\Z")
_COUNTRY = re.compile(r"(?:[\s,;]+(?:USA|US|United States(?: of America)?))?[\s,;.]*\Z")
_ZIP_AT_END = re.compile(r"[\s,;]*(?<!\d)\d{5}(?:[- ]?\d{4})?\Z")
_CODE = re.compile(r"(?:\A|[\s,;])([A-Z]{2})\Z")


def state_in(place: str) -> str:
    """The state that a place or an address ends with, as its name or as two capitals; "" where it ends with none.

    Only the end counts: `Kansas City` names no state, `Kansas City, MO` does.
    """
    place = _ZIP_AT_END.sub("", _COUNTRY.sub("", place)).rstrip(" ,;\n")
    if name := _NAME.search(place):
        return _BY_NAME[name[1].casefold()]
    code = _CODE.search(place)
    return code[1] if code and code[1] in _NAMES else ""
