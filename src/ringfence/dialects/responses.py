"""OpenAI Responses: what a request must look like, what it uses without saying so, and the constant that joins it all.

A request may point at what the vendor keeps: an earlier response, a conversation, an item, a prompt, a vector store.
Nothing of that leaves with the request, so it isn't listed as unread; that it's used is for the terms catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringfence.dialects import openai_shapes, replies, strict_json
from ringfence.dialects.base import Dialect, MakeRestorer, Reply, Restore, StreamEditor
from ringfence.dialects.checks import model_of, objects, optional_objects, parts, stream_of
from ringfence.dialects.edit import edited
from ringfence.dialects.files import carried
from ringfence.dialects.pointers import escape
from ringfence.dialects.responses_reply import IDS, edit_response, finish_of
from ringfence.dialects.responses_schema import SCHEMA
from ringfence.dialects.responses_stream import ResponsesStream
from ringfence.dialects.segments import UNKNOWN_PART, see
from ringfence.dialects.uses import uses
from ringfence.dialects.wire import wire
from ringfence.vocabulary.chat import CanonicalRequest, FilePart, Unread, Use

# Names of tools and schemas, and ids: https://platform.openai.com/docs/api-reference/responses/create
_WORDS = re.compile(
    r"/input/\d+/(?:id|call_id|name|namespace|server_label|approval_request_id|container_id|caller/caller_id"
    r"|environment/container_id|results/\d+/file_id|content/\d+/(?:file_id|annotations/\d+/(?:file_id|container_id)))"
    r"|(?:/input/\d+)?/tools/\d+/(?:tools/\d+/)?(?:name|server_label)"
    r"|/tools/\d+/(?:vector_store_ids/\d+|allowed_tools/\d+|allowed_tools/tool_names/\d+|container)"
    r"|/tool_choice/(?:name|server_label)|/tool_choice/tools/\d+/(?:type|name|server_label)"
    r"|(?:/input/\d+)?/text/format/name|/prompt/(?:id|version)"
)
_CODES = re.compile(r"/user|/safety_identifier|/prompt_cache_key|/previous_response_id|/conversation(?:/id)?")

_WEB_SEARCHES = ("web_search", "web_search_2025_08_26")
_ABSENT = "absent"
"""The value of a `Use` where leaving a member out chooses something, and that must be judged."""


def _checked(tree: Any) -> tuple[str, bool]:
    """The model's name and whether to stream."""
    model, asked = model_of(tree), tree.get("input")
    for index, item in enumerate(parts(asked, "/input", "items")):
        parts(item.get("content"), f"/input/{index}/content", "parts")
    if tree.get("tools") is not None:
        objects(tree["tools"], "/tools")
    optional_objects(tree, "stream_options", "text")
    return model, stream_of(tree)


def _items(tree: dict[str, Any]) -> list[dict[str, Any]]:
    items = tree.get("input")
    return items if isinstance(items, list) else []


def _unsaid(tree: dict[str, Any]) -> Iterator[Use]:
    """What a request chooses by leaving a member out, where the choice matters to what is kept or who else gets it."""
    for index, item in enumerate(_items(tree)):
        if item.get("type") is None and "role" not in item:
            yield Use("/input/*/type", "item_reference", f"/input/{index}")
    for index, tool in enumerate(tree.get("tools") or ()):
        kind, pointer = tool.get("type"), f"/tools/{index}"
        if not isinstance(kind, str):
            yield Use("/tools/*/type", _ABSENT, pointer)
        if kind in _WEB_SEARCHES and "external_web_access" not in tool:
            # https://platform.openai.com/docs/guides/tools-web-search: live unless it's false.
            yield Use("/tools/*/external_web_access", _ABSENT, pointer)
        if kind == "shell":
            place = tool.get("environment")
            if not isinstance(place, dict):
                yield Use("/tools/*/environment", _ABSENT, pointer)
            elif not isinstance(place.get("type"), str):
                yield Use("/tools/*/environment/type", _ABSENT, f"{pointer}/environment")


def _prompt_parts(tree: dict[str, Any]) -> Iterator[Unread]:
    """Variables of a prompt are named by the client; one that isn't text may be an image or a file."""
    prompt = tree.get("prompt")
    variables = prompt.get("variables") if isinstance(prompt, dict) else None
    for name, value in variables.items() if isinstance(variables, dict) else ():
        if not isinstance(value, str) and not (isinstance(value, dict) and value.get("type") == "input_text"):
            yield Unread(f"/prompt/variables/{escape(name)}", UNKNOWN_PART)


class Responses:
    """See `base.Dialect` for the methods."""

    name = "openai.responses"
    endpoint = "responses"
    routes: tuple[tuple[str, str], ...] = (("POST", "/v1/responses"),)
    queries: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    source = "https://platform.openai.com/docs/api-reference/responses/create"
    examples: tuple[bytes, ...] = (
        b'{"model":"m","input":"Hello","instructions":"Be kind."}',
        b'{"model":"m","stream":true,"temperature":0.70,"store":false,"include":["reasoning.encrypted_content"],"input":[{'
        b'"role":"user","content":[{"type":"input_text","text":"What is it?"},{"type":"input_image","detail":"auto",'
        b'"image_url":"data:image/png;base64,iVBORw0KGgo="}]}],"tools":[{"type":"function","name":"f","strict":true,'
        b'"parameters":{"properties":{"at":{"type":"string"}}}},{"type":"web_search","external_web_access":false}]}',
        b'{"model":"m","input":[{"type":"message","role":"user","content":"Look"},{"type":"reasoning","id":"rs_1",'
        b'"summary":[{"type":"summary_text","text":"Look there"}]},{"type":"function_call","call_id":"c1","name":"look"'
        b',"arguments":"{\\"at\\":\\"it\\"}"},{"type":"function_call_output","call_id":"c1","output":"seen"},{"type":'
        b'"function_call_output","call_id":"c2","output":[{"type":"input_file","filename":"a.txt","file_data":'
        b'"data:text/plain;base64,aGk="}]}],"text":{"format":{"type":"json_object"}},"metadata":{"ticket":"7"}}',
    )

    def read(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
        tree = strict_json.decode(body)
        model, stream = _checked(tree)
        seen = see(tree, SCHEMA)
        said = uses(tree, SCHEMA)
        known = {(use.path, use.value) for use in said}
        unsaid = {(use.path, use.value): use for use in _unsaid(tree) if (use.path, use.value) not in known}
        return CanonicalRequest(
            dialect=self.name,
            endpoint=self.endpoint,
            model=model,
            stream=stream,
            tree=tree,
            segments=seen.segments,
            uses=(*said, *unsaid.values()),
            unread=(*seen.unread, *_prompt_parts(tree)),
            modalities=seen.modalities,
        )

    def rewrite(self, request: CanonicalRequest, texts: Mapping[str, str], members: Mapping[str, Any]) -> bytes:
        return strict_json.encode(edited(request.tree, texts, members))

    def json_text(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(f"/input/{index}/arguments" for index in range(len(_items(request.tree))))

    def wire(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(wire(request, _WORDS, _CODES))

    def files(self, request: CanonicalRequest) -> tuple[FilePart, ...]:
        return tuple(carried(request.tree, request.unread, "filename"))

    def json_reply(self, request: CanonicalRequest) -> bool:
        wished = (request.tree.get("text") or {}).get("format")
        return isinstance(wished, dict) and wished.get("type") in ("json_object", "json_schema")

    def edit_reply(
        self, body: bytes, restore: Restore | None, model: str | None = None, *, json_reply: bool = False
    ) -> Reply:
        tree = replies.decode(body, "a reply")
        used, finish = replies.name_of(tree.get("model")), finish_of(tree)
        texts: list[str] = []

        def repeated(_member: str, text: str, is_json: bool) -> str:
            return text if restore is None else restore(text, is_json)

        def said(member: str, text: str, is_json: bool) -> str:
            if member in IDS:
                return text
            texts.append(repeated(member, text, is_json))
            return texts[-1]

        changed = edit_response(tree, said, repeated, json_reply=json_reply)
        changed |= replies.show_model(tree, model)
        return Reply(
            body=replies.encode(tree) if changed else body,
            model=used,
            usage=replies.token_counts(tree.get("usage")),
            finish=(finish,) if finish else (),
            texts=tuple(text for text in texts if text),
            failed=bool(tree.get("error")) or tree.get("status") == "failed",
        )

    def stream(
        self, make_restorer: MakeRestorer | None, model: str | None = None, *, json_reply: bool = False
    ) -> StreamEditor:
        return ResponsesStream(make_restorer, model, json_reply)

    error = staticmethod(openai_shapes.error)
    models = staticmethod(openai_shapes.models)


DIALECT: Dialect = Responses()
