"""A witness over HTTP, https://c2sp.org/tlog-witness: on a machine of its own, without a home and without settings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server as Granian

from ringfence.gateway import address
from ringfence.gateway.limits import InFlight, read_body
from ringfence.ledger.anchors.witness import MOST_BYTES, Answer, Witness
from ringfence.vocabulary.errors import RequestError

PATH = "/add-checkpoint"
_TEXT = "text/plain; charset=utf-8"
_READ_S = 10.0  # for a client to send its headers, and then its body
_IN_FLIGHT = 64


class WitnessServer:
    """The RSGI application. `log` says what was refused and what failed, in one line each."""

    def __init__(self, witness: Witness, log: Callable[[str], None]) -> None:
        self._witness, self._log = witness, log
        self._in_flight = InFlight(_IN_FLIGHT)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            return
        try:
            answer = await self._answer(scope, protocol)
        except RequestError as error:
            answer = Answer(error.http_status, f"{error.message}\n".encode())
        except Exception as error:
            # The one boundary. INVARIANT: whatever failed, nothing was cosigned.
            self._log(f"failed: {type(error).__name__}")
            answer = Answer(500, b"the witness failed, and cosigned nothing\n")
        with contextlib.suppress(RuntimeError):  # the client is gone
            protocol.response_bytes(answer.status, [("content-type", answer.content_type)], answer.body)

    async def _answer(self, scope: Any, protocol: Any) -> Answer:
        if scope.path == "/health" and scope.method in ("GET", "HEAD"):
            return Answer(200, b"ok\n")
        if scope.path != PATH:
            return Answer(404, b"there is only POST /add-checkpoint\n")
        if scope.method != "POST":
            return Answer(405, b"there is only POST /add-checkpoint\n")
        with self._in_flight.one():
            body = await read_body(
                protocol,
                whole=protocol,
                declared=scope.headers.get("content-length") or "",
                limit_bytes=MOST_BYTES,
                timeout_s=_READ_S,
            )
            # Off the loop, for it waits for the disk.
            answer = await asyncio.to_thread(self._witness.add_checkpoint, body)
        if answer.status != 200:
            self._log(f"refused with {answer.status}: {answer.body.decode().strip()}")
        return answer


async def serve(witness: Witness, host: str, port: int, log: Callable[[str], None], stopping: asyncio.Event) -> None:
    """Serves until `stopping` is set. Raises ConfigurationError where nothing can listen there."""
    address.check(host, port)
    granian = Granian(
        WitnessServer(witness, log),
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(_READ_S * 1000)),
        websockets=False,
        log_enabled=False,
    )
    serving, stop = asyncio.create_task(granian.serve()), asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    granian.stop()  # type: ignore[no-untyped-call]
    stop.cancel()
    await serving
