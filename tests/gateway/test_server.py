"""The server over real sockets, with stations that fail: what the SDK makes of it, and what the log says."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server as Granian

from gateway.scripts import MAIL, MAILED, stations
from ringfence.gateway.limits import InFlight
from ringfence.gateway.server import Ports, Server, place
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.errors import LedgerUnavailable, VaultError
from ringfence.vocabulary.record import Phase, Receipt, Record
from support.gateway import free_port
from support.inprocess import InProcess
from support.sdk import Sdk


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return stations(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def key(base: InProcess) -> str:
    return base.keys.create(client="test", purpose="tests", handles=("general",))[1]


@contextlib.contextmanager
def serving(base: InProcess, inside: Stations) -> Iterator[str]:
    """The URL of a server in a thread of its own."""
    port, ready, stop = free_port(), threading.Event(), threading.Event()

    async def serve() -> None:
        ports = Ports(
            keys=base.keys,
            allowed_hosts=("127.0.0.1",),
            max_body_bytes=100_000,
            read_timeout_s=5.0,
            in_flight=InFlight(8),
            ready=lambda: {"ready": False},
        )
        granian = Granian(
            Server(inside, ports), port=port, interface=Interfaces.RSGI, http=HTTPModes.http1, log_enabled=False
        )
        task = asyncio.create_task(granian.serve())
        await asyncio.sleep(0.2)
        ready.set()
        await asyncio.to_thread(stop.wait)
        granian.stop()
        await asyncio.wait([task], timeout=5)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join(10)


class _Disk:
    """A ledger that keeps records until a phase fails."""

    def __init__(self, fails: Phase | None, error: Exception) -> None:
        self.fails, self.error = fails, error
        self.tried: list[Phase] = []

    async def append(self, record: Record) -> Receipt:
        self.tried.append(record.phase)
        if record.phase is self.fails:
            raise self.error
        return Receipt(len(self.tried) - 1, len(self.tried))


def _ask(url: str, key: str, **options: Any) -> openai.InternalServerError:
    with pytest.raises(openai.InternalServerError) as caught:
        Sdk(url, key).sync.with_options(**options).chat.completions.create(**MAILED)
    return caught.value


@pytest.mark.parametrize("phase", [Phase.DECIDED, Phase.ENDED])
def test_ledger_that_fails_is_503_and_not_tried_again(phase: Phase, base: InProcess, key: str) -> None:
    disk = _Disk(phase, LedgerUnavailable("The record could not be made durable."))
    with serving(base, dataclasses.replace(base.stations, append=disk.append)) as url:
        error = _ask(url, key, max_retries=3)
    assert (error.status_code, error.code) == (503, "ringfence_ledger_unavailable")
    assert error.response.headers["x-should-retry"] == "false"
    assert disk.tried.count(phase) == 1, "the SDK tried again"
    assert isinstance(error.body, dict)
    assert "Check the disk" in error.body["remedy"]


def test_vault_that_fails_is_503(base: InProcess, key: str) -> None:
    def full(_scope: str) -> Any:
        raise VaultError("The vault can't be written.")

    with serving(base, dataclasses.replace(base.stations, book=full)) as url:
        error = _ask(url, key)
    assert (error.status_code, error.code) == (503, "ringfence_vault_error")


def test_defect_gives_the_log_a_place_and_nobody_its_text(
    base: InProcess, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ValueError(f"a defect that quotes {MAIL}")

    with serving(base, dataclasses.replace(base.stations, state=broken)) as url:
        error = _ask(url, key)
    assert (error.status_code, error.code) == (500, "ringfence_internal_error")
    assert "ValueError at" in caplog.text
    assert "test_server.py" in caplog.text
    assert MAIL not in caplog.text + str(error.body)


def test_not_ready_is_503(base: InProcess) -> None:
    import httpx

    with serving(base, base.stations) as url:
        assert httpx.get(f"{url}/ready").status_code == 503
        assert httpx.get(f"{url}/health").status_code == 200


def test_place_names_files_and_lines_only(tmp_path: Path) -> None:
    try:
        (tmp_path / MAIL).read_text()
    except OSError as error:
        said = place(error)
    assert said.startswith("FileNotFoundError at ")
    assert "test_server.py:" in said
    assert MAIL not in said
    assert str(tmp_path) not in said
