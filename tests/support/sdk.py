"""The real `openai` SDK, sync and async, with what it sent and which headers came back."""

from __future__ import annotations

import json
from typing import Any

import openai


class Sdk:
    """`sync` is one client; `asynchronous()` makes one for the running event loop. No retries: a test sees each answer.

    `sent` are the bodies that the SDK sent, `headers` those of the last reply.
    """

    def __init__(self, url: str, key: str, *, timeout_s: float = 60.0, headers: dict[str, str] | None = None) -> None:
        self.sent: list[bytes] = []
        self.headers: dict[str, str] = {}
        self._options: dict[str, Any] = {
            "base_url": f"{url}/v1",
            "api_key": key,
            "max_retries": 0,
            "timeout": timeout_s,
            "default_headers": headers,
        }
        hooks = {"request": [self._request], "response": [self._response]}
        self.sync = openai.OpenAI(
            **self._options, http_client=openai.DefaultHttpxClient(verify=False, event_hooks=hooks)
        )

    def asynchronous(self) -> openai.AsyncOpenAI:
        async def request(sent: Any) -> None:
            self._request(sent)

        async def response(reply: Any) -> None:
            self._response(reply)

        hooks = {"request": [request], "response": [response]}
        client = openai.DefaultAsyncHttpxClient(verify=False, event_hooks=hooks)
        return openai.AsyncOpenAI(**self._options, http_client=client)

    @property
    def last_sent(self) -> Any:
        return json.loads(self.sent[-1])

    def _request(self, request: Any) -> None:
        self.sent.append(request.content)

    def _response(self, response: Any) -> None:
        self.headers = {name.lower(): value for name, value in response.headers.items()}
