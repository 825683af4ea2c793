"""sse: any line ends, any pieces; agreement with the decoder of the real client library."""

from __future__ import annotations

import json
import random
import time

import pytest
from openai._streaming import SSEDecoder

from ringfence.dialects import sse
from ringfence.dialects.sse import Decoder, Event, encoded
from ringfence.vocabulary.errors import UpstreamBroken


def _all(body: bytes, sizes: list[int]) -> tuple[list[Event], bytes]:
    decoder, events, start = Decoder(), [], 0
    for size in sizes:
        events += decoder.feed(body[start : start + size])
        start += size
    events += decoder.feed(body[start:])
    rest = decoder.rest()
    return events, rest.raw if rest else b""


_LINES = [b"data: {}", b"data:x", b"data", b"data:  two", "data: é⟦".encode(), b": ping", b"event: e"]
_LINES += [b"id: 7", b"retry: 5", b"other: x", b"data: a:b", b":"]


def _random_stream(rng: random.Random) -> bytes:
    end = rng.choice([b"\n", b"\r\n", b"\r"])
    lines: list[bytes] = []
    for _ in range(rng.randrange(1, 8)):
        lines += [*rng.choices(_LINES, k=rng.randrange(0, 4)), b""]
    body = b"".join(line + (end if rng.random() < 0.9 else rng.choice([b"\n", b"\r\n", b"\r"])) for line in lines)
    return (b"\xef\xbb\xbf" if rng.random() < 0.2 else b"") + body


def test_any_pieces_give_the_same_events(scale: int) -> None:
    rng = random.Random(7)
    for _ in range(1_500 * scale):
        body = _random_stream(rng)
        pieces, rest = _all(body, [rng.randrange(0, 5) for _ in range(rng.randrange(0, len(body)))])
        assert b"".join(event.raw for event in pieces) + rest == body
        # A CR that ends a piece completes a blank line before its LF arrives, so only the raw bytes may differ.
        whole, _ = _all(body, [])
        assert [(e.data, e.head) for e in pieces if e.data is not None] == [
            (e.data, e.head) for e in whole if e.data is not None
        ]
        # The SDK doesn't take a byte order mark away, and gives events without data too.
        theirs = SSEDecoder().iter_bytes(iter([body.removeprefix(b"\xef\xbb\xbf")]))
        assert [event.data.decode() for event in whole if event.data] == [event.data for event in theirs if event.data]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_fields(end: bytes) -> None:
    lines = [
        b": hello",
        b"event: message",
        b"data: one",
        b"data:two",
        b"data:",
        b"id: 3",
        b"",
        b"data: [DONE]",
        b"",
        b"",
    ]
    body = b"\xef\xbb\xbf" + end.join(lines)
    events, rest = _all(body, [1] * len(body))
    assert [(event.data, event.head) for event in events if event.data is not None] == [
        (b"one\ntwo\n", b": hello\nevent: message\nid: 3\n"),
        (b"[DONE]", b""),
    ]
    assert rest in (b"", b"\n")


def test_an_event_without_its_blank_line_is_the_rest() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\n\ndata: b") == [Event(b"data: a\n\n", b"a")]
    rest = decoder.rest()
    assert rest is not None and rest.data == b"b"
    assert decoder.rest() is None


def test_encoded_is_read_back() -> None:
    body = encoded(b'{"a":1}', b"event: x\n: note\n")
    assert Decoder().feed(body) == [Event(body, b'{"a":1}', b"event: x\n: note\n")]
    assert next(iter(SSEDecoder().iter_bytes(iter([body])))).data == '{"a":1}'


def test_an_event_is_bounded_and_earlier_ones_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 100)
    decoder = Decoder()
    assert decoder.feed(b"data: a\n\ndata: " + b"x" * 200) == [Event(b"data: a\n\n", b"a")]
    with pytest.raises(UpstreamBroken):
        decoder.feed(b"y")


def test_a_long_event_in_small_pieces_is_not_copied_each_time() -> None:
    decoder, piece = Decoder(), b"x" * 100
    decoder.feed(b"data: ")
    begin = time.process_time()
    for _ in range(40_000):
        assert decoder.feed(piece) == []
    assert len(decoder.feed(b"\n\n")) == 1
    # 4 MB; copied each time it would be 80 GB, tens of seconds.
    assert time.process_time() - begin < 3


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085"])
def test_what_some_clients_take_for_a_line_end_is_escaped(end: str) -> None:
    event = encoded(json.dumps({"a": f"x{end}y"}, ensure_ascii=False).encode())
    assert len(event.decode().strip().splitlines()) == 1
    assert json.loads(event[len(b"data: ") :]) == {"a": f"x{end}y"}
