"""Anchors the ledger while the gateway runs: at its start, and at intervals. Not at its stop, which would wait for
others' machines; the next start anchors what stood then."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ringfence.gateway.anchors import Anchorer, Made
from ringfence.ledger.record import rfc3339
from ringfence.vocabulary.errors import AnchorContradicted
from ringfence.vocabulary.record import Phase, Receipt, Record

RETRY_S = 60.0
_MOST_WHY = 300  # characters


class Anchoring:
    """One task. Each anchor goes its own way: none waits for another, and whatever fails is said once, put on record,
    and tried again. `append` makes a record durable."""

    def __init__(
        self,
        anchorers: Sequence[Anchorer],
        append: Callable[[Record], Awaitable[Receipt]],
        log: Callable[[str], None],
        interval_s: float,
    ) -> None:
        self._anchorers, self._append, self._log, self._interval_s = anchorers, append, log, interval_s

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(*(self._follow(each) for each in self._anchorers))

    async def _follow(self, anchorer: Anchorer) -> None:
        failed = ""
        while True:
            wait_s = self._interval_s
            try:
                made = await _apart(anchorer.make)
                await self._append(Record("", Phase.NOTICE, anchored(made)))
                if failed:
                    self._log(f"anchored again by {anchorer.where}")
                failed = ""
            except Exception as error:
                # Whatever it is: the gateway serves on, and the age of the newest anchor shows.
                wait_s = min(self._interval_s, RETRY_S)
                before, failed = failed, type(error).__name__
                if failed != before:
                    await self._say(anchorer, error)
            await asyncio.sleep(wait_s)

    async def _say(self, anchorer: Anchorer, error: Exception) -> None:
        why = str(getattr(error, "message", type(error).__name__))
        self._log(f"the ledger is not anchored by {anchorer.where}: {why}")
        try:
            await self._append(Record("", Phase.NOTICE, not_anchored(anchorer, error)))
        except Exception as second:
            self._log(f"and that can't be put on record: {getattr(second, 'message', type(second).__name__)}")


def anchored(made: Made) -> dict[str, Any]:
    """The body of the NOTICE about an anchor."""
    return {
        "event": "anchored",
        "kind": made.kind,
        "size": made.size,
        "root": made.root,
        "by": made.by,
        "when": rfc3339(made.when.timestamp()),
    }


def not_anchored(anchorer: Anchorer, error: Exception) -> dict[str, Any]:
    """The body of the NOTICE about one that did not come about."""
    why = str(getattr(error, "message", type(error).__name__))
    return {
        "event": "anchor_failed",
        "kind": anchorer.kind,
        "by": anchorer.where,
        "why": why[:_MOST_WHY],
        "contradicted": isinstance(error, AnchorContradicted),
    }


async def _apart(make: Callable[[], Made]) -> Made:
    """Runs `make` in a thread of its own, which ends with the process: one that waits for another's machine must hold
    up neither requests nor a stop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Made] = loop.create_future()

    def settle(made: Made | None, error: BaseException | None) -> None:
        if done.done():  # cancelled meanwhile
            return
        if error is not None:
            done.set_exception(error)
        elif made is not None:
            done.set_result(made)

    def work() -> None:
        made, error = None, None
        try:
            made = make()
        except BaseException as raised:  # it belongs to whoever waits
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, made, error)

    threading.Thread(target=work, name="anchor", daemon=True).start()
    return await done
