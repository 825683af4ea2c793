"""What Anthropic's interfaces share: headers that belong to them, errors, also within a stream, the list of models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from ringfence.dialects.pointers import HIDDEN, shown
from ringfence.dialects.sse import encoded
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.decision import Reason
from ringfence.vocabulary.errors import MalformedRequest
from ringfence.vocabulary.text import Place, Segment

HEADERS = ("anthropic-version", "anthropic-beta", "anthropic-user-profile-id", "anthropic-workspace-id")
"""All that the SDK sends beside its credential and its telemetry (`anthropic/_client.py`, `resources/messages`)."""
_STEERING = frozenset({"anthropic-user-profile-id", "anthropic-workspace-id"})
"""What chooses an account: the gateway's own credential does that, whose settings are what is on file."""

# The vendor names versions by the day: `web_search_20250305`, `files-api-2025-04-14`. None is older than the vendor.
_DAY = re.compile(r"[_-]?(?<![0-9])20(?:2[1-9]|3\d)(?:\d{4}|-\d{2}-\d{2})\Z", re.ASCII)


def dated(name: str) -> str:
    """`name` if it may be shown (`pointers.shown`) apart from the day at its end, else `HIDDEN`."""
    rest = _DAY.sub("", name)
    return name if not rest or shown(rest) != HIDDEN else HIDDEN


def check_headers(headers: Sequence[tuple[str, str]]) -> None:
    """Raises MalformedRequest for a header that would choose an account."""
    for name, _ in headers:
        if name in _STEERING:
            raise MalformedRequest(
                f"{name} chooses an account", where=name, remedy="Leave it out: the gateway chooses."
            )


# How the vendor names versions and betas, the day at the end apart.
_VERSION = re.compile(r"(?:[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){0,7})?", re.ASCII)


def header_words(headers: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Pointers of the headers whose every value has the shape of a version, which is no text."""
    values = tuple(_values(headers))
    odd = {name for name, value in values if not _VERSION.fullmatch(_DAY.sub("", value))}
    return frozenset(f"/@{name}" for name, _ in values if name not in odd)


def _values(headers: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(name, value), one for each value of a list (RFC 9110 section 5.6.1)."""
    for name, line in headers:
        for value in line.split(",") if name == "anthropic-beta" else (line,):
            if value.strip():
                yield name, value.strip()


def header_uses(headers: Sequence[tuple[str, str]]) -> tuple[Use, ...]:
    """One `Use` for each value; which beta or version it is, where it has the shape of one."""
    found = ((f"/@{name}", dated(value)) for name, value in _values(headers))
    return tuple(Use(path, value, path) for path, value in dict.fromkeys(found))


def header_segments(headers: Sequence[tuple[str, str]]) -> Iterator[Segment]:
    """The text of each value. Headers leave as they came, so nothing in them can be masked; the day that a version's
    name ends with is nobody's date."""
    for name, value in _values(headers):
        if text := _DAY.sub("", value):
            yield Segment(f"/@{name}", "metadata", text, Place.FIXED)


# https://platform.claude.com/docs/en/api/errors
_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def _told(message: str, remedy: str) -> str:
    return f"{message.rstrip('.')}. {remedy}".strip() if remedy else message


def error(
    http_status: int,
    code: str,
    message: str,
    remedy: str,
    param: str | None = None,
    reasons: Sequence[Reason] = (),
) -> tuple[int, bytes]:
    """(status, body). The SDK chooses its class by the status and shows `message`, so the remedy is part of it."""
    kind = _TYPES.get(http_status, "api_error" if http_status >= 500 else "invalid_request_error")
    content: dict[str, Any] = {"type": kind, "message": _told(message, remedy), "code": code}
    for name, value in (("param", param), ("remedy", remedy), ("reasons", reasons)):
        if value:
            content[name] = value
    return http_status, msgspec.json.encode({"type": "error", "error": content})


def error_event(message: str, code: str) -> bytes:
    """An event at which the SDK raises APIStatusError (`anthropic/_streaming.py`: the event's name is `error`)."""
    content = {"type": "api_error", "message": message, "code": code}
    return encoded(msgspec.json.encode({"type": "error", "error": content}), b"event: error\n")


def models(models: Sequence[Mapping[str, Any]]) -> bytes:
    """https://platform.claude.com/docs/en/api/models/list, as one page; `created_at` is 1970 where nobody knows it."""
    data = [_model(model) for model in models]
    ids = [model["id"] for model in data]
    page = {"has_more": False, "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
    return msgspec.json.encode({"data": data, **page})


def _model(model: Mapping[str, Any]) -> dict[str, Any]:
    created = datetime.fromtimestamp(model.get("created", 0), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rest = {name: value for name, value in model.items() if name not in ("created", "owned_by", "object")}
    return {"type": "model", "display_name": model["id"], "created_at": created, **rest}
