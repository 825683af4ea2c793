"""What facts are computed from, handed in by whoever asks: nothing here reads a file or a clock."""

from __future__ import annotations

from datetime import date

import msgspec

from ringfence.evidence.facts.traffic import Traffic
from ringfence.register import Organisation, Snapshot


class House(msgspec.Struct, frozen=True, kw_only=True):
    """How Ringfence itself is set up here.

    `records` are those in the ledger. `keys` and the like count API keys in use, without the tour's; `oldest_key` is
    the day on which the oldest of them was made. `detectors` are those in use, by name and version. `anchored_at` is
    the day of the newest anchor that holds, or None; `anchors_sound` is false where an anchor contradicts the ledger.
    `private_models` are the models that answer in the house; `isolated` whether the embedded engine is told to start
    without a network, None where no engine is embedded. `commitments_days` 0: kept for ever. `approvers` are enrolled
    today, `exceptions` in force today, by id. `addresses` are base URLs of services that the settings name or that
    requests left for, by service.
    """

    records: int = 0
    keys: int = 0
    keys_expiring: int = 0
    keys_undeclared: int = 0
    oldest_key: date | None = None
    private_models: tuple[str, ...] = ()
    isolated: bool | None = None
    detectors: tuple[str, ...] = ()
    mask_lifetime_s: int = 0
    commitments_days: int = 0
    content_share: float = 0.0
    content_days: int = 0
    subjects_sealed: bool = False
    subjects_days: int = 0
    anchored_at: date | None = None
    anchor_kinds: tuple[str, ...] = ()
    anchors_sound: bool = True
    approvers: int = 0
    exceptions: tuple[str, ...] = ()
    addresses: dict[str, str] = {}


class World(msgspec.Struct, frozen=True, kw_only=True):
    """`today` is the day of the question, in UTC. `traffic` is of the period asked about."""

    today: date
    register: Snapshot
    organisation: Organisation
    traffic: Traffic
    house: House
