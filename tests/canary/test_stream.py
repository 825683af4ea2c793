"""Originals come back in a stream exactly as in a plain reply, wherever the service's bytes are cut; to nobody else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from canary import evasions, identifiers, paper, replies, voices
from canary.voices import Voice
from ringfence import masking
from ringfence.vocabulary.record import Record
from support import home
from support.inprocess import FakeReply, InProcess, Sent

CHUNKINGS = {"chat_completions": 1000, "responses": 200, "messages": 200}

_FILLERS = ("", " ", ", ", "—", " und für ", "**", "`", "\n- ", "日本", "SSN-", "mail-", "https://", "😀", "PHONE-K7")

each = pytest.mark.parametrize("voice", voices.ALL, ids=lambda voice: voice.dialect.endpoint)


def written(surrogate: str, rng: random.Random) -> str:
    """As models write them: in any case, with a typographic hyphen."""
    form = rng.choice([str, str, str.lower, str.upper, lambda text: text.replace("-", "\u2011", 1)])
    return str(form(surrogate))


class Service:
    """Answers with texts full of stand-ins, plain or as events in random pieces whose bytes are cut anywhere.

    `texts` is what it says; `meant` is the same with each stand-in's original in its place.
    """

    def __init__(self, voice: Voice, seed: str, as_json: bool, meaning: Callable[[], Mapping[str, str]]) -> None:
        self._voice, self._seed, self._as_json, self._meaning = voice, seed, as_json, meaning
        self.texts: dict[str, str] = {}
        self.meant: dict[str, str] = {}

    def __call__(self, sent: Sent, streamed: bool) -> FakeReply:
        rng = random.Random(self._seed)
        words = self._voice.asked(json.loads(sent.body)).split(" | ")
        found = [word for word in words if masking.is_surrogate(word)]
        said, meant = self._speech(found, rng)
        other, meant_other = self._speech(found, rng)
        to = rng.choice(found)
        notes, meant_notes = self._speech(found, rng)
        if self._as_json:
            said, meant, other, meant_other = map(_as_json, (said, meant, other, meant_other))
        cut_short = to[: rng.randint(0, 9)]  # a limit of tokens may end it within one
        self.texts = {"first": said + cut_short, "second": other, "arguments": _arguments(to, notes)}
        self.meant = {
            "first": meant + cut_short,
            "second": meant_other,
            "arguments": _arguments(self._meaning()[to], meant_notes),
        }
        if streamed:
            return FakeReply(200, [replies.EVENTS], _cut(self._voice.events(self.texts, rng), rng))
        return FakeReply(200, [replies.JSON], [self._voice.plain(self.texts)])

    def _speech(self, found: list[str], rng: random.Random) -> tuple[str, str]:
        said = meant = ""
        for _ in range(rng.randint(1, 8)):
            filler, surrogate = rng.choice(_FILLERS), rng.choice(found)
            said += filler + written(surrogate, rng)
            meant += filler + self._meaning()[surrogate]
        return said, meant


def _as_json(text: str) -> str:
    return json.dumps({"said": text}, ensure_ascii=False)


def _arguments(to: str, notes: str) -> str:
    return json.dumps({"to": to, "notes": [notes]}, ensure_ascii=False)


def _cut(data: bytes, rng: random.Random) -> list[bytes]:
    """The bytes cut anywhere, also within a character, a line or an event; sometimes one by one."""
    if rng.random() < 0.1:
        return [data[at : at + 1] for at in range(len(data))]
    cuts = sorted(rng.sample(range(1, len(data)), rng.randint(0, min(60, len(data) - 1))))
    return [data[first:last] for first, last in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@each
async def test_a_streamed_restore_equals_a_plain_one_wherever_it_is_cut(
    voice: Voice, tmp_path: Path, scale: int
) -> None:
    services: list[Service] = []
    gateway = InProcess(paper.write(tmp_path), lambda sent, streamed: services[-1](sent, streamed), paper.REACHABLE)
    key = home.key(tmp_path, "general")
    gateway.keys.refresh()
    asked = [prompt(random.Random(number)) for number in range(20)]
    for number in range(CHUNKINGS[voice.dialect.endpoint] * min(scale, 5)):
        as_json = number % 3 == 0
        services.append(Service(voice, f"reply {number}", as_json, lambda: gateway.originals(key)))
        content = asked[number % len(asked)]
        body = json.dumps(voice.ask(content, True, as_json)).encode()
        streamed = await gateway.post(key, body, dialect=voice.dialect)
        meant = services[-1].meant
        # The client's scope keeps its stand-ins, so this one gets the same reply.
        body = json.dumps(voice.ask(content, False, as_json)).encode()
        plain = await gateway.post(key, body, dialect=voice.dialect)
        assert streamed.effect == plain.effect == "MASK"
        assert services[-1].texts != services[-1].meant == meant
        assert voice.read_stream(streamed.body) == meant
        assert voice.read_plain(plain.body) == meant
        for one, other in zip(streamed.records, plain.records, strict=True):
            same_ending(one, other)


@each
@pytest.mark.parametrize("stream", [False, True])
async def test_a_reply_restores_only_for_the_client_whose_original_it_was(
    voice: Voice, stream: bool, tmp_path: Path
) -> None:
    """Whoever learns of another's stand-in, from a log or the model, gets the stand-in and no more."""

    def answer(sent: Sent, streamed: bool) -> FakeReply:
        said = voice.asked(json.loads(sent.body))
        texts = {"first": said, "second": said, "arguments": _arguments(said, said)}
        body = voice.events(texts, random.Random(1)) if streamed else voice.plain(texts)
        return FakeReply(200, [replies.EVENTS if streamed else replies.JSON], [body])

    gateway = InProcess(paper.write(tmp_path), answer, paper.REACHABLE)
    mine, others = home.key(tmp_path, "general"), home.key(tmp_path, "general")
    gateway.keys.refresh()
    read = voice.read_stream if stream else voice.read_plain

    async def post(key: str, text: str, conversation: str = "") -> dict[str, str]:
        headers = [("x-ringfence-conversation", conversation)] if conversation else []
        got = await gateway.post(key, json.dumps(voice.ask(text, stream, False)).encode(), headers, voice.dialect)
        return read(got.body)

    for number in range(10):
        value = identifiers.email(random.Random(number)).value
        assert value in (await post(mine, f"Write to {value}"))["first"]
    for surrogate, original in gateway.originals(mine).items():
        for key, conversation in ((mine, "two"), (others, ""), (others, "two")):
            told = await post(key, f"Who is {surrogate}?", conversation)
            assert surrogate in told["first"]
            assert not any(original in text for text in told.values())


def prompt(rng: random.Random) -> str:
    """Five identifiers; one of them is written with backslashes, which a JSON string must escape."""
    values = [make(rng).value for make in (identifiers.email, identifiers.ssn, identifiers.phone, identifiers.iban)]
    return " | ".join([*values, evasions.in_escapes(identifiers.email(rng).value, rng)])


def same_ending(one: Record, other: Record) -> None:
    """A streamed reply's record says of it what a plain one's does."""
    for member in ("outcome", "status", "reply_findings"):
        assert one.body.get(member) == other.body.get(member)
