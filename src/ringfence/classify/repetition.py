"""Whether an RE2 pattern can match texts of any length."""

from __future__ import annotations

import re

# An escape, a class (RE2 ends it at the first `]` that is not its first member), a quotation, or a mark of repetition.
_TOKEN = re.compile(
    r"(?P<quoted>\\Q.*?(?:\\E|$))|\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"
    r"|(?P<repeated>[*+])|\{\d+,(?P<bound>\d*)\}",
    re.S,
)


def unbounded(pattern: str) -> bool:
    """True where `*`, `+` or `{n,}` stands outside classes and quotations. The pattern must compile."""
    return any(token["repeated"] or token["bound"] == "" for token in _TOKEN.finditer(pattern))
