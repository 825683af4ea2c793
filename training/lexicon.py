"""Word lists as features: names and places from the pools, common words from the permitted public texts."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from english_words import get_english_words_set

from ringfence.classify.tagger.features import Lexicon, short, word_hash
from training import public
from training.generate import pools
from training.generate.words import clinical

FIRST, LAST, PLACE, COMMON, FREQUENT_NAME, MEDICAL, DICTIONARY = 1, 2, 4, 8, 16, 32, 64
_WORD = re.compile(r"[^\W\d_]+")


def build(shared: Path) -> Lexicon:
    """Every listed word's hash and its lists. `shared`: the folder with the public sets."""
    lists: dict[int, int] = collections.defaultdict(int)
    for mark, texts in _listed(shared):
        for text in texts:
            for word in _WORD.findall(text):
                if len(word) > 1:
                    lists[word_hash(word)] |= mark
    hashes = short(np.array(list(lists), np.uint64))
    order = np.argsort(hashes, kind="stable")
    return Lexicon(hashes[order], np.array(list(lists.values()), np.uint8)[order])


def _listed(shared: Path) -> Iterator[tuple[int, Iterable[str]]]:
    for names in pools.us_first().values():
        yield FIRST, names
        yield FREQUENT_NAME, names[:600]
    yield LAST, pools.us_last()
    yield FREQUENT_NAME, pools.us_last()[:3000]
    for female, male, last in pools.world_names().values():
        yield FIRST, (*female, *male)
        yield LAST, last
    yield PLACE, [city for city, _ in pools.us_cities()[:4000]]
    yield PLACE, pools.world_cities()[:6000]
    yield COMMON, _common(shared)
    words = [word for word in get_english_words_set(["web2"]) if word.islower() and len(word) > 2]
    yield DICTIONARY, words
    yield DICTIONARY, [f"{word}s" for word in words]
    for name in dir(clinical):
        listed = getattr(clinical, name)
        if name.isupper() and isinstance(listed, tuple):
            yield MEDICAL, [entry for entry in listed if isinstance(entry, str)]


def _common(shared: Path) -> list[str]:
    """Words that stand at least four times in lower case in running text."""
    counts: collections.Counter[str] = collections.Counter()
    for _, text in public.carriers(shared):
        counts.update(word for word in _WORD.findall(text) if word.islower())
    for name, doc in public.documents(shared):
        if name in {"tab", "life", "sec", "btc"}:
            counts.update(word for word in _WORD.findall(doc.text) if word.islower())
    return [word for word, count in counts.items() if count >= 4]
