"""What facts are computed from, handed in by whoever asks: nothing here reads a file or a clock."""

from __future__ import annotations

from datetime import date

import msgspec

from ringfence.evidence.facts.traffic import Traffic
from ringfence.register import Organisation, Snapshot


class House(msgspec.Struct, frozen=True, kw_only=True):
    """How Ringfence itself is set up here.

    `keys` and the like count API keys in use. `anchored_at` is the day of the newest anchor that holds, or None.
    `private_models` are the models that answer in the house; `isolated` whether the embedded engine has no network.
    `commitments_days` 0: kept for ever.
    """

    version: str
    store: str = "segments"
    keys: int = 0
    keys_expiring: int = 0
    keys_undeclared: int = 0
    private_models: tuple[str, ...] = ()
    isolated: bool | None = None
    names_searched: bool = True
    heartbeat_s: float = 60.0
    mask_lifetime_s: int = 0
    commitments_days: int = 0
    content_share: float = 0.0
    content_days: int = 0
    subjects_days: int = 0
    anchored_at: date | None = None
    anchor_kinds: tuple[str, ...] = ()
    approvers: int = 0
    exceptions: tuple[str, ...] = ()


class World(msgspec.Struct, frozen=True, kw_only=True):
    """`today` is the day of the question, in UTC. `traffic` is of the period asked about."""

    today: date
    register: Snapshot
    organisation: Organisation
    traffic: Traffic
    house: House
