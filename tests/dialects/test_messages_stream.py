"""messages: a streamed reply, edited. Whatever the pieces, the client gets what a plain reply would have said."""

from __future__ import annotations

import json
import random
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic._streaming import SSEDecoder
from anthropic.types import RawMessageStreamEvent
from pydantic import TypeAdapter

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.vocabulary.errors import UpstreamBroken
from support import messages_replies as vendor

BITS = ("<P-1>", "<P-12>", "⟦é7⟧", "<", "<P", "<P-1", "⟦", "⟦é7", " ", "Dear ", "é", "\U0001f600", "\n", ".")
EVENTS: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


@pytest.fixture(scope="module")
def messages() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "anthropic.messages")


def words(rng: random.Random) -> str:
    return "".join(rng.choices(BITS, k=rng.randrange(1, 9)))


def block(rng: random.Random, number: int) -> dict[str, Any]:
    kind = rng.randrange(5)
    if kind < 2:
        return vendor.text(words(rng))
    if kind == 2:
        return vendor.thinking(words(rng))
    if kind == 3:
        found = {"type": "web_search_result", "title": words(rng), "url": "u", "encrypted_content": "<P-1>"}
        return {"type": "web_search_tool_result", "tool_use_id": "t", "content": [found]}
    return vendor.tool_use("look", {"who": words(rng), "deep": [{"more": words(rng)}, 5, None]}, number)


def restored(block: dict[str, Any], restore: Any) -> dict[str, Any]:
    """What a client must read of a block: by hand for the shapes above."""
    if block["type"] == "thinking":
        return block
    if block["type"] == "text":
        return {**block, "text": restore(block["text"], False)}
    if block["type"] == "tool_use":
        who, (more, *rest) = block["input"]["who"], block["input"]["deep"]
        deep = [{"more": restore(more["more"], False)}, *rest]
        return {**block, "input": {"who": restore(who, False), "deep": deep}}
    (found,) = block["content"]
    return {**block, "content": [{**found, "title": restore(found["title"], False)}]}


def streamed(rng: random.Random, blocks: list[dict[str, Any]]) -> bytes:
    """As the service streams it, the blocks' events interleaved, with pings and odd line ends."""
    left = [
        vendor.block_events(index, block, [rng.randrange(1, 60) for _ in range(rng.randrange(6))])
        for index, block in enumerate(blocks)
    ]
    body = [vendor.begin()]
    while left:
        one = left[0] if rng.random() < 0.7 else rng.choice(left)
        body.append(one.pop(0))
        left = [each for each in left if each]
        if rng.random() < 0.2:
            body.append(rng.choice([vendor.PING, b": wait\n\n", b"\n"]))
    joined = b"".join([*body, vendor.end("tool_use")])
    return joined.replace(b"\n", rng.choice([b"\n", b"\n", b"\r\n", b"\r"]))


def fed(editor: Any, body: bytes, rng: random.Random | None = None) -> bytes:
    out, start = b"", 0
    while start < len(body):
        size = rng.randrange(1, 200) if rng else len(body)
        out += editor.feed(body[start : start + size])
        start += size
    return bytes(out + editor.end())


def events_of(body: bytes) -> list[dict[str, Any]]:
    """What the real client library reads: each event's name is its type, and each fits its type."""
    found = [sse for sse in SSEDecoder().iter_bytes(iter([body])) if sse.data]
    trees = [json.loads(sse.data) for sse in found]
    assert [sse.event for sse in found] == [tree["type"] for tree in trees]
    for tree in trees:
        if tree["type"] not in ("ping", "error"):
            EVENTS.validate_python(tree)
    return trees


def gathered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks that a client puts together; nothing may come before a block's start or after its stop."""
    blocks: dict[int, dict[str, Any]] = {}
    inputs: dict[int, str] = {}
    ended: set[int] = set()
    for one in events:
        index = one.get("index", -1)
        assert index not in ended
        match one["type"]:
            case "content_block_start":
                blocks[index] = one["content_block"]
            case "content_block_delta":
                kind, *_ = members = [name for name in one["delta"] if name != "type"]
                assert members == [kind]
                if kind == "partial_json":
                    inputs[index] = inputs.get(index, "") + one["delta"][kind]
                else:
                    blocks[index][kind] += one["delta"][kind]
            case "content_block_stop":
                ended.add(index)
    assert ended == set(blocks)
    for index, written in inputs.items():
        blocks[index]["input"] = json.loads(written)
    return [blocks[index] for index in sorted(blocks)]


def test_any_pieces_give_the_blocks_of_the_plain_reply(messages: Dialect, tiny: Any, scale: int) -> None:
    make, restore, _ = tiny
    rng = random.Random(29)
    for _ in range(1_200 * scale):
        blocks = [block(rng, number) for number in range(rng.randrange(1, 5))]
        body = streamed(rng, blocks)
        editor = messages.stream(make)
        out = fed(editor, body, rng)
        expected = [restored(each, restore) for each in blocks]
        assert gathered(events_of(out)) == expected
        plain = messages.edit_reply(vendor.plain(*blocks), restore)
        assert json.loads(plain.body)["content"] == expected
        assert editor.finished and not editor.failed
        assert (editor.model, editor.finish) == (vendor.MODEL, ("tool_use",))
        assert editor.usage["input_tokens"] == 25 and editor.usage["output_tokens"] == 15
        said = [each["text"] for each in expected if each["type"] == "text"]
        assert {text for text in said if text} <= set(editor.texts()), "what the client reads is scanned"
        assert editor.end() == b""


def test_an_answer_in_json_takes_originals_escaped(messages: Dialect, tiny: Any) -> None:
    body = vendor.stream(vendor.text('{"who": "<P-1>"}'))
    (out,) = gathered(events_of(fed(messages.stream(tiny[0], json_reply=True), body)))
    assert json.loads(out["text"]) == {"who": tiny[2]["<P-1>"]}
    plain = messages.edit_reply(vendor.plain(vendor.text('{"who": "<P-1>"}')), tiny[1], json_reply=True)
    assert json.loads(json.loads(plain.body)["content"][0]["text"]) == {"who": tiny[2]["<P-1>"]}


def test_with_nothing_to_restore_the_bytes_stay(messages: Dialect) -> None:
    body = vendor.stream(vendor.thinking("Hm."), vendor.text("One & two"), vendor.tool_use("f", {"a": 1.50}))
    editor = messages.stream(None)
    assert b"".join(editor.feed(body[at : at + 1]) for at in range(len(body))) + editor.end() == body
    assert editor.texts() == ("Hm.", "One & two", '{"a": 1.5}', "f")


def test_what_is_held_goes_out_before_its_block_stops(messages: Dialect, tiny: Any) -> None:
    body = vendor.begin() + vendor.start_block(3, vendor.text("<P"))
    editor = messages.stream(tiny[0])
    assert events_of(editor.feed(body))[1]["content_block"]["text"] == ""
    out = events_of(editor.feed(vendor.stop_block(3)))
    assert out == [
        {"type": "content_block_delta", "index": 3, "delta": {"type": "text_delta", "text": "lessP"}},
        {"type": "content_block_stop", "index": 3},
    ]


def test_a_service_that_stops_no_block_loses_nothing(messages: Dialect, tiny: Any) -> None:
    body = vendor.begin() + vendor.start_block(0, vendor.text("a <P")) + vendor.end()
    out = events_of(fed(messages.stream(tiny[0]), body))
    assert [one["type"] for one in out[2:]] == ["content_block_delta", "message_delta", "message_stop"]
    assert out[2]["delta"]["text"] == "lessP"


@pytest.mark.parametrize(
    ("begun", "piece"),
    [
        (vendor.thinking("<P-1>"), {"type": "thinking_delta", "thinking": "<P-1>"}),
        (vendor.thinking(""), {"type": "signature_delta", "signature": "<P-1>"}),
        ({"type": "compaction", "content": "<P-1>"}, {"type": "compaction_delta", "content": "<P-1>"}),
        ({"type": "redacted_thinking", "data": "<P-1>"}, {"type": "later_delta", "words": "<P-1>"}),
        ({"type": "later_kind", "words": "<P-1>"}, {"type": "later_delta", "words": "<P-1>"}),
    ],
)
def test_what_is_signed_or_not_known_stays_as_it_is(
    messages: Dialect, tiny: Any, begun: dict[str, Any], piece: dict[str, Any]
) -> None:
    body = vendor.begin() + vendor.start_block(0, begun) + vendor.delta(0, **piece) + vendor.stop_block(0)
    assert messages.stream(tiny[0]).feed(body) == body
    plain = vendor.plain(begun)
    assert messages.edit_reply(plain, tiny[1]).body == plain


def test_thinking_is_scanned_though_it_is_not_restored(messages: Dialect, tiny: Any) -> None:
    assert messages.edit_reply(vendor.plain(vendor.thinking("of <P-1>")), tiny[1]).texts == ("of <P-1>",)
    editor = messages.stream(tiny[0])
    editor.feed(vendor.stream(vendor.thinking("of <P-1>")))
    assert editor.texts() == ("of <P-1>",)


def test_citations_and_stop_sequences_are_restored_at_once(messages: Dialect, tiny: Any) -> None:
    citation = {"type": "char_location", "cited_text": "by <P-12>", "document_title": None, "document_index": 0}
    sealed = {"type": "web_search_result_location", "cited_text": "<P-12>", "encrypted_index": "<P-12>"}
    editor = messages.stream(tiny[0])
    editor.feed(vendor.begin() + vendor.start_block(0, vendor.text("")))
    for each, expected in ((citation, "by Bö\nX"), (sealed, "Bö\nX")):
        (out,) = events_of_any(editor.feed(vendor.delta(0, type="citations_delta", citation=each)))
        assert out["delta"]["citation"] == {**each, "cited_text": expected}
    out, _ = events_of_any(editor.feed(vendor.end("stop_sequence", "<P-12>")))
    assert out["delta"]["stop_sequence"] == "Bö\nX"


def events_of_any(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(one.partition(b"data: ")[2]) for one in body.split(b"\n\n") if one]


def test_the_model_name_that_the_client_sees_can_be_replaced(messages: Dialect) -> None:
    editor = messages.stream(None, "asked-for")
    (begun,) = events_of(editor.feed(vendor.begin()))
    assert (begun["message"]["model"], editor.model) == ("asked-for", vendor.MODEL)
    plain = messages.edit_reply(vendor.plain(), None, "asked-for")
    assert (json.loads(plain.body)["model"], plain.model) == ("asked-for", vendor.MODEL)


def test_an_error_of_the_service_is_passed_on_after_what_was_held(messages: Dialect, tiny: Any) -> None:
    editor = messages.stream(tiny[0])
    editor.feed(vendor.begin() + vendor.start_block(0, vendor.text("<P")))
    out = events_of(editor.feed(vendor.error_event(said="bad <P-12>")))
    assert out[0]["delta"] == {"type": "text_delta", "text": "lessP"}
    assert out[1] == {"type": "error", "error": {"type": "overloaded_error", "message": "bad Bö\nX"}}
    assert editor.failed and not editor.finished


@pytest.mark.parametrize("data", [b"nonsense", b"[]", b'{"a":', b"\xff", b"[" * 9_000])
def test_a_broken_event_loses_nothing_that_came_before(messages: Dialect, tiny: Any, data: bytes) -> None:
    editor = messages.stream(tiny[0])
    out = editor.feed(vendor.begin() + vendor.start_block(0, vendor.text("a <P")))
    with pytest.raises(UpstreamBroken):
        editor.feed(vendor.delta(0, type="text_delta", text="-1> and <P") + b"data: " + data + b"\n\n")
    *events, error = events_of(out + editor.error_event("Stopped.", "ringfence_upstream_broken"))
    assert "".join(each["delta"]["text"] for each in events[2:]) == 'Ann "A" \\ O\'Neil and lessP'
    assert error == {
        "type": "error",
        "error": {"type": "api_error", "message": "Stopped.", "code": "ringfence_upstream_broken"},
    }


@pytest.mark.parametrize(
    "tree",
    [
        {"type": "content_block_delta"},
        {"type": "content_block_delta", "index": "x", "delta": {"type": "text_delta", "text": 5}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": ["a"], "text": "a"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta"}},
        {"type": "content_block_start", "index": 0, "content_block": ["a"]},
        {"type": "content_block_start", "index": 0, "content_block": {"type": ["a"]}},
        {"type": "message_start", "message": 5},
        {"type": "message_start", "message": {"model": 5, "usage": "x"}},
        {"type": "message_delta", "delta": 5, "usage": 5},
        {"type": ["message_stop"]},
        {},
    ],
)
def test_odd_events_pass(messages: Dialect, tiny: Any, tree: dict[str, Any]) -> None:
    editor = messages.stream(tiny[0])
    body = b"data: " + json.dumps(tree).encode() + b"\n\n"
    assert fed(editor, body) == body
    assert not editor.finished and editor.model == "" and not editor.finish


def test_noise_raises_only_upstream_broken(messages: Dialect, tiny: Any, scale: int) -> None:
    rng = random.Random(31)
    for _ in range(500 * scale):
        noise = bytearray(streamed(rng, [block(rng, 1), block(rng, 2)])[:1_500])
        for _ in range(rng.randrange(1, 6)):
            noise[rng.randrange(len(noise))] = rng.choice(b'"{}[]:,0n\\\xff e\r\n')
        editor = messages.stream(tiny[0])
        try:
            fed(editor, bytes(noise), rng)
        except UpstreamBroken:
            editor.error_event("x", "y")


def test_the_real_client_gathers_a_restored_stream(messages: Dialect, tiny: Any) -> None:
    blocks = [
        vendor.thinking("of <P-1>"),
        vendor.text("Dear <P-1>, <P-12> and ⟦é7⟧"),
        vendor.tool_use("look", {"who": "<P-1>", "at": ["<P-12>"]}),
    ]
    out = fed(messages.stream(tiny[0]), vendor.stream(*blocks, stop_reason="tool_use", cuts=range(60)))

    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=out)

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = anthropic.Anthropic(api_key="k", base_url="http://gateway.test", http_client=http, max_retries=0)
    asked: Any = [{"role": "user", "content": "Hello"}]
    with client.messages.stream(model="m", max_tokens=64, messages=asked) as stream:
        said = "".join(stream.text_stream)
        final: Any = stream.get_final_message()
    assert said == f"Dear {tiny[2]['<P-1>']}, Bö\nX and ann@example.org"
    thought, text, call = final.content
    assert (thought.thinking, thought.signature, text.text) == ("of <P-1>", vendor.SIGNATURE, said)
    assert call.input == {"who": tiny[2]["<P-1>"], "at": ["Bö\nX"]}
    assert (final.stop_reason, final.usage.output_tokens) == ("tool_use", 15)
    with client.beta.messages.stream(model="m", max_tokens=64, messages=asked) as beta:
        assert beta.get_final_message().content[1].text == said  # type: ignore[union-attr]
