"""Forgetting where the log is in a real PostgreSQL: orders are checked, holds are read, and salts go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from ringfence.gateway.forgetting import carry, order
from ringfence.gateway.forgetting.holds import Hold, Holds, notice_of
from ringfence.gateway.forgetting.selection import Selection, choose
from ringfence.ledger.salts import NO_SALT
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Phase, Record

from .conftest import Box

NOW = datetime(2031, 5, 20, tzinfo=UTC)
ACME = Selection(client="acme")


def test_an_order_is_checked_and_carried_out(box: Box, tmp_path: Path) -> None:
    ledger = box.open()
    for name in ("acme", "other", "acme"):
        body = {"key": "k", "client": name, "purpose": "p"}
        index = ledger.append_blocking(Record(name, Phase.DECIDED, body, {"received": b"x"}), 10).index
        ended = {"decided": index, "outcome": "completed"}
        ledger.append_blocking(Record(name, Phase.ENDED, ended, {"reply_sha256": b"y"}), 10)
    reader, places = box.reader(), carry.Places(tmp_path / "l", tmp_path / "h", tmp_path / "c", tmp_path / "s")
    chosen = choose(reader, ACME, [])
    made, ranges = order.make("00", ACME, "ended", chosen)
    order.keep_ranges(places.lists, ranges)
    body = order.notice_of(made, ranges, "os:t", "a", Proposal(order.act_of(made)), ())
    assert json.loads(msgspec.json.encode(carry.check(body, places.lists, box.reader, {}, NOW))) == json.loads(
        msgspec.json.encode(body)
    )
    with pytest.raises(ConfigurationError, match="not what it says"):
        carry.check({**body, "records": 3}, places.lists, box.reader, {}, NOW)
    held = Hold(id="hold-1", selection=ACME, reason="case", actor="os:t", at="2031-01-01T00:00:00.000Z")
    ledger.append_blocking(Record("", Phase.NOTICE, notice_of(held, "b")), 10)
    kept = Holds(places.holds)  # another gateway's hold stands in the log alone
    assert set(kept.in_force(reader)) == {"hold-1"}
    [done] = carry.carry_out(body, reader, places)
    assert (done["records"], done["held"]) == (0, 4)
    ledger.append_blocking(Record("", Phase.NOTICE, {"event": "hold_released", "hold": "hold-1"}), 10)
    assert not kept.in_force(reader)
    [done] = carry.carry_out(body, reader, places)
    assert (done["records"], done["held"]) == (4, 0)
    assert all(reader.salts(index, 1) == [NO_SALT] for index in chosen.indexes)
    assert choose(reader, Selection(), []).requests == 1
    ledger.close()
    assert box.verify().ok
