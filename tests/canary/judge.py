"""Is an identifier in these bytes, however it is written? Written for the tests: it shares no code with classify.

Everything is read down to its bare form: letters and digits only, case folded, look-alikes and other digits folded,
invisible characters gone, encodings undone twice. A value that is split over texts is found in their joined form.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

_LATIN = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


class Number(str):
    """A JSON number as it was written."""


def bare(text: str) -> str:
    """What is left of a text when everything that can be varied is taken away."""
    kept = []
    for each in unicodedata.normalize("NFKC", "".join(map(_visible, text))).translate(_LATIN):
        if each.isdecimal():
            kept.append(str(unicodedata.decimal(each)))
        elif each.isalnum():
            kept.append(each.casefold())
    return "".join(kept)


def _visible(each: str) -> str:
    code = ord(each)
    return chr(code - 0xE0000) if 0xE0020 <= code <= 0xE007E else each


def holds(body: bytes, *needles: str) -> bool:
    """Whether any of the needles, each as a person would read it, stands in the JSON body."""
    wanted = {bare(needle) for needle in needles}
    tree = json.loads(body, parse_int=Number, parse_float=Number)
    texts = list(_leaves(tree))
    spoken = list(_spoken(tree))
    haystacks = [*texts, "".join(texts), "".join(spoken)]
    return any(needle in found for haystack in haystacks for found in _readings(haystack) for needle in wanted)


def _leaves(tree: Any) -> Iterator[str]:
    """Every key, string and number, in order; numbers also with their exponent written out."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _leaves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(value)
    elif isinstance(tree, Number):
        yield str(tree)
        plain = format(Decimal(tree), "f")
        yield plain.rstrip("0").rstrip(".") if "." in plain else plain
    elif isinstance(tree, str):
        yield tree


def _spoken(tree: Any) -> Iterator[str]:
    """The texts that a model reads one after the other, in any interface."""
    turns = tree.get("messages") or tree.get("input")
    for turn in turns if isinstance(turns, list) else ():
        content = turn.get("content") if isinstance(turn, dict) else turn
        if isinstance(content, str):
            yield content
        elif isinstance(content, list):
            yield from (
                part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
            )


def _readings(text: str) -> Iterator[str]:
    """The bare text, and the bare text of what its encodings say, layer by layer."""
    for _ in range(3):
        yield bare(text)
        plain = _unescaped(text)
        yield bare(plain)
        decoded = _RUN.sub(lambda match: _run(match[0]), plain)
        if decoded == text:
            return
        text = decoded


def _unescaped(text: str) -> str:
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), unquote(html.unescape(text)))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character


def _run(run: str) -> str:
    for decode in (_hexadecimal, _base64):
        said = decode(run)
        if said is not None:
            return said
    return run


def _hexadecimal(run: str) -> str | None:
    try:
        return _text(bytes.fromhex(run))
    except ValueError:
        return None


def _base64(run: str) -> str | None:
    body = run.replace("-", "+").replace("_", "/")
    try:
        return _text(base64.b64decode(body + "=" * (-len(body) % 4)))
    except binascii.Error:
        return None


def _text(raw: bytes) -> str | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
