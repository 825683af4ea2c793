"""The canonical request and reply that every dialect reads into and writes from."""

from __future__ import annotations

from typing import Any

import msgspec

from ringfence.vocabulary.text import Segment

OPAQUE = "opaque"
"""The value of a `Use` whose string is an identifier of the customer's own making. It chooses nothing."""


class Use(msgspec.Struct, frozen=True):
    """One request member that is present, as a normalised path: array indexes become `*`, and below a free-form
    subtree (a JSON schema, metadata, tool arguments) nothing more is listed. `value` is the scalar where it chooses
    between behaviours (type, role, mode, flags), else "".

    `pointer` is where it stands, for messages to the client.
    """

    path: str
    value: str
    pointer: str


class Unread(msgspec.Struct, frozen=True):
    """A part that cannot be read as text: where it stands, what it is (image, audio, file, remote file), and if more
    is known, `why` in a plain sentence without content."""

    pointer: str
    kind: str
    why: str = ""


class FilePart(msgspec.Struct, frozen=True):
    """A file that a request carries: where its content stands, and what the client says of it. `encoded` is Base64 (RFC
    4648 section 4, lines allowed), or else percent-encoded (RFC 3986 section 2.1). `name` and `media_type` are "" where
    the client says nothing."""

    pointer: str
    encoded: str
    base64: bool = True
    name: str = ""
    media_type: str = ""


class CanonicalRequest(msgspec.Struct, frozen=True):
    """A parsed request. `tree` is the JSON as Python objects (numbers with a fraction are `decimal.Decimal`); it is
    treated as read-only: rewriting makes a new tree.

    `modalities` are what a service must be able to read to answer: text, image, audio, file. `headers` are those that
    belong to the interface (`anthropic-beta`), by lower-case name: they go to a service that speaks it as they came,
    and each also stands in `uses`, as `/@name`.
    """

    dialect: str
    endpoint: str
    model: str
    stream: bool
    tree: dict[str, Any]
    segments: tuple[Segment, ...]
    uses: tuple[Use, ...]
    unread: tuple[Unread, ...] = ()
    modalities: tuple[str, ...] = ("text",)
    headers: tuple[tuple[str, str], ...] = ()


class Service(msgspec.Struct, frozen=True):
    """One service endpoint of the register, as the rooms after it need it.

    `endpoint` is `vendor/service`-unique id's API surface, e.g. `chat_completions`. `own_host` is true where the
    organisation runs the host itself, so that no further party sees the data.
    """

    id: str
    vendor: str
    title: str
    private: bool
    own_host: bool
    host: str
    endpoints: tuple[str, ...]
    models: tuple[str, ...]
    modalities: tuple[str, ...]
    demonstration: bool = False
