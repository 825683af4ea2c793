"""Numbers read out digit by digit: `five five five, oh one two three`, in English and Spanish."""

from __future__ import annotations

import itertools
import re

_ENGLISH = "zero one two three four five six seven eight nine"
_SPANISH = "cero uno dos tres cuatro cinco seis siete ocho nueve"
_WORDS = {word: str(digit) for language in (_ENGLISH, _SPANISH) for digit, word in enumerate(language.split())}
_WORDS |= {"oh": "0", "o": "0"}
_TIMES = {"double": 2, "triple": 3, "doble": 2}
_WORD = rf"(?:(?:{'|'.join(_TIMES)}) )?(?:{'|'.join(_WORDS)})"
_LEAST = 4
"""Words in a row: with a label four digits are an identifier, and without one four digits are nothing."""
_BETWEEN = r"(?:[\s,.;-]{1,3}|, ?(?:then|and|y) | dash | hyphen | gui[oó]n )"
SPELLED = rf"(?i:\b{_WORD}(?:{_BETWEEN}{_WORD}){{{_LEAST - 1},}}\b)"
"""An RE2 pattern for such a run."""

_EACH = re.compile(rf"(?i)\b(?:({'|'.join(_TIMES)}) )?({'|'.join(_WORDS)})\b")
_LONGEST = 24


def number(run: str) -> str | None:
    """The digits, ten of them set apart as in a telephone number and nine English ones as in a social security number.

    None where somebody counts (`one two three four`), and where the run is longer than any identifier.
    """
    said = "".join(_WORDS[digit.lower()] * _TIMES.get((times or "").lower(), 1) for times, digit in _EACH.findall(run))
    steps = {int(after) - int(before) for before, after in itertools.pairwise(said)}
    if len(steps) == 1 or steps <= {1, -9} or len(said) > _LONGEST:
        return None
    if len(said) == 10:
        return f"{said[:3]}-{said[3:6]}-{said[6:]}"
    english = not any(word in run.lower() for word in _SPANISH.split())
    return f"{said[:3]}-{said[3:5]}-{said[5:]}" if len(said) == 9 and english else said
