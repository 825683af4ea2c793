"""An act's canonical bytes, the digest that is approved, and the act in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from ringfence.vocabulary.approval import Act
from ringfence.vocabulary.errors import ConfigurationError

# Integers that every JSON tool reads alike: https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2.3
_EXACT = 2**53 - 1

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(act: Act) -> bytes:
    """RFC 8785 JSON of the act, so that anybody's tools compute the same digest.

    Raises ConfigurationError for what two tools could write in two ways: fractions, very large numbers, names of
    members beyond ASCII, and what is no JSON at all.
    """
    try:
        plain = msgspec.to_builtins(act)
        _check(plain)
        return _encoder.encode(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"this {act.kind!r} can't be approved: {error}",
            remedy="Write it with texts, whole numbers, true and false only.",
        ) from None


def digest(act: Act) -> str:
    """SHA-256 of the canonical bytes, in lower-case hex."""
    return hashlib.sha256(canonical(act)).hexdigest()


def _check(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("it holds a fraction")
    if isinstance(value, int) and abs(value) > _EXACT:
        raise ValueError("it holds a number beyond 2^53")
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise ValueError("a member's name is not ASCII text")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)


def words(act: Act) -> list[str]:
    """The act for a person who is about to sign it: one line a member, nothing left out.

    What would not show as written (line breaks, marks that turn the direction of text) is spelt out.
    """
    return [f"act: {_shown(act.kind)}", *_lines("", msgspec.to_builtins(act.body))]


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _lines(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list | tuple) and any(isinstance(inner, dict | list | tuple) for inner in value):
        for place, inner in enumerate(value, 1):
            yield from _lines(f"{path}[{place}]", inner)
    elif isinstance(value, list | tuple):
        yield f"{_shown(path)}: {', '.join(_scalar(inner) for inner in value) or 'none'}"
    else:
        yield f"{_shown(path)}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    if value is None or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _shown(str(value)) or "(empty)"


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
