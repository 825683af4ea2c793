"""GET from a vendor's own interface for its settings."""

from __future__ import annotations

from ringfence.gateway.asking import Asked, NoAnswer, ask
from ringfence.posture import Get, NoReply, Reply
from ringfence.upstream.target import tls_context

MOST_BYTES = 8 * 1024 * 1024
"""Of one answer; a page of settings or of a month's counts is far smaller."""


def getter(timeout_s: float) -> Get:
    """A client for `posture`. Each answer must be whole within `timeout_s`, however slowly its bytes come."""
    tls = tls_context()

    def get(url: str, headers: dict[str, str]) -> Reply:
        try:
            answer = ask(Asked("GET", url, headers, most_bytes=MOST_BYTES), tls, timeout_s)
        except NoAnswer as error:
            raise NoReply(str(error)) from None
        return Reply(answer.status, answer.body)

    return get
