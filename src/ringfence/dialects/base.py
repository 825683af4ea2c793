"""The door of the room: what each dialect offers to the rooms that use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ringfence.vocabulary.chat import CanonicalRequest, FilePart
from ringfence.vocabulary.decision import Reason

Restore = Callable[[str, bool], str]
"""A whole string -> the string with originals restored. True where the string is itself JSON text, so that an original
must be put in escaped."""


class Restorer(Protocol):
    """Restores one text that arrives in pieces. What may be the beginning of a surrogate is held back."""

    def feed(self, text: str) -> str:
        """The next piece -> what is certain so far."""

    def flush(self) -> str:
        """No more pieces -> what was held back."""


MakeRestorer = Callable[[bool], Restorer]
"""Makes a restorer for one new text; the flag as in `Restore`."""


class Reply(msgspec.Struct, frozen=True):
    """A plain reply, edited for the client.

    `model` is the one that the service says it used, "" if it doesn't say. `usage` are its token counts; a nested
    count has a dotted name (`prompt_tokens_details.cached_tokens`). `finish` is each choice's reason. `texts` are the
    restored strings, for scanning. `failed`: the body is an error message of the service.
    """

    body: bytes
    model: str
    usage: dict[str, int]
    finish: tuple[str, ...]
    texts: tuple[str, ...]
    failed: bool = False


class StreamEditor(Protocol):
    """Edits one streamed reply as it passes. All bytes that it returns go to the client, in order.

    `finished`: the service said that the stream is complete. `failed`: it sent an error instead. `truncated`: the reply
    was too long for `texts` to keep all of it. `model`, `usage`, `finish` as in `Reply`, as far as they've arrived.
    """

    finished: bool
    failed: bool
    model: str
    usage: dict[str, int]

    @property
    def finish(self) -> tuple[str, ...]: ...

    @property
    def truncated(self) -> bool: ...

    def feed(self, chunk: bytes) -> bytes:
        """Bytes of the service -> bytes for the client. Raises UpstreamBroken; then only `error_event` may follow."""

    def end(self) -> bytes:
        """The service closed the stream: what was still held back. May be called again, and then gives nothing."""

    def error_event(self, message: str, code: str) -> bytes:
        """Whatever was held back, then an event at which the client's library raises its error."""

    def texts(self) -> tuple[str, ...]:
        """The restored text of each part of the reply so far."""


class Dialect(Protocol):
    """One client interface: bytes <-> canonical request and reply. Pure: no I/O, clock or randomness.

    `routes` are (method, path); `queries` are the query strings, as they stand in the URL, that its clients send with
    them, and no other is taken. `headers` are the request headers that belong to the interface, in lower case; all
    others stay with the gateway. `source` is where the interface is described. `examples` are request bodies that the
    tests read, scan and rewrite.
    """

    name: str
    endpoint: str
    routes: tuple[tuple[str, str], ...]
    queries: tuple[str, ...]
    headers: tuple[str, ...]
    source: str
    examples: tuple[bytes, ...]

    def read(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
        """`headers`: those of `self.headers` that came. Raises MalformedRequest. Unknown members are no error: they
        stand in `uses`, for the catalogue to judge."""

    def rewrite(self, request: CanonicalRequest, texts: Mapping[str, str], members: Mapping[str, Any]) -> bytes:
        """A new body: `texts` replaces strings, then `members` sets members, both by RFC 6901 pointer.

        Missing parents of a member are made. `request.tree` stays as it is. Raises InternalError where a pointer does
        not fit the request.
        """

    def json_text(self, request: CanonicalRequest) -> frozenset[str]:
        """Pointers of strings that must be JSON text and stay so (tool-call arguments)."""

    def wire(self, request: CanonicalRequest) -> frozenset[str]:
        """Pointers of strings that belong to the interface and are no text: roles, types, ids, names of functions."""

    def files(self, request: CanonicalRequest) -> tuple[FilePart, ...]:
        """The files whose content the request carries; each one's pointer is that of an `Unread`."""

    def json_reply(self, request: CanonicalRequest) -> bool:
        """Whether the reply's content was asked for as JSON text."""

    def edit_reply(
        self, body: bytes, restore: Restore | None, model: str | None = None, *, json_reply: bool = False
    ) -> Reply:
        """`model` replaces the model name that the client sees. With neither, the bytes stay as they are.

        `json_reply` is that of the request. Raises UpstreamBroken where the body isn't a JSON object.
        """

    def stream(
        self, make_restorer: MakeRestorer | None, model: str | None = None, *, json_reply: bool = False
    ) -> StreamEditor:
        """As `edit_reply`, for a reply in server-sent events. With neither, each event's bytes stay as they are."""

    def error(
        self,
        http_status: int,
        code: str,
        message: str,
        remedy: str,
        param: str | None = None,
        reasons: Sequence[Reason] = (),
    ) -> tuple[int, bytes]:
        """(status, body), of which the client's own library makes its error class."""

    def models(self, models: Sequence[Mapping[str, Any]]) -> bytes:
        """The body of the list of models; each needs `id`, and may have `owned_by`, `created` (Unix time, s)."""
