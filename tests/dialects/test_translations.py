"""Translations as a whole: nothing is lost on the way there, and nothing depends on how a reply was cut."""

from __future__ import annotations

import json
import random
import re
import types
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from anthropic.types import Message
from anthropic.types.beta.message_create_params import MessageCreateParamsNonStreaming as BetaParams
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types.responses import Response
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from typing_extensions import is_typeddict

from ringfence import dialects
from ringfence.dialects.conversation import reading as reading_room
from ringfence.dialects.conversation.chat import request_body
from ringfence.dialects.translations import SOURCES
from ringfence.vocabulary.errors import InternalError, UpstreamBroken
from support import agents
from support.rerouted import Call, Says, canonical, event, plain, streamed, to_chat

ENDPOINTS = pytest.mark.parametrize("endpoint", ["messages", "responses"])
LEAST = {
    "messages": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]},
    "responses": {"model": "m", "input": "Hello", "tools": [{"type": "custom", "name": "patch"}]},
}


def test_there_is_one_for_each_interface_and_no_other() -> None:
    assert dialects.translation("messages", "chat_completions") is to_chat("messages")
    assert (to_chat("responses").source, to_chat("responses").target) == ("responses", "chat_completions")
    for source, target in (("chat_completions", "messages"), ("embeddings", "chat_completions"), ("messages", "x")):
        assert dialects.translation(source, target) is None


# Replies


def any_answer(rng: random.Random) -> Says:
    words = ["the ", "cough", " é⟦7⟧", "\u2028", '"', "\\", "\n\n", "\U0001f600", "data: x"]
    text = "".join(rng.choices(words, k=rng.randrange(0, 9)))
    arguments = [json.dumps({"at": text, "n": rng.random()}), "{}", "", '{"input": "*** Begin"}']
    calls = [
        Call(rng.choice(["", f"call_{n}"]), rng.choice(["look", "patch"]), rng.choice(arguments))
        for n in range(rng.randrange(0, 4))
    ]
    finish = rng.choice(["", "", "length", "content_filter"])
    return Says(text, calls, finish, refusal=rng.choice(["", "", text]), reasoning=rng.choice(["", text]))


def translated(endpoint: str, raw: bytes, sizes: Iterator[int]) -> bytes:
    asked = canonical(endpoint, json.dumps(LEAST[endpoint]).encode())
    translator, out = to_chat(endpoint).stream(asked, "m"), b""
    while raw:
        size = next(sizes)
        out += translator.feed(raw[:size])
        raw = raw[size:]
    return out + translator.end()


@ENDPOINTS
def test_how_a_stream_is_cut_changes_nothing(endpoint: str, scale: int) -> None:
    rng = random.Random(41)
    for _ in range(60 * scale):
        raw = streamed(any_answer(rng), rng, interleaved=rng.random() < 0.3)
        whole = translated(endpoint, raw, iter(lambda raw=raw: len(raw), None))
        assert whole == translated(endpoint, raw, iter(lambda: rng.randrange(1, 60), None))
    assert whole == translated(endpoint, raw, iter(lambda: 1, None))


@ENDPOINTS
def test_a_stream_says_what_the_plain_reply_says(endpoint: str, scale: int) -> None:
    rng = random.Random(43)
    for _ in range(60 * scale):
        says = any_answer(rng)
        raw = streamed(says, rng, interleaved=rng.random() < 0.5)
        events = [
            json.loads(block.partition("\ndata: ")[2])
            for block in translated(endpoint, raw, iter(lambda: 99, None)).decode().split("\n\n")
            if block.startswith("event: ")
        ]
        asked = canonical(endpoint, json.dumps(LEAST[endpoint]).encode())
        reply = json.loads(to_chat(endpoint).reply(asked, plain(says), "m"))
        if endpoint == "responses":
            Response.model_validate(reply)
            assert events[-1]["response"] == reply
        else:
            Message.model_validate(reply)
            assert gathered(events) == reply


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A Message out of its events, by hand."""
    message: dict[str, Any] = {}
    pieces: dict[int, str] = {}
    for one in events:
        match one["type"]:
            case "message_start":
                message = one["message"]
            case "content_block_start":
                assert one["index"] == len(message["content"])
                message["content"].append(one["content_block"])
                pieces[one["index"]] = ""
            case "content_block_delta":
                pieces[one["index"]] += one["delta"].get("text", one["delta"].get("partial_json"))
            case "content_block_stop":
                block, said = message["content"][one["index"]], pieces[one["index"]]
                block |= {"text": said} if block["type"] == "text" else {"input": json.loads(said or "{}")}
            case "message_delta":
                message |= one["delta"]
                message["usage"] = one["usage"]
    return message


@ENDPOINTS
@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [3]}',
        b'{"error": {"message": "secret"}}',
        b'{"choices": [{"message": {"content": [1]}}]}',
        b'{"choices": [{"message": {"tool_calls": [{"function": {}}]}}]}',
    ],
)
def test_a_reply_that_is_none_is_broken(endpoint: str, body: bytes) -> None:
    asked = canonical(endpoint, json.dumps(LEAST[endpoint]).encode())
    if body == b'{"choices": [3]}':
        assert to_chat(endpoint).reply(asked, body, "m")
        return
    with pytest.raises(UpstreamBroken) as raised:
        to_chat(endpoint).reply(asked, body, "m")
    assert "secret" not in raised.value.message


@ENDPOINTS
def test_only_the_first_answer_counts(endpoint: str) -> None:
    asked = canonical(endpoint, json.dumps(LEAST[endpoint]).encode())
    choices = [{"index": n, "message": {"content": f"answer{n}"}, "finish_reason": "stop"} for n in (1, 0)]
    reply = to_chat(endpoint).reply(asked, json.dumps({"choices": choices}).encode(), "m")
    assert b"answer0" in reply and b"answer1" not in reply


@ENDPOINTS
def test_nothing_but_the_error_follows_a_broken_event(endpoint: str) -> None:
    translator = to_chat(endpoint).stream(canonical(endpoint, json.dumps(LEAST[endpoint]).encode()), "m")
    with pytest.raises(UpstreamBroken):
        translator.feed(event({"content": "early"}) + b"data: 3\n\n")
    assert translator.feed(event({"content": "late"}, "stop") + b"data: [DONE]\n\n") == b""
    out = translator.error_event("Broken", "c")
    assert b"early" in out and b"late" not in out and translator.end() == b""


@ENDPOINTS
def test_a_reply_without_end_is_stopped(endpoint: str) -> None:
    translator = to_chat(endpoint).stream(canonical(endpoint, json.dumps(LEAST[endpoint]).encode()), "m")
    piece = event({"content": "x" * 1_000_000})
    with pytest.raises(UpstreamBroken, match="characters"):
        for _ in range(5):
            translator.feed(piece)


# Requests: every member of the SDKs' types, one alternative after the other


class Value(NamedTuple):
    """A value, and the pointer of each string and number in it that nothing else repeats."""

    value: Any
    marks: dict[str, str]


class Maker:
    """Values of a type that try each alternative at each place once, the rest being as simple as it can be."""

    def __init__(self, surprise: bool) -> None:
        self.count = 0
        self.surprise = surprise

    def mark(self, pointer: str) -> Value:
        self.count += 1
        return Value(f"mark{self.count}x", {pointer: f"mark{self.count}x"})

    def number(self, pointer: str) -> Value:
        self.count += 1
        return Value(7_000_000 + self.count, {pointer: str(7_000_000 + self.count)})

    def all(self, hint: Any, pointer: str) -> Iterator[Value]:
        origin, options = typing.get_origin(hint), typing.get_args(hint)
        if is_typeddict(hint):
            yield from self.objects(hint, pointer)
        elif origin in (typing.Required, typing.Annotated):
            yield from self.all(options[0], pointer)
        elif origin in (typing.Union, types.UnionType):
            for option in options:
                yield from self.all(option, pointer)
        elif origin is typing.Literal:
            yield from (Value(option, {}) for option in options)
        elif origin is None:
            yield from self.scalars(hint, pointer)
        elif origin is dict:
            for one in self.all(options[1], f"{pointer}/key"):
                yield Value({"key": one.value}, one.marks)
        else:
            for one in self.all(options[0], f"{pointer}/0"):
                yield Value([one.value], one.marks)

    def scalars(self, hint: Any, pointer: str) -> Iterator[Value]:
        if hint in (str, object):
            yield self.mark(pointer)
        elif hint in (int, float):
            yield self.number(pointer)
        elif hint is bool:
            yield from (Value(True, {}), Value(False, {}))
        # Left: null, which is nothing, and the SDK's classes of its own replies and of files, which it sends as others.

    def objects(self, hint: Any, pointer: str) -> Iterator[Value]:
        members = typing.get_type_hints(hint)
        first = {name: next(self.all(member, f"{pointer}/{name}"), None) for name, member in members.items()}
        for name, member in members.items():
            for one in self.all(member, f"{pointer}/{name}"):
                made = {**first, name: one}
                values = {key: found.value for key, found in made.items() if found is not None}
                marks = {at: mark for found in made.values() if found is not None for at, mark in found.marks.items()}
                if self.surprise:
                    self.count += 1
                    values["surprise"] = marks[f"{pointer}/surprise"] = f"mark{self.count}x"
                yield Value(values, marks)


PARAMS = {
    "messages": typing.get_type_hints(BetaParams) | typing.get_type_hints(MessageCreateParamsNonStreaming),
    "responses": typing.get_type_hints(ResponseCreateParamsNonStreaming),
}
del PARAMS["messages"]["betas"]  # which the SDK sends as a header
TRIED = [(endpoint, *member) for endpoint, members in PARAMS.items() for member in members.items()]
TRIED += [("messages", name, hint) for name, hint in typing.get_type_hints(BetaParams).items() if name != "betas"]
_INDEX = re.compile(r"/\d+(?=/|$)")


def normal(pointer: str) -> str:
    return _INDEX.sub("/*", pointer)


@ENDPOINTS
@pytest.mark.parametrize("surprise", [False, True], ids=["known", "with unknown members"])
def test_no_member_of_the_sdks_types_is_lost(
    endpoint: str, surprise: bool, monkeypatch: pytest.MonkeyPatch, scale: int
) -> None:
    """Each string and number stands in the Chat request, or its place is among the dropped or the gaps. So does each
    member that no type has."""
    monkeypatch.setattr(reading_room, "MAX_GAPS", 10_000)
    tried = 0
    for name, member in ((name, hint) for of, name, hint in TRIED if of == endpoint):
        for one in Maker(surprise).all(member, f"/{name}"):
            tree = {**LEAST[endpoint], name: one.value}
            reading = SOURCES[endpoint].read(tree, ())
            body = request_body(reading.conversation).decode()
            told = [dropped.pointer for dropped in reading.dropped]
            told += [normal(gap.partition(" ")[0]) for gap in reading.gaps]
            for pointer, mark in one.marks.items():
                place = normal(pointer)
                assert mark in body or any(f"{place}/".startswith(f"{path}/") for path in told), (pointer, told)
            tried += 1
    assert tried > 300


@ENDPOINTS
def test_what_has_gaps_is_never_sent(endpoint: str) -> None:
    member = {"messages": "mcp_servers", "responses": "previous_response_id"}[endpoint]
    body = json.dumps({**LEAST[endpoint], member: "x"}).encode()
    asked = canonical(endpoint, body)
    (gap,) = to_chat(endpoint).gaps(asked)
    assert gap.startswith(f"/{member} ") and gap.endswith(".")
    with pytest.raises(InternalError):
        to_chat(endpoint).request(asked, body)


@ENDPOINTS
def test_names_of_a_clients_choosing_stand_in_no_gap(endpoint: str) -> None:
    body: dict[str, Any] = {**LEAST[endpoint], "Ann O'Neil, 1931-02-03": 1}
    body["tools"] = [{"type": "Ann O'Neil, 1931-02-03", "name": "x"}]
    gaps = to_chat(endpoint).gaps(canonical(endpoint, json.dumps(body).encode()))
    assert len(gaps) == 2 and not any("Ann" in gap or "1931" in gap for gap in gaps)


NEEDS = {
    "messages": [
        {
            "tools": [{"type": "web_search_20260318", "name": "web_search"}],
            "tool_choice": {"type": "tool", "name": "web_search"},
        },
        {
            "tools": [{"type": "web_search_20260318", "name": "web_search"}, {"name": "x", "input_schema": {}}],
            "tool_choice": {"type": "any"},
        },
        {"tools": [{"type": "bash_20250124", "name": "bash"}]},
        {"tools": [{"name": "x", "input_schema": {}, "allowed_callers": ["code_execution_20260120"]}]},
        {"container": "c"},
        {"mcp_servers": [{"type": "url", "url": "https://x.example", "name": "x"}]},
        {"max_tokens": 0},
        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "The best is ("}]},
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "no", "content": "x"}]}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        *(
            {"messages": [{"role": "user", "content": [block]}]}
            for block in (
                {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}},
                {"type": "image", "source": {"type": "file", "file_id": "f"}},
                {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}},
                {
                    "type": "document",
                    "source": {"type": "text", "media_type": "text/plain", "data": "x"},
                    "citations": {"enabled": True},
                },
                {"type": "container_upload", "file_id": "f"},
                {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
                {"type": "new_kind", "text": "x"},
                {"type": "text"},
                "x",
            )
        ),
        {"tool_choice": {"type": "sometimes"}},
        {"output_config": {"format": {"type": "grammar"}}},
    ],
    "responses": [
        {"previous_response_id": "resp_1"},
        {"conversation": {"id": "conv_1"}},
        {"background": True},
        {"prompt": {"id": "pmpt_1"}},
        {"top_logprobs": 2},
        {"truncation": "auto"},
        {"include": ["message.output_text.logprobs"]},
        {"input": []},
        {"input": None},
        *({"tools": [{"type": kind}]} for kind in ("file_search", "local_shell", "computer_use_preview", "telepathy")),
        {"tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"]}}]},
        {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]},
        {"tools": [{"type": "web_search"}, {"type": "function", "name": "x"}], "tool_choice": "required"},
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]}},
        {"tools": [{"type": "function", "name": "x"}, {"type": "custom", "name": "x"}]},
        {"tool_choice": {"type": "web_search_preview"}},
        {"text": {"format": {"type": "xml"}}},
        *(
            {"input": [item]}
            for item in (
                {"id": "msg_1"},
                {"type": "item_reference", "id": "msg_1"},
                {"type": "compaction", "encrypted_content": "x"},
                {"type": "function_call_output", "call_id": "no", "output": "x"},
                {"role": "user", "content": [{"type": "input_file", "file_id": "f"}]},
                {"role": "user", "content": [{"type": "input_image", "image_url": "https://x.example/a.png"}]},
                {"role": "user", "content": [{"type": "input_image", "file_id": "f"}]},
                {"role": "user", "content": [{"type": "input_audio", "data": "x"}]},
                {"role": "critic", "content": "x"},
                {"role": "user", "content": 3},
            )
        ),
    ],
}


@pytest.mark.parametrize(
    ("endpoint", "more"), [(endpoint, more) for endpoint, needs in NEEDS.items() for more in needs], ids=str
)
def test_what_chat_completions_cant_do_is_a_gap(endpoint: str, more: dict[str, Any]) -> None:
    gaps = to_chat(endpoint).gaps(canonical(endpoint, json.dumps({**LEAST[endpoint], **more}).encode()))
    assert gaps and all(gap.startswith("/") and gap.endswith(".") and "x.example" not in gap for gap in gaps)


@pytest.mark.parametrize(
    ("endpoint", "tool"),
    [("messages", {"type": kind, "name": "n"}) for kind in ("web_search_20260318", "web_fetch_20250910")]
    + [("messages", {"type": "tool_search_tool_regex_20251119", "name": "n"})]
    + [("responses", {"type": kind}) for kind in ("web_search", "web_search_preview", "mcp", "image_generation")]
    + [("responses", {"type": "code_interpreter", "container": {"type": "auto"}})],
    ids=str,
)
def test_a_tool_of_the_vendors_that_is_only_offered_is_left_out(endpoint: str, tool: dict[str, Any]) -> None:
    own = {"name": "f", "input_schema": {}} if endpoint == "messages" else {"type": "function", "name": "f"}
    raw = json.dumps({**LEAST[endpoint], "tools": [tool, own]}).encode()
    asked = canonical(endpoint, raw)
    assert to_chat(endpoint).gaps(asked) == ()
    done = to_chat(endpoint).request(asked, raw)
    assert [each["function"]["name"] for each in json.loads(done.body)["tools"]] == ["f"]
    [why] = [each.why for each in done.dropped if each.pointer == "/tools/*"]
    assert "only offered" in why


@ENDPOINTS
def test_members_that_ask_for_nothing_are_no_gap(endpoint: str) -> None:
    least = LEAST[endpoint]
    for name in PARAMS[endpoint]:
        if name not in least:
            assert to_chat(endpoint).gaps(canonical(endpoint, json.dumps({**least, name: None}).encode())) == (), name


# Requests: whole conversations


@pytest.mark.parametrize(("endpoint", "agent"), [("messages", agents.claude_code), ("responses", agents.codex)])
@pytest.mark.parametrize("result", ["", "the notes"])
def test_what_coding_agents_send_can_be_translated(endpoint: str, agent: Any, result: str) -> None:
    body = agent("Fix the door.", "m", result=result)
    raw = json.dumps(body).encode()
    asked = canonical(endpoint, raw)
    assert to_chat(endpoint).gaps(asked) == ()
    chat = json.loads(to_chat(endpoint).request(asked, raw).body)
    assert len(chat["tools"]) == len([tool for tool in body["tools"] if tool.get("type") != "web_search"])
    said = "\n".join(strings(chat["messages"]))
    assert "Fix the door." in said and result in said
    assert [message["role"] for message in chat["messages"]].count("system") == 1


class Texts:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.given: list[str] = []

    def next(self) -> str:
        self.given.append(f"text{len(self.given)} {self.rng.choice(['é⟦7⟧', chr(0x1F600), '', 'a/b~c'])}.")
        return self.given[-1]

    def some(self, most: int) -> list[str]:
        return [self.next() for _ in range(self.rng.randrange(1, most))]


def messages_request(texts: Texts, rng: random.Random) -> dict[str, Any]:
    def block(text: str) -> dict[str, Any]:
        return {"type": "text", "text": text}

    def spoken() -> Any:
        return texts.next() if rng.random() < 0.5 else [block(text) for text in texts.some(4)]

    turns: list[dict[str, Any]] = [{"role": "user", "content": spoken()}]
    for turn in range(rng.randrange(0, 6)):
        if rng.random() < 0.3:
            turns += [{"role": "assistant", "content": spoken()}, {"role": "user", "content": spoken()}]
            continue
        ids = [f"toolu_{turn}_{n}" for n in range(rng.randrange(1, 4))]
        calls = [{"type": "tool_use", "id": id, "name": "f", "input": {"at": texts.next()}} for id in ids]
        turns.append({"role": "assistant", "content": [block(text) for text in texts.some(3)] + calls})
        results = [
            {
                "type": "tool_result",
                "tool_use_id": id,
                "content": rng.choice([texts.next(), [block(text) for text in texts.some(3)]]),
                "is_error": rng.random() < 0.3,
            }
            for id in rng.sample(ids, len(ids))
        ]
        turns.append({"role": "user", "content": results + [block(text) for text in texts.some(3)]})
        if rng.random() < 0.2:
            turns.append({"role": "system", "content": texts.next()})
    return {"model": "m", "max_tokens": 9, "system": spoken(), "messages": turns}


def responses_request(texts: Texts, rng: random.Random) -> dict[str, Any]:
    def message(role: str) -> dict[str, Any]:
        kind = "output_text" if role == "assistant" else "input_text"
        parts = [{"type": kind, "text": text} for text in texts.some(4)]
        return {"role": role, "content": rng.choice([texts.next(), parts])}

    items = [message(role) for role in rng.choices(["developer", "user", "system"], k=rng.randrange(1, 4))]
    for turn in range(rng.randrange(0, 6)):
        items.append(message("assistant"))
        kinds = rng.choices(["function_call", "custom_tool_call"], k=rng.randrange(0, 4))
        for n, kind in enumerate(kinds):
            said = texts.next()
            said_as = {"arguments": json.dumps({"at": said}, ensure_ascii=False)} if kind[0] == "f" else {"input": said}
            items.append({"type": kind, "call_id": f"c{turn}_{n}", "name": "f", **said_as})
        if rng.random() < 0.3:
            items.append(message("developer"))
        for n, kind in rng.sample(list(enumerate(kinds)), len(kinds)):
            items.append({"type": f"{kind}_output", "call_id": f"c{turn}_{n}", "output": texts.next()})
        items.append(message("user"))
    return {"model": "m", "instructions": texts.next(), "input": items}


MAKE = {"messages": messages_request, "responses": responses_request}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for element in value:
            yield from strings(element)


@ENDPOINTS
def test_each_text_of_a_conversation_arrives_once_and_each_result_behind_its_call(endpoint: str, scale: int) -> None:
    rng = random.Random(47)
    for _ in range(150 * scale):
        texts = Texts(rng)
        raw = json.dumps(MAKE[endpoint](texts, rng)).encode()
        used = set(strings(json.loads(raw)))
        asked = canonical(endpoint, raw)
        chat = json.loads(to_chat(endpoint).request(asked, raw).body)["messages"]
        said = "\n".join(strings(chat))
        for text in texts.given:
            if any(text in string for string in used):
                assert said.count(text) == 1, text
        open_calls: list[str] = []
        for earlier, message in zip([{}, *chat], chat, strict=False):
            if message["role"] == "tool":
                open_calls.remove(message["tool_call_id"])
            else:
                assert not open_calls and message["role"] != earlier.get("role")
                open_calls = [call["id"] for call in message.get("tool_calls", ())]
        assert not open_calls
