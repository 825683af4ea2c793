"""Surrogates -> originals in what a model answers: at once, or across the chunks of a stream."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping

from ringfence.masking.surrogates import AFTER_HEAD, body_of, fold


def restore(text: str, originals: Mapping[str, str], *, json_string: bool = False) -> str:
    """`text` with every surrogate of `originals` turned back, in one pass from left to right.

    Restored text is not read again. A surrogate is recognised in any ASCII case, with the hyphens U+2010 and U+2011
    too, and wherever it stands (inside a word, between asterisks); nothing else is changed.

    `json_string=True` where `text` is JSON (tool-call arguments, structured output): originals are escaped for the
    inside of a JSON string, and a URL surrogate is also recognised with its slashes written as `\\/`.
    """
    restorer = Restorer(originals, json_string=json_string)
    return restorer.feed(text) + restorer.flush()


class Originals(dict[str, str]):
    """Surrogate -> original, with what the restorers of one reply share: it has as many as it has texts.

    INVARIANT: never changed after its first restorer. Keys are surrogates as `surrogates.draw` writes them.
    """

    _tables: dict[bool, _Table]

    def table(self, json_string: bool) -> _Table:
        """Worked out on first use: linear in the number of surrogates."""
        if not hasattr(self, "_tables"):
            self._tables = {}
        if json_string not in self._tables:
            self._tables[json_string] = _Table(self, json_string)
        return self._tables[json_string]

    def __repr__(self) -> str:
        return f"Originals({len(self)})"  # a traceback never shows content


class Restorer:
    """`restore` for a stream: `feed` gives what is certain so far, `flush` the rest.

    INVARIANT: whatever the chunks, the pieces joined equal `restore` of the whole. What is held back is the longest
    end of the text so far that could still become a surrogate of `originals`, and not a character more.
    """

    __slots__ = ("_held", "_table")

    def __init__(self, originals: Mapping[str, str], *, json_string: bool = False) -> None:
        self._table: _Table | None = None
        if originals:
            shared = originals if isinstance(originals, Originals) else Originals(originals)
            self._table = shared.table(json_string)
        self._held = ""

    def feed(self, text: str) -> str:
        """The restored text that is certain after this chunk; may be empty."""
        if self._table is None:
            return text
        text = self._held + text
        restored, done = self._table.restored(text)
        keep = self._table.partial(text, done)
        self._held = text[keep:]
        return restored + text[done:keep]

    def flush(self) -> str:
        """What was held back and never became a surrogate, unchanged. Call it once, where the text ends."""
        held, self._held = self._held, ""
        return held


class _Table:
    """The surrogates to look for, by body and in sorted order."""

    def __init__(self, originals: Mapping[str, str], json_string: bool) -> None:
        self._json_string = json_string
        self._by_body: dict[str, list[tuple[str, str]]] = {}
        for surrogate, original in originals.items():  # the forms of one name share a body
            self._by_body.setdefault(body_of(surrogate), []).append((surrogate, original))
        self._spellings = sorted(spelling.upper() for s in originals for spelling in self._spelt(s))
        self._first = frozenset(spelling[0] for spelling in self._spellings)
        self._longest = max(map(len, self._spellings))

    def _spelt(self, surrogate: str) -> tuple[str, ...]:
        # RFC 8259 section 7 allows `\/` for `/`, and some writers use it throughout.
        if self._json_string and "/" in surrogate:
            return surrogate, surrogate.replace("/", "\\/")
        return (surrogate,)

    def restored(self, text: str) -> tuple[str, int]:
        """The restored text up to the end of the last surrogate, and where that end is in `text`."""
        pieces: list[str] = []
        done = 0
        for match in AFTER_HEAD.finditer(text):
            place = self._at(text, match.start(), match[1].upper(), done)
            if place is not None:
                start, end, original = place
                pieces += (text[done:start], _escaped(original) if self._json_string else original)
                done = end
        return "".join(pieces), done

    def _at(self, text: str, hyphen: int, body: str, done: int) -> tuple[int, int, str] | None:
        """The surrogate whose hyphen stands at `hyphen`, if it begins at `done` or later: start, end, original. No head
        ends with another, so at most one fits."""
        for surrogate, original in self._by_body.get(body, ()):
            for spelling in self._spelt(surrogate):
                start = hyphen - spelling.index("-")
                end = start + len(spelling)
                if start >= done and fold(text[start:end]) == spelling.upper():
                    return start, end, original
        return None

    def partial(self, text: str, done: int) -> int:
        """Where the longest end of `text` begins, at `done` or later, that is a proper prefix of a surrogate."""
        first = max(done, len(text) - self._longest + 1)
        tail = fold(text[first:])
        for offset, character in enumerate(tail):
            if character in self._first:
                candidate = tail[offset:]
                place = bisect_left(self._spellings, candidate)
                if place < len(self._spellings) and self._spellings[place].startswith(candidate):
                    return first + offset
        return len(text)


def _escaped(original: str) -> str:
    return json.dumps(original, ensure_ascii=False)[1:-1]
