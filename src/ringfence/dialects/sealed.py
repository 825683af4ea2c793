"""State that a vendor encrypts for itself and a client only carries back: a model's reasoning, a compacted history.

It is not scanned, for ciphertext read as text gives false findings only. It is not listed as unread either, though
nobody here can read it: the vendor made it out of requests that each were judged when they went there, it alone holds
the key, and so it learns nothing from getting it back. Listing it would close every second turn of a conversation with
a reasoning model. That the member is there, and whether it is sealed, is a use of the interface that the terms
catalogue of each vendor judges: `sealed` is its value.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator

from ringfence.dialects.schema import Shape, Unseen

# RFC 4648 section 4 or 5, in one piece.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)

_MIN_CHARACTERS = 128
"""96 bytes: a shorter text can't be told from chance. The shortest sealed reasoning of OpenAI's has several hundred."""

_BLOCK = 256
"""Characters that are looked at together, of all there are: text that stands between ciphertext is found where it is
about half of a block. What is shorter passes, as what somebody encrypted would."""

# Friedman's index of coincidence: how often two places hold the same. In ciphertext 1 in 256 pairs of bytes do, and so
# 1 in 64 pairs of Base64's characters; 96 bytes pass a limit about once in 10^5, 200 hardly ever. Text passes one: in
# any script, as letters and digits that happen to be Base64, and encoded as UTF-16, hexadecimal or Base64 before.
_MAX_OF_BYTES = 0.01
_MAX_OF_CHARACTERS = 0.03


def is_sealed(text: str) -> bool:
    """Whether a string is Base64 of what looks like ciphertext. Anything else is text, and scanned."""
    if len(text) < _MIN_CHARACTERS or not _BASE64.fullmatch(text):
        return False
    encoded = text.rstrip("=").replace("-", "+").replace("_", "/")
    # Whole groups of four, which are three bytes each.
    encoded = encoded[: len(encoded) // 4 * 4]
    return all(
        _coincidence(block) < _MAX_OF_CHARACTERS and _coincidence(base64.b64decode(block)) < _MAX_OF_BYTES
        for block in _blocks(encoded)
    )


def _blocks(encoded: str) -> Iterator[str]:
    """All of it; the last block is as long as the others, and so begins within the one before."""
    last = max(0, len(encoded) - _BLOCK)
    for at in range(0, last, _BLOCK):
        yield encoded[at : at + _BLOCK]
    yield encoded[last:]


def _coincidence(text: str | bytes) -> float:
    counts = Counter(text).values()
    return sum(count * (count - 1) for count in counts) / (len(text) * (len(text) - 1))


def _seen(text: str) -> Unseen:
    return Unseen("", scanned=not is_sealed(text))


def _chosen(text: str) -> str:
    return "sealed" if is_sealed(text) else ""


SEALED = Shape(listed=_chosen, unseen=_seen)
"""A member that holds sealed state."""
