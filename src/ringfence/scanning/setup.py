"""By what is searched: everything that a process needs to make its own searcher."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence

import msgspec

from ringfence import __version__
from ringfence.classify import Classifier, Tagger, detectors
from ringfence.classify.rules import load
from ringfence.extract import Extractor
from ringfence.scanning.finder import Finder
from ringfence.scanning.searcher import Searcher


def no_taggers() -> Sequence[Tagger]:
    """By patterns only."""
    return ()


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """`key`: 32 bytes of the organisation, for digests and fingerprints; b"" for none. `rules`: the text of
    its `detection.toml`. `load_taggers` is called once in each process, so it must be a function of a module."""

    key: bytes = b""
    rules: str = ""
    load_taggers: Callable[[], Sequence[Tagger]] = no_taggers
    digests: bool = False
    show: bool = False

    def finder(self) -> Finder:
        """Raises ConfigurationError where the rules can't be used."""
        classifier = Classifier(memory_key=secrets.token_bytes(32), clock=time.monotonic)
        return Finder(classifier, self.load_taggers(), load(self.rules, "detection.toml"))

    def searcher(self) -> Searcher:
        """For this process, which must close it."""
        return Searcher(self.finder(), Extractor(), self.key, digests=self.digests, show=self.show)

    def digest(self) -> str:
        """Keyed, of everything that decides what is found: two scans with the same one find the same."""
        names = [detector.id for detector in detectors.all()] + [tagger.name for tagger in self.load_taggers()]
        told = msgspec.json.encode([__version__, names, self.rules])
        return hmac.digest(self.key, told, "sha256").hex()
