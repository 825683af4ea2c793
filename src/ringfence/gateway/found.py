"""At which members of the interface something was found that identifies somebody: for terms that ask for clean ones."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.text import Finding


def found_at(uses: Iterable[Use], findings: Iterable[Finding]) -> frozenset[str]:
    """The normalised paths, as in `Use.path`, at or below which a finding stands that raises a label by itself.

    A path of the client's own making (a key within a schema) is cut back to the member that holds it.
    """
    pointers = {finding.segment for finding in findings if ENTITIES[finding.entity].raises is not None}
    if not pointers:
        return frozenset()
    paths = {use.path for use in uses}
    return frozenset(path for pointer in pointers if (path := _member(pointer, paths)))


def _member(pointer: str, paths: set[str]) -> str:
    """The longest listed path that a pointer stands at or below, or ""."""
    path, longest = "", ""
    for part in pointer.split("/")[1:]:
        path += "/*" if part.isdigit() else f"/{part}"
        if path in paths:
            longest = path
    return longest
