"""A gateway, a scripted vendor behind it and keys of each kind, for a module of tests; and its ledger afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringfence.ledger.read import entries
from ringfence.ledger.reader import SegmentsReader, entry
from ringfence.ledger.verify import verify
from support import home
from support.gateway import GatewayProcess
from support.sdk import Sdk
from support.vendor import ScriptedVendor

KEYS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "general": (("general",), {}),
    "deny": (("general",), {"on_uncovered": "deny"}),
    "undeclared": ((), {}),
    "phi": (("phi",), {}),
    "phi by name": (("phi",), {"needs_identity": True}),
    "one model": (("general",), {"models": ("gpt-4o-mini",)}),
    "disabled": (("general",), {}),
}
"""Name -> what the key handles, and its other members."""


@dataclass
class Place:
    """`keys` are the texts of KEYS. `sdks` is a pool of clients, one per key."""

    folder: Path
    vendor: ScriptedVendor
    gateway: GatewayProcess
    keys: dict[str, str]
    sdks: dict[str, Sdk] = field(default_factory=dict)

    def sdk(self, key: str = "general") -> Sdk:
        """The client of a key by its name, made once."""
        if key not in self.sdks:
            self.sdks[key] = Sdk(self.gateway.url, self.keys[key])
        return self.sdks[key]

    def records(self, first: int = 0) -> list[dict[str, Any]]:
        """The ledger's records from index `first` on."""
        return [{"index": each.index, **json.loads(each.leaf)} for each in entries(self.folder / "ledger", first)]

    def record(self, index: str | int) -> dict[str, Any]:
        """The body of one record."""
        log = SegmentsReader(self.folder / "ledger", self.folder / "ledger-highest")
        body: dict[str, Any] = json.loads(entry(log, int(index)).leaf)["body"]
        return body

    def ended(self, index: str | int) -> dict[str, Any]:
        """The body of the ENDED record of the DECIDED one at `index`."""
        found = [each["body"] for each in self.records(int(index)) if each["body"].get("decided") == int(index)]
        assert len(found) == 1, f"record {index} ended {len(found)} times"
        return found[0]

    def wait_ended(self, index: str | int, timeout_s: float = 10.0) -> dict[str, Any]:
        """As `ended`, for a request that is about to."""
        deadline = time.monotonic() + timeout_s
        while not any(each["body"].get("decided") == int(index) for each in self.records(int(index))):
            assert time.monotonic() < deadline, f"record {index} did not end"
            time.sleep(0.02)
        return self.ended(index)


@contextmanager
def place(folder: Path, *, settings: str = "", engine: str = "none", upstream: str = "") -> Iterator[Place]:
    """Makes a home with its keys and starts the gateway. At the end: everything that was decided has ended, and the
    ledger verifies."""
    with ScriptedVendor() as vendor:
        home.write(folder, vendor.port, settings=settings, engine=engine, upstream=upstream)
        keys = {name: home.key(folder, *handles, **more) for name, (handles, more) in KEYS.items()}
        _disable(folder, keys["disabled"])
        with GatewayProcess(folder) as gateway:
            yield Place(folder, vendor, gateway, keys)
    assert_recorded(folder)


def _disable(folder: Path, text: str) -> None:
    from ringfence.gateway.keys import KeyStore

    KeyStore(folder).disable(text.split("_")[1])


def assert_recorded(folder: Path) -> None:
    """Each DECIDED record has one ENDED record, and the ledger verifies."""
    records = home.records(folder)
    decided = [each["index"] for each in records if each["phase"] == "decided"]
    ended = [each["body"]["decided"] for each in records if each["phase"] == "ended"]
    assert sorted(ended) == decided
    report = verify(folder / "ledger", highest_path=folder / "ledger-highest")
    assert report.ok, [step for step in report.steps if step.status != "ok"]
    assert (report.decided, report.ended, report.unended) == (len(decided), len(ended), ())
