"""OpenAI Chat Completions: the members it has, what a request must look like, and the constant that joins it all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ringfence.dialects import openai_shapes, replies, strict_json
from ringfence.dialects.base import Dialect, MakeRestorer, Reply, Restore, StreamEditor
from ringfence.dialects.chat_stream import FIXED, JSON_MEMBERS, SKIPPED, ChatStream
from ringfence.dialects.checks import expected, model_of, objects, optional_objects, parts, stream_of
from ringfence.dialects.edit import edited
from ringfence.dialects.files import carried
from ringfence.dialects.opaque import opaque
from ringfence.dialects.pointers import shown
from ringfence.dialects.schema import CHOICE, FREE, TEXT, Shape, by_url, carrier, compiled, each, inline, obj, reference
from ringfence.dialects.segments import see
from ringfence.dialects.uses import uses
from ringfence.dialects.wire import wire
from ringfence.vocabulary.chat import CanonicalRequest, FilePart

_SPEAKERS = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


def _speaker(message: dict[str, Any]) -> str:
    """A role that isn't known is taken for a user's: the one that's trusted least."""
    role = message.get("role")
    return _SPEAKERS.get(role, "user") if isinstance(role, str) else "user"


_URL = Shape(listed=carrier, unseen=by_url)
_CACHE = obj({"mode": CHOICE, "ttl": CHOICE})
_PART = Shape(
    members={
        "type": CHOICE,
        "text": TEXT,
        "refusal": TEXT,
        "image_url": Shape(members={"url": _URL, "detail": CHOICE}, listed=carrier, unseen=by_url),
        "input_audio": obj({"data": Shape(unseen=inline("audio")), "format": CHOICE}),
        "file": obj(
            {
                "file_data": Shape(unseen=inline("file")),
                "file_id": Shape(unseen=reference("remote file")),
                "filename": TEXT,
            }
        ),
        "prompt_cache_breakpoint": _CACHE,
    },
    parts={"text": "text", "refusal": "text", "image_url": "image", "input_audio": "audio", "file": "file"},
)
_CONTENT = each(_PART)
_PREDICTED = each(
    Shape(members={"type": CHOICE, "text": TEXT, "prompt_cache_breakpoint": _CACHE}, parts={"text": "text"})
)
_CALL = obj({"name": TEXT, "arguments": FREE})
_MESSAGE = Shape(
    members={
        "role": CHOICE,
        "content": _CONTENT,
        "name": TEXT,
        "refusal": TEXT,
        "audio": obj({"id": Shape(unseen=reference("audio"))}),
        "tool_call_id": TEXT,
        "tool_calls": each(
            obj({"id": TEXT, "type": CHOICE, "function": _CALL, "custom": obj({"name": TEXT, "input": TEXT})})
        ),
        "function_call": _CALL,
    },
    speaker=_speaker,
)
_OLD_FUNCTION = {"name": TEXT, "description": TEXT, "parameters": FREE}
_FUNCTION = obj({**_OLD_FUNCTION, "strict": TEXT})
_GRAMMAR = obj({"definition": TEXT, "syntax": CHOICE})
_CUSTOM = obj({"name": TEXT, "description": TEXT, "format": obj({"type": CHOICE, "grammar": _GRAMMAR})})
_NAMED = obj({"name": TEXT})
_POLICY = obj({"mode": CHOICE})
_PLACE = obj({"city": TEXT, "country": TEXT, "region": TEXT, "timezone": TEXT})

# Every member of `openai.types.chat.completion_create_params` (openai 3.54.0); a test compares them.
_REQUEST = obj(
    {
        "model": TEXT,
        "messages": each(_MESSAGE),
        "audio": obj({"format": CHOICE, "voice": Shape(listed=shown, members={"id": TEXT})}),
        "frequency_penalty": TEXT,
        "function_call": Shape(listed=shown, members={"name": TEXT}, role="schema"),
        "functions": each(obj(_OLD_FUNCTION), role="schema"),
        "logit_bias": FREE,
        "logprobs": TEXT,
        "max_completion_tokens": TEXT,
        "max_tokens": TEXT,
        "metadata": Shape(free=True, role="metadata"),
        "modalities": each(CHOICE),
        "moderation": obj({"model": TEXT, "policy": obj({"input": _POLICY, "output": _POLICY})}),
        "n": TEXT,
        "parallel_tool_calls": TEXT,
        "prediction": obj({"type": CHOICE, "content": _PREDICTED}, role="assistant"),
        "presence_penalty": TEXT,
        "prompt_cache_key": Shape(role="metadata", listed=opaque),
        "prompt_cache_options": _CACHE,
        "prompt_cache_retention": CHOICE,
        "reasoning_effort": CHOICE,
        "response_format": obj(
            {
                "type": CHOICE,
                "json_schema": obj({"name": TEXT, "description": TEXT, "schema": FREE, "strict": TEXT}),
            },
            role="schema",
        ),
        "safety_identifier": Shape(role="metadata"),
        "seed": TEXT,
        "service_tier": CHOICE,
        "stop": each(TEXT),
        "store": CHOICE,
        "stream": CHOICE,
        "stream_options": obj({"include_obfuscation": CHOICE, "include_usage": CHOICE}),
        "temperature": TEXT,
        "tool_choice": Shape(
            listed=shown,
            members={
                "type": CHOICE,
                "function": _NAMED,
                "custom": _NAMED,
                "allowed_tools": obj({"mode": CHOICE, "tools": FREE}),
            },
            role="schema",
        ),
        "tools": each(obj({"type": CHOICE, "function": _FUNCTION, "custom": _CUSTOM}), role="schema"),
        "top_logprobs": TEXT,
        "top_p": TEXT,
        "user": Shape(role="metadata"),
        "verbosity": CHOICE,
        "web_search_options": obj(
            {"search_context_size": CHOICE, "user_location": obj({"type": CHOICE, "approximate": _PLACE})}
        ),
    }
)
SCHEMA = compiled(_REQUEST)

# Ids of calls, and names of functions and schemas: https://platform.openai.com/docs/api-reference/chat/create
_WORDS = re.compile(
    r"/messages/\d+/(?:tool_call_id|tool_calls/\d+/(?:id|(?:function|custom)/name)|function_call/name)"
    r"|/tools/\d+/(?:function|custom)/name|/functions/\d+/name|/tool_choice/(?:function|custom)/name"
    r"|/function_call/name|/response_format/json_schema/name"
)
_CODES = re.compile(r"/user|/safety_identifier|/prompt_cache_key")


def _checked(tree: Any) -> tuple[str, bool]:
    """The model's name and whether to stream."""
    model = model_of(tree)
    messages = objects(tree.get("messages"), "/messages")
    if not messages:
        raise expected("/messages", "at least one message")
    for index, message in enumerate(messages):
        pointer = f"/messages/{index}"
        if not isinstance(message.get("role"), str):
            raise expected(f"{pointer}/role", "a string")
        parts(message.get("content"), f"{pointer}/content", "parts")
        if message.get("tool_calls") is not None:
            objects(message["tool_calls"], f"{pointer}/tool_calls")
    for member in ("tools", "functions"):
        if tree.get(member) is not None:
            objects(tree[member], f"/{member}")
    optional_objects(tree, "stream_options", "response_format")
    return model, stream_of(tree)


class ChatCompletions:
    """See `base.Dialect` for the methods."""

    name = "openai.chat"
    endpoint = "chat_completions"
    routes: tuple[tuple[str, str], ...] = (("POST", "/v1/chat/completions"),)
    queries: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    source = "https://platform.openai.com/docs/api-reference/chat/create"
    examples: tuple[bytes, ...] = (
        b'{"model":"m","messages":[{"role":"user","content":"Hello"}]}',
        b'{"model":"m","stream":true,"temperature":0.70,"messages":[{"role":"user","content":[{"type":"text","text":'
        b'"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}],"tools":[{'
        b'"type":"function","function":{"name":"f","parameters":{"properties":{"at":{"type":"string"}}}}}]}',
        b'{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",'
        b'"function":{"name":"look","arguments":"{\\"at\\":\\"it\\"}"}}]},{"role":"tool","tool_call_id":"c1","content":'
        b'"seen"}],"metadata":{"ticket":"7"},"logit_bias":{"50256":-100}}',
    )

    def read(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
        tree = strict_json.decode(body)
        model, stream = _checked(tree)
        seen = see(tree, SCHEMA)
        # A model that is to speak its answer must handle audio too.
        answer = tree.get("modalities")
        spoken = {"audio"} if isinstance(answer, list) and "audio" in answer else set()
        return CanonicalRequest(
            dialect=self.name,
            endpoint=self.endpoint,
            model=model,
            stream=stream,
            tree=tree,
            segments=seen.segments,
            uses=uses(tree, SCHEMA),
            unread=seen.unread,
            modalities=tuple(sorted({*seen.modalities, *spoken})),
        )

    def rewrite(self, request: CanonicalRequest, texts: Mapping[str, str], members: Mapping[str, Any]) -> bytes:
        return strict_json.encode(edited(request.tree, texts, members))

    def json_text(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(
            f"/messages/{index}{pointer}/arguments"
            for index, message in enumerate(request.tree["messages"])
            for pointer in _calls(message)
        )

    def wire(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(wire(request, _WORDS, _CODES))

    def files(self, request: CanonicalRequest) -> tuple[FilePart, ...]:
        return tuple(carried(request.tree, request.unread, "filename"))

    def json_reply(self, request: CanonicalRequest) -> bool:
        wished = request.tree.get("response_format")
        return wished is not None and wished.get("type") in ("json_object", "json_schema")

    def edit_reply(
        self, body: bytes, restore: Restore | None, model: str | None = None, *, json_reply: bool = False
    ) -> Reply:
        tree = replies.decode(body, "a reply")
        texts: list[str] = []
        json_members = JSON_MEMBERS | {"content"} if json_reply else JSON_MEMBERS
        changed = replies.edit_strings(tree, "", _editor(restore, json_members, texts), SKIPPED)
        said = replies.name_of(tree.get("model"))
        changed |= replies.show_model(tree, model)
        choices = tree.get("choices")
        choices = [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []
        return Reply(
            body=replies.encode(tree) if changed else body,
            model=said,
            usage=replies.token_counts(tree.get("usage")),
            finish=tuple(replies.name_of(choice.get("finish_reason")) for choice in choices),
            texts=tuple(texts),
            failed=bool(tree.get("error")),
        )

    def stream(
        self, make_restorer: MakeRestorer | None, model: str | None = None, *, json_reply: bool = False
    ) -> StreamEditor:
        return ChatStream(make_restorer, model, json_reply)

    error = staticmethod(openai_shapes.error)
    models = staticmethod(openai_shapes.models)


def _calls(message: dict[str, Any]) -> list[str]:
    """Where in a message its calls' arguments stand."""
    calls = message.get("tool_calls") or ()
    return ["/function_call", *(f"/tool_calls/{index}/function" for index in range(len(calls)))]


def _editor(restore: Restore | None, json_members: frozenset[str], texts: list[str]) -> Callable[[str, str], str]:
    def edit(member: str, text: str) -> str:
        if restore is not None:
            text = restore(text, member in json_members)
        if text and member not in FIXED:
            texts.append(text)
        return text

    return edit


DIALECT: Dialect = ChatCompletions()
