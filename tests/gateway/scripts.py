"""A scripted ledger, service and client around the real stations, which write down in which order they are called."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ringfence.dialects import Dialect
from ringfence.gateway.admit import Caller
from ringfence.gateway.deliver import Headers
from ringfence.gateway.exchange import exchange
from ringfence.gateway.keys import Key
from ringfence.gateway.leaving import ClientLeft
from ringfence.gateway.stations import Stations
from ringfence.upstream.target import ENDPOINTS
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.record import Outcome, Phase, Receipt, Record
from support import home
from support.inprocess import DIALECT, FakeReply, InProcess, says

SERVICES = (home.UNCOVERED, home.COVERED)
HELLO: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello."}]}
MAIL = "mara.lindqvist@northwind-mail.com"
MAILED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"Mail {MAIL}."}]}


def stations(folder: Path, reachable: Iterable[str] = SERVICES, **settings: Any) -> InProcess:
    """A home in `folder` and the stations of its files."""
    home.write(folder, 1, **settings)
    return InProcess(folder, lambda _sent, streamed: says("Hi.", streamed=streamed), tuple(reachable))


def caller(*handles: str, sources: tuple[str, ...] = (), labels: tuple[str, ...] = (), **fields: Any) -> Caller:
    """An admitted client whose key handles `handles`."""
    known = {
        "id": "k",
        "digest": "",
        "client": "clinic",
        "purpose": "tests",
        "created": datetime(2031, 1, 1, tzinfo=UTC),
    }
    return Caller(Key(handles=tuple(map(Label, handles)), **{**known, **fields}), sources, labels)


class Script:
    """`log` is what happened in order: "decided", "send", "ended", "plain 200", "stream 200", "bytes". `sends` are the
    service, the path and the headers of each send.

    `append_fails`: what each phase raises. `send_fails`: what entering the exchange with the service raises; it answers
    once `holds` is set, and sets `asked` when it is asked. `leaves_after`: the client is gone after so many pieces; -1:
    before the reply.
    """

    def __init__(self, base: Stations, reply: FakeReply | None = None) -> None:
        self.log: list[str] = []
        self.records: list[Record] = []
        self.bodies: list[bytes] = []
        self.sends: list[tuple[str, str, dict[str, str]]] = []
        self.reply = reply or says("Hi.")
        self.append_fails: dict[Phase, Exception] = {}
        self.send_fails: Exception | None = None
        self.asked = asyncio.Event()
        self.holds = asyncio.Event()
        self.holds.set()
        self.leaves_after: int | None = None
        self.sent = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self._gone = asyncio.Event()
        self._pieces = 0
        self.stations = dataclasses.replace(base, append=self._append, sender=self, live=lambda line: None)

    async def run(
        self, body: Any, by: Caller, *, dialect: Dialect = DIALECT, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """One request. Raises what the server would have to answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if self.leaves_after == -1:
            self._gone.set()
        await exchange(self.stations, dialect, by, data, self, headers)

    @property
    def outcome(self) -> Outcome:
        """Of the one ENDED record."""
        [ended] = [record for record in self.records if record.phase is Phase.ENDED]
        return Outcome(ended.body["outcome"])

    @property
    def error(self) -> dict[str, Any]:
        """The error that the client got."""
        error: dict[str, Any] = json.loads(self.sent)["error"]
        return error

    async def _append(self, record: Record) -> Receipt:
        self.log.append(str(record.phase))
        await asyncio.sleep(0)
        if record.phase in self.append_fails:
            raise self.append_fails[record.phase]
        self.records.append(record)
        return Receipt(len(self.records) - 1, len(self.records))

    # The service.

    def configured(self, service_id: str) -> bool:
        return True

    def path(self, service_id: str, endpoint: str) -> str:
        return ENDPOINTS[endpoint]

    def why_not(self, service_id: str) -> str:
        return ""

    @asynccontextmanager
    async def send(
        self, service_id: str, path: str, body: bytes, headers: Iterable[tuple[str, str]]
    ) -> AsyncIterator[FakeReply]:
        self.log.append("send")
        self.asked.set()
        self.bodies.append(body)
        self.sends.append((service_id, path, dict(headers)))
        if self.send_fails:
            raise self.send_fails
        try:
            await self.holds.wait()
            yield self.reply
        finally:
            self.log.append("closed")

    # The client.

    async def plain(self, status: int, headers: Headers, body: bytes) -> None:
        if not self.status:
            self.log.append(f"plain {status}")
            self.status, self.headers, self.sent = status, dict(headers), body

    def stream(self, status: int, headers: Headers) -> Script._Sink:
        self.log.append(f"stream {status}")
        self.status, self.headers = status, dict(headers)
        return Script._Sink(self)

    async def left(self) -> None:
        await self._gone.wait()

    class _Sink:
        def __init__(self, script: Script) -> None:
            self._script = script

        async def send(self, data: bytes) -> None:
            script = self._script
            if script.leaves_after is not None and script._pieces >= script.leaves_after:
                raise ClientLeft
            script._pieces += 1
            script.sent += data
