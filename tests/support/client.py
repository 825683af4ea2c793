"""A plain HTTP client for tests: one request, whatever the status, with all that came back."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PATH = "/v1/chat/completions"


@dataclass
class Got:
    """One reply. `headers` have lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def effect(self) -> str:
        return self.headers.get("x-ringfence-effect", "")

    @property
    def text(self) -> str:
        """What the first choice says."""
        return str(json.loads(self.body)["choices"][0]["message"]["content"])


class Client:
    """Keeps its connection; opens another where the gateway closed it."""

    def __init__(self, port: int, key: str, timeout_s: float = 60.0) -> None:
        self._key = key
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)

    def post(self, body: bytes | dict[str, Any], headers: Mapping[str, str] | None = None, path: str = PATH) -> Got:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self._key}", "content-type": "application/json", **(headers or {})}
        try:
            self.connection.request("POST", path, data, sent)
            reply = self.connection.getresponse()
            return Got(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        self.connection.close()


def chat(content: str, model: str = "gpt-4o-mini", **members: Any) -> dict[str, Any]:
    """The smallest request that says `content`."""
    return {"model": model, "messages": [{"role": "user", "content": content}], **members}
