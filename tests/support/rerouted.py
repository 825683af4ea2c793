"""A private Chat model behind a translation, as the vendors' SDKs meet it; without gateway and network."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import anthropic
import httpx2
import openai

from ringfence import dialects
from ringfence.dialects import Translation, strict_json
from ringfence.vocabulary.chat import CanonicalRequest

HEAD = {"id": "chatcmpl-9/é 7", "created": 1_763_800_000, "model": "private-7b"}
USAGE = {
    "prompt_tokens": 40,
    "completion_tokens": 9,
    "total_tokens": 49,
    "prompt_tokens_details": {"cached_tokens": 30},
}
SHOWN = "the-model-asked-for"


class Call(NamedTuple):
    id: str
    name: str
    arguments: str


class Says(NamedTuple):
    """What the model answers. `finish` "" is what a server would say of it."""

    text: str = ""
    calls: Sequence[Call] = ()
    finish: str = ""
    usage: dict[str, Any] | None = USAGE
    refusal: str = ""
    reasoning: str = ""

    @property
    def end(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")


def plain(says: Says) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": says.text or None, "refusal": says.refusal or None}
    if says.reasoning:
        message["reasoning_content"] = says.reasoning
    if says.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in says.calls
        ]
    choice = {"index": 0, "message": message, "finish_reason": says.end, "logprobs": None}
    return json.dumps({**HEAD, "object": "chat.completion", "choices": [choice], "usage": says.usage}).encode()


def event(delta: dict[str, Any] | None, finish: str | None = None, **more: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    tree = {**HEAD, "object": "chat.completion.chunk", "choices": choices, **more}
    return b"data: " + json.dumps(tree).encode() + b"\n\n"


def cut(text: str, rng: random.Random) -> Iterator[str]:
    while text:
        size = rng.randrange(1, 9)
        yield text[:size]
        text = text[size:]


def streamed(says: Says, rng: random.Random, *, interleaved: bool = False) -> bytes:
    """As private servers stream it: the counts in an event of their own behind the end."""
    events = [event({"role": "assistant", "content": ""})]
    events += [event({"reasoning_content": piece}) for piece in cut(says.reasoning, rng)]
    events += [event({"content": piece}) for piece in cut(says.text, rng)]
    events += [event({"refusal": piece}) for piece in cut(says.refusal, rng)]
    lines = []
    for index, call in enumerate(says.calls):
        first = {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
        rest = [{"index": index, "function": {"arguments": piece}} for piece in cut(call.arguments, rng)]
        lines.append([event({"tool_calls": [piece]}) for piece in (first, *rest)])
    if interleaved:
        events += [line.pop(0) for line in lines]
    while any(lines):
        line = rng.choice([line for line in lines if line]) if interleaved else next(line for line in lines if line)
        events.append(line.pop(0))
    events.append(event({}, says.end))
    if says.usage is not None:
        events.append(event(None, usage=says.usage))
    return b"".join([*events, b": still here\n\n", b"data: [DONE]\n\n"])


def canonical(endpoint: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
    """As a dialect reads it, as far as a translation looks."""
    tree = strict_json.decode(body)
    return CanonicalRequest(
        dialect=endpoint,
        endpoint=endpoint,
        model=tree["model"],
        stream=tree.get("stream") is True,
        tree=tree,
        segments=(),
        uses=(),
        headers=tuple(headers),
    )


def to_chat(endpoint: str) -> Translation:
    found = dialects.translation(endpoint, "chat_completions")
    assert found is not None
    return found


class Rerouted:
    """Answers the SDKs' requests with `answers`, one after the other; `sent` are the Chat requests that came of them.

    An answer of bytes goes out as it is.
    """

    def __init__(self, *answers: Says | bytes, seed: int = 0, interleaved: bool = False) -> None:
        self.answers = list(answers)
        self.rng = random.Random(seed)
        self.interleaved = interleaved
        self.sent: list[dict[str, Any]] = []
        self.received: list[bytes] = []

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        endpoint = request.url.path.rsplit("/", 1)[1]
        headers = [(name, value) for name, value in request.headers.items() if name.startswith("anthropic-")]
        asked = canonical(endpoint, request.content, headers)
        translation = to_chat(endpoint)
        assert translation.gaps(asked) == ()
        translated = translation.request(asked, request.content)
        chat = next(dialect for dialect in dialects.all() if dialect.endpoint == "chat_completions")
        assert chat.read(translated.body).stream == asked.stream
        self.sent.append(json.loads(translated.body))
        answer = self.answers.pop(0)
        if asked.stream:
            raw = answer if isinstance(answer, bytes) else streamed(answer, self.rng, interleaved=self.interleaved)
            translator = translation.stream(asked, SHOWN)
            out = b"".join(translator.feed(piece) for piece in self._pieces(raw)) + translator.end()
            self.received.append(out)
            return httpx2.Response(200, content=out, headers={"content-type": "text/event-stream"})
        raw = answer if isinstance(answer, bytes) else plain(answer)
        out = translation.reply(asked, raw, SHOWN)
        self.received.append(out)
        return httpx2.Response(200, content=out, headers={"content-type": "application/json"})

    def _pieces(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            size = self.rng.randrange(1, 200)
            yield raw[:size]
            raw = raw[size:]

    def openai(self) -> openai.OpenAI:
        client = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        return openai.OpenAI(base_url="http://gateway/v1", api_key="k", max_retries=0, http_client=client)

    def anthropic(self) -> anthropic.Anthropic:
        client = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        return anthropic.Anthropic(base_url="http://gateway", api_key="k", max_retries=0, http_client=client)
