"""Private keys in PEM and PuTTY form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringfence.classify.detector import SHAPED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

_DASHES = "-" * 5
_BEGIN = rf"{_DASHES}BEGIN (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?{_DASHES}"
_FIND_BEGIN = compiled(_BEGIN)
_FIND_END = compiled(rf"{_DASHES}END (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?{_DASHES}")
_BODY = compiled(r"^[A-Za-z0-9+/=\s\\]*")
_PUTTY = compiled(r"PuTTY-User-Key-File-\d:")
_PUTTY_END = compiled(r"Private-MAC: ?[0-9a-f]+")
_LONGEST = 16384
"""Characters in which a block must end; an RSA key of 16,384 bits takes 12,700."""


def _end(text: str, head: int, closing: Any) -> int:
    """Where the block whose first line ends at `head` ends; one that is cut off, with the last character that fits."""
    window = text[head : head + _LONGEST].partition(f"{_DASHES}BEGIN ")[0]
    closed = next(find(closing, window), None)
    return head + (closed or next(find(_BODY, window)))[1]


def extract(text: str) -> Iterator[Hit]:
    for opening, closing in ((_FIND_BEGIN, _FIND_END), (_PUTTY, _PUTTY_END)):
        for start, head in find(opening, text):
            end = _end(text, head, closing)
            yield Hit(start, start + len(text[start:end].rstrip()), "PRIVATE_KEY", SHAPED)


DETECTOR = Detector(
    name="private_key",
    version=1,
    entities=("PRIVATE_KEY",),
    says="PEM blocks of private keys, whole or cut off, and PuTTY key files.",
    source="https://www.rfc-editor.org/rfc/rfc7468",
    prefilters=(_BEGIN, "PuTTY-User-Key-File-"),
    extract=extract,
    examples=(
        marked(
            f"key:\n«{_DASHES}BEGIN RSA PRIVATE KEY{_DASHES}\nMIIBOgIB\n{_DASHES}END RSA PRIVATE KEY{_DASHES}»\nend",
            "PRIVATE_KEY",
        ),
        marked(f"«{_DASHES}BEGIN PRIVATE KEY{_DASHES}\\nMC4CAQAw»", "PRIVATE_KEY"),
        marked(
            f"«{_DASHES}BEGIN EC PRIVATE KEY{_DASHES}\nMHcCAQEE» ... and {_DASHES}BEGIN CERTIFICATE{_DASHES}\n"
            f"«{_DASHES}BEGIN PRIVATE KEY{_DASHES}\nMC4CAQAw\n{_DASHES}END PRIVATE KEY{_DASHES}»",
            "PRIVATE_KEY",
            "PRIVATE_KEY",
        ),
    ),
    counterexamples=(
        f"{_DASHES}BEGIN PUBLIC KEY{_DASHES}\nMIIB",
        f"{_DASHES}BEGIN CERTIFICATE{_DASHES}",
        "a private key",
    ),
)
