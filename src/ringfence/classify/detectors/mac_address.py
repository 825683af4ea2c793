"""Network hardware addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import SHAPED, Detector, Hit, marked
from ringfence.classify.matching import begins, compiled, ends, find, names_a_file

_SHAPE = r"(?i:[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})"
_FIND = compiled(_SHAPE)
_NOBODY = frozenset(("0" * 12, "f" * 12))


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND, text):
        value = "".join(char for char in text[start:end] if char.isalnum()).lower()
        standing = begins(text, start, ":-.") and (ends(text, end, ":-.") or names_a_file(text, end))
        if standing and value not in _NOBODY:
            yield Hit(start, end, "MAC_ADDRESS", SHAPED)


DETECTOR = Detector(
    name="mac_address",
    version=1,
    entities=("MAC_ADDRESS",),
    says="Six octets in hexadecimal with colons, dashes or Cisco's dots; not the null and broadcast addresses.",
    source="https://standards.ieee.org/products-programs/regauth/mac/",
    prefilters=(_SHAPE,),
    extract=extract,
    examples=(
        marked("eth0 «00:1B:44:11:3a:b7» up", "MAC_ADDRESS"),
        marked("saved as «00:1B:44:11:3a:b7».txt", "MAC_ADDRESS"),
        marked("«00-1B-44-11-3A-B7» and «001b.4411.3ab7»", "MAC_ADDRESS", "MAC_ADDRESS"),
    ),
    counterexamples=("ff:ff:ff:ff:ff:ff", "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "10:20:30"),
)
