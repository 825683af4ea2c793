"""What reading the vendors' accounts means for coverage. The results are files; `posture/` writes them.

A service is not covered for regulated data while
* a drift about it stands open: nobody has acknowledged it;
* a drift was acknowledged, but the account is still set so, and the label needs a document of the kind that claims
  otherwise: a person's word does not make a vendor keep less;
* its account is configured to be probed, a document on file makes a claim that a probe checks, and no good probe is in
  force.
A vendor whose account nobody probes is covered by documents alone, and its coverage has no `verified_at`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ringfence.register import reading
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind
from ringfence.vocabulary.posture import AccountState, Drift

T = TypeVar("T")

CLAIMING = frozenset({Kind.ZDR_APPROVAL})
"""Kinds of document that say how an account is set."""
ACCOUNTS = "accounts"
DRIFTS = "drifts"


class Probed(msgspec.Struct, frozen=True):
    """An account that the settings name: the services that run on it."""

    vendor: str
    services: tuple[str, ...]


class Posture(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read, and the moment at which it was looked at: `at` decides what has expired."""

    probed: tuple[Probed, ...] = ()
    accounts: tuple[AccountState, ...] = ()
    drifts: tuple[Drift, ...] = ()
    at: datetime | None = None

    @property
    def changes_at(self) -> datetime | None:
        """The next moment at which a probe expires, so that answers may differ though no file changed."""
        ends = [each.verified_until for each in self.accounts if each.verified_until and not self._expired(each)]
        return min(ends, default=None)

    def decides(self) -> dict[str, Any]:
        """What of this goes into the register's digest: no times, so that a renewed probe is the same register."""
        return {
            "probed": self.probed,
            "good": {each.vendor: each.considered for each in self.accounts if not self._expired(each)},
            "open": [(each.id, bool(each.resolved_at), bool(each.acknowledged)) for each in self.drifts],
        }

    def turning_days(self) -> Iterable[date]:
        """The last day of each probe."""
        return (each.verified_until.date() for each in self.accounts if each.verified_until)

    def _expired(self, account: AccountState) -> bool:
        return account.verified_until is None or self.at is None or account.verified_until <= self.at

    def drift_reasons(self, service_id: str, kinds: frozenset[str]) -> list[str]:
        """Why drifts keep a label from this service. `kinds` are those of the documents that the label needs."""
        found = []
        for drift in self.drifts:
            if not any_matches(drift.services, service_id):
                continue
            if drift.acknowledged is None:
                again = f" It agrees again since {_minute(drift.resolved_at)}." if drift.resolved_at else ""
                found.append(
                    f"{drift.says.rstrip('.')}.{again} Nobody has acknowledged it: "
                    f"`ringfence probe acknowledge {drift.id}`."
                )
            elif drift.cause == "setting" and drift.resolved_at is None and kinds & set(drift.kinds):
                found.append(
                    f"{drift.says.rstrip('.')}. It was acknowledged, and is still so: only the account's setting, or "
                    "needing no such document, ends it."
                )
        return found

    def freshness(self, service_id: str, claiming: Iterable[str], today: date) -> tuple[str, date, datetime | None]:
        """Why no good probe is in force ("" where one is, or none is needed), its last day, and when it was made.

        `claiming` are the ids of the documents on this service that say how the account is set.
        """
        probed = next((each for each in self.probed if any_matches(each.services, service_id)), None)
        if probed is None:
            return "", date.max, None
        account = next((each for each in self.accounts if each.vendor == probed.vendor), None)
        wanted = set(claiming)
        if not wanted:
            return "", date.max, account.verified_at if account and not self._expired(account) else None
        if account is None or account.verified_until is None:
            return (
                f"The account of {probed.vendor} is configured to be probed, and no good probe is on file.",
                date.min,
                None,
            )
        if self._expired(account) or account.verified_until.date() < today:
            return f"The last good probe of {probed.vendor} is too old: {_minute(account.verified_at)}.", date.min, None
        if unseen := sorted(wanted - set(account.considered)):
            return f"No probe of {probed.vendor} has been compared with {', '.join(unseen)} yet.", date.min, None
        return "", account.verified_until.date(), account.verified_at


def read_posture(folder: Path, probed: Iterable[Probed], now: datetime) -> Posture:
    """What stands in a posture folder. Raises ConfigurationError for a file that can't be read: then nobody can say
    what stands open."""
    return Posture(
        probed=tuple(sorted(probed, key=lambda each: each.vendor)),
        accounts=_files(folder / ACCOUNTS, AccountState),
        drifts=_files(folder / DRIFTS, Drift),
        at=now,
    )


def _files(folder: Path, kind: type[T]) -> tuple[T, ...]:
    return tuple(_read(path, kind) for path in sorted(folder.glob("[!.]*.json")))


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise reading.problem(
            str(path), "", f"can't be read ({type(error).__name__})", "Restore it, or remove it and probe again."
        ) from error


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
