"""Anthropic Messages: what a request must look like, which of its strings are no text, and what joins it all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringfence.dialects import anthropic_shapes, strict_json
from ringfence.dialects.base import Dialect, MakeRestorer, Reply, Restore, StreamEditor
from ringfence.dialects.checks import expected, model_of, objects, optional_objects, parts, stream_of
from ringfence.dialects.edit import edited
from ringfence.dialects.messages_reply import edit_reply
from ringfence.dialects.messages_schema import SCHEMA
from ringfence.dialects.messages_sources import files, settled
from ringfence.dialects.messages_stream import MessagesStream
from ringfence.dialects.segments import see
from ringfence.dialects.uses import uses
from ringfence.dialects.wire import wire
from ringfence.vocabulary.chat import CanonicalRequest, FilePart

# Ids of calls and of what the vendor keeps, and names of tools: https://platform.claude.com/docs/en/api/messages
_WORDS = re.compile(
    r"/messages/\d+/content/\d+/(?:id|name|tool_use_id|toolset_name|server_name|mcp_server_name|file_id|source/file_id"
    r"|caller/tool_id|content/\d+/tool_name|(?:tool_changes/\d+/)?tool/(?:name|server_name))"
    r"|/tools/\d+/(?:name|mcp_server_name|model|allowed_callers/\d+)|/tool_choice/name|/container(?:/id)?"
    r"|/mcp_servers/\d+/name|/(?:diagnostics|thread)/previous_message_id|/fallbacks/\d+/model"
)
# Signatures too short to be known as such, and the user's id.
_CODES = re.compile(r"/metadata/user_id|/messages/\d+/content/\d+/(?:signature|data|encrypted_content)")

_OBJECTS = ("output_config", "output_format", "thinking", "metadata", "tool_choice")


def _checked(tree: Any) -> tuple[str, bool]:
    """The model's name and whether to stream."""
    model = model_of(tree)
    messages = objects(tree.get("messages"), "/messages")
    if not messages:
        raise expected("/messages", "at least one message")
    for index, message in enumerate(messages):
        if not isinstance(message.get("role"), str):
            raise expected(f"/messages/{index}/role", "a string")
        parts(message.get("content"), f"/messages/{index}/content", "blocks")
    parts(tree.get("system"), "/system", "blocks")
    if tree.get("tools") is not None:
        objects(tree["tools"], "/tools")
    optional_objects(tree, *_OBJECTS)
    return model, stream_of(tree)


def _json_formats(tree: dict[str, Any]) -> Iterator[Any]:
    """Where a request asks for JSON: the second is how the first beta of structured outputs did."""
    yield (tree.get("output_config") or {}).get("format")
    yield tree.get("output_format")


class Messages:
    """See `base.Dialect` for the methods.

    Thinking and summaries of a conversation (compaction) come signed, and a client must send them back unchanged: the
    service refuses a request in which one of them differs. So they stay as the model wrote them on the way to the
    client, which sees stand-ins there and sends the same stand-ins back; and what is found in one on the way to the
    service, stand-ins apart, counts as something that can't be masked.
    """

    name = "anthropic.messages"
    endpoint = "messages"
    routes: tuple[tuple[str, str], ...] = (("POST", "/v1/messages"),)
    queries: tuple[str, ...] = ("beta=true",)
    headers: tuple[str, ...] = anthropic_shapes.HEADERS
    source = "https://platform.claude.com/docs/en/api/messages"
    examples: tuple[bytes, ...] = (
        b'{"model":"m","max_tokens":64,"messages":[{"role":"user","content":"Hello"}]}',
        b'{"model":"m","max_tokens":64,"stream":true,"temperature":0.70,"system":[{"type":"text","text":"Be brief.",'
        b'"cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":'
        b'"What is it?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},'
        b'{"type":"document","title":"note","source":{"type":"text","media_type":"text/plain","data":"words"}}]}],'
        b'"tools":[{"name":"f","input_schema":{"type":"object","properties":{"at":{"type":"string"}}}},'
        b'{"type":"web_search_20250305","name":"web_search"}]}',
        b'{"model":"m","max_tokens":64,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user",'
        b'"content":"Look."},{"role":"assistant","content":[{"type":"thinking","thinking":"There?","signature":"EqQB"},'
        b'{"type":"tool_use","id":"toolu_1","name":"look","input":{"at":"it"}}]},{"role":"user","content":[{"type":'
        b'"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"seen"}]}]}],"metadata":{"user_id":"7"}}',
    )

    def read(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
        anthropic_shapes.check_headers(headers)
        tree = strict_json.decode(body)
        model, stream = _checked(tree)
        seen = settled(tree, see(tree, SCHEMA))
        return CanonicalRequest(
            dialect=self.name,
            endpoint=self.endpoint,
            model=model,
            stream=stream,
            tree=tree,
            segments=(*seen.segments, *anthropic_shapes.header_segments(headers)),
            uses=(*uses(tree, SCHEMA), *anthropic_shapes.header_uses(headers)),
            unread=seen.unread,
            modalities=seen.modalities,
            headers=tuple(headers),
        )

    def rewrite(self, request: CanonicalRequest, texts: Mapping[str, str], members: Mapping[str, Any]) -> bytes:
        return strict_json.encode(edited(request.tree, texts, members))

    def json_text(self, request: CanonicalRequest) -> frozenset[str]:
        """None: a call's input is an object here, and each string in it is plain."""
        return frozenset()

    def wire(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(wire(request, _WORDS, _CODES)) | anthropic_shapes.header_words(request.headers)

    def files(self, request: CanonicalRequest) -> tuple[FilePart, ...]:
        return tuple(files(request.tree, request.unread))

    def json_reply(self, request: CanonicalRequest) -> bool:
        return any(isinstance(each, dict) and each.get("type") == "json_schema" for each in _json_formats(request.tree))

    def edit_reply(
        self, body: bytes, restore: Restore | None, model: str | None = None, *, json_reply: bool = False
    ) -> Reply:
        return edit_reply(body, restore, model, json_reply)

    def stream(
        self, make_restorer: MakeRestorer | None, model: str | None = None, *, json_reply: bool = False
    ) -> StreamEditor:
        return MessagesStream(make_restorer, model, json_reply)

    error = staticmethod(anthropic_shapes.error)
    models = staticmethod(anthropic_shapes.models)


DIALECT: Dialect = Messages()
