"""The exact bytes for one service: identifiers replaced, translated where need be, members of the gateway's own set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ringfence import register
from ringfence.dialects import Dialect
from ringfence.gateway import speaking
from ringfence.gateway.ways import Way
from ringfence.register import Snapshot
from ringfence.register.terms import safe_name
from ringfence.upstream.isolation import STEERING, apart
from ringfence.vocabulary.chat import CanonicalRequest


class Rewrite(msgspec.Struct, frozen=True):
    """A member that the gateway set in the body that leaves, or left out of it, and why. "" is the whole body."""

    pointer: str
    why: str


def outgoing(
    request: CanonicalRequest, dialect: Dialect, way: Way, texts: Mapping[str, str], snapshot: Snapshot, salt: str
) -> tuple[bytes, tuple[Rewrite, ...]]:
    """The body that leaves and what was changed in it beside `texts`, which replaces strings by their pointers.

    INVARIANT: the request is masked in its own interface, where each text's place is known, before it is translated.
    """
    members, rewrites = _members(way, snapshot, salt)
    if way.translation is None:
        kept, taken = _kept(request, way)
        return dialect.rewrite(kept, texts, members), (*taken, *rewrites)
    translated = way.translation.request(request, dialect.rewrite(request, texts, {}))
    target = speaking.by_endpoint(way.endpoint)
    body = target.rewrite(target.read(translated.body), {}, members)
    said = [Rewrite("", f"translated from {request.endpoint} to {way.endpoint}")]
    said += [Rewrite(_plain(dropped.pointer), dropped.why) for dropped in translated.dropped]
    return body, (*said, *rewrites)


def _members(way: Way, snapshot: Snapshot, salt: str) -> tuple[dict[str, Any], tuple[Rewrite, ...]]:
    service = way.service
    members: dict[str, Any] = {}
    rewrites = []
    for pointer, value, why in register.forced_members(snapshot, service.id, way.endpoint):
        members[pointer] = value
        rewrites.append(Rewrite(pointer, why))
    if way.rerouted:
        members["/model"] = service.models[0]
        rewrites.append(Rewrite("/model", "the private model answers instead of the one asked for"))
    if service.private:
        ours = apart(salt)
        members |= ours
        rewrites += [Rewrite(pointer, "keeps tenants' prompt caches apart") for pointer in ours]
    return members, tuple(rewrites)


def _kept(request: CanonicalRequest, way: Way) -> tuple[CanonicalRequest, tuple[Rewrite, ...]]:
    """The request without what is not a client's to set on a server that others use too. (A translation takes over none
    of it.)"""
    taken = sorted(STEERING & request.tree.keys()) if way.service.private else []
    if not taken:
        return request, ()
    tree = {name: value for name, value in request.tree.items() if name not in taken}
    said = tuple(Rewrite(f"/{name}", "left out: it steers what the server's users share") for name in taken)
    return msgspec.structs.replace(request, tree=tree), said


def _plain(pointer: str) -> str:
    """A pointer as records may hold it: a member that the client made up is its text. Headers are the interface's."""
    return pointer if pointer.startswith("/@") else safe_name(pointer)
