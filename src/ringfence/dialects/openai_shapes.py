"""What OpenAI's interfaces share: the shapes of an error, of an error within a stream, and of the list of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ringfence.dialects.sse import encoded
from ringfence.vocabulary.decision import Reason

# Types as in https://platform.openai.com/docs/guides/error-codes and the vendor's own replies.
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def error(
    http_status: int,
    code: str,
    message: str,
    remedy: str,
    param: str | None = None,
    reasons: Sequence[Reason] = (),
) -> tuple[int, bytes]:
    """(status, body). The SDK chooses its class by the status and shows `message`, so the remedy is part of it."""
    kind = _TYPES.get(http_status, "server_error" if http_status >= 500 else "invalid_request_error")
    told = f"{message.rstrip('.')}. {remedy}".strip() if remedy else message
    content: dict[str, Any] = {"message": told, "type": kind, "param": param, "code": code}
    if remedy:
        content["remedy"] = remedy
    if reasons:
        content["reasons"] = reasons
    return http_status, msgspec.json.encode({"error": content})


def error_event(message: str, code: str) -> bytes:
    """An event at which the SDK raises APIError (`openai/_streaming.py`: data with a member `error`)."""
    content = {"message": message, "type": "server_error", "param": None, "code": code}
    return encoded(msgspec.json.encode({"error": content}))


def response_error_event(message: str, code: str, sequence_number: int) -> bytes:
    """As `error_event`, for a client of the Responses interface: the SDKs raise at `error`, others read `type`.

    https://platform.openai.com/docs/api-reference/responses-streaming/error
    """
    said = {"code": code, "message": message, "param": None}
    content = {"type": "error", **said, "sequence_number": sequence_number, "error": {**said, "type": "server_error"}}
    return encoded(msgspec.json.encode(content), b"event: error\n")


def models(models: Sequence[Mapping[str, Any]]) -> bytes:
    """https://platform.openai.com/docs/api-reference/models/list; `created` is 0 where nobody knows it."""
    data = [{"object": "model", "created": 0, "owned_by": "ringfence", **model} for model in models]
    return msgspec.json.encode({"object": "list", "data": data})
