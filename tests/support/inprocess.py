"""The gateway's exchange in this process: real classifier, register, rules and masking; a sender that sends nothing."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ringfence import dialects
from ringfence.classify import Classifier
from ringfence.dialects import Dialect
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.admit import admit, headers_once
from ringfence.gateway.deliver import Headers
from ringfence.gateway.exchange import exchange
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.stations import Stations
from ringfence.masking import Book, MemoryBook
from ringfence.upstream.target import ENDPOINTS
from ringfence.vocabulary.errors import LedgerUnavailable, RingfenceError
from ringfence.vocabulary.record import Phase, Receipt, Record
from support import vendor

DIALECT = next(dialect for dialect in dialects.all() if dialect.endpoint == "chat_completions")


@dataclass
class Sent:
    """What would have left: to which service, the exact body, and how many records were durable by then."""

    service: str
    path: str
    body: bytes
    records: int


@dataclass
class FakeReply:
    """A service's reply as the upstream room hands it over."""

    status: int
    headers: Headers
    pieces: list[bytes]

    async def read(self, _limit_bytes: int) -> bytes:
        return b"".join(self.pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def says(text: str, *, streamed: bool = False) -> FakeReply:
    """A completion that says `text`, plain or as an event stream in pieces of seven characters."""
    if not streamed:
        return FakeReply(200, [_JSON], [json.dumps(vendor.completion({"content": text})).encode()])
    pieces = [vendor.event({"content": text[at : at + 7]}) for at in range(0, len(text), 7)]
    return FakeReply(200, [_EVENTS], [*pieces, vendor.event({}, "stop"), vendor.DONE])


_JSON = ("content-type", "application/json")
_EVENTS = ("content-type", "text/event-stream")


@dataclass
class Answer:
    """What the client got, what left for it, and its records. `leaked` are exceptions that no client ever sees."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: list[Sent] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    failure: BaseException | None = None

    @property
    def effect(self) -> str:
        """ALLOW, MASK, REROUTE or DENY; "" where nothing was decided."""
        return self.headers.get("x-ringfence-effect", "")


class _Port:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def plain(self, status: int, headers: Headers, body: bytes) -> None:
        self._answer.status, self._answer.headers, self._answer.body = status, dict(headers), body

    def stream(self, status: int, headers: Headers) -> _Port:
        self._answer.status, self._answer.headers = status, dict(headers)
        return self

    async def send(self, data: bytes) -> None:
        self._answer.body += data

    async def left(self) -> None:
        await asyncio.Event().wait()


class InProcess:
    """`answer` makes a reply out of what was sent. `reachable` are the services that count as configured.

    A real classifier, register, policy engine and masking on the files of `folder`, as the gateway would load them.
    """

    def __init__(self, folder: Path, answer: Callable[[Sent, bool], FakeReply], reachable: Collection[str]) -> None:
        self.home = homes.find(folder, folder / "ringfence.toml")
        self.keys = KeyStore(folder)
        self.answer = answer
        self.refuse_ledger = False
        self.lines: list[str] = []
        self._count = 0
        self._current = Answer()
        self._books: dict[str, Book] = {}
        state = boot.load_state(self.home, lambda service: service in reachable)
        self.stations = Stations(
            classifier=Classifier(memory_key=bytes(32), clock=time.monotonic),
            state=lambda: state,
            book=self._book,
            append=self._append,
            sender=self,
            now=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
            live=self.lines.append,
            new_id=lambda: secrets.token_hex(8),
            cache_salt=lambda client: "salt",
            detect_timeout_s=30.0,
            max_reply_bytes=1 << 24,
        )

    async def post(
        self, key: str, body: bytes, headers: Iterable[tuple[str, str]] = (), dialect: Dialect = DIALECT
    ) -> Answer:
        """One request from admission to its answer. A RingfenceError becomes the answer that the server would give."""
        self._current = answer = Answer()
        try:
            given = headers_once([("authorization", f"Bearer {key}"), *headers])
            own = [(name, given[name]) for name in dialect.headers if name in given]
            await exchange(self.stations, dialect, admit(given, self.keys), body, _Port(answer), own)
        except RingfenceError as error:
            answer.failure = error
            answer.status, answer.body = dialect.error(
                error.http_status, error.code, error.message, error.remedy, error.where or None
            )
        except Exception as error:
            answer.failure = error
        return answer

    def originals(self, key: str) -> Mapping[str, str]:
        """Surrogate -> original, of everything that was masked for this key."""
        return self._book(admit({"authorization": f"Bearer {key}"}, self.keys).scope).originals()

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
        sent = Sent(service_id, path, body, len(self._current.records))
        self._current.sent.append(sent)
        yield self.answer(sent, ("accept", "text/event-stream") in tuple(headers))

    def _book(self, scope: str) -> Book:
        return self._books.setdefault(scope, MemoryBook(secrets.token_bytes))

    async def _append(self, record: Record) -> Receipt:
        if self.refuse_ledger:
            raise LedgerUnavailable("No record can be made.")
        if record.phase is Phase.ENDED:
            assert self._current.records, "ENDED before DECIDED"
        self._current.records.append(record)
        self._count += 1
        return Receipt(self._count - 1, self._count)
