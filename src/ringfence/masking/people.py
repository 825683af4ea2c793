"""Which names in a request are forms of one person's name, and where parts of them stand alone.

`Robert Johnson`, `JOHNSON^ROBERT`, `R. Johnson` and `Johnson` are one person as long as nobody else in the request
fits: a model that is to answer about that person must see that. Where two people fit a form (`Johnson` beside `Robert
Johnson` and `Mary Johnson`), it stays a name of its own: a wrong link makes wrong answers, a missing one only vague
ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ringfence.masking.everyday import EVERYDAY
from ringfence.masking.surrogates import ALIASES, FIRST_NAME, FORMS, LAST_NAME, body_of

PEOPLE = frozenset({"PERSON", "PROVIDER_NAME"})
"""Entities whose values are names of people."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019\u00b4-][^\W_]+)*")
_TITLE_WORDS = (
    "mr mrs ms miss mx dr prof sir madam herr frau sr sra srta don doña dona md do rn np pa phd dds fnp lpn crna"
    " cnm mph patient pt"
)
_TITLES = frozenset(_TITLE_WORDS.split())
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
_LONG = 2
"""Letters of a word that can stand for a person; an initial can only support one."""
_MOST_NAMES = 500
"""Names of one request that are linked: beyond them each is a name of its own, so that the work stays bounded."""
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sr|Sra|Srta|Don|Doña)\b\.?"
_TITLE_BEFORE = re.compile(rf"\b{_TITLE}\s+\Z")
_TITLES_FIRST = re.compile(rf"(?i)(?:{_TITLE}\s*)+")


def _plain(word: str) -> str:
    """Without case and accents: `JOSÉ` and `José` and `Jose` are one name to a reader."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


@lru_cache(maxsize=4_096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in plain form, titles left out, given name first (`Johnson, Robert` turned round)."""
    found = [(match.start(), _plain(match[0])) for match in _WORD.finditer(name)]
    kept = [(start, word) for start, word in found if word not in _TITLES] or found
    turn = re.search(r"[,^]", name)
    if turn and sum(start < turn.start() for start, _ in kept) and kept[-1][0] > turn.start():
        before = [word for start, word in kept if start < turn.start()]
        after = [word for start, word in kept if start > turn.start()]
        return (*after, *before) if not set(after) <= _SUFFIXES else (*before, *after)
    return tuple(word for _, word in kept)


def _fits(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether each word of `short` is one of `long`, an initial by its letter. The caller has seen that they share one
    word in full."""
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        exact = (each for each in left if each == word)
        initial = (each for each in left if each[0] == word[0] and min(len(each), len(word)) < _LONG)
        match = next(exact, None) or next(initial, None)
        if match is None:
            return False
        left.remove(match)
    return True


class Person:
    """One person of a request: the forms of the name, the fullest first."""

    __slots__ = ("forms", "full")

    def __init__(self, value: str) -> None:
        self.forms = [value]
        self.full = words(value)


def people(values: Iterable[str]) -> list[Person]:
    """Groups distinct names by person. Deterministic: by the number of words, capitals last, then as they came."""
    found: list[Person] = []
    by_word: dict[str, list[Person]] = {}
    ordered = sorted(dict.fromkeys(values), key=lambda value: (-len(words(value)), value.isupper()))
    for number, value in enumerate(ordered):
        parts = words(value)
        fitting: list[Person] = []
        if parts and number < _MOST_NAMES:
            near = {id(p): p for word in parts for p in by_word.get(word, ())}
            same = [p for p in near.values() if any(sorted(words(form)) == sorted(parts) for form in p.forms)]
            fitting = same[:1] or [p for p in near.values() if _fits(parts, p.full)]
        if len(fitting) == 1:
            fitting[0].forms.append(value)
            continue
        person = Person(value)
        found.append(person)
        for word in person.full:
            if len(word) >= _LONG:
                by_word.setdefault(word, []).append(person)
    return found


def kin(person: Person, value: str, entity: str, relative: str) -> tuple[str, ...]:
    """Surrogates for `value` that share the body of `relative`, a surrogate of another form, the best first."""
    body, parts = body_of(relative), words(value)
    own = [word for word in person.full if word not in _SUFFIXES]
    forms = [FORMS[entity], *ALIASES]
    if len(parts) == 1 and len(own) > 1:
        forms = [LAST_NAME, *ALIASES] if parts[0] == own[-1] else forms
        forms = [FIRST_NAME, *ALIASES] if parts[0] == own[0] else forms
    return tuple(form.write(body) for form in forms)


def parts_of(name: str) -> Iterator[str]:
    """The words of a full name that stand for the person alone, as written: `Robert`, `Johnson`."""
    found = [match[0] for match in _WORD.finditer(name)]
    own = [word for word in found if _plain(word) not in _TITLES | _SUFFIXES and len(word) >= _LONG]
    if len(own) > 1:
        yield from dict.fromkeys(own)


def after_titles(name: str) -> int:
    """Where the name proper begins: a title stays in the text, since it names nobody and helps the reader."""
    match = _TITLES_FIRST.match(name)
    return match.end() if match else 0


def may_stand_alone(word: str, before: str) -> bool:
    """Whether `word`, which follows `before`, is a name and no word of the language: `May` is one after `Mrs.` only."""
    plain = len(word) > _LONG and word.casefold() not in EVERYDAY
    return plain or _TITLE_BEFORE.search(before) is not None


def spellings(word: str) -> tuple[str, ...]:
    """How a part of a name is written where it stands alone: as in the name, capitalised, or in capitals."""
    return tuple(dict.fromkeys((word, word.capitalize(), word.upper()) if len(word) > _LONG else (word,)))
