"""Request bytes -> JSON tree, strictly: what two readers could understand differently is refused (RFC 8259, RFC 7493).

Numbers are exact: `int`, or `decimal.Decimal` for a fraction, an exponent or a negative zero.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from ringfence.dialects.pointers import shown
from ringfence.vocabulary.errors import MalformedRequest

MAX_DEPTH = 64
MAX_NUMBER_CHARACTERS = 1_000
# A double ends near 1e308 (RFC 7493 section 2.2 warns beyond it); a longer exponent only makes somebody's memory full.
MAX_EXPONENT = 1_000

_TOO_DEEP = f"The body nests deeper than {MAX_DEPTH} levels"

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class _Refused(ValueError):
    """Why the document is refused, in words without content."""


class _Repeated(ValueError):
    """Some object repeats a key."""


class _Duplicate:
    """Takes the place of an object that repeats a key, when the document is read once more to name that place."""


def decode(body: bytes) -> Any:
    """The JSON tree of `body`. Raises MalformedRequest, whose message names places and never content."""
    text = _text(body)
    try:
        tree = _parsed(text, _READER)
    except _Repeated:
        where = _place(_parsed(text, _MARKER))
        raise _malformed(f"The object at {where or 'the top level'} names a member twice", where) from None
    # Only opening brackets make depth, so that most bodies need no walk.
    if text.count("{") + text.count("[") > MAX_DEPTH and _too_deep(tree):
        raise _malformed(_TOO_DEEP)
    if _SURROGATE_ESCAPE.search(text) and _has_lone_surrogates(tree):
        raise _malformed("A string holds half of a surrogate pair (\\ud800 to \\udfff)")
    return tree


def encode(tree: Any) -> bytes:
    """JSON bytes of a tree, compact, without loss: a Decimal is written as a number with the same digits."""
    return _ENCODER.encode(tree)


# INVARIANT: in this file an error about the text is raised outside the handler that learned of it. Python's own errors
# hold the whole document (`UnicodeDecodeError.object`, `JSONDecodeError.doc`), and a handler would chain them to ours.


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        reason = f"The body is not UTF-8 at byte {error.start}"
    else:
        if not text.startswith("\ufeff"):
            return text
        reason = "The body begins with a byte order mark"
    raise _malformed(reason)


def _parsed(text: str, reader: json.JSONDecoder) -> Any:
    try:
        return reader.decode(text)
    except json.JSONDecodeError as error:
        reason = f"The body is not JSON at character {error.pos}"
    except _Refused as error:
        reason = str(error)
    except RecursionError:
        reason = _TOO_DEEP
    raise _malformed(reason)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Duplicate:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Duplicate()


def _integer(digits: str) -> int | Decimal:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise _Refused(f"A number has over {MAX_NUMBER_CHARACTERS} characters")
    return Decimal(digits) if digits == "-0" else int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise _Refused(f"A number has over {MAX_NUMBER_CHARACTERS} characters")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise _Refused("A number's exponent is out of range") from None
    if abs(number.adjusted()) > MAX_EXPONENT:
        raise _Refused("A number's exponent is out of range")
    return number


def _constant(_name: str) -> NoReturn:
    raise _Refused("NaN and Infinity are not JSON")


def _reader(members: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=members, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
    )


_READER = _reader(_members)
_MARKER = _reader(_marked)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def _too_deep(tree: Any) -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node if type(node) is list else ())
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _place(tree: Any) -> str:
    """The pointer of an outermost object that repeats a key."""
    pending = [(tree, "")]
    while pending:
        node, pointer = pending.pop()
        if type(node) is _Duplicate:
            return pointer
        if type(node) is dict:
            pending.extend((child, f"{pointer}/{shown(key)}") for key, child in node.items())
        elif type(node) is list:
            pending.extend((child, f"{pointer}/{index}") for index, child in enumerate(node))
    return ""


def _has_lone_surrogates(tree: Any) -> bool:
    try:
        encode(tree)
    except UnicodeEncodeError:
        return True
    return False


def _malformed(message: str, where: str = "") -> MalformedRequest:
    return MalformedRequest(
        message, remedy="Send one JSON document in UTF-8, as any JSON library writes it.", where=where
    )
