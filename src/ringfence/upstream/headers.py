"""Which headers pass, in both directions: allow-lists, so that a header nobody thought of stays behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ringfence import __version__
from ringfence.upstream.target import Address, Target
from ringfence.vocabulary.errors import MalformedRequest

USER_AGENT = f"ringfence/{__version__}"

# Of a client's request. Never its authorization, cookies or anything else that could steer or identify.
REQUEST = ("content-type", "accept")
_VALUE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,255}")
# Those of the Messages interface, for its endpoints only: https://docs.claude.com/en/api/versioning
MESSAGES = ("messages", "count_tokens")
_OF_MESSAGES = ("anthropic-version", "anthropic-beta")
_LIST = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,4095}")

# Of a service's reply. Not openai-organization and openai-project: they name the operator's account.
REPLY = frozenset(
    {"content-type", "request-id", "x-request-id", "retry-after", "retry-after-ms", "x-should-retry"}
    | {"x-zero-data-retention"}
)
REPLY_PREFIXES = ("x-ratelimit-", "ratelimit-", "openai-", "anthropic-ratelimit-")
REPLY_NEVER = frozenset({"openai-organization", "openai-project"})

# What a service says of its own doing that belongs on record. https://docs.x.ai/docs/faq/security
NOTED = frozenset({"x-zero-data-retention"})
_NOTE = re.compile(r"[A-Za-z0-9._ -]{1,64}")


def passes(name: str) -> bool:
    """Whether a reply header (lower case) is handed to the gateway."""
    return name in REPLY or (name.startswith(REPLY_PREFIXES) and name not in REPLY_NEVER)


def notes(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of a reply's headers that belong on record, by lower-case name. A value that is no plain word is "?"."""
    noted = [(name, value.strip()) for name, value in headers if name in NOTED]
    return tuple((name, value if _NOTE.fullmatch(value) else "?") for name, value in noted)


def fixed_head(target: Target, address: Address, path: str) -> bytes:
    """Request line and the headers that are the same for every request to this path of this target.

    No compression is asked for: masked identifiers must be restored in the reply as it streams, and a compressed
    reply would need its own bound against bombs.
    """
    ours = [
        ("host", address.authority),
        ("user-agent", USER_AGENT),
        ("accept-encoding", "identity"),
        *([(target.auth_header, target.auth_prefix + target.credential)] if target.credential else []),
        *target.headers,
    ]
    return f"POST {address.path}{path} HTTP/1.1\r\n".encode("ascii") + lines(ours)


def lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Headers as they are written."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


def variable_head(
    headers: Mapping[str, str] | Iterable[tuple[str, str]], body_bytes: int, *, messages: bool = False
) -> bytes:
    """The client's allowed headers and the length of the body; ends the head. `messages`: with the headers of that
    interface, each as it came. Raises MalformedRequest where one can't be sent so."""
    items = headers.items() if isinstance(headers, Mapping) else headers
    chosen = {"content-type": "application/json", "accept": "application/json"}
    of_messages = []
    for name, value in items:
        lowered = name.lower()
        if lowered in REQUEST and _VALUE.fullmatch(value):
            chosen[lowered] = value
        elif messages and lowered in _OF_MESSAGES:
            # INVARIANT: sent unchanged or refused, never left out: the request would mean something else.
            if not _LIST.fullmatch(value):
                raise MalformedRequest(f"The header {lowered} is too long or holds an odd character", where=lowered)
            of_messages.append((lowered, value))
    return lines([*chosen.items(), *of_messages, ("content-length", str(body_bytes))]) + b"\r\n"
