"""Globs with one wildcard, `*`: model names and service ids."""

from __future__ import annotations

from collections.abc import Iterable


def matches(pattern: str, name: str) -> bool:
    """True where `name` fits `pattern`; `*` stands for any run of characters, also none. Case matters."""
    parts = pattern.split("*")
    if len(parts) == 1:
        return pattern == name
    if not name.startswith(parts[0]) or len(name) < sum(map(len, parts)) or not name.endswith(parts[-1]):
        return False
    # Left to right, each piece at its first place: linear, so that a client's model name can't make it slow.
    at, end = len(parts[0]), len(name) - len(parts[-1])
    for part in parts[1:-1]:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """True where one of the patterns fits."""
    return any(matches(pattern, name) for pattern in patterns)


def specificity(patterns: Iterable[str], name: str) -> tuple[int, int]:
    """How closely the best fitting pattern describes `name`: an exact one first, then by its literal characters.

    (-1, 0) where none fits.
    """
    return max(
        ((int("*" not in p), len(p) - p.count("*")) for p in patterns if matches(p, name)),
        default=(-1, 0),
    )
