"""responses: a streamed reply, edited. Whatever the pieces, the client gets what a plain reply would have said."""

from __future__ import annotations

import json
import random
import typing
from typing import Any

import pytest
from openai._models import construct_type
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from ringfence.dialects import Dialect, channels
from ringfence.vocabulary.errors import UpstreamBroken
from support import responses_replies as source

EVENTS: tuple[Any, ...] = typing.get_args(typing.get_args(ResponseStreamEvent)[0])
BITS = ("<P-1>", "<P-12>", "⟦é7⟧", "<", "<P", "<P-1", "⟦", "⟦é7", " ", "Dear ", "é", "\U0001f600", '{"a":"', '"}', "\n")
ADAPTER: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def read(body: bytes) -> list[dict[str, Any]]:
    """The events of a body; the name before each one is its type."""
    found = []
    for one in body.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line for line in one.split("\n") if line and not line.startswith(":")]
        if not lines:
            continue
        event = json.loads("\n".join(line[6:] for line in lines if line.startswith("data: ")))
        assert lines[0] == f"event: {event['type']}"
        found.append(event)
    return found


def checked(events: list[dict[str, Any]], strictly: bool = True) -> list[dict[str, Any]]:
    """The numbers go up one by one, and each event is one of the real client's (which is slow to find out)."""
    for event in events if strictly else ():
        ADAPTER.validate_python(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    return events


def fed(editor: Any, body: bytes, rng: random.Random | None = None) -> bytes:
    out, start = b"", 0
    while start < len(body):
        size = rng.randrange(1, 400) if rng else len(body)
        out += editor.feed(body[start : start + size])
        start += size
    return out + bytes(editor.end())


def words(rng: random.Random) -> str:
    return "".join(rng.choices(BITS, k=rng.randrange(0, 9)))


def random_item(rng: random.Random, index: int) -> dict[str, Any]:
    kind = rng.randrange(6)
    if kind == 0:
        return source.call("f", words(rng), index)
    if kind == 1:
        return source.custom_call("g", words(rng), index)
    if kind == 2:
        item = source.reasoning([words(rng) for _ in range(rng.randrange(3))], index, rng.choice([None, "<P-1>"]))
        return {**item, "content": [{"type": "reasoning_text", "text": words(rng)}], "status": "completed"}
    if kind == 3:
        return source.refusal(words(rng), index)
    item = source.message(words(rng), index, **rng.choice([{}, {"phase": "commentary"}, {"phase": "final_answer"}]))
    item["content"] += source.message(words(rng))["content"] * rng.randrange(2)
    return item


def random_reply(rng: random.Random) -> dict[str, Any]:
    more: dict[str, Any] = rng.choice(
        [{}, {}, source.INCOMPLETE, {"metadata": {"who": "<P-12>"}, "instructions": "<P-1>"}]
    )
    return source.response([random_item(rng, index) for index in range(rng.randrange(1, 4))], **more)


def random_events(rng: random.Random, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a reply, its items interleaved, and some of the repeating events left out."""
    each = [list(source.item_events(item, index, rng.randrange(1, 6))) for index, item in enumerate(whole["output"])]
    first, last = list(source.events({**whole, "output": []}))[:2], {"type": f"response.{whole['status']}"}
    middle = []
    while any(each):
        queue = rng.choice([queue for queue in each if queue])
        event = queue.pop(0)
        ends = event["type"].endswith(".done") and event["type"] != "response.output_item.done"
        if not (ends and rng.random() < 0.1):
            middle.append(event)
    return [*first, *middle, {**last, "response": whole}]


def told(events: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, str]]:
    """Each text by its place: `delta` as put together from pieces, and what each repeating event said it was."""
    texts: dict[tuple[Any, ...], dict[str, str]] = {}

    def note(place: tuple[Any, ...], by: str, text: str) -> None:
        here = texts.setdefault(place, {})
        if by == "delta":
            assert set(here) <= {"delta"}, "a piece after the end of its text"
            here["delta"] = here.get("delta", "") + text
        else:
            assert here.setdefault(by, text) == text
            if text:
                here.setdefault("delta", "")

    for event in events:
        kind = event["type"]
        at = event.get("content_index", event.get("summary_index", 0))
        if kind.endswith(".delta"):
            note((event["output_index"], kind.removesuffix(".delta"), at), "delta", event["delta"])
        elif kind == "response.output_item.done":
            for place, text in of_item(event["item"], event["output_index"]).items():
                note(place, "item", text)
        elif kind.endswith(("_part.done", ".added")):
            continue
        elif kind.endswith(".done"):
            member = next(m for m in ("text", "refusal", "arguments", "input") if m in event)
            note((event["output_index"], kind.removesuffix(".done"), at), "done", event[member])
    for index, item in enumerate(events[-1]["response"]["output"]):
        for place, text in of_item(item, index).items():
            note(place, "response", text)
    return texts


def of_item(item: dict[str, Any], index: int) -> dict[tuple[Any, ...], str]:
    names = {"output_text": "response.output_text", "refusal": "response.refusal"}
    found: dict[tuple[Any, ...], str] = {}
    for at, part in enumerate(item.get("content", ())):
        name = names.get(part["type"], "response.reasoning_text")
        found[index, name, at] = part.get("text", part.get("refusal"))
    for at, part in enumerate(item.get("summary", ())):
        found[index, "response.reasoning_summary_text", at] = part["text"]
    if item["type"] == "function_call":
        found[index, "response.function_call_arguments", 0] = item["arguments"]
    if item["type"] == "custom_tool_call":
        found[index, "response.custom_tool_call_input", 0] = item["input"]
    return {place: text for place, text in found.items() if text}


def test_any_pieces_give_the_text_of_the_plain_reply(responses: Dialect, tiny: Any, scale: int) -> None:
    make, restore, _ = tiny
    rng = random.Random(29)
    for turn in range(1_000 * scale):
        whole, json_reply = random_reply(rng), turn % 4 == 0
        body = source.encoded(random_events(rng, whole))
        plain = responses.edit_reply(json.dumps(whole).encode(), restore, None, json_reply=json_reply)
        expected: dict[tuple[Any, ...], str] = {}
        for index, item in enumerate(json.loads(plain.body)["output"]):
            expected.update(of_item(item, index))

        editor = responses.stream(make, json_reply=json_reply)
        if rng.random() < 0.3:
            body = body.replace(b"\n", rng.choice([b"\r\n", b"\r"]))
        events = checked(read(fed(editor, body, rng)), strictly=turn % 10 == 0)
        assert events[-1]["response"] == json.loads(plain.body)
        texts = told(events)
        assert {place: by["delta"] for place, by in texts.items() if by.get("delta")} == expected
        assert all(len(set(by.values())) == 1 for by in texts.values())
        assert editor.finished and not editor.failed and not editor.truncated
        assert set(editor.texts()) == set(plain.texts)
        assert (editor.model, editor.usage, editor.finish) == (plain.model, plain.usage, plain.finish)


def test_without_a_restorer_the_bytes_stay(responses: Dialect, scale: int) -> None:
    rng = random.Random(31)
    for _ in range(200 * scale):
        whole = random_reply(rng)
        body = source.encoded(random_events(rng, whole))
        editor = responses.stream(None)
        assert fed(editor, body, rng) == body
        assert set(editor.texts()) == set(responses.edit_reply(json.dumps(whole).encode(), None).texts)
        assert editor.finished and editor.end() == b""


def test_every_split_in_two(responses: Dialect, tiny: Any) -> None:
    whole = source.response([source.message("Hi <P-1> ⟦é7⟧ <P")])
    body = source.streamed(whole, 4)
    said = 'Hi Ann "A" \\ O\'Neil ann@example.org lessP'
    for cut in range(0, len(body) + 1, 5):
        editor = responses.stream(tiny[0])
        out = editor.feed(body[:cut]) + editor.feed(body[cut:]) + editor.end()
        assert told(checked(read(out), strictly=False)) == {
            (0, "response.output_text", 0): {"delta": said, "done": said, "item": said, "response": said}
        }


def test_held_text_comes_in_a_delta_of_its_own_before_the_end(responses: Dialect, tiny: Any) -> None:
    editor = responses.stream(tiny[0])
    whole = source.response([source.message("Dear <P-1", 0)])
    sent = list(source.events(whole, 20))
    for event in sent:
        if event["type"] == "response.output_text.delta":
            event |= {"logprobs": [{"token": "D", "logprob": -0.1}], "obfuscation": "x"}
    events = read(fed(editor, source.encoded(sent)))
    kinds = [event["type"] for event in events]
    at = kinds.index("response.output_text.done")
    assert kinds[at - 2 : at] == ["response.output_text.delta"] * 2
    assert events[at - 2]["delta"] == "Dear "
    assert events[at - 1] == {
        "type": "response.output_text.delta",
        "item_id": "msg_0",
        "output_index": 0,
        "content_index": 0,
        "delta": "lessP-1",
        "logprobs": [],
        "sequence_number": at - 1,
    }
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_a_text_that_no_event_ends_is_ended_by_its_item(responses: Dialect, tiny: Any) -> None:
    whole = source.response([source.message("a <P"), source.call("f", "<P", 1)])
    events = [
        event for event in source.events(whole, 3) if not event["type"].endswith((".text.done", "arguments.done"))
    ]
    texts = told(read(fed(responses.stream(tiny[0]), source.encoded(events))))
    assert texts[0, "response.output_text", 0]["delta"] == "a lessP"
    assert texts[1, "response.function_call_arguments", 0]["delta"] == "lessP"


def some(event: Any, text: str) -> Any:
    """An event of this class: every member that may hold a text says `text`."""
    hints = event.model_fields
    made: dict[str, Any] = {"type": typing.get_args(hints["type"].annotation)[0], "sequence_number": 0}
    for name, field in hints.items():
        if name not in made:
            made[name] = _some(name, field.annotation, text)
    return made


def _some(name: str, hint: Any, text: str) -> Any:
    if name == "response":
        return source.response([source.message(text)])
    if name == "item":
        return source.message(text)
    if name == "part":
        return {"type": "output_text", "text": text, "annotations": []}
    if name == "annotation":
        return {"type": "url_citation", "title": text, "url": "u", "start_index": 0, "end_index": 1}
    if name == "output":
        return [{"stdout": text, "stderr": text, "outcome": {"type": "exit", "exit_code": 0}}]
    if name == "delta" and hint is not str:
        return {"stdout": text, "stderr": text}
    if name.endswith("_index"):
        return 0
    if name == "logprobs":
        return []
    if name == "status":
        return "incomplete"
    return text if name not in ("item_id", "obfuscation", "partial_image_b64") else "x1"


def test_every_event_of_the_sdk_is_restored(responses: Dialect, tiny: Any) -> None:
    """An event class that a later SDK adds fails here unless its texts are restored."""
    assert len(EVENTS) >= 58
    for event in EVENTS:
        sent = some(event, "say <P-1>")
        editor = responses.stream(tiny[0])
        (got,) = read(editor.feed(source.encoded([sent])))
        assert isinstance(construct_type(type_=event, value=got), event)
        kind = sent["type"]
        assert kind == got["type"]
        if kind == "response.audio.delta":
            assert got == sent
            continue
        said = json.dumps(tiny[2]["<P-1>"])[1:-1]
        if "arguments" in kind:
            said = json.dumps(said)[1:-1]
        assert got == json.loads(json.dumps(sent).replace("<P-1>", said)), kind


def test_every_delta_of_the_sdk_is_a_text_in_pieces(responses: Dialect, tiny: Any) -> None:
    for event in EVENTS:
        first, second = some(event, "say <P-"), some(event, "1> <P")
        if not first["type"].endswith(".delta") or first["type"] == "response.audio.delta":
            continue
        editor = responses.stream(tiny[0])
        end = {
            "type": first["type"].replace(".delta", ".done"),
            **{k: v for k, v in first.items() if k.endswith("_index")},
        }
        end |= {"item_id": "x1"}
        got = read(fed(editor, source.encoded([first, second, end])))
        pieces = [one["delta"] for one in got if one["type"] == first["type"]]
        name = "arguments" if "arguments" in first["type"] else "text"
        original = json.dumps(tiny[2]["<P-1>"])[1:-1] if name == "arguments" else tiny[2]["<P-1>"]
        if isinstance(first["delta"], str):
            assert "".join(pieces) == f"say {original} lessP", first["type"]
        else:
            for stream in ("stdout", "stderr"):
                assert "".join(piece.get(stream, "") for piece in pieces) == f"say {original} lessP"
        assert got[-1]["type"] == end["type"]
        for one in got[:-1]:
            assert isinstance(construct_type(type_=event, value=one), event)
        assert [one["sequence_number"] for one in got] == list(range(len(got)))


def test_numbers_move_up_by_what_was_put_in(responses: Dialect, tiny: Any) -> None:
    whole = source.response([source.message("<P"), source.message("<P", 1), source.call("f", "<P-1", 2)])
    sent = source.streamed(whole)
    got = read(fed(responses.stream(tiny[0]), sent))
    assert len(got) == len(read(sent)) + 3
    assert [event["sequence_number"] for event in got] == list(range(len(got)))


def test_a_service_without_numbers_gets_none(responses: Dialect, tiny: Any) -> None:
    body = source.streamed(source.response([source.message("<P")]))
    bare = b"".join(
        b"event: %b\ndata: %b\n\n"
        % (e["type"].encode(), json.dumps({k: v for k, v in e.items() if k != "sequence_number"}).encode())
        for e in read(body)
    )
    got = read(fed(responses.stream(tiny[0]), bare))
    assert len(got) == len(read(body)) + 1
    assert not any("sequence_number" in event for event in got)


@pytest.mark.parametrize(
    ("more", "finish", "finished", "failed"),
    [
        ({}, "completed", True, False),
        (source.INCOMPLETE, "max_output_tokens", True, False),
        ({"status": "incomplete", "incomplete_details": None}, "incomplete", True, False),
        (source.FAILED, "server_error", False, True),
    ],
)
def test_how_it_ended(
    responses: Dialect, tiny: Any, more: dict[str, Any], finish: str, finished: bool, failed: bool
) -> None:
    whole = {**source.response([source.message("<P")]), **more}
    editor = responses.stream(tiny[0])
    fed(editor, source.streamed(whole))
    assert (editor.finish, editor.finished, editor.failed) == ((finish,), finished, failed)
    assert editor.usage["input_tokens_details.cached_tokens"] == 2


@pytest.mark.parametrize(
    "error",
    [
        {"type": "error", "code": "server_error", "message": "bad <P-12>", "param": None},
        {"type": "error", "error": {"code": "server_error", "message": "bad <P-12>"}},
    ],
)
def test_an_error_of_the_service_is_passed_on_after_what_was_held(responses: Dialect, tiny: Any, error: Any) -> None:
    editor = responses.stream(tiny[0])
    begun = list(source.events(source.response([source.message("a <P")]), 9))[:5]
    got = read(fed(editor, source.encoded([*begun, error])))
    assert [event["delta"] for event in got if "delta" in event] == ["a ", "lessP"]
    assert "bad Bö\nX" in json.dumps(got[-1], ensure_ascii=False).replace("\\n", "\n")
    assert editor.failed and not editor.finished
    assert "bad Bö\nX" in editor.texts()


@pytest.mark.parametrize("data", [b"nonsense", b"[]", b"5", b'{"a":', b"\xff", b'{"a":"\\ud800"}', b"[" * 9_000])
def test_a_broken_event_loses_nothing_that_came_before(responses: Dialect, tiny: Any, data: bytes) -> None:
    editor = responses.stream(tiny[0])
    begun = list(source.events(source.response([source.message("a b <P")]), 9))[:5]
    with pytest.raises(UpstreamBroken) as caught:
        editor.feed(source.encoded(begun) + b"data: " + data + b"\n\n")
    assert "nonsense" not in caught.value.message
    got = read(editor.error_event("Stopped.", "ringfence_upstream_broken"))
    assert [event["delta"] for event in got if "delta" in event] == ["a b ", "lessP"]
    assert got[-1] == {
        "type": "error",
        "code": "ringfence_upstream_broken",
        "message": "Stopped.",
        "param": None,
        "sequence_number": 6,
        "error": {"code": "ringfence_upstream_broken", "message": "Stopped.", "param": None, "type": "server_error"},
    }


@pytest.mark.parametrize("tail", [b"", b"event: response.completed", b'data: {"type":"respon', b": bye"])
def test_a_stream_without_its_end_still_gives_what_was_held(responses: Dialect, tiny: Any, tail: bytes) -> None:
    editor = responses.stream(tiny[0])
    begun = source.encoded(list(source.events(source.response([source.message("a <P-1")]), 9))[:5])
    out = editor.feed(begun + tail) + editor.end()
    assert b'"delta":"lessP-1"' in out.replace(b": ", b":") and not editor.finished
    assert editor.end() == b""


def test_the_model_name_that_the_client_sees_can_be_replaced(responses: Dialect, tiny: Any) -> None:
    editor = responses.stream(tiny[0], "asked-for")
    got = read(fed(editor, source.streamed(source.response([source.message("<P-1>")]))))
    assert {event["response"]["model"] for event in got if "response" in event} == {"asked-for"}
    assert editor.model == "gpt-5.4-x"


def test_a_comment_on_the_way_to_a_json_answer_is_no_json(responses: Dialect, tiny: Any) -> None:
    make, restore, _ = tiny
    items = [source.message("Ask <P-1>", 0, phase="commentary"), source.message('{"a":"<P-1>"}', 1)]
    whole = source.response(items)
    got = read(fed(responses.stream(make, json_reply=True), source.streamed(whole)))
    texts = told(got)
    assert set(texts[0, "response.output_text", 0].values()) == {'Ask Ann "A" \\ O\'Neil'}
    assert {json.loads(text)["a"] for text in texts[1, "response.output_text", 0].values()} == {'Ann "A" \\ O\'Neil'}
    plain = json.loads(responses.edit_reply(json.dumps(whole).encode(), restore, json_reply=True).body)
    assert got[-1]["response"] == plain


def test_ciphertext_images_and_single_tokens_stay(responses: Dialect, tiny: Any) -> None:
    logprobs = [{"token": "<P-1>", "logprob": -0.1, "bytes": [1], "top_logprobs": []}]
    item = {**source.reasoning(["<P-1>"], 0, "<P-1>"), "status": "completed"}
    picture = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": "<P-1>"}
    said = source.message("<P-1>", 2)
    said["content"][0]["logprobs"] = logprobs
    whole = source.response([item, picture, said])
    last = read(fed(responses.stream(tiny[0]), source.streamed(whole)))[-1]["response"]["output"]
    assert last[0]["encrypted_content"] == "<P-1>" and last[0]["summary"][0]["text"] != "<P-1>"
    assert last[1]["result"] == "<P-1>"
    assert last[2]["content"][0]["logprobs"] == logprobs and last[2]["content"][0]["text"] != "<P-1>"


def test_deep_events_and_too_many_texts_are_refused(
    responses: Dialect, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep: Any = "x"
    for _ in range(80):
        deep = {"a": deep}
    with pytest.raises(UpstreamBroken, match="deeper"):
        responses.stream(tiny[0]).feed(source.encoded([{"type": "response.new", "a": deep}]))
    monkeypatch.setattr(channels, "MAX_CHANNELS", 50)
    editor = responses.stream(tiny[0])
    many = [{"type": "response.output_text.delta", "output_index": at, "delta": "x"} for at in range(51)]
    with pytest.raises(UpstreamBroken, match="texts at once"):
        editor.feed(source.encoded(many))


def test_a_long_reply_passes_but_is_not_all_kept(
    responses: Dialect, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_KEPT_CHARACTERS", 10)
    editor = responses.stream(tiny[0])
    out = fed(editor, source.streamed(source.response([source.message("12345" * 9)])))
    assert out.count(b'"delta":') == 9 and editor.truncated
    assert sum(map(len, editor.texts())) <= 10


def test_noise_raises_only_upstream_broken(responses: Dialect, tiny: Any, scale: int) -> None:
    rng = random.Random(37)
    for _ in range(600 * scale):
        noise = bytearray(source.encoded(random_events(rng, random_reply(rng)))[:3_000])
        for _ in range(rng.randrange(1, 9)):
            noise[rng.randrange(len(noise))] = rng.choice(b'"{}[]:,0n\\\xff e\r\n')
        editor = responses.stream(tiny[0])
        try:
            fed(editor, bytes(noise), rng)
        except UpstreamBroken:
            editor.error_event("x", "y")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": 5, "response": 5, "item": [], "output_index": "x"},
        {"type": "response.completed"},
        {"type": "response.completed", "response": {"output": 5, "usage": "x", "model": ["m"], "status": {"a": 1}}},
        {"type": "response.output_text.delta", "delta": ["a"]},
        {"type": "response.output_text.delta", "delta": None, "output_index": None},
        {"type": "response.output_text.done", "text": {"text": "a"}, "sequence_number": "one"},
        {"type": "response.output_item.done", "item": "x", "output_index": True},
        {"type": "response.output_text.delta", "delta": "a", "output_index": [0]},
        {"type": "response.output_text.done", "text": "a", "output_index": {}},
    ],
)
@pytest.mark.parametrize("json_reply", [False, True])
def test_odd_events_pass(responses: Dialect, tiny: Any, event: Any, json_reply: bool) -> None:
    editor = responses.stream(tiny[0], json_reply=json_reply)
    out = editor.feed(b"data: " + json.dumps(event).encode() + b"\n\ndata:\n\n") + editor.end()
    assert json.loads(out.split(b"\n\n")[0][6:]) == event
    assert editor.model == "" and editor.finished is (event.get("type") == "response.completed")
