"""JSON pointers (RFC 6901), and which names taken from a request may be shown."""

from __future__ import annotations

import re

HIDDEN = "…"
"""Stands for a name that may be content: a client chooses its object keys, so a key can hold anything."""

# Up to 40 characters and four digits. The longest name in the supported interfaces has 24 characters; five digits are
# already a postal code. Each round of the group ends at a digit, so there's only one way to match.
_NAME = re.compile(r"(?=.{1,40}\Z)(?:[A-Za-z_.-]*[0-9]){0,4}[A-Za-z_.-]*")


def escape(key: str) -> str:
    """One object key as a component of a pointer (RFC 6901 section 3)."""
    if "~" in key or "/" in key:
        return key.replace("~", "~0").replace("/", "~1")
    return key


def parts(pointer: str) -> list[str]:
    """The components of a pointer, unescaped. "" is the whole document and has none."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def shown(name: str) -> str:
    """`name` if it has the shape of a field name or a mode (short, letters, few digits), else `HIDDEN`.

    INVARIANT: every name of a client's choosing passes through here before it stands in an error, a `Use` or a record.
    """
    return name if _NAME.fullmatch(name) else HIDDEN
