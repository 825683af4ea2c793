"""Bounds on what clients may take: body size, time to send it, requests at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

from ringfence.vocabulary.errors import MalformedRequest, RequestTimeout, RequestTooLarge, TooManyRequests


class InFlight:
    """Counts requests under way; the one above the limit is refused at once, so that memory stays bounded."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.count = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises TooManyRequests where the limit is reached."""
        if self.count >= self._limit:
            raise TooManyRequests(f"{self._limit} requests are under way.")
        self.count += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.count -= 1
            if not self.count:
                self.idle.set()


async def read_body(
    parts: AsyncIterator[bytes],
    *,
    declared: str,
    limit_bytes: int,
    timeout_s: float,
    whole: Callable[[], Awaitable[bytes]] | None = None,
) -> bytes:
    """The whole request body, from `parts`; by one call of `whole` where a length says that it stays within the limit.

    Raises RequestTooLarge (unread, where Content-Length says so), RequestTimeout, or MalformedRequest where the client
    broke off.
    """
    too_large = RequestTooLarge(f"The request body is larger than {limit_bytes} bytes.")
    too_short = MalformedRequest("The request body is shorter than its content-length.", where="content-length")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise too_large
    body: bytes | bytearray = bytearray()  # joining bytes anew for each part would take time in the square of it
    try:
        async with asyncio.timeout(timeout_s):
            if whole is not None and declared.isdecimal():
                body = await whole()
            else:
                async for part in parts:
                    body += part
                    if len(body) > limit_bytes:
                        raise too_large
    except TimeoutError as error:
        raise RequestTimeout(f"The request body did not arrive within {timeout_s:g} s.") from error
    except RuntimeError as error:  # granian.rsgi.ProtocolClosed
        raise too_short from error
    # Granian ends the parts without an error where the connection ended before the body did.
    if declared.isdecimal() and len(body) != int(declared):
        raise too_short
    return bytes(body)
