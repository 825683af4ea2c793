"""Who calls, and what their headers say: the first step of a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from ringfence import dialects, masking
from ringfence.gateway.keys import Key, KeyStore
from ringfence.vocabulary.errors import AuthenticationFailed, HostNotAllowed, MalformedRequest

SOURCE = "x-ringfence-source"
LABEL = "x-ringfence-label"
CONVERSATION = "x-ringfence-conversation"
_OWN = frozenset({SOURCE, LABEL, CONVERSATION})
# A repeated one of these could mean one thing to us and another to a proxy before us (RFC 9110 5.3).
_ONCE = _OWN | {"authorization", "x-api-key", "host", "content-type", "content-length"}
_ONCE |= {"content-encoding", "transfer-encoding"}
# A client interface's own headers choose what happens to the data: a list stands in one header, with commas.
_ONCE |= {name for dialect in dialects.all() for name in dialect.headers}
TAG = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)


class Caller(msgspec.Struct, frozen=True):
    """An admitted client: its key, and the tags of its headers. Tags can only raise labels."""

    key: Key
    sources: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    conversation: str = ""

    @property
    def scope(self) -> str:
        """Whose surrogates these are: never shared across keys."""
        return masking.scope_of(self.key.id, self.conversation)


def headers_once(items: Iterable[tuple[str, str]], names: Iterable[str] = ()) -> dict[str, str]:
    """Header names in lower case -> values. `names` are those of all headers that came, also of those whose value the
    server could not read and left out of `items`.

    Raises MalformedRequest for a repeated header that must stand once, and for an `x-ringfence-` header that is not
    known or can't be read: it would silently not raise a label.
    """
    headers: dict[str, str] = {}
    for name, value in items:
        name = name.lower()
        if name in headers and name in _ONCE:
            raise MalformedRequest(f"header {name} stands twice", where=name, remedy="Send it once.")
        if name.startswith("x-ringfence-") and name not in _OWN:
            raise MalformedRequest(
                "an x-ringfence- header is not known", remedy=f"Known are {SOURCE}, {LABEL} and {CONVERSATION}."
            )
        headers[name] = value
    for name in names:
        if name not in headers and (name in _ONCE or name.startswith("x-ringfence-")):
            raise MalformedRequest("a header's value is not ASCII", where=name, remedy="Write it in ASCII.")
    return headers


def check_host(headers: dict[str, str], allowed: Sequence[str]) -> None:
    """Raises HostNotAllowed: against DNS rebinding, where a web page makes a browser call this address."""
    host = headers.get("host", "")
    name = host[: host.rindex(":")] if re.search(r":\d*$", host) and not host.endswith("]") else host
    if name.lower() not in allowed:
        raise HostNotAllowed("The Host header names a host that is not allowed.", where="host")


def admit(headers: dict[str, str], keys: KeyStore) -> Caller:
    """One authenticator for every dialect: `Authorization: Bearer` or `x-api-key`, the same key if both.

    Raises AuthenticationFailed or MalformedRequest.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    presented = {
        value for value in (bearer.strip() if scheme.lower() == "bearer" else "", headers.get("x-api-key")) if value
    }
    if len(presented) != 1:
        what = "Two different API keys were sent." if presented else "No API key was sent."
        raise AuthenticationFailed(what)
    key = keys.authenticate(presented.pop())
    conversation = headers.get(CONVERSATION, "")
    if conversation and not TAG.fullmatch(conversation):
        raise MalformedRequest(
            f"{CONVERSATION} is not a plain tag", where=CONVERSATION, remedy="Use at most 64 of A-Z a-z 0-9 _ . : -"
        )
    return Caller(key, (*key.sources, *_tags(headers, SOURCE)), _tags(headers, LABEL), conversation)


def _tags(headers: dict[str, str], name: str) -> tuple[str, ...]:
    tags = tuple(tag.strip().lower() for tag in headers.get(name, "").split(",") if tag.strip())
    if not all(TAG.fullmatch(tag) for tag in tags):
        raise MalformedRequest(
            f"{name} is not a list of plain tags", where=name, remedy="Write it as `ehr` or `ehr, crm`."
        )
    return tags
