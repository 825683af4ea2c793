"""Ways to write an identifier so that a careless reader misses it and a model does not."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from urllib.parse import quote_from_bytes

Evasion = Callable[[str, random.Random], str]

_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")


def plain(text: str, _rng: random.Random) -> str:
    return text


def invisible(text: str, rng: random.Random) -> str:
    """A character without width between any two."""
    return "".join(character + rng.choice(["", "\u200b", "\u200d", "\u2060", "\u00ad"]) for character in text)


def fullwidth(text: str, _rng: random.Random) -> str:
    """The forms of East Asian typography, which NFKC folds (Unicode U+FF01 to U+FF5E)."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def other_digits(text: str, rng: random.Random) -> str:
    """Arabic-Indic, Devanagari or mathematical digits."""
    zero = rng.choice([0x0660, 0x0966, 0x1D7CE])
    return "".join(chr(zero + int(each)) if each in "0123456789" else each for each in text)


def look_alikes(text: str, _rng: random.Random) -> str:
    """Cyrillic letters for Latin ones."""
    return text.translate(_CYRILLIC)


def tags(text: str, _rng: random.Random) -> str:
    """The invisible copies of ASCII (Unicode U+E0020 to U+E007E)."""
    return "".join(chr(0xE0000 + ord(each)) for each in text)


def in_base64(text: str, rng: random.Random) -> str:
    encode = rng.choice([base64.b64encode, base64.urlsafe_b64encode])
    return encode(text.encode()).decode().rstrip(rng.choice(["", "="]))


def in_hexadecimal(text: str, _rng: random.Random) -> str:
    return text.encode().hex()


def in_percent(text: str, rng: random.Random) -> str:
    """Every byte, or only what a URL must escape."""
    if rng.random() < 0.5:
        return quote_from_bytes(text.encode(), safe="")
    return "".join(f"%{byte:02X}" for byte in text.encode())


def in_html(text: str, _rng: random.Random) -> str:
    return "".join(f"&#{ord(each)};" for each in text)


def in_escapes(text: str, _rng: random.Random) -> str:
    """As a string of JSON inside the string."""
    return "".join(f"\\u{ord(each):04x}" for each in text)


def twice(text: str, rng: random.Random) -> str:
    """Base64 of percent-encoded text."""
    return in_base64(in_percent(text, rng), rng)


EVASIONS: tuple[Evasion, ...] = (
    invisible, fullwidth, other_digits, look_alikes, tags, in_base64, in_hexadecimal, in_percent, in_html, in_escapes,
    twice,
)  # fmt: skip
