"""What is asked of the server and of its tables, what may be granted, and what an error never says."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.postgres import commits, instances, session
from ringfence.ledger.postgres.client import Client
from ringfence.ledger.postgres.reader import PostgresReader
from ringfence.ledger.postgres.session import Session
from ringfence.vocabulary.errors import ConfigurationError, LedgerError, LedgerUnavailable, RingfenceError

TIMEOUT_S = 20.0
SECRET = "pa55-of-somebody"
PAGE = Path(__file__).parents[3] / "docs/how-to/share-one-ledger-among-gateways.md"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_may_lose_what_it_acknowledged_is_refused(box: Any, setting: str) -> None:
    try:
        box.run(f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
        with pytest.raises(ConfigurationError, match=setting):
            box.open()
    finally:
        box.run(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
    box.open().close()


@pytest.mark.parametrize(("before", "after"), [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_waits_for_the_disk_whatever_the_database_says(box: Any, before: str, after: str) -> None:
    box.run(f"ALTER DATABASE {box.database} SET synchronous_commit = {before}")
    ledger = box.open()
    connection = ledger._log._session.connection
    assert ledger._log._session.run(connection.fetchval("SHOW synchronous_commit"), 5) == after
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()


def test_a_stricter_isolation_level_of_the_database_does_no_harm(box: Any) -> None:
    box.run(f"ALTER DATABASE {box.database} SET default_transaction_isolation = 'serializable'")
    one, two = box.open("one"), box.open("two")
    with box.stuck():  # both wait for the lock, and the second must see what the first did meanwhile
        threads = [
            threading.Thread(target=ledger.append_blocking, args=(box.decided(f"r{number}"), TIMEOUT_S))
            for number, ledger in enumerate((one, two))
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
    for thread in threads:
        thread.join()
    assert (one.failed, two.failed) == (None, None)
    one.close()
    two.close()
    assert box.verify("one").ok


def test_tables_of_another_version_are_refused(box: Any) -> None:
    box.open().close()
    box.run("UPDATE ringfence.log SET version = 2")
    with pytest.raises(ConfigurationError, match="version 2"):
        box.open()
    with pytest.raises(ConfigurationError, match="version"):
        box.reader()


def test_a_database_without_a_log_has_no_reader(box: Any) -> None:
    client = Client(box.url)
    assert PostgresReader.find(client) is None
    client.close()


def test_an_older_server_is_refused(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MIN_VERSION", 99)
    with pytest.raises(ConfigurationError, match="older than 99"):
        box.open()


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb", "a\0b"])
def test_a_name_that_nobody_can_read_is_refused(box: Any, name: str) -> None:
    with pytest.raises(ConfigurationError, match="name"):
        box.open(place=box.place(instance=name, highest_path=box.root / "h"))


def test_the_documented_grants_are_all_that_gateways_and_readers_need(box: Any) -> None:
    """The page's statements, run as they stand there."""
    box.open().close()
    grants = re.search(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert grants
    statements = [each.strip() for each in grants[1].split(";") if each.strip()]
    box.run("DROP ROLE IF EXISTS ringfence_gateway", "DROP ROLE IF EXISTS ringfence_auditor")
    try:
        box.run(*statements)
        gateway = box.open(place=box.place(url=box.cluster.url(box.database, "ringfence_gateway")))
        gateway.append_blocking(box.decided("r"), TIMEOUT_S)
        gateway.append_blocking(box.ended("r"), TIMEOUT_S)
        gateway.close()
        client = Client(box.cluster.url(box.database, "ringfence_gateway"))
        reader = PostgresReader.find(client)
        assert reader is not None
        digest = reader.snapshots.keep("policy", b"{}")
        reader.erase([(1, 1)])
        client.close()
        for wrong in (
            "DELETE FROM ringfence.leaves",
            "UPDATE ringfence.leaves SET leaf = ''",
            "UPDATE ringfence.checkpoints SET note = ''",
            "UPDATE ringfence.log SET key_line = ''",
            "DELETE FROM ringfence.snapshots",
            "DROP TABLE ringfence.leaves",
        ):
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                box.cluster.run(box.cluster.url(box.database, "ringfence_gateway"), wrong)
        auditor = Client(box.cluster.url(box.database, "ringfence_auditor"))
        reader = PostgresReader.find(auditor)
        assert reader is not None
        assert len(list(reader.entries())) == 6
        assert reader.snapshots.read("policy", digest) == b"{}"
        with pytest.raises(LedgerUnavailable, match="permission denied"):
            reader.erase([(2, 2)])
        auditor.close()
    finally:
        box.run(
            *(f"DROP OWNED BY {role}" for role in ("ringfence_gateway", "ringfence_auditor")),
            *(f"DROP ROLE {role}" for role in ("ringfence_gateway", "ringfence_auditor")),
        )


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{SECRET}@/nobody?host=/nowhere",
        f"postgresql://user:{SECRET}@127.0.0.1:1/x",
        f"postgresql://user:{SECRET}@host:port/x",
        f"postgresql://user:{SECRET}:x:y@[bad/x",
        f"mysql://user:{SECRET}@host/x",
        SECRET,
    ],
)
def test_no_error_says_the_url(url: str) -> None:
    with pytest.raises((ConfigurationError, LedgerUnavailable)) as caught:
        Session(url, "test")
    seen: BaseException | None = caught.value
    while seen is not None:
        assert SECRET not in f"{seen} {getattr(seen, 'remedy', '')}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    assert caught.value.remedy


def test_a_role_or_database_that_is_not_there_is_named_without_the_url(box: Any) -> None:
    with pytest.raises(LedgerUnavailable, match="does not exist"):
        Session(box.cluster.url("nowhere"), "test")


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CONNECT_TIMEOUT_S", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(LedgerUnavailable, match="did not answer within"),
    ):
        Session(f"postgresql://u:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/x", "test")


def test_without_the_driver_the_remedy_says_how_to_get_it(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def absent(name: str, *more: Any, **others: Any) -> Any:
        if name == "asyncpg":
            raise ModuleNotFoundError(name=name)
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigurationError) as caught:
        Session(box.url, "test")
    assert "ringfence[postgres]" in caught.value.remedy


def test_a_connection_that_ends_between_two_commits_stops_the_gateway(box: Any) -> None:
    said: list[LedgerUnavailable] = []
    ledger = box.open(on_fatal=said.append)
    box.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ringfence a'")
    with pytest.raises(LedgerUnavailable):
        ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    assert len(said) == 1
    ledger.close()
    again = box.open()
    assert again.recovered.unended == {}
    again.close()
    assert box.verify().ok


def test_a_gateway_that_stands_still_in_a_commit_keeps_the_others_only_for_seconds(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a stopped process, or a machine that is gone: its transaction is broken off by the server."""
    monkeypatch.setattr(session, "_STEADY", session._STEADY.replace("'5s'", "'300ms'"))
    still, other = box.open("still"), box.open("other")
    held = still._log._session
    held.run(held.connection.execute(commits.BEGIN), 5)
    other.append_blocking(box.decided("r"), 5)
    with pytest.raises(LedgerError):
        still.append_blocking(box.decided("s"), TIMEOUT_S)
    still.close()
    other.close()
    assert box.verify("other").ok


def test_a_reader_outlives_its_connection(own_box: Any) -> None:
    box = own_box
    box.open().close()
    reader = box.reader()
    before = list(reader.entries())
    box.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ringfence reader'")
    assert list(reader.entries()) == before
    box.cluster.stop(signal.SIGINT)
    try:
        with pytest.raises(RingfenceError, match="can't be reached"):
            list(reader.entries())
        with pytest.raises(OSError, match="reached"):
            reader.snapshots.keep("policy", b"[]")
    finally:
        box.cluster.start()
    assert list(reader.entries()) == before


async def test_a_reader_may_be_asked_from_within_a_loop(box: Any) -> None:
    import asyncio

    ledger = await asyncio.to_thread(box.open)
    reader = box.reader()
    assert len(list(reader.entries())) == 1
    assert [each.size for each in reader.checkpoints()] == [1]
    assert list(reader.checkpoints(1)) == []
    await asyncio.to_thread(ledger.close)


def test_locks_of_instances_are_seen_where_their_names_make_large_keys(box: Any) -> None:
    names = [f"g{number}" for number in range(12)]
    assert {instances._key(name) < 0 for name in names} == {True, False}
    ledgers = [box.open(name) for name in names[:4]]
    for number, ledger in enumerate(ledgers):
        ledger.append_blocking(box.decided(f"r{number}"), TIMEOUT_S)
    assert box.open("late").recovered.unended == {}
    for ledger in ledgers:
        ledger.close()
