"""Plain sentences about findings: what, where, which label. Never what was found."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.classify.pointers import shown
from ringfence.vocabulary.entities import ENTITIES


def finding_reasons(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """One sentence for each entity that raises a label, from (entity, segment's pointer), with its first place."""
    places: dict[str, dict[str, None]] = {}
    for entity, pointer in found:
        if ENTITIES[entity].raises is not None:
            places.setdefault(entity, {})[shown(pointer)] = None
    return tuple(_sentence(entity, list(where)) for entity, where in sorted(places.items()))


def _sentence(entity: str, where: list[str]) -> str:
    more = f" and at {len(where) - 1} more" if len(where) > 1 else ""
    return f"{entity} found at {where[0]}{more} ({ENTITIES[entity].raises})"
