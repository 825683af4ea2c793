"""The door for credentials that are not one fixed header: signatures of each request, and tokens that are renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Signer(Protocol):
    """Makes the headers that prove who sends a request. Its `repr` shows no secret."""

    def headers(self, method: str, host: str, path: str, body: bytes, now: datetime) -> tuple[tuple[str, str], ...]:
        """The headers to send beside the others. `host` and `path` are those of the request line and Host header, the
        path percent-encoded and without a query; `now` knows its time zone. Called only while `why_not` is ""."""

    def why_not(self, now: datetime) -> str:
        """Why no request can be signed now, in a plain sentence without a secret, else ""."""

    async def keep(self, now: Callable[[], datetime]) -> None:
        """Runs beside the requests for as long as the service is in use, and may return at once."""
