"""The ways to read one text, each with an exact map back to the code points of the original.

The first view is the text itself. Where it holds characters that fold (NFKC, look-alikes, invisible ones, other digits)
a folded view follows; where it holds characters written as something else, a view with these replaced by what they say,
and where it then holds base64 or hexadecimal, one with that replaced; each with its folded view. That three times over,
so that three layers of encoding are read. Characters and runs are decoded one after the other, since a run that only
looks like base64 must stay readable beside a label that needs decoding. Plain ASCII without marks of an encoding gives
one view. At most fourteen views are made; each but the first need only be searched where it differs (`View.fresh`).
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from ringfence.classify.blobs import decoded_blobs, may_hold_blobs
from ringfence.classify.decoding import decoded_pieces, may_be_encoded
from ringfence.classify.folding import folded

_LAYERS = 3
_QUIET = frozenset(" '\"")
_LINES = str.maketrans("\t\n\r", "   ")
_HANDFUL = 16
_FEW = 64
"""Changed places that are searched one by one; a view with more of them is searched whole."""


class View:
    """A text made from another by replacing pieces. Immutable after construction.

    `fresh` are the stretches [start, end) of this text that its parent does not have, in order; None means all of it.
    """

    def __init__(
        self,
        text: str,
        parent: View | None = None,
        pieces: tuple[tuple[int, int, int, bool], ...] = (),
        fresh: tuple[tuple[int, int], ...] | None = None,
    ) -> None:
        """`pieces` are (start in this text, start in the parent, end in the parent, copied as it is), in order.

        Without pieces the code points correspond one to one.
        """
        self.text = text
        self.fresh = fresh if fresh is not None and len(fresh) <= _FEW else None
        self._parent = parent
        self._pieces = pieces
        self._starts = [piece[0] for piece in pieces]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span that [start, end), which is not empty, was read from. Replaced pieces count whole."""
        if self._pieces:
            here, first, _, copied = self._pieces[bisect_right(self._starts, start) - 1]
            there, begin, stop, same = self._pieces[bisect_right(self._starts, end - 1) - 1]
            start, end = first + (start - here if copied else 0), begin + end - there if same else stop
        return self._parent.original(start, end) if self._parent else (start, end)


def _replaced(parent: View, replacements: Iterable[tuple[int, int, str]]) -> View | None:
    """The parent's text with each [start, end) replaced, or None where there is nothing to replace."""
    parts: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    fresh: list[tuple[int, int]] = []
    done = size = 0
    for start, end, new in replacements:
        if start > done:
            pieces.append((size, done, start, True))
            parts.append(parent.text[done:start])
            size += start - done
        if new:
            pieces.append((size, start, end, False))
            parts.append(new)
        fresh.append((size, size + len(new)))
        size += len(new)
        done = end
    if not done:
        return None
    if done < len(parent.text):
        pieces.append((size, done, len(parent.text), True))
        parts.append(parent.text[done:])
    return View("".join(parts), parent, tuple(pieces), tuple(fresh))


def _folded(view: View) -> tuple[View, bool] | None:
    """The folded view, and whether only spaces and quotes differ; None where nothing folds."""
    text = view.text
    changes = {char: new for char in set(text) if not " " <= char <= "~" and (new := folded(char)) != char}
    if not changes:
        return None
    if all(len(new) == 1 for new in changes.values()):
        quiet = all(new in _QUIET for new in changes.values())
        fresh = None if quiet else _changed(text, changes)
        if len(changes) <= _HANDFUL:  # several times as fast as str.translate
            for char, new in changes.items():
                text = text.replace(char, new)
        else:
            text = text.translate({ord(char): new for char, new in changes.items()})
        return View(text, view, fresh=fresh), quiet
    places = sorted(place for char in changes for place in _places(text, char))
    replaced = _replaced(view, ((place, place + 1, changes[text[place]]) for place in places))
    assert replaced is not None  # a character of the text changes
    return replaced, False


def _changed(text: str, changes: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where these characters stand; no more of them than make a view be searched whole."""
    found = itertools.chain.from_iterable(_places(text, char) for char in changes)
    return tuple((place, place + 1) for place in sorted(itertools.islice(found, _FEW + 1)))


def _places(text: str, char: str) -> Iterator[int]:
    at = text.find(char)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


def _without_surrogates(text: str) -> str:
    """Lone surrogates cannot be encoded for the search; U+FFFD takes their places one for one."""
    try:
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def views(text: str, late: Callable[[], bool] = lambda: False) -> tuple[View, ...]:
    """Every view of `text`, the plain one first. Decoding stops where time runs out; the caller asks `late` itself."""
    plain = _without_surrogates(text)
    marks, blobs = may_be_encoded(plain), may_hold_blobs(plain)
    if text.isascii() and not (marks or blobs):
        return (View(text),)
    found = [View(plain)]
    _fold(found)
    for _ in range(_LAYERS):
        size = len(found)
        for marked, pieces in ((marks, decoded_pieces), (blobs, decoded_blobs)):
            view = found[-1]
            if not (marked or view is not found[0]):
                continue
            decoded = _replaced(view, itertools.takewhile(lambda _: not late(), pieces(view.text)))
            if decoded is not None:
                found.append(decoded)
                _fold(found)
        if len(found) == size:
            break
    return tuple(found)


def _fold(found: list[View]) -> None:
    """Add the folded view of the last one, if it folds."""
    text = found[-1].text
    plain = None if text.isascii() and text.translate(_LINES).isprintable() else _folded(found[-1])
    if plain is not None:
        view, quiet = plain
        # Only quotes and spaces differ: no edge of an identifier moves, so the folded text serves alone.
        if quiet:
            view.fresh = found.pop().fresh
        found.append(view)
