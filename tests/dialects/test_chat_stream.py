"""chat: a streamed reply, edited. Whatever the pieces, the client gets what a plain reply would have said."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from openai._streaming import SSEDecoder
from openai.types.chat import ChatCompletionChunk

from ringfence.dialects import Dialect, channels, sse
from ringfence.vocabulary.errors import UpstreamBroken

Key = tuple[str | int, ...]

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "gpt-5.4-x"}
KEYS: tuple[Key, ...] = (
    ("content",),
    ("refusal",),
    ("reasoning_content",),
    ("function_call", "arguments"),
    ("tool_calls", 0, "function", "arguments"),
    ("tool_calls", 1, "function", "arguments"),
    ("tool_calls", 2, "custom", "input"),
)
BITS = ("<P-1>", "<P-12>", "⟦é7⟧", "<", "<P", "<P-1", "⟦", "⟦é7", " ", "Dear ", "é", "\U0001f600", '{"a":"', '"}', "\n")


def event(*choices: dict[str, Any], **more: Any) -> bytes:
    return b"data: " + json.dumps({**HEAD, "choices": list(choices), **more}).encode() + b"\n\n"


def choice(delta: dict[str, Any], finish: str | None = None, index: int = 0) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish}


def delta_of(key: Key, text: str) -> dict[str, Any]:
    """Written out by hand for the shapes in KEYS."""
    if len(key) == 1:
        return {str(key[0]): text}
    if key[0] == "function_call":
        return {"function_call": {"arguments": text}}
    return {"tool_calls": [{"index": key[1], str(key[2]): {str(key[3]): text}}]}


def events_of(body: bytes) -> list[dict[str, Any]]:
    """What the real client library reads, each event checked with its type; [DONE] must come last."""
    found = list(SSEDecoder().iter_bytes(iter([body])))
    data = [sse.data for sse in found if sse.data]
    assert data.pop() == "[DONE]"
    for one in data:
        ChatCompletionChunk.model_validate_json(one)
        assert {**json.loads(one), **HEAD} == json.loads(one)
    return [json.loads(one) for one in data]


def gathered(events: list[dict[str, Any]]) -> dict[tuple[int, Key], str]:
    """The texts that a client puts together; nothing may follow a choice's end."""
    texts: dict[tuple[int, Key], str] = {}
    ended: set[int] = set()
    for one in events:
        for part in one["choices"]:
            index = part["index"]
            for key in KEYS:
                here: Any = part["delta"]
                for step in key:
                    if isinstance(step, int):
                        here = "".join(
                            e[str(key[2])][str(key[3])] for e in here if e["index"] == step and str(key[2]) in e
                        )
                        break
                    here = here.get(step) or ({} if step in ("function_call", "function", "custom") else "")
                    if here == {}:
                        here = ""
                        break
                if here:
                    assert index not in ended, "text after finish_reason"
                    texts[index, key] = texts.get((index, key), "") + here
            if part["finish_reason"]:
                ended.add(index)
    return texts


def random_texts(rng: random.Random) -> dict[tuple[int, Key], str]:
    return {
        (index, key): "".join(rng.choices(BITS, k=rng.randrange(1, 9)))
        for index in range(rng.randrange(1, 4))
        for key in rng.sample(KEYS, rng.randrange(1, 5))
    }


def random_stream(rng: random.Random, texts: dict[tuple[int, Key], str]) -> bytes:
    """`texts` in random pieces, interleaved; each choice ends with or without text; odd line ends and comments."""
    pieces: dict[tuple[int, Key], list[str]] = {}
    for place, text in texts.items():
        cuts = sorted(rng.choices(range(len(text) + 1), k=rng.randrange(0, 6)))
        pieces[place] = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    left = {index: sum(len(parts) for (i, _), parts in pieces.items() if i == index) for index, _ in texts}
    body = [event(choice({"role": "assistant", "content": ""}, index=index)) for index in left]
    while pieces:
        parts = []
        for place in rng.sample(list(pieces), min(len(pieces), rng.randrange(1, 4))):
            index, key = place
            text = pieces[place].pop(0)
            if not pieces[place]:
                del pieces[place]
            left[index] -= 1
            last = left[index] == 0
            parts.append(choice(delta_of(key, text), "stop" if last and rng.random() < 0.5 else None, index))
            if last and parts[-1]["finish_reason"] is None:
                parts.append(choice(rng.choice([{}, {"content": ""}]), "stop", index))
        body.append(event(*parts))
        if rng.random() < 0.2:
            body.append(rng.choice([b": ping\n\n", b"event: note\n\n", b"\n"]))
    if rng.random() < 0.5:
        body.append(event(usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}))
    body.append(b"data: [DONE]\n\n")
    joined = b"".join(body)
    if rng.random() < 0.3:
        joined = joined.replace(b', "choices"', b',\ndata: "choices"')
    end = rng.choice([b"\n", b"\n", b"\r\n", b"\r"])
    return joined.replace(b"\n", end)


def fed(editor: Any, body: bytes, rng: random.Random | None = None) -> bytes:
    out, start = b"", 0
    while start < len(body):
        size = rng.randrange(1, 200) if rng else len(body)
        out += editor.feed(body[start : start + size])
        start += size
    return out + editor.end()


def test_any_pieces_give_the_text_of_the_plain_reply(chat: Dialect, tiny: Any, scale: int) -> None:
    make, restore, _ = tiny
    rng = random.Random(17)
    for turn in range(1_200 * scale):
        texts = random_texts(rng)
        json_reply = turn % 5 == 0
        message: dict[int, dict[str, Any]] = {}
        for (index, key), text in texts.items():
            delta = delta_of(key, text)
            calls = message.setdefault(index, {}).setdefault("tool_calls", [])
            calls += delta.pop("tool_calls", [])
            message[index].update(delta)
        plain_body = {"choices": [{"index": index, "message": one} for index, one in message.items()]}
        plain = chat.edit_reply(json.dumps(plain_body).encode(), restore, None, json_reply=json_reply)
        expected = {}
        for one in json.loads(plain.body)["choices"]:
            expected.update(gathered([{"choices": [{**one, "delta": one["message"], "finish_reason": None}]}]))
        assert expected.keys() == texts.keys()

        editor = chat.stream(make, json_reply=json_reply)
        body = fed(editor, random_stream(rng, texts), rng)
        assert gathered(events_of(body)) == expected
        assert editor.finished and not editor.failed and not editor.truncated
        assert sorted(editor.texts()) == sorted(plain.texts)
        assert editor.model == "gpt-5.4-x"
        assert editor.finish == ("stop",) * len(message)


def test_without_a_restorer_the_bytes_stay(chat: Dialect, scale: int) -> None:
    rng = random.Random(19)
    for _ in range(300 * scale):
        texts = random_texts(rng)
        body = random_stream(rng, texts)
        editor = chat.stream(None)
        assert fed(editor, body, rng) == body
        assert sorted(editor.texts()) == sorted(texts.values())
        assert editor.finished
        assert editor.end() == b""


def test_every_split_in_two(chat: Dialect, tiny: Any) -> None:
    body = event(choice({"content": "Hi <P-1> ⟦é7⟧ <P"})) + event(choice({}, "stop")) + b"data: [DONE]\n\n"
    expected = {(0, ("content",)): 'Hi Ann "A" \\ O\'Neil ann@example.org lessP'}
    for cut in range(len(body) + 1):
        editor = chat.stream(tiny[0])
        out = editor.feed(body[:cut]) + editor.feed(body[cut:]) + editor.end()
        assert gathered(events_of(out)) == expected


def test_held_text_comes_before_the_end_in_an_event_of_its_own(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    first = editor.feed(event(choice({"role": "assistant", "content": "Dear <P-1"}), system_fingerprint="fp"))
    assert json.loads(first[6:])["choices"][0]["delta"] == {"role": "assistant", "content": "Dear "}
    second = editor.feed(event(choice({"content": "", "tool_calls": []}, "stop"))).split(b"\n\n")
    held, finish = (json.loads(one[6:]) for one in second[:2])
    assert held == {**HEAD, "choices": [{"index": 0, "delta": {"content": "lessP-1"}, "finish_reason": None}]}
    assert finish["choices"] == [choice({"content": "", "tool_calls": []}, "stop")]
    ChatCompletionChunk.model_validate(held)


def test_held_text_of_the_ending_events_own_piece_stays_in_it(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    out = editor.feed(event(choice({"content": "a "}))) + editor.feed(event(choice({"content": "b <P"}, "length")))
    events = events_of(out + b"data: [DONE]\n\n")
    assert [one["choices"][0]["delta"]["content"] for one in events] == ["a ", "b lessP"]
    assert editor.finish == ("length",)


def test_one_choice_ends_while_another_goes_on(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    body = event(choice({"content": "<P"}), choice({"content": "<P"}, index=1)) + event(choice({}, "stop", 1))
    body += event(choice({"content": "-12>"})) + event(choice({}, "stop")) + b"data: [DONE]\n\n"
    assert gathered(events_of(fed(editor, body))) == {(0, ("content",)): "Bö\nX", (1, ("content",)): "lessP"}


@pytest.mark.parametrize("tail", [b"", b"data: [DONE]\n\n", b"data: [DONE]", b'data: {"id":"chatc', b": bye"])
def test_a_stream_without_its_end_still_gives_what_was_held(chat: Dialect, tiny: Any, tail: bytes) -> None:
    editor = chat.stream(tiny[0])
    out = fed(editor, event(choice({"content": "a <P-1"})) + tail)
    assert editor.finished is (b"[DONE]" in tail)
    events = events_of(out if editor.finished else out + b"data: [DONE]\n\n")
    assert gathered(events) == {(0, ("content",)): "a lessP-1"}
    assert editor.end() == b""


def test_an_event_that_ends_without_a_blank_line_counts(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    out = fed(editor, event(choice({"content": "<P-1>"}, "stop")).rstrip())
    assert gathered(events_of(out + b"data: [DONE]\n\n")) == {(0, ("content",)): 'Ann "A" \\ O\'Neil'}


def test_other_fields_of_an_event_are_kept(chat: Dialect, tiny: Any) -> None:
    body = b": wait\nid: 9\nevent: chunk\n" + event(choice({"content": "<P-1>"}))
    out = chat.stream(tiny[0]).feed(body)
    assert out.startswith(b": wait\nid: 9\nevent: chunk\ndata: {")
    assert b"Ann" in out


def test_members_in_one_piece_are_restored_at_once(chat: Dialect, tiny: Any) -> None:
    call = {"index": 0, "id": "c<P-12>", "type": "function", "function": {"name": "f<P-12>", "arguments": ""}}
    annotation = {"type": "url_citation", "url_citation": {"title": "<P-12>", "url": "u<P"}}
    editor = chat.stream(tiny[0])
    audio = {"data": "<P-1>", "transcript": "<P-12>"}
    mixed = ["<P-12>", {"index": 1, "text": "<P-12>"}, ["<P-12>", 5, None]]
    members = {"tool_calls": [call], "annotations": [annotation], "audio": audio, "mixed": mixed}
    out = editor.feed(event(choice(members), note=["<P-12>"]))
    got = json.loads(out[6:])
    delta = got["choices"][0]["delta"]
    assert delta["tool_calls"] == [
        {"index": 0, "id": "cBö\nX", "type": "function", "function": {"name": "fBö\nX", "arguments": ""}}
    ]
    assert delta["annotations"] == [{"type": "url_citation", "url_citation": {"title": "Bö\nX", "url": "ulessP"}}]
    assert delta["audio"] == {"data": "<P-1>", "transcript": "Bö\nX"}
    assert delta["mixed"] == ["Bö\nX", {"index": 1, "text": "Bö\nX"}, ["Bö\nX", 5, None]]
    assert got["note"] == ["Bö\nX"]


def test_the_model_name_that_the_client_sees_can_be_replaced(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0], "asked-for")
    body = event(choice({"content": "<P"})) + event(choice({}, "stop")) + event() + b"data: [DONE]\n\n"
    out = fed(editor, body)
    models = [json.loads(one[6:])["model"] for one in out.split(b"\n\n") if one.startswith(b"data: {")]
    assert models == ["asked-for"] * 4
    assert editor.model == "gpt-5.4-x"


def test_usage_is_read(chat: Dialect) -> None:
    editor = chat.stream(None)
    editor.feed(event(choice({"content": "a"}), usage=None))
    assert editor.usage == {}
    usage = {"prompt_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 2}}
    editor.feed(event(usage=usage) + event(usage=None))
    assert editor.usage == {"prompt_tokens": 5, "completion_tokens_details.reasoning_tokens": 2}


def test_an_error_of_the_service_is_passed_on_after_what_was_held(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    editor.feed(event(choice({"content": "<P"})))
    out = editor.feed(b'data: {"error":{"message":"bad <P-12>"}}\n\n').split(b"\n\n")
    assert json.loads(out[0][6:])["choices"][0]["delta"] == {"content": "lessP"}
    assert json.loads(out[1][6:]) == {"error": {"message": "bad Bö\nX"}}
    assert editor.failed and not editor.finished


def test_an_error_beside_choices_fails_the_stream_too(chat: Dialect, tiny: Any) -> None:
    editor = chat.stream(tiny[0])
    editor.feed(event(choice({"content": "<P"}), choice({"content": "<P"}, index=1)))
    out = editor.feed(event(choice({"content": ""}, "error"), error={"message": "<P-12>"})).split(b"\n\n")
    events = [json.loads(one[6:]) for one in out if one]
    assert [one["choices"][0]["delta"] for one in events] == [
        {"content": "lessP"},
        {"content": "lessP"},
        {"content": ""},
    ]
    assert events[2]["error"] == {"message": "Bö\nX"}
    assert editor.failed


@pytest.mark.parametrize("data", [b"nonsense", b"[]", b"5", b'{"a":', b"\xff", b'{"a":"\\ud800"}', b"[" * 9_000])
@pytest.mark.parametrize("restoring", [True, False])
def test_a_broken_event_loses_nothing_that_came_before(chat: Dialect, tiny: Any, data: bytes, restoring: bool) -> None:
    editor = chat.stream(tiny[0] if restoring else None)
    out = editor.feed(event(choice({"content": "a "})))
    with pytest.raises(UpstreamBroken) as caught:
        editor.feed(event(choice({"content": "b <P"})) + b"data: " + data + b"\n\n")
    assert "nonsense" not in caught.value.message
    out += editor.error_event("Stopped.", "ringfence_upstream_broken")
    *events, error = [json.loads(one[6:]) for one in out.split(b"\n\n") if one]
    assert error == {
        "error": {"message": "Stopped.", "type": "server_error", "param": None, "code": "ringfence_upstream_broken"}
    }
    assert gathered(events) == {(0, ("content",)): "a b lessP" if restoring else "a b <P"}


def test_an_error_after_half_an_event_is_not_glued_to_it(chat: Dialect) -> None:
    editor = chat.stream(None)
    out = editor.feed(event(choice({"content": "a"})) + b'data: {"id":"chatcm')
    assert out == event(choice({"content": "a"}))
    assert editor.error_event("Stopped.", "c").startswith(b'data: {"error"')


def test_deep_events_and_too_many_texts_are_refused(chat: Dialect, tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    deep: Any = "x"
    for _ in range(80):
        deep = {"a": deep}
    for place in (choice({"a": deep}), {**choice({}), "a": deep}):
        with pytest.raises(UpstreamBroken, match="deeper"):
            chat.stream(tiny[0]).feed(event(place))
    monkeypatch.setattr(channels, "MAX_CHANNELS", 50)
    editor = chat.stream(tiny[0])
    with pytest.raises(UpstreamBroken, match="texts at once"):
        editor.feed(event(*(choice({"content": "x"}, index=index) for index in range(51))))
    editor = chat.stream(None)
    editor.feed(event(*(choice({"content": "x"}, index=index) for index in range(51))))
    assert editor.truncated and len(editor.texts()) == 50


def test_a_long_reply_passes_but_is_not_all_kept(chat: Dialect, tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MAX_KEPT_CHARACTERS", 10)
    editor = chat.stream(tiny[0])
    out = b"".join(editor.feed(event(choice({"content": "12345"}))) for _ in range(4))
    assert out.count(b"12345") == 4
    assert editor.texts() == ("1234512345",) and editor.truncated


def test_an_endless_event_is_refused(chat: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 1_000)
    editor = chat.stream(None)
    assert editor.feed(event(choice({"content": "a"})) + b"data: " + b"x" * 1_001) == event(choice({"content": "a"}))
    with pytest.raises(UpstreamBroken, match="event of over"):
        editor.feed(b"x")


@pytest.mark.parametrize(
    "tree",
    [
        {"choices": 5},
        {
            "choices": [
                1,
                {"index": "x", "delta": 5},
                {"delta": {"tool_calls": ["a", {"index": "0"}], "content": ["a"]}},
            ]
        },
        {"choices": [{"delta": {"content": {"content": "a"}}}, {"delta": {"content": "b"}, "finish_reason": {"a": 1}}]},
        {"choices": [{"index": 0, "delta": {"tool_calls": {"a": {"index": 1}}}, "finish_reason": "two words"}]},
        {"choices": [{"index": 0, "finish_reason": "two words"}, {"index": "x", "finish_reason": 1}, {"delta": {}}]},
        {"model": 5, "usage": "x", "choices": None},
        {},
    ],
)
def test_odd_events_pass(chat: Dialect, tiny: Any, tree: Any) -> None:
    editor = chat.stream(tiny[0])
    body = b"data: " + json.dumps(tree).encode() + b"\n\ndata:\n\ndata: [DONE]\n\n"
    out = fed(editor, body)
    assert editor.finished and editor.model == "" and not any(editor.finish)
    assert json.loads(out.split(b"\n\n")[0][6:]) == json.loads(json.dumps(tree))


def test_noise_raises_only_upstream_broken(chat: Dialect, tiny: Any, scale: int) -> None:
    rng = random.Random(23)
    for _ in range(1_000 * scale):
        noise = bytearray(random_stream(rng, random_texts(rng))[:600])
        for _ in range(rng.randrange(1, 6)):
            noise[rng.randrange(len(noise))] = rng.choice(b'"{}[]:,0n\\\xff e\r\n')
        editor = chat.stream(tiny[0])
        try:
            fed(editor, bytes(noise), rng)
        except UpstreamBroken:
            editor.error_event("x", "y")
