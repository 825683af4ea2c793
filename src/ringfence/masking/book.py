"""The book of surrogates of one scope, as masking sees it, and one that lives in memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from ringfence.masking.surrogates import draw, key_of
from ringfence.vocabulary.errors import VaultError

ATTEMPTS = 64
"""Draws before giving up. With 35 random bits a second draw is already rare; more mean a broken random source."""


class Book(Protocol):
    """Surrogates of one scope: one API key, and one conversation of it where the client names one."""

    def surrogate(self, entity: str, value: str, avoid: Callable[[str], bool], kin: Iterable[str] = ()) -> str:
        """The surrogate of `value`: the one it has in this scope already, else the first of `kin` that stands for
        nothing yet, else a fresh one for which `avoid` is false.

        The same text as the same entity always gets the same surrogate; two spellings get two, so that each comes
        back as it was written. Raises VaultError.
        """
        ...

    def known(self, entity: str, value: str) -> str | None:
        """The surrogate that `value` has in this scope already. Raises VaultError."""
        ...

    def original(self, surrogate: str) -> str | None:
        """What `surrogate` stands for in this scope, or None. Raises VaultError."""
        ...

    def originals(self) -> Mapping[str, str]:
        """Surrogate -> original, everything that is alive in this scope, up to a bound. Raises VaultError."""
        ...

    def commit(self) -> None:
        """Makes what this request used durable, in one transaction. Raises VaultError, and then nothing was stored."""
        ...


def draw_unused(entity: str, random_bytes: Callable[[int], bytes], taken: Callable[[str], bool]) -> str:
    """Draws until `taken` is false. Raises VaultError where the random source gives no usable surrogate."""
    for _ in range(ATTEMPTS):
        surrogate = draw(entity, random_bytes)
        if not taken(surrogate):
            return surrogate
    raise VaultError(
        f"No unused surrogate came out of {ATTEMPTS} random draws.",
        where="masking/book",
        remedy="Nothing was sent. The system's random source repeats itself: check the host, then restart the gateway.",
    )


class MemoryBook:
    """A book without a vault behind it, for a dry run (`ringfence explain`): nothing outlives the object."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._surrogates: dict[tuple[str, str], str] = {}
        self._originals: dict[str, str] = {}
        self._keys: set[str] = set()

    def surrogate(self, entity: str, value: str, avoid: Callable[[str], bool], kin: Iterable[str] = ()) -> str:
        known = self._surrogates.get((entity, value))
        if known is not None:
            return known
        fresh = next((each for each in kin if key_of(each) not in self._keys), None) or draw_unused(
            entity, self._random_bytes, lambda s: key_of(s) in self._keys or avoid(s)
        )
        self._surrogates[entity, value] = fresh
        self._originals[fresh] = value
        self._keys.add(key_of(fresh))
        return fresh

    def known(self, entity: str, value: str) -> str | None:
        return self._surrogates.get((entity, value))

    def original(self, surrogate: str) -> str | None:
        return self._originals.get(surrogate)

    def originals(self) -> Mapping[str, str]:
        return dict(self._originals)

    def commit(self) -> None:
        """Nothing to do."""
