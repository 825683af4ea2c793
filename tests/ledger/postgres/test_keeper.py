"""A database whose keeper means harm, or sits behind something that does: nothing false is signed, nothing acknowledged
that is not there."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ringfence.ledger.postgres import session
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerLocked, LedgerUnavailable

TIMEOUT_S = 20.0
AT_S = 1_700_000_000.0
NOW = "2023-11-14T22:13:20.000Z"


def times(box: Any) -> list[str]:
    return [each.fields.time for each in box.reader().entries()]


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ("2023-11-14T22:15:00.000Z", "2023-11-14T22:15:00.000Z"),  # another gateway's clock is ahead
        ("2023-11-14T22:12:00.000Z", NOW),
        ("2023-11-14T22:19:00.000Z", NOW),
        ("9999-12-31T23:59:59.999Z", NOW),
        ("2023-11-14T22:15:00.000z", NOW),
        ("2023-11-14 22:15:00.000Z", NOW),
        ("2023-11-14T22:15:99.000Z", NOW),
        ("2023-11-14T22:15:00.0000", NOW),
        ("zzz", NOW),
        ("", NOW),
    ],
)
def test_no_time_is_signed_that_the_database_made_up(box: Any, kept: str, written: str) -> None:
    """The head's time is the one part of it that no signature reaches."""
    ledger = box.open(clock=lambda: AT_S)
    box.run(f"UPDATE ringfence.head SET time = '{kept}'")
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    assert times(box) == [NOW, written, written]


@pytest.mark.parametrize("index", [0, 1, 2, 99])
def test_no_end_is_signed_of_a_request_that_the_database_made_up(box: Any, index: int) -> None:
    ledger = box.open()
    ledger.append_blocking(box.decided("real"), TIMEOUT_S)
    ledger.close()
    box.run(f"INSERT INTO ringfence.open_requests VALUES ('made up', {index}, 'gone')")
    with pytest.raises(LedgerCorrupt, match=f"record {index} decides an open request"):
        box.open("b")
    box.run("DELETE FROM ringfence.open_requests WHERE request_id = 'made up'")
    assert list(box.open("b").recovered.unended) == ["real"]
    assert box.verify("b").ok


def test_functions_of_a_schema_that_stands_before_the_servers_own_are_not_used(box: Any) -> None:
    box.run(
        "CREATE SCHEMA evil",
        "CREATE FUNCTION evil.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT'",
        "CREATE FUNCTION evil.pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        f"ALTER DATABASE {box.database} SET search_path = evil, pg_catalog",
    )
    ledger = box.open()
    with pytest.raises(LedgerLocked):
        box.open(place=box.place(highest_path=box.root / "another"), lock_wait_s=0.2)
    ledger.close()


@pytest.mark.parametrize("table", ["leaves", "head", "open_requests"])
def test_tables_that_a_crash_empties_are_refused(box: Any, table: str) -> None:
    box.open().close()
    box.run(f"ALTER TABLE ringfence.{table} SET UNLOGGED")
    with pytest.raises(ConfigurationError, match=f"{table} is not kept") as caught:
        box.open()
    box.run(caught.value.remedy.removeprefix("Run ").removesuffix("."))
    box.open().close()


def test_rows_that_are_swallowed_are_not_acknowledged(box: Any) -> None:
    ledger = box.open()
    box.run(
        "CREATE FUNCTION ringfence.none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER none BEFORE INSERT ON ringfence.leaves FOR EACH ROW EXECUTE FUNCTION ringfence.none()",
    )
    with pytest.raises(LedgerUnavailable, match="kept rows from being written"):
        ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    box.run("DROP TRIGGER none ON ringfence.leaves")
    box.open().close()
    assert box.verify().ok


def test_a_pooler_that_lends_connections_by_transaction_is_refused(box: Any) -> None:
    """The next statement runs in another process of the server, without this session's lock and settings."""
    ledger = box.open()
    held = ledger._log._session
    mine, held.connection = held.connection, held._runner.run(session._connect(box.url, "another"))
    with pytest.raises(LedgerUnavailable, match="pooler"):
        ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    held._runner.run(mine.close())
    ledger.close()
    assert len(times(box)) == 1


def test_a_snapshot_that_was_put_there_before_is_not_taken_for_the_real_one(box: Any) -> None:
    box.open().close()
    digest = hashlib.sha256(b"{}").hexdigest()
    box.run(f"INSERT INTO ringfence.snapshots VALUES ('policy', '{digest}', 'other')")
    with pytest.raises(OSError, match="something else"):
        box.reader().snapshots.keep("policy", b"{}")
