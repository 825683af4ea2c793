"""Issues the surrogates of one request: none stands in its text already, and the forms of one name stay together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ringfence.masking.book import Book
from ringfence.masking.people import PEOPLE, Person, kin, people
from ringfence.masking.surrogates import bodies_in, body_of, fold
from ringfence.vocabulary.text import Segment


class Issue:
    """`issue(entity, value)` gives the surrogate of a value. `names`: every (entity, name) of people in the request."""

    def __init__(self, book: Book, segments: Sequence[Segment], names: Iterable[tuple[str, str]]) -> None:
        self._book = book
        self._segments = segments
        self._bodies: frozenset[str] | None = None
        self._entity = _entities(names)
        persons = [person for person in people(self._entity) if len(person.forms) > 1]
        self._person = {form: person for person in persons for form in person.forms}

    def __call__(self, entity: str, value: str) -> str:
        if entity in PEOPLE and value in self._entity:
            entity = self._entity[value]
            if value in self._person:
                self._together(self._person[value])
        return self._book.surrogate(entity, value, self._occurs)

    def _together(self, person: Person) -> None:
        """Issues all forms of a person's name, the fullest first, with the body of one that the scope knows."""
        known = (self._book.known(self._entity[form], form) for form in person.forms)
        relative = next((surrogate for surrogate in known if surrogate is not None), None)
        for form in person.forms:
            entity = self._entity[form]
            near = kin(person, form, entity, relative) if relative else ()
            issued = self._book.surrogate(entity, form, self._occurs, (s for s in near if not self._stands(s)))
            relative = relative or issued
            del self._person[form]  # all are issued at the first of them

    def _occurs(self, surrogate: str) -> bool:
        """Whether its body stands in the request: a reply never restores the client's own text."""
        if self._bodies is None:  # worked out once, and only for a request that needs a fresh surrogate
            self._bodies = frozenset().union(*(bodies_in(segment.text) for segment in self._segments))
        return body_of(surrogate) in self._bodies

    def _stands(self, surrogate: str) -> bool:
        """Whether it stands in the request itself, as one that this scope issued before may."""
        return self._occurs(surrogate) and any(surrogate in fold(segment.text) for segment in self._segments)


def _entities(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name -> the one entity that it counts as in this request: the one found most often. A name that is a clinician's
    in one sentence and a person's in the next must not become two."""
    counts: dict[str, Counter[str]] = {}
    for entity, name in names:
        counts.setdefault(name, Counter())[entity] += 1
    return {name: min(some, key=lambda entity: (-some[entity], entity)) for name, some in counts.items()}
