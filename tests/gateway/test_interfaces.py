"""Every client interface goes the one way: masked, sent with its own headers, restored, translated, refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anthropic.types
import openai.types.responses
import pytest
from openai._models import construct_type

from gateway import interfaces
from gateway.interfaces import DIALECTS, PRIVATE, SERVICES, STREAMED, TRANSLATED, VERSION, everywhere
from gateway.scripts import MAIL, Script, caller
from ringfence.gateway.admit import Caller
from ringfence.vocabulary.errors import ModelNotFound, UpstreamBroken
from ringfence.vocabulary.record import Outcome
from support.inprocess import FakeReply, InProcess

TEXT = f"Mail {MAIL} now."
JSON = [("content-type", "application/json")]
EVENTS = [("content-type", "text/event-stream")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return everywhere(tmp_path_factory.mktemp("home"))


class Obeying(Script):
    """Its service answers as the scripted model does."""

    async def run(self, body: Any, by: Caller, **more: Any) -> None:
        self._path = ""
        await super().run(body, by, **more)

    def send(self, service_id: str, path: str, body: bytes, headers: Any) -> Any:
        script = self

        class _Sending:
            async def __aenter__(self) -> FakeReply:
                script.reply = await interfaces.answered(path, body)
                self._inner = Script.send(script, service_id, path, body, headers)
                return await self._inner.__aenter__()

            async def __aexit__(self, *error: Any) -> Any:
                return await self._inner.__aexit__(*error)

        return _Sending()


async def _run(script: Script, endpoint: str, by: Caller, text: str = TEXT, **members: Any) -> None:
    request = interfaces.body(endpoint, text, **members)
    await script.run(request, by, dialect=DIALECTS[endpoint], headers=interfaces.headers(endpoint))


def _said(endpoint: str, script: Script) -> str:
    """What the client's own library makes of a plain reply."""
    tree = json.loads(script.sent)
    if endpoint == "messages":
        message = anthropic.types.Message.model_validate(tree)
        return "".join(block.text for block in message.content if block.type == "text")
    if endpoint == "responses":
        return str(construct_type(type_=openai.types.responses.Response, value=tree).output_text)  # type: ignore[attr-defined]
    if endpoint == "chat_completions":
        return str(tree["choices"][0]["message"]["content"])
    return ""


def _streamed(endpoint: str, script: Script) -> str:
    """The text of a stream, which must say that it is whole."""
    text, whole = "", False
    for line in script.sent.decode().splitlines():
        if not line.startswith("data: "):
            continue
        if line == "data: [DONE]":
            whole = True
            continue
        event = json.loads(line.removeprefix("data: "))
        if endpoint == "chat_completions":
            text += "".join(choice["delta"].get("content") or "" for choice in event["choices"])
            continue
        whole = whole or event["type"] in ("message_stop", "response.completed")
        if event["type"] == "response.output_text.delta":
            text += event["delta"]
        elif event["type"] == "content_block_delta":
            text += event["delta"].get("text", "")
    assert whole, script.sent
    return text


@pytest.mark.parametrize("endpoint", DIALECTS)
async def test_what_is_not_covered_leaves_masked_and_comes_back(endpoint: str, base: InProcess) -> None:
    script = Obeying(base.stations)
    await _run(script, endpoint, caller("general"))
    [(service, path, _)] = script.sends
    assert service == SERVICES[endpoint]
    assert path.endswith({"count_tokens": "/messages/count_tokens"}.get(endpoint, endpoint.replace("_", "/")))
    assert MAIL.encode() not in script.bodies[0]
    assert script.headers["x-ringfence-effect"] == "MASK"
    assert script.status == 200
    if endpoint in STREAMED:
        assert MAIL in _said(endpoint, script)


async def test_an_opaque_user_id_is_masked_and_keeps_nobody_from_the_vendor(base: InProcess) -> None:
    script, user = Obeying(base.stations), "2f1c7f0e-1a2b-4c3d-8e9f-001122334455"
    await _run(script, "messages", caller("general"), "Hello.", metadata={"user_id": user})
    assert script.records[0].body["effect"] == "MASK"
    assert user.encode() not in script.sends[0][2]


@pytest.mark.parametrize("endpoint", STREAMED)
async def test_streams_are_restored(endpoint: str, base: InProcess) -> None:
    script = Obeying(base.stations)
    await _run(script, endpoint, caller("general"), stream=True)
    assert MAIL in _streamed(endpoint, script)
    assert script.outcome is Outcome.COMPLETED


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("endpoint", TRANSLATED)
async def test_private_chat_model_answers_a_client_of_another_interface(
    endpoint: str, stream: bool, base: InProcess
) -> None:
    script = Obeying(base.stations)
    await _run(script, endpoint, caller("phi"), stream=stream)
    assert script.sends[0][:2] == (PRIVATE, "/chat/completions")
    sent = json.loads(script.bodies[0])
    assert (sent["model"], sent["cache_salt"]) == ("house-model", "salt")
    assert sent["messages"][-1]["content"] == TEXT
    assert script.headers["x-ringfence-effect"] == "REROUTE"
    assert (_streamed if stream else _said)(endpoint, script) == TEXT
    decided, ended = (record.body for record in script.records)
    assert decided["endpoint"] == endpoint
    assert decided["rewrites"][0] == {"pointer": "", "why": f"translated from {endpoint} to chat_completions"}
    assert {"/model", "/cache_salt"} <= {rewrite["pointer"] for rewrite in decided["rewrites"]}
    assert script.records[0].contents["leaving"] == script.bodies[0]
    assert ended["outcome"] == "completed"
    assert ended["usage"] or stream  # which the scripted model counts in plain replies only


@pytest.mark.parametrize("endpoint", TRANSLATED)
async def test_private_model_by_its_own_name(endpoint: str, base: InProcess) -> None:
    script = Obeying(base.stations)
    await _run(script, endpoint, caller(), model="house-model")
    assert script.headers["x-ringfence-effect"] == "ALLOW"
    assert _said(endpoint, script) == TEXT


@pytest.mark.parametrize("endpoint", DIALECTS)
async def test_model_of_another_interface_is_none_of_this_one(endpoint: str, base: InProcess) -> None:
    other = "text-embedding-3-small" if endpoint == "chat_completions" else "gemini-2.5-pro"
    with pytest.raises(ModelNotFound):
        await _run(Script(base.stations), endpoint, caller("general"), model=other)


async def test_headers_of_the_interface_go_to_who_speaks_it_and_to_nobody_else(base: InProcess) -> None:
    for by, service in ((caller("general"), SERVICES["messages"]), (caller(), PRIVATE)):
        script = Obeying(base.stations)
        await _run(script, "messages", by, "Hello.")
        assert script.sends[0][0] == service
        assert (VERSION[0] in script.sends[0][2]) == (service != PRIVATE)


async def test_dropped_members_are_on_record(base: InProcess) -> None:
    script = Obeying(base.stations)
    cached = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    await _run(script, "messages", caller(), "Hello.", system=cached, thinking={"type": "disabled"})
    why = {rewrite["pointer"]: rewrite["why"] for rewrite in script.records[0].body["rewrites"]}
    assert any("cache_control" in pointer for pointer in why), why
    assert all(why.values())


async def test_what_can_not_be_translated_is_denied_with_what_it_is(base: InProcess) -> None:
    script = Script(base.stations)
    tools = [{"type": "web_search_20250305", "name": "web_search"}]
    forced = {"type": "tool", "name": "web_search"}
    await _run(script, "messages", caller("phi"), "Hello.", tools=tools, tool_choice=forced)
    assert script.log == ["decided", "ended", "plain 403"]
    assert script.records[0].body["gaps"][:1] == ["(gap 0)"]
    assert "web_search_20250305" in script.error["message"]
    assert f"not-readable ({PRIVATE})" in script.error["message"]
    assert json.loads(script.sent)["type"] == "error"


@pytest.mark.parametrize("endpoint", ["messages", "responses"])
async def test_what_stands_where_a_type_should_is_not_on_record(endpoint: str, base: InProcess) -> None:
    """A type or member that nobody knows may be anybody's name: the client learns of it, the ledger doesn't."""
    script = Script(base.stations)
    await _run(script, endpoint, caller("phi"), "Hello.", tools=[{"type": "mara.lindqvist", "name": "f"}])
    assert script.log == ["decided", "ended", "plain 403"]
    assert "mara.lindqvist" in script.error["message"]
    assert script.records[0].body["gaps"][:1] == ["(gap 0)"]
    assert not [record for record in script.records if "lindqvist" in str(record.body).lower()]


@pytest.mark.parametrize("endpoint", ["embeddings", "count_tokens"])
async def test_private_model_that_does_not_speak_it_is_named(endpoint: str, base: InProcess) -> None:
    script = Script(base.stations)
    await _run(script, endpoint, caller(), "Hello.")
    assert script.status == 403
    assert f"{PRIVATE} does not speak {endpoint}" in script.error["message"]
    assert "[private] endpoints" in script.error["message"]


@pytest.mark.parametrize("endpoint", DIALECTS)
async def test_private_server_that_speaks_it_gets_it_as_it_came(endpoint: str, tmp_path: Path) -> None:
    spoken = json.dumps(sorted(DIALECTS))
    script = Obeying(everywhere(tmp_path, endpoints=spoken).stations)
    await _run(script, endpoint, caller(), "Hello.")
    assert script.sends[0][0] == PRIVATE
    request = interfaces.body(endpoint, "Hello.")
    apart = {"cache_salt": "salt", "cache_prompt": False, "id_slot": -1}
    assert json.loads(script.bodies[0]) == request | {"model": "house-model"} | apart
    assert (VERSION[0] in script.sends[0][2]) == bool(interfaces.headers(endpoint))
    assert script.status == 200


# What goes wrong on the way back.


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(
    ("status", "sent", "said"),
    [
        (
            400,
            b'{"error":{"code":400,"message":"too many tokens","type":"exceed_context_size_error"}}',
            "too many tokens",
        ),
        (500, b'{"error":"out of memory"}', "out of memory"),
        (404, b'{"detail":"Not Found"}', "Not Found"),
        (503, b'{"unheard":["of"]}', ""),
        (200, b'{"error":{"message":"half"}}', "half"),
    ],
)
@pytest.mark.parametrize("endpoint", TRANSLATED)
async def test_error_of_a_private_chat_model_is_one_of_the_clients_interface(
    endpoint: str, status: int, sent: bytes, said: str, stream: bool, base: InProcess
) -> None:
    script = Script(base.stations, FakeReply(status, JSON, [sent]))
    await _run(script, endpoint, caller(), "Hello.", stream=stream)
    assert script.status == status
    error = json.loads(script.sent)["error"]
    assert said in error["message"]
    assert f"({status})" in error["message"]
    assert ("type" in json.loads(script.sent)) == (endpoint == "messages")


@pytest.mark.parametrize("endpoint", TRANSLATED)
@pytest.mark.parametrize("sent", [b"<html>", b"[]", b'{"choices":[]}'])
async def test_reply_that_is_none_is_502(endpoint: str, sent: bytes, base: InProcess) -> None:
    script = Script(base.stations, FakeReply(200, JSON, [sent]))
    await _run(script, endpoint, caller(), "Hello.")
    assert script.status == 502
    assert script.outcome is Outcome.UPSTREAM_FAILED


def _event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'id': 'c', 'model': 'house-model', 'choices': [choice]})}\n\n".encode()


BROKEN = {
    "cut off": [_event({"content": "Half"})],
    "an error": [_event({"content": "Half"}), b'data: {"error":{"message":"out of memory"}}\n\n'],
    "no JSON": [_event({"content": "Half"}), b"data: {\n\n"],
    "nothing": [],
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("endpoint", STREAMED)
async def test_stream_that_breaks_ends_with_an_error_of_the_clients_interface(
    endpoint: str, name: str, base: InProcess
) -> None:
    script = Script(base.stations, FakeReply(200, EVENTS, BROKEN[name]))
    await _run(script, endpoint, caller(), "Hello.", stream=True)
    text = script.sent.decode()
    assert ("Half" in text) == (name != "nothing")
    last = text.rstrip("\n").rpartition("\n\n")[2]
    assert {"chat_completions": '"error"', "responses": "event: error", "messages": "event: error"}[endpoint] in last
    assert "message_stop" not in text
    assert "response.completed" not in text
    assert script.outcome is Outcome.UPSTREAM_FAILED


@pytest.mark.parametrize("pieces", [0, 2])
@pytest.mark.parametrize("endpoint", TRANSLATED)
async def test_client_that_leaves_a_translated_stream(endpoint: str, pieces: int, base: InProcess) -> None:
    script = Obeying(base.stations)
    script.leaves_after = pieces
    await _run(script, endpoint, caller(), "Hello there, and so on.", stream=True)
    assert script.log == ["decided", "send", f"stream {script.status}", "closed", "ended"]
    assert script.outcome is Outcome.CLIENT_LEFT


@pytest.mark.parametrize("endpoint", DIALECTS)
async def test_service_that_breaks_off_is_told_in_the_clients_interface(endpoint: str, base: InProcess) -> None:
    script = Script(base.stations)
    script.send_fails = UpstreamBroken("cut")
    await _run(script, endpoint, caller("general"), "Hello.")
    assert script.status == 502
    assert script.error["code"] == "ringfence_upstream_broken"
    assert ("type" in json.loads(script.sent)) == (endpoint not in interfaces.OPENAI)
