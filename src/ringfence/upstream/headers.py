"""Which headers pass, in both directions: allow-lists, so that a header nobody thought of stays behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ringfence import __version__
from ringfence.upstream.target import Address, Target

USER_AGENT = f"ringfence/{__version__}"

# Of a client's request. Never its authorization, cookies or anything else that could steer or identify.
REQUEST = ("content-type", "accept")
_VALUE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,255}")

# Of a service's reply. Not openai-organization and openai-project: they name the operator's account.
REPLY = frozenset({"content-type", "request-id", "x-request-id", "retry-after", "retry-after-ms", "x-should-retry"})
REPLY_PREFIXES = ("x-ratelimit-", "ratelimit-", "openai-")
REPLY_NEVER = frozenset({"openai-organization", "openai-project"})


def passes(name: str) -> bool:
    """Whether a reply header (lower case) is handed to the gateway."""
    return name in REPLY or (name.startswith(REPLY_PREFIXES) and name not in REPLY_NEVER)


def fixed_head(target: Target, address: Address, path: str) -> bytes:
    """Request line and the headers that are the same for every request to this path of this target.

    No compression is asked for: masked identifiers must be restored in the reply as it streams, and a compressed
    reply would need its own bound against bombs.
    """
    lines = [
        f"POST {address.path}{path} HTTP/1.1",
        f"host: {address.authority}",
        f"user-agent: {USER_AGENT}",
        "accept-encoding: identity",
    ]
    if target.credential:
        lines.append(f"{target.auth_header}: {target.auth_prefix}{target.credential}")
    lines += [f"{name}: {value}" for name, value in target.headers]
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def variable_head(headers: Mapping[str, str] | Iterable[tuple[str, str]], body_bytes: int) -> bytes:
    """The client's allowed headers and the length of the body; ends the head."""
    items = headers.items() if isinstance(headers, Mapping) else headers
    chosen = {"content-type": "application/json", "accept": "application/json"}
    for name, value in items:
        if name.lower() in REQUEST and _VALUE.fullmatch(value):
            chosen[name.lower()] = value
    return (
        f"content-type: {chosen['content-type']}\r\naccept: {chosen['accept']}\r\ncontent-length: {body_bytes}\r\n\r\n"
    ).encode("ascii")
