"""The order of a request, which nobody else knows.

`plan` (read, classify, cover, decide, mask) -> DECIDED -> upstream -> `deliver` (restore) -> ENDED -> reply.

INVARIANT: no byte leaves before its DECIDED record is durable. INVARIANT: once DECIDED is durable, ENDED follows on
every path; a process that dies between leaves it to the ledger's next start, which appends ENDED(unknown).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from ringfence.dialects import Dialect
from ringfence.gateway import entries, speaking
from ringfence.gateway import plan as planning
from ringfence.gateway.admit import Caller
from ringfence.gateway.deliver import Delivered, Delivery, Headers, Port, defect
from ringfence.gateway.explainer import denial
from ringfence.gateway.leaving import ClientLeft, Leaving
from ringfence.gateway.live import line
from ringfence.gateway.plan import Plan
from ringfence.gateway.stations import Stations
from ringfence.gateway.translating import Translating
from ringfence.gateway.ways import Way
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.errors import LedgerError, LedgerUnavailable, RingfenceError, UpstreamError
from ringfence.vocabulary.record import Outcome, Receipt

_LAST_BYTES_S = 2.0
_BESIDE_BYTES = 65_536  # searched in about 2 ms where it is ordinary text, in far more where it is made to be slow
_SENT = "The request had been sent already; its end is not on record. Check the disk under the ledger."
JSON = ("content-type", "application/json")


async def exchange(
    stations: Stations,
    dialect: Dialect,
    caller: Caller,
    body: bytes,
    port: Port,
    headers: Sequence[tuple[str, str]] = (),
) -> None:
    """Governs one request and answers its client. `headers` are those of the dialect's own that came.

    Raises RingfenceError before anything was recorded: the server answers those in the client's dialect; ClientLeft
    where by then nobody waits for an answer. From the DECIDED record on every failure is answered here.
    """
    started = stations.monotonic()
    request = dialect.read(body, headers)
    leaving = Leaving(port.left)
    try:
        large = len(body) > _BESIDE_BYTES
        plan = await planning.make_beside(request, dialect, caller, stations, leaving, large=large)
        request_id = stations.new_id()
        sidecars = stations.sidecars
        mark = sidecars.mark(request, body, caller, plan) if sidecars else None
        record = entries.decided(request_id, request, body, caller, plan, mark.members if mark else {})
        receipt = await stations.append(record)
        if sidecars and mark:
            sidecars.keep(receipt.index, mark)
        run = _Run(stations, dialect, request, plan, receipt, request_id, port, leaving, started)
        if plan.leaving is None or plan.option is None:
            await run.deny()
        else:
            await run.send(plan.option.way, plan.leaving)
    finally:
        leaving.close()


class _Run:
    """One request from its DECIDED record to its ENDED one."""

    def __init__(
        self,
        stations: Stations,
        dialect: Dialect,
        request: CanonicalRequest,
        plan: Plan,
        receipt: Receipt,
        request_id: str,
        port: Port,
        leaving: Leaving,
        started: float,
    ) -> None:
        self.stations, self.dialect, self.request, self.plan = stations, dialect, request, plan
        self.receipt, self.request_id, self.port, self.leaving = receipt, request_id, port, leaving
        self.started = started

    async def deny(self) -> None:
        await self._end(Outcome.DENIED, status=403)
        reasons, message, remedy = denial(self.plan.decision, self.plan.gaps)
        status, body = self.dialect.error(403, "ringfence_denied", message, remedy, None, reasons)
        await self.port.plain(status, [JSON, *self._headers()], body)

    async def send(self, way: Way, leaving: bytes) -> None:
        """Sends, while watching whether the client is still there: nobody pays for a reply that nobody reads."""
        whole = asyncio.Event()
        work = asyncio.ensure_future(self._carry(way, leaving, whole if self.request.stream else None))
        try:
            await asyncio.wait((work, self.leaving.gone), return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and whole.is_set():
                # It had all that it asked for, and closed before the service did: only the end is still to be read.
                await asyncio.wait((work,), timeout=_LAST_BYTES_S)
            if not work.done():
                work.cancel()
                await asyncio.wait((work,))
            if work.cancelled():
                await self._end(Outcome.CLIENT_LEFT)
                return
            await self._finish(work)
        finally:
            if not work.done():  # this task itself is being cancelled: the gateway stops
                work.cancel()
                await asyncio.shield(self._end(Outcome.UPSTREAM_FAILED, status=0))

    async def _carry(self, way: Way, leaving: bytes, whole: asyncio.Event | None) -> Delivered:
        model = way.service.models[0] if way.rerouted else self.request.model
        delivery = Delivery(
            dialect=speaking.by_endpoint(way.endpoint),
            plan=self.plan,
            stations=self.stations,
            port=self.port,
            headers=self._headers(),
            whole=whole,
            json_reply=self.dialect.json_reply(self.request),
            translating=Translating(self.request, self.dialect, way.translation, model) if way.translation else None,
        )
        accept = "text/event-stream" if self.request.stream else "application/json"
        # The interface's own headers go to who speaks the interface, and mean nothing to anybody else.
        interface = self.request.headers if way.translation is None else ()
        path = self.stations.sender.path(way.service.id, way.endpoint)
        headers = (JSON, ("accept", accept), *interface)
        async with self.stations.sender.send(way.service.id, path, leaving, headers) as reply:
            return await delivery.run(reply)

    async def _finish(self, work: asyncio.Future[Delivered]) -> None:
        """Records how it ended, and answers where the reply was not streamed."""
        try:
            delivered = work.result()
        except ClientLeft:
            await self._end(Outcome.CLIENT_LEFT)
        except UpstreamError as error:
            await self._end(Outcome.UPSTREAM_FAILED, status=error.http_status)
            await self._refuse(error)
        except Exception as error:
            # The one boundary after DECIDED: whatever went wrong, it is recorded, and its text goes nowhere.
            await self._end(Outcome.UPSTREAM_FAILED, status=500)
            await self._refuse(error if isinstance(error, RingfenceError) else defect())
            if not isinstance(error, RingfenceError):
                raise
        else:
            outcome = Outcome.UPSTREAM_FAILED if delivered.failure else Outcome.COMPLETED
            await self._end(outcome, status=delivered.status, **delivered.details)
            if delivered.body is not None:
                await self.port.plain(delivered.status, delivered.headers, delivered.body)
            elif delivered.failure and not isinstance(delivered.failure, RingfenceError):
                raise delivered.failure  # a defect of ours, for the log

    async def _refuse(self, error: RingfenceError) -> None:
        status, body = self.dialect.error(error.http_status, error.code, error.message, error.remedy)
        await self.port.plain(status, [JSON, *self._headers()], body)

    async def _end(self, outcome: Outcome, **more: Any) -> None:
        took = self.stations.monotonic() - self.started
        record = entries.ended(self.request_id, self.receipt.index, outcome, duration_ms=round(took * 1000), **more)
        self.stations.live(line(self.plan, self.receipt.index, outcome, took))
        try:
            try:
                await self.stations.append(record)
            except LedgerUnavailable:
                raise
            except LedgerError:
                # This record alone was refused, for what a service made us write into it: the end is recorded bare.
                await self.stations.append(entries.ended(self.request_id, self.receipt.index, outcome))
        except LedgerError as error:
            if outcome is not Outcome.DENIED:
                error.remedy = _SENT
            raise

    def _headers(self) -> Headers:
        decision = self.plan.decision
        headers = [("x-ringfence-effect", str(decision.effect)), ("x-ringfence-record", str(self.receipt.index))]
        if self.plan.option is not None:
            headers.append(("x-ringfence-service", decision.service))
        if decision.effect is Effect.REROUTE and self.plan.option is not None:
            model = self.plan.option.service.models[0]
            headers.append(("x-ringfence-notice", f"answered by {model}, a private model, not by the model asked for"))
        return headers
