"""Taggers of a known behaviour, in place of the trained one: two capitalised words in a row are a person."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Sequence

from ringfence.classify import Classifier, Hit, Tagger
from ringfence.classify.memory import Memory

_NAME = re.compile(r"\b(?!Dear|Please|Patient|Mail|Ring|The|My)[A-ZÅÄÖÉ][a-zåäöé]+ [A-ZÅÄÖÉ][a-zåäöé]+\b")


class FakeTagger:
    """`before` is called with the texts of each call, and may wait or raise. `calls` are the texts of each call."""

    name = "fake/1"
    entities = frozenset({"PERSON"})

    def __init__(self, before: Callable[[Sequence[str]], None] = lambda _texts: None) -> None:
        self.before = before
        self.calls: list[list[str]] = []

    def find(self, text: str) -> list[Hit]:
        return [Hit(*match.span(), "PERSON", 0.9) for match in _NAME.finditer(text)]

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        self.calls.append(list(texts))
        self.before(texts)
        return [self.find(text) for text in texts]


def forgetful(classifier: Classifier, *taggers: Tagger) -> Classifier:
    """The same classifier with these taggers and no memory of names; its patterns take a while to be compiled."""
    fresh = copy.copy(classifier)
    fresh._taggers, fresh._name_memory = taggers, Memory(bytes(32), 10_000)
    return fresh


class Gate:
    """Holds a tagger's calls until it is opened; `reached` is set when one waits."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, _texts: Sequence[str]) -> None:
        self.reached.set()
        self.open.wait(60)


def breaks(_texts: Sequence[str]) -> None:
    """A tagger that fails; its error quotes what it read, as errors do."""
    raise RuntimeError(f"can't read {_texts}")
