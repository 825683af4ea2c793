"""responses: what the real client makes of an edited reply, event by event and put together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from pydantic import BaseModel

from ringfence.dialects import Dialect
from support import responses_replies as source

ANN = 'Ann "A" \\ O\'Neil'


class Person(BaseModel):
    name: str


def client(body: bytes, status: int = 200) -> openai.OpenAI:
    """The real client, answered with these bytes."""
    return openai.OpenAI(
        api_key="k",
        base_url="http://here/v1",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=httpx2.MockTransport(lambda _: _answer(body, status))),
    )


def _answer(body: bytes, status: int) -> httpx2.Response:
    kind = "text/event-stream" if body.startswith((b"event:", b"data:")) else "application/json"
    return httpx2.Response(status, headers={"content-type": kind}, content=body)


def edited(responses: Dialect, tiny: Any, whole: dict[str, Any], json_reply: bool = False, piece: int = 3) -> bytes:
    editor = responses.stream(tiny[0], json_reply=json_reply)
    return editor.feed(source.streamed(whole, piece)) + editor.end()


WHOLE = source.response(
    [
        source.reasoning(["about <P-1>"], 0),
        source.message("Dear <P-1>, it is <P-12> <P", 1),
        source.call("f", '{"to":"<P-1>"}', 2),
        source.custom_call("g", "raw <P-1>", 3),
    ],
    instructions="For <P-1>.",
)


def test_events_put_together_by_hand(responses: Dialect, tiny: Any) -> None:
    stream = client(edited(responses, tiny, WHOLE)).responses.create(model="m", input="Hi", stream=True)
    texts: dict[str, str] = {}
    numbers = []
    event: Any
    for event in stream:
        numbers.append(event.sequence_number)
        if event.type.endswith(".delta"):
            texts[event.type] = texts.get(event.type, "") + event.delta
        elif event.type == "response.completed":
            assert event.response.output_text == f"Dear {ANN}, it is Bö\nX lessP"
            assert event.response.instructions == f"For {ANN}."
    assert numbers == list(range(len(numbers)))
    assert texts == {
        "response.reasoning_summary_text.delta": f"about {ANN}",
        "response.output_text.delta": f"Dear {ANN}, it is Bö\nX lessP",
        "response.function_call_arguments.delta": f'{{"to":"{json.dumps(ANN)[1:-1]}"}}',
        "response.custom_tool_call_input.delta": f"raw {ANN}",
    }


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 100])
def test_the_helper_that_puts_them_together(responses: Dialect, tiny: Any, piece: int) -> None:
    snapshots: dict[str, str] = {}
    with client(edited(responses, tiny, WHOLE, piece=piece)).responses.stream(model="m", input="Hi") as stream:
        for event in stream:
            if event.type in ("response.output_text.delta", "response.function_call_arguments.delta"):
                snapshots[event.type] = event.snapshot
        final = stream.get_final_response()
    assert snapshots == {
        "response.output_text.delta": final.output_text,
        "response.function_call_arguments.delta": f'{{"to":"{json.dumps(ANN)[1:-1]}"}}',
    }
    plain = json.loads(responses.edit_reply(json.dumps(WHOLE).encode(), tiny[1]).body)
    assert final.output_text == plain["output"][1]["content"][0]["text"]
    assert [item.to_dict() for item in final.output][3] == plain["output"][3]


def test_parsed_answers(responses: Dialect, tiny: Any) -> None:
    whole = source.response([source.message('{"name":"<P-1>"}')])
    with client(edited(responses, tiny, whole, True)).responses.stream(
        model="m", input="Hi", text_format=Person
    ) as stream:
        parsed = stream.get_final_response().output_parsed
    assert parsed == Person(name=ANN)
    body = responses.edit_reply(json.dumps(whole).encode(), tiny[1], json_reply=True).body
    assert client(body).responses.parse(model="m", input="Hi", text_format=Person).output_parsed == Person(name=ANN)


def test_the_asynchronous_client(responses: Dialect, tiny: Any) -> None:
    body = edited(responses, tiny, WHOLE)

    async def run() -> str:
        transport = httpx2.MockTransport(lambda _: _answer(body, 200))
        asking = openai.AsyncOpenAI(
            api_key="k", base_url="http://here/v1", http_client=openai.DefaultAsyncHttpxClient(transport=transport)
        )
        async with asking.responses.stream(model="m", input="Hi") as stream:
            return (await stream.get_final_response()).output_text

    assert asyncio.run(run()) == f"Dear {ANN}, it is Bö\nX lessP"


@pytest.mark.parametrize("more", [source.INCOMPLETE, source.FAILED], ids=["incomplete", "failed"])
def test_replies_that_did_not_succeed(responses: Dialect, tiny: Any, more: dict[str, Any]) -> None:
    whole = source.response([source.message("a <P-1>")], **more)
    last: Any
    *_, last = client(edited(responses, tiny, whole)).responses.create(model="m", input="Hi", stream=True)
    assert last.type == f"response.{whole['status']}"
    assert last.response.output_text == f"a {ANN}"


def test_our_own_error_within_a_stream_is_raised(responses: Dialect, tiny: Any) -> None:
    editor = responses.stream(tiny[0])
    begun = list(source.events(source.response([source.message("a <P")]), 9))[:5]
    body = editor.feed(source.encoded(begun)) + editor.error_event("Stopped.", "ringfence_upstream_broken")

    def read() -> Iterator[Any]:
        yield from client(body).responses.create(model="m", input="Hi", stream=True)

    got = []
    with pytest.raises(openai.APIError, match=r"Stopped\."):
        for event in read():
            got.append(event)
    assert "".join(event.delta for event in got if event.type == "response.output_text.delta") == "a lessP"


def test_our_own_errors_are_the_clients_classes(responses: Dialect) -> None:
    status, body = responses.error(403, "ringfence_denied", "No.", "Do this.", "input")
    with pytest.raises(openai.PermissionDeniedError, match="Do this") as caught:
        client(body, status).responses.create(model="m", input="Hi")
    assert caught.value.code == "ringfence_denied"


def test_what_the_client_really_sends_is_read(responses: Dialect) -> None:
    sent = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return _answer(json.dumps(source.response([])).encode(), 200)

    asking = openai.OpenAI(
        api_key="k",
        base_url="http://here/v1",
        http_client=openai.DefaultHttpxClient(transport=httpx2.MockTransport(handler)),
    )
    asking.responses.parse(
        model="m",
        input=[{"role": "user", "content": [{"type": "input_text", "text": "I am Ann."}]}],
        tools=[openai.pydantic_function_tool(Person)],
        text_format=Person,
        reasoning={"effort": "low"},
    )
    read = responses.read(sent[0])
    assert responses.json_reply(read) and "I am Ann." in [segment.text for segment in read.segments]
