"""Ways in which the same text arrives spoilt: by people, by machines, or on purpose. Gold spans move along."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

from training.generate import noise
from training.generate.markup import Doc

Perturbation = Callable[[random.Random, Doc], Doc]

_ALIKE = dict(zip("aceopxyijsABCEHKMOPTXY", "асеорхуіјѕАВСЕНКМОРТХУ", strict=True))


def _by_letter(change: Callable[[random.Random, str], str]) -> Perturbation:
    return lambda rng, doc: noise.rewritten(doc, [change(rng, letter) for letter in doc.text])


def _wide(_rng: random.Random, letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter


def _zero_width(rng: random.Random, letter: str) -> str:
    return letter + "\u200b" if rng.random() < 0.1 else letter


def _look_alike(rng: random.Random, letter: str) -> str:
    return _ALIKE[letter] if letter in _ALIKE and rng.random() < 0.3 else letter


def _mathematical(_rng: random.Random, letter: str) -> str:
    if "a" <= letter <= "z":
        return chr(0x1D41A + ord(letter) - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D400 + ord(letter) - ord("A"))
    return letter


def _entities(_rng: random.Random, letter: str) -> str:
    return f"&#{ord(letter)};" if (not letter.isalnum() and letter not in " \n") or ord(letter) > 127 else letter


def _json(_rng: random.Random, letter: str) -> str:
    return {"\n": "\\n", '"': '\\"', "\t": "\\t", "\\": "\\\\"}.get(letter) or (
        f"\\u{ord(letter):04x}" if 127 < ord(letter) < 65536 else letter
    )


def _ocr_light(rng: random.Random, doc: Doc) -> Doc:
    """One letter in a hundred read wrongly, as a good scanner does."""
    pieces = [noise.misread(letter) if rng.random() < 0.01 else letter for letter in doc.text]
    return noise.rewritten(doc, pieces)


# By name: the transformation, and by how much recall may drop.
PERTURBATIONS: dict[str, tuple[Perturbation, float]] = {
    "lower case": (noise.lower, 0.02),
    "upper case": (noise.upper, 0.02),
    "title case": (noise.title, 0.02),
    "names in lower case": (noise.lower_names, 0.02),
    "typing errors": (noise.typos, 0.02),
    "spacing": (noise.spacing, 0.02),
    "typographic marks": (noise.quotes, 0.02),
    "letters and accents apart": (_by_letter(lambda _rng, letter: unicodedata.normalize("NFD", letter)), 0.02),
    "full width": (_by_letter(_wide), 0.02),
    "zero width": (_by_letter(_zero_width), 0.02),
    "look-alikes": (_by_letter(_look_alike), 0.02),
    "mathematical letters": (_by_letter(_mathematical), 0.02),
    "percent encoding": (_by_letter(lambda _rng, letter: quote(letter, safe="")), 0.02),
    "HTML entities": (_by_letter(_entities), 0.02),
    "JSON escapes": (_by_letter(_json), 0.02),
    "OCR": (_ocr_light, 0.05),
}
