"""Results of texts seen before, so that a conversation of n turns costs its new turn. Holds keyed digests, no text."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")

_DIGEST_BYTES = 20


class Memory(Generic[T]):
    """A bounded map from a text's keyed digest to its result; the least recently used leaves first. Thread-safe."""

    def __init__(self, key: bytes, entries: int) -> None:
        """`key` is 16 to 64 random bytes of this process: without it nobody can test a guess against a digest."""
        if not 16 <= len(key) <= 64:
            raise ValueError("the memory key must have 16 to 64 bytes")
        self._key = key
        self._entries = entries
        self._results: OrderedDict[bytes, T] = OrderedDict()
        self._lock = threading.Lock()

    def digest(self, kind: str, *texts: str) -> bytes:
        """The keyed digest of texts and of what they are read as. Lengths go in: ("ab", "c") is not ("a", "bc")."""
        state = hashlib.blake2b(key=self._key, digest_size=_DIGEST_BYTES)
        state.update(kind.encode())
        for text in texts:
            raw = text.encode("utf-8", "surrogatepass")
            state.update(len(raw).to_bytes(8, "big"))
            state.update(raw)
        return state.digest()

    def get(self, digest: bytes) -> T | None:
        with self._lock:
            result = self._results.get(digest)
            if result is not None:
                self._results.move_to_end(digest)
            return result

    def put(self, digest: bytes, result: T) -> None:
        with self._lock:
            self._results[digest] = result
            self._results.move_to_end(digest)
            while len(self._results) > self._entries:
                self._results.popitem(last=False)
