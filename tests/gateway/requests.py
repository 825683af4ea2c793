"""The bytes of a request, written by hand."""

from __future__ import annotations

import json

from support.place import Place

BODY = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello."}]}).encode()
PATH = "/v1/chat/completions"


def request(
    place: Place,
    body: bytes = BODY,
    *,
    line: str = f"POST {PATH} HTTP/1.1",
    drop: tuple[str, ...] = (),
    extra: bytes = b"",
    key: str = "general",
) -> bytes:
    """The bytes of a request; `drop` leaves usual headers out, `extra` adds header lines."""
    usual = {
        "host": f"127.0.0.1:{place.gateway.port}",
        "authorization": f"Bearer {place.keys[key]}",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }
    lines = [line, *(f"{name}: {value}" for name, value in usual.items() if name not in drop)]
    return "\r\n".join(lines).encode() + b"\r\n" + extra + b"\r\n" + body
