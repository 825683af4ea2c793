"""The ways to read one text, each with an exact map back to the code points of the original.

The first view is the text itself. Where it holds characters that fold (NFKC, look-alikes, invisible ones, other digits)
a folded view follows; where it holds encoded pieces, a view with each piece replaced by what it says, and its folded
view; and that once more, so that two layers of encoding are read. Plain ASCII without marks of an encoding gives one
view. At most six views are made, and none is more than four times as long as the text it is made of.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from ringfence.classify.decoding import decoded_pieces, may_be_encoded
from ringfence.classify.folding import folded

_LAYERS = 2
_QUIET = frozenset(" '\"")


class View:
    """A text made from another by replacing pieces. Immutable after construction."""

    def __init__(
        self, text: str, parent: View | None = None, pieces: tuple[tuple[int, int, int, bool], ...] = ()
    ) -> None:
        """`pieces` are (start in this text, start in the parent, end in the parent, copied as it is), in order.

        Without pieces the code points correspond one to one.
        """
        self.text = text
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
    done = size = 0
    for start, end, new in replacements:
        if start > done:
            pieces.append((size, done, start, True))
            parts.append(parent.text[done:start])
            size += start - done
        if new:
            pieces.append((size, start, end, False))
            parts.append(new)
            size += len(new)
        done = end
    if not done:
        return None
    if done < len(parent.text):
        pieces.append((size, done, len(parent.text), True))
        parts.append(parent.text[done:])
    return View("".join(parts), parent, tuple(pieces))


def _folded(view: View) -> tuple[View, bool] | None:
    """The folded view, and whether only spaces and quotes differ; None where nothing folds."""
    text = view.text
    changes = {char: new for char in set(text) if not " " <= char <= "~" and (new := folded(char)) != char}
    if not changes:
        return None
    if all(len(new) == 1 for new in changes.values()):
        quiet = all(new in _QUIET for new in changes.values())
        return View(text.translate({ord(char): new for char, new in changes.items()}), view), quiet
    places = sorted(place for char in changes for place in _places(text, char))
    replaced = _replaced(view, ((place, place + 1, changes[text[place]]) for place in places))
    assert replaced is not None  # a character of the text changes
    return replaced, False


def _places(text: str, char: str) -> Iterator[int]:
    at = text.find(char)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


def _without_surrogates(text: str) -> str:
    """Lone surrogates cannot be encoded for the search; U+FFFD takes their places one for one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def views(text: str, late: Callable[[], bool] = lambda: False) -> tuple[View, ...]:
    """Every view of `text`, the plain one first. Decoding stops where time runs out; the caller asks `late` itself."""
    if text.isascii() and not may_be_encoded(text):
        return (View(text),)
    view = View(text if text.isascii() else _without_surrogates(text))
    found = [view]
    for layer in range(_LAYERS + 1):
        if (plain := _folded(view)) is not None:
            view, quiet = plain
            # Only quotes and spaces differ: no edge of an identifier moves, so the folded text serves alone.
            if quiet:
                found.pop()
            found.append(view)
        if layer == _LAYERS or not may_be_encoded(view.text):
            break
        decoded = _replaced(view, itertools.takewhile(lambda _: not late(), decoded_pieces(view.text)))
        if decoded is None:
            break
        found.append(decoded)
        view = decoded
    return tuple(found)
