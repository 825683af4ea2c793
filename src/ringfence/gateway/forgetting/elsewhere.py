"""What another gateway of the same log forgot: the salts are gone for all, and what this one keeps beside the ledger
goes too."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any

from ringfence.gateway import boot, store
from ringfence.gateway.home import Home
from ringfence.ledger.reader import Reader
from ringfence.ledger.salts import NO_SALT
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects

FOLLOWED_EVENT = "forget_followed"
_SLOTS = 4096  # that one question asks for


def follow(home: Home) -> dict[str, Any] | None:
    """Erases requests and subjects of records without a salt, and returns the body of the NOTICE that says how many;
    None where there are none. Only in a store that many share: there a salt is missing because it was deleted, while a
    file of salts may have been lost. Raises LedgerError, OSError."""
    if not store.in_postgres(home):
        return None
    contents, subjects = Contents(home.content), Subjects(home.subjects)
    gone = without_salt(boot.reader(home), {*contents.indexes(), *subjects.indexes()})
    if not gone:
        return None
    return {
        "event": FOLLOWED_EVENT,
        "contents": contents.erase(gone),
        "subjects": subjects.erase(gone),
        "instance": home.settings.ledger.instance,
    }


def without_salt(reader: Reader, indexes: Collection[int]) -> set[int]:
    """Those of these records whose salt is erased."""
    gone: set[int] = set()
    for number, together in groupby(sorted(indexes), key=lambda index: index // _SLOTS):
        slots = reader.salts(number * _SLOTS, _SLOTS)
        gone.update(index for index in together if slots[index % _SLOTS] == NO_SALT)
    return gone
