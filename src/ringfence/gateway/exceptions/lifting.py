"""Which exceptions count for a request at a service, this minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ringfence.gateway.exceptions.act import Terms
from ringfence.register.globs import any_matches
from ringfence.vocabulary.labels import Label


class Lifted(msgspec.Struct, frozen=True):
    """What is lifted, by the ids of the exceptions that do it."""

    rules: dict[str, tuple[str, ...]] = {}
    labels: dict[Label, tuple[str, ...]] = {}


NOTHING = Lifted()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the exceptions folder. `terms` is None where it can't be read; `approved_by` are the people whose
    approvals count; `problem` says why it does not count at all. `until` is when it stops: when it expires, or when
    too few of those who approved it are still enrolled."""

    file: str
    terms: Terms | None = None
    approved_by: tuple[str, ...] = ()
    until: datetime | None = None
    problem: str = ""

    def in_force(self, now: datetime) -> bool:
        return (
            not self.problem
            and self.terms is not None
            and self.until is not None
            and self.terms.starts <= now < min(self.until, self.terms.expires)
        )


class Exceptions(msgspec.Struct, frozen=True):
    """All of them. `content` is what they were read from, canonical, and `digest` its SHA-256 in hex: the proposals
    with their signatures, and the people whose keys these were checked with. `closed` are labels under which none
    counts."""

    entries: tuple[Entry, ...] = ()
    closed: frozenset[Label] = frozenset(Label)
    content: bytes = b""
    digest: str = ""

    def in_force(self, now: datetime) -> tuple[Terms, ...]:
        """Those that count now, for somebody."""
        return tuple(each.terms for each in self.entries if each.terms is not None and each.in_force(now))

    def lifted(
        self, key: str, client: str, purpose: str, service: str, labels: Iterable[Label], now: datetime
    ) -> Lifted:
        """What is lifted for a request of this key with these labels at this service.

        INVARIANT: nothing, where the request carries health data or a credential: an exception for one kind of data
        must not let the other through with it.
        """
        if not self.entries or self.closed & set(labels):
            return NOTHING
        rules: dict[str, tuple[str, ...]] = {}
        lifted: dict[Label, tuple[str, ...]] = {}
        for each in self.in_force(now):
            if not _is_for(each, key, client, purpose) or not any_matches(each.services, service):
                continue
            if each.rule:
                rules[each.rule] = (*rules.get(each.rule, ()), each.id)
            else:
                label = Label(each.label)
                lifted[label] = (*lifted.get(label, ()), each.id)
        return Lifted(rules, lifted)


def _is_for(each: Terms, key: str, client: str, purpose: str) -> bool:
    return (key in each.keys or client in each.clients) and each.purpose in ("", purpose)
