"""What a scripted service answers at each interface, known by its path: one text, plain or as events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from support import messages_replies, responses_replies, vendor
from support.inprocess import FakeReply, Sent, says
from support.vendor import Received

JSON = ("content-type", "application/json")
EVENTS = ("content-type", "text/event-stream")


def noted(sent: Sent, streamed: bool) -> FakeReply:
    """The same words to everybody."""
    return answer(sent, streamed, "Noted.")


def over_http(received: Received) -> AsyncIterator[bytes]:
    """As `noted`, from a service of `support.vendor`."""
    streamed = received.json.get("stream") is True
    reply = noted(Sent("", received.path, received.body, 0), streamed)
    make = vendor.stream(reply.pieces) if streamed else vendor.plain(b"".join(reply.pieces))
    return make(received)


def answer(sent: Sent, streamed: bool, text: str) -> FakeReply:
    """A reply that says `text`, where the interface has one that says anything."""
    path = sent.path.partition("?")[0]
    if path.endswith("/chat/completions"):
        return says(text, streamed=streamed)
    if path.endswith("/responses"):
        whole = responses_replies.response([responses_replies.message(text)])
        return _reply(responses_replies.streamed(whole, 7) if streamed else json.dumps(whole).encode(), streamed)
    if path.endswith("/messages"):
        block = messages_replies.text(text)
        cuts = range(7, len(text), 7)
        return _reply(
            messages_replies.stream(block, cuts=cuts) if streamed else messages_replies.plain(block), streamed
        )
    if path.endswith("/count_tokens"):
        return _reply(messages_replies.count(), False)
    assert path.endswith("/embeddings"), path
    vector = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    return _reply(
        json.dumps({"object": "list", "data": [vector], "model": "m", "usage": usage}).encode(), streamed=False
    )


def _reply(body: bytes, streamed: bool) -> FakeReply:
    return FakeReply(200, [EVENTS if streamed else JSON], [body])
