"""Legal holds: what must not be forgotten. A file says which are in force, and the log is its check.

A hold is in force from its file's writing on, before it is on record; it ends only after its release is on record. So
a crash between the two leaves a hold too many, never one too few. Whoever removes the file ends no hold: forgetting
reads the holds of the log as well.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ringfence.gateway.forgetting.selection import Selection
from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader
from ringfence.posture.store import write
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Phase

ADDED_EVENT, RELEASED_EVENT = "hold_added", "hold_released"
RELEASE_ACT = "hold_release"


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One legal hold: which requests, now and later, why, and who asked for it when (RFC 3339)."""

    id: str
    selection: Selection
    reason: str
    actor: str
    at: str


class _Release(msgspec.Struct, frozen=True):
    """Of any type: what stands on record can't be taken back, and must not keep others from being read."""

    event: Any = ""
    hold: Any = ""


_release = msgspec.json.Decoder(_Release)


class Holds:
    """The holds in a file, and those of the log as far as it was read: who keeps this object reads only what is new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._on_record: dict[str, Hold] = {}
        self._released: set[str] = set()

    def all(self) -> dict[str, Hold]:
        """By id. Raises ConfigurationError where the file can't be read: then nothing may be forgotten."""
        if not self._path.exists():
            return {}
        try:
            held = msgspec.json.decode(self._path.read_bytes(), type=list[Hold])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{self._path}: can't be read ({type(error).__name__}), so nothing is forgotten",
                remedy="Restore it from a copy; or remove it: the holds on record stay in force.",
            ) from error
        return {hold.id: hold for hold in held}

    def add(self, hold: Hold) -> None:
        with self._locked():
            self._keep({**self.all(), hold.id: hold})

    def remove(self, hold_id: str) -> None:
        with self._locked():
            self._keep({id_: hold for id_, hold in self.all().items() if id_ != hold_id})

    def in_force(self, reader: Reader | None) -> dict[str, Hold]:
        """Those of the file and of the log. Raises ConfigurationError, LedgerCorrupt.

        INVARIANT: what was put on record first is what is held, whatever the file or a later record of the same id
        says: nobody narrows a hold by editing it.
        """
        holds = self.all()
        for entry in reader.entries(self._read) if reader else ():
            self._read = entry.index + 1
            if entry.fields.phase is Phase.NOTICE:
                self._heed(entry)
        for hold_id in self._released:
            holds.pop(hold_id, None)
        return {**holds, **self._on_record}

    def _heed(self, entry: Entry) -> None:
        said = _release.decode(entry.fields.body)
        if said.event == ADDED_EVENT:
            hold = of_notice(msgspec.json.decode(entry.fields.body), entry.fields.time)
            self._on_record.setdefault(hold.id, hold)
            self._released.discard(hold.id)
        elif said.event == RELEASED_EVENT:
            self._on_record.pop(str(said.hold), None)
            self._released.add(str(said.hold))

    def _keep(self, holds: dict[str, Hold]) -> None:
        write(self._path, msgspec.json.format(msgspec.json.encode(list(holds.values())), indent=1))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def notice_of(hold: Hold, instance: str) -> dict[str, Any]:
    """The body of the NOTICE record of a new hold."""
    return {
        "event": ADDED_EVENT,
        "hold": hold.id,
        "selection": msgspec.to_builtins(hold.selection),
        "reason": hold.reason,
        "actor": hold.actor,
        "approvers": [],
        "instance": instance,
    }


def of_notice(body: dict[str, Any], time: str) -> Hold:
    """The hold that a NOTICE record tells of. What can't be read holds everything."""
    try:
        selection = msgspec.convert(body.get("selection", {}), Selection)
    except msgspec.ValidationError:
        selection = Selection()
    return Hold(
        id=str(body.get("hold", "")),
        selection=selection,
        reason=str(body.get("reason", "")),
        actor=str(body.get("actor", "")),
        at=time,
    )
