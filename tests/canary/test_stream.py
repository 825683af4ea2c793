"""Originals come back in a stream exactly as in a plain reply, wherever the service's bytes are cut."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from canary import evasions, identifiers, paper
from ringfence import masking
from ringfence.vocabulary.record import Record
from support import home, vendor
from support.client import chat
from support.inprocess import FakeReply, InProcess, Sent

CHUNKINGS = 1000
Place = tuple[int, str]
"""A text of the reply: the number of its choice, and its member."""

_EVENTS = ("content-type", "text/event-stream")
_JSON = ("content-type", "application/json")
_FILLERS = ("", " ", ", ", "—", " und für ", "**", "`", "\n- ", "日本", "SSN-", "mail-", "https://", "😀", "PHONE-K7")


def surrogates(sent: Sent) -> list[str]:
    """The stand-ins of the body that left, in the order of its words."""
    words = json.loads(sent.body)["messages"][0]["content"].split(" | ")
    return [word for word in words if masking.is_surrogate(word)]


def written(surrogate: str, rng: random.Random) -> str:
    """As models write them: in any case, with a typographic hyphen."""
    form = rng.choice([str, str, str.lower, str.upper, lambda text: text.replace("-", "\u2011", 1)])
    return str(form(surrogate))


class Service:
    """Answers with texts full of stand-ins, plain or as events in random pieces whose bytes are cut anywhere.

    `texts` is what it says, by choice and member; `meant` is the same with each stand-in's original in its place.
    """

    def __init__(self, seed: str, meaning: Callable[[], Mapping[str, str]]) -> None:
        self._seed, self._meaning = seed, meaning
        self.texts: dict[Place, str] = {}
        self.meant: dict[Place, str] = {}

    def __call__(self, sent: Sent, streamed: bool) -> FakeReply:
        rng = random.Random(self._seed)
        found = surrogates(sent)
        said, meant = self._speech(found, rng)
        other, meant_other = self._speech(found, rng)
        to = rng.choice(found)
        notes, meant_notes = self._speech(found, rng)
        if "response_format" in json.loads(sent.body):
            said, meant, other, meant_other = map(_as_json, (said, meant, other, meant_other))
        self.texts = {
            (0, "content"): said + to[: rng.randint(0, 9)],  # a limit of tokens may end it within one
            (1, "content"): other,
            (0, "arguments"): json.dumps({"to": to, "notes": [notes]}, ensure_ascii=False),
        }
        self.meant = {
            (0, "content"): meant + self.texts[0, "content"][len(said) :],
            (1, "content"): meant_other,
            (0, "arguments"): json.dumps({"to": self._meaning()[to], "notes": [meant_notes]}, ensure_ascii=False),
        }
        return self._stream(rng) if streamed else self._plain()

    def _speech(self, found: list[str], rng: random.Random) -> tuple[str, str]:
        said = meant = ""
        for _ in range(rng.randint(1, 8)):
            filler, surrogate = rng.choice(_FILLERS), rng.choice(found)
            said += filler + written(surrogate, rng)
            meant += filler + self._meaning()[surrogate]
        return said, meant

    def _plain(self) -> FakeReply:
        body = vendor.completion(
            {"content": self.texts[0, "content"], "tool_calls": [_call(self.texts[0, "arguments"])]}
        )
        body["choices"].append({**body["choices"][0], "index": 1, "message": {"content": self.texts[1, "content"]}})
        return FakeReply(200, [_JSON], [json.dumps(body).encode()])

    def _stream(self, rng: random.Random) -> FakeReply:
        queues = {place: _pieces(text, rng) for place, text in self.texts.items()}
        events = []
        while any(queues.values()):
            place = rng.choice([place for place, pieces in queues.items() if pieces])
            piece = queues[place].pop(0)
            delta: dict[str, Any] = {"content": piece}
            if place[1] == "arguments":
                delta = {"tool_calls": [_call(piece)]}
            events.append(_event(place[0], delta, None))
        events += [_event(0, {}, "tool_calls"), _event(1, {}, "stop"), vendor.DONE]
        return FakeReply(200, [_EVENTS], _cut(b"".join(events), rng))


def _as_json(text: str) -> str:
    return json.dumps({"said": text}, ensure_ascii=False)


def _call(arguments: str) -> dict[str, Any]:
    return {"index": 0, "id": "call_1", "type": "function", "function": {"name": "send", "arguments": arguments}}


def _event(index: int, delta: dict[str, Any], finish: str | None) -> bytes:
    event = json.loads(vendor.event(delta, finish).removeprefix(b"data: "))
    event["choices"][0]["index"] = index
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _pieces(text: str, rng: random.Random) -> list[str]:
    """Tokens of one to six characters."""
    pieces = []
    while text:
        size = rng.randint(1, 6)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def _cut(data: bytes, rng: random.Random) -> list[bytes]:
    """The bytes cut anywhere, also within a character, a line or an event; sometimes one by one."""
    if rng.random() < 0.1:
        return [data[at : at + 1] for at in range(len(data))]
    cuts = sorted(rng.sample(range(1, len(data)), rng.randint(0, min(60, len(data) - 1))))
    return [data[first:last] for first, last in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def read_stream(body: bytes) -> dict[Place, str]:
    """What a client puts together from the events: the texts of each choice."""
    texts: dict[Place, str] = {}
    events = body.decode().split("\n\n")
    assert events.pop() == ""
    assert events.pop() == "data: [DONE]"
    for event in events:
        for choice in json.loads(event.removeprefix("data: "))["choices"]:
            delta = choice["delta"]
            for call in delta.get("tool_calls", ()):
                place = choice["index"], "arguments"
                texts[place] = texts.get(place, "") + call["function"]["arguments"]
            place = choice["index"], "content"
            texts[place] = texts.get(place, "") + (delta.get("content") or "")
    return {place: text for place, text in texts.items() if text}


def read_plain(body: bytes) -> dict[Place, str]:
    texts = {}
    for choice in json.loads(body)["choices"]:
        texts[choice["index"], "content"] = choice["message"]["content"]
        for call in choice["message"].get("tool_calls", ()):
            texts[choice["index"], "arguments"] = call["function"]["arguments"]
    return texts


async def test_a_streamed_restore_equals_a_plain_one_wherever_it_is_cut(tmp_path: Path, scale: int) -> None:
    services: list[Service] = []
    gateway = InProcess(paper.write(tmp_path), lambda sent, streamed: services[-1](sent, streamed), paper.REACHABLE)
    key = home.key(tmp_path, "general")
    gateway.keys.refresh()
    asked = [prompt(random.Random(number)) for number in range(20)]
    for number in range(CHUNKINGS * min(scale, 5)):
        services.append(Service(f"reply {number}", lambda: gateway.originals(key)))
        content = asked[number % len(asked)]
        form: dict[str, Any] = {"response_format": {"type": "json_object"}} if number % 3 == 0 else {}
        streamed = await gateway.post(key, json.dumps(chat(content, stream=True, **form)).encode())
        meant = services[-1].meant
        # The client's scope keeps its stand-ins, so this one gets the same reply.
        plain = await gateway.post(key, json.dumps(chat(content, **form)).encode())
        assert streamed.effect == plain.effect == "MASK"
        assert services[-1].texts != services[-1].meant == meant
        assert read_stream(streamed.body) == meant
        assert read_plain(plain.body) == meant
        for one, other in zip(streamed.records, plain.records, strict=True):
            same_ending(one, other)


def prompt(rng: random.Random) -> str:
    """Five identifiers; one of them is written with backslashes, which a JSON string must escape."""
    values = [make(rng).value for make in (identifiers.email, identifiers.ssn, identifiers.phone, identifiers.iban)]
    return " | ".join([*values, evasions.in_escapes(identifiers.email(rng).value, rng)])


def same_ending(one: Record, other: Record) -> None:
    """A streamed reply's record says of it what a plain one's does."""
    for member in ("outcome", "status", "reply_findings"):
        assert one.body.get(member) == other.body.get(member)
