"""What all client interfaces have in common: a conversation, the tools that it may use, and the events of a reply.

A private model that speaks one interface answers clients of another through these types, and only through them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Speaker = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length", "tool_calls", "refused"]


class Text(msgspec.Struct, frozen=True, tag=True):
    """Words of whoever speaks."""

    text: str


class Image(msgspec.Struct, frozen=True, tag=True):
    """An image within the request: Base64 (RFC 4648 section 4) and its media type."""

    media_type: str
    base64: str


class ToolCall(msgspec.Struct, frozen=True, tag=True):
    """The model asks for a function of the client's. `arguments` is JSON text, as the model wrote it."""

    id: str
    name: str
    arguments: str


class ToolResult(msgspec.Struct, frozen=True, tag=True):
    """What the client's function gave back. `failed`: the client says that it is an error."""

    call_id: str
    text: str
    failed: bool = False
    images: tuple[Image, ...] = ()


Part = Text | Image | ToolCall | ToolResult


class Turn(msgspec.Struct, frozen=True):
    """One speaker's contribution. Calls stand in an assistant's turn, results in a tool's, images in a user's."""

    speaker: Speaker
    parts: tuple[Part, ...]


class Tool(msgspec.Struct, frozen=True):
    """A function that the client runs itself. `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, object]
    strict: bool | None = None


class Choice(msgspec.Struct, frozen=True):
    """Whether the model may, must or must not call a tool; `name`: this one and no other."""

    mode: Literal["auto", "required", "none", "named"]
    name: str = ""


class Form(msgspec.Struct, frozen=True):
    """The reply is to be JSON: any object, or after a schema."""

    name: str = ""
    description: str = ""
    schema: dict[str, object] | None = None
    strict: bool | None = None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A request without what only one interface has. None: the client left it to the model."""

    model: str
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    choice: Choice | None = None
    parallel_calls: bool | None = None
    form: Form | None = None
    max_tokens: int | None = None
    temperature: object | None = None
    top_p: object | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False


class Begun(msgspec.Struct, frozen=True, tag=True):
    """The reply begins. `id` is the service's, or ""; `created` is Unix time in s, 0 where the service doesn't say."""

    id: str
    created: int = 0


class TextPiece(msgspec.Struct, frozen=True, tag=True):
    """The next piece of the answer's text."""

    text: str


class RefusalPiece(msgspec.Struct, frozen=True, tag=True):
    """The next piece of the words in which the model refuses."""

    text: str


class CallPiece(msgspec.Struct, frozen=True, tag=True):
    """The next piece of one tool call's arguments. `index` tells calls apart; `id` and `name` come with the first."""

    index: int
    arguments: str
    id: str = ""
    name: str = ""


class Usage(msgspec.Struct, frozen=True, tag=True):
    """Token counts; `cached` of `input` came from the model's own prompt cache."""

    input: int
    output: int
    cached: int = 0


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The reply is whole, and why the model stopped."""

    finish: Finish


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The service sent an error in place of the rest."""

    message: str


Event = Begun | TextPiece | RefusalPiece | CallPiece | Usage | Ended | Failed
