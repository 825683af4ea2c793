"""What the ledger and its writer need of whatever holds the log, and the rules that every store keeps alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from ringfence.ledger.record import Draft, encode_leaf
from ringfence.vocabulary.errors import LedgerError
from ringfence.vocabulary.record import Phase, Receipt

Outcome = Receipt | LedgerError
Place = TypeVar("Place")


class Store(Protocol):
    """One log, open for appending. One thread at a time uses it."""

    @property
    def size(self) -> int:
        """How many records are known to be durable."""
        ...

    def commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Make `drafts` durable under one signed checkpoint, in order.

        Returns for each its receipt, or the LedgerError that refuses this one alone: too long, an ENDED record
        without its DECIDED one, or a second DECIDED one. Raises whatever else goes wrong: then nothing is known to
        have been written, and this object must not be used again.
        """
        ...

    def close(self) -> None:
        """Let go of the log. What was committed is durable already."""
        ...


class Admitted(msgspec.Struct):
    """The records of one commit that are taken, and for each draft why it is refused, or None."""

    leaves: list[bytes]
    salts: list[bytes]
    refusals: list[LedgerError | None]

    def outcomes(self, first: int) -> list[Outcome]:
        """What each draft is told once the leaves stand at `first` and after."""
        size = first + len(self.leaves)
        indexes = iter(range(first, size))
        return [refusal or Receipt(next(indexes), size) for refusal in self.refusals]


def admit(drafts: Sequence[Draft], time: str, follow: Callable[[Draft, int], None]) -> Admitted:
    """Encode `drafts`. `follow` gets each with the number of leaves before it in this commit, keeps the rules of
    pairing, and raises LedgerError."""
    taken = Admitted([], [], [])
    for draft in drafts:
        try:
            leaf = encode_leaf(draft, time)
            follow(draft, len(taken.leaves))
        except LedgerError as refusal:
            taken.refusals.append(refusal)
        else:
            taken.refusals.append(None)
            taken.leaves.append(leaf)
            taken.salts.append(draft.salt)
    return taken


def pair(unended: dict[str, Place], draft: Draft, here: Place) -> None:
    """Hold each request to one DECIDED record and then at most one ENDED record. Raises LedgerError."""
    request_id = draft.request_id
    if draft.phase is Phase.DECIDED:
        if not request_id or request_id in unended:
            raise LedgerError(f"Request {request_id!r} has a DECIDED record already, or no id.")
        unended[request_id] = here
    elif draft.phase is Phase.ENDED and unended.pop(request_id, None) is None:
        raise LedgerError(f"Request {request_id!r} has no DECIDED record that is still open, so nothing can end.")
