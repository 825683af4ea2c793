"""Private keys in PEM and PuTTY form."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import SHAPED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

_DASHES = "-" * 5
_BEGIN = rf"{_DASHES}BEGIN (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?{_DASHES}"
# A block that is cut off, or quoted with \n in it, is covered as far as its characters go.
_END = rf"{_DASHES}END (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)?{_DASHES}"
_BLOCK = compiled(rf"{_BEGIN}(?:[A-Za-z0-9+/=\s:,\\.\"-]*?{_END}|[A-Za-z0-9+/=\s\\]*)")
_PUTTY = compiled(r"PuTTY-User-Key-File-\d:[^\x00]*?Private-MAC: ?[0-9a-f]+")


def extract(text: str) -> Iterator[Hit]:
    for pattern in (_BLOCK, _PUTTY):
        for start, end in find(pattern, text):
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
    ),
    counterexamples=(
        f"{_DASHES}BEGIN PUBLIC KEY{_DASHES}\nMIIB",
        f"{_DASHES}BEGIN CERTIFICATE{_DASHES}",
        "a private key",
    ),
)
