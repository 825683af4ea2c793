"""What a record of a change says is what came into force, whatever its files are by then."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringfence.approvals import write_proposal
from ringfence.gateway import boot
from ringfence.gateway.changes import Changes, in_force, owner
from ringfence.gateway.keys import KeyStore
from ringfence.vocabulary.record import Receipt, Record
from support import beside
from support.people import enrol, exception


def test_approvals_are_those_of_the_exception_that_was_read(tmp_path: Path) -> None:
    """A file that is swapped between the reading and the record changes neither."""
    home, now = beside.made(tmp_path / "home", ""), datetime.now(UTC)
    home.exceptions.mkdir()
    enrol(_folder(home.approvers), "ann", "ben")
    put: list[Record] = []

    async def append(record: Record) -> Receipt:
        put.append(record)
        return Receipt(0, 1)

    keys = KeyStore(home.folder)
    before = in_force(boot.load_state(home, lambda _: True), keys)
    changes = Changes(home, append, boot.snapshots(home), before, lambda: now)
    path = home.exceptions / "e.json"
    write_proposal(path, exception("e", now, "ann", "ben", label="confidential"))
    after = boot.load_state(home, lambda _: True)
    write_proposal(path, exception("e", now, "ann", label="confidential"))
    (home.approvers / "ben.toml").unlink()
    asyncio.run(changes.exceptions(after, [path]))
    [record] = put
    assert record.body["approvers"] == ["ann", "ben"]
    assert len(record.body["envelopes"]) == 2
    assert record.body["exceptions_digest"] == after.exceptions.digest


@pytest.mark.parametrize(("folder", "actor"), [("posture", "probe"), ("register", owner([Path(__file__)]))])
def test_what_a_probe_found_is_nobodys_change(folder: str, actor: str, tmp_path: Path) -> None:
    home = beside.made(tmp_path / "home", "")
    put: list[Record] = []

    async def append(record: Record) -> Receipt:
        put.append(record)
        return Receipt(0, 1)

    state = in_force(boot.load_state(home, lambda _: True), KeyStore(home.folder))
    changes = Changes(home, append, boot.snapshots(home), state, lambda: datetime.now(UTC))
    path = _folder(home.posture if folder == "posture" else home.register) / "x.json"
    path.write_text("{}")
    asyncio.run(changes.look("register_or_policy_read", ("register",), state, [path]))
    [record] = put
    assert record.body["actor"] == actor


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
