"""JSON pointers (RFC 6901) of segments: what of them may be shown, what they say about a value, which texts adjoin."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}|\d{1,9}")
_CONTEXT = re.compile(r"[A-Za-z][A-Za-z0-9 _.#-]{1,40}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_+")
# Members of the dialects themselves: their names say nothing about the value.
_WIRE = frozenset(
    """content text input output role type name model arguments description title system instructions prompt messages
    stop user id index object refusal thinking data""".split()  # noqa: SIM905 - a list of quoted words is harder to read
)
_NAMELESS = frozenset(("value", "val", "raw", "number", "text", "#text"))
_SPOKEN = frozenset(("content", "text", "input", "output", "arguments"))


def shown(pointer: str) -> str:
    """The pointer, cut before the first component that could be a client's own text: object keys are content too."""
    safe = ""
    for part in pointer.split("/")[1:]:
        if not _PLAIN.fullmatch(part):
            return safe + "/..."
        safe += "/" + part
    return safe or "/"


def context(pointer: str) -> str:
    """The name of the member that holds a value, as words (`dateOfBirth`: `date Of Birth`), or "" if it says nothing.

    An array's elements have the array's name, and so has a member that is only called a value: {"ssn": {"value": ...}}.
    """
    parts = [part for part in pointer.split("/")[1:] if not part.isdigit()]
    while len(parts) > 1 and parts[-1].lower() in _NAMELESS:
        parts.pop()
    name = parts[-1].replace("~1", "/").replace("~0", "~") if parts else ""
    if name.lower() in _WIRE or not _CONTEXT.fullmatch(name):
        return ""
    return _CAMEL.sub(" ", name).strip()


def is_spoken(pointer: str) -> bool:
    """True for texts that a model reads one after the other: messages and their parts."""
    parts = [part for part in pointer.split("/")[1:] if not part.isdigit()]
    return bool(parts) and parts[-1] in _SPOKEN
