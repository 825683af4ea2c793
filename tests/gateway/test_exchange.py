"""The order of a request: nothing leaves before its record, and whatever goes wrong, one end is on record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.scripts import HELLO, MAIL, MAILED, Script, caller, stations
from ringfence.vocabulary.errors import (
    LedgerUnavailable,
    MalformedRequest,
    ModelNotFound,
    UpstreamBroken,
    UpstreamTimeout,
    UpstreamUnavailable,
    VaultError,
)
from ringfence.vocabulary.record import Outcome, Phase
from support import vendor
from support.inprocess import FakeReply, InProcess, says

EVENTS = [("content-type", "text/event-stream")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return stations(tmp_path_factory.mktemp("home"))


@pytest.fixture
def script(base: InProcess) -> Script:
    return Script(base.stations)


async def test_order_of_a_plain_request(script: Script) -> None:
    await script.run(HELLO, caller("general"))
    assert script.log == ["decided", "send", "closed", "ended", "plain 200"]
    assert script.outcome is Outcome.COMPLETED
    assert script.headers["x-ringfence-record"] == "0"


async def test_order_of_a_streamed_request(base: InProcess) -> None:
    script = Script(base.stations, says("Hello there.", streamed=True))
    await script.run({**HELLO, "stream": True}, caller("general"))
    assert script.log == ["decided", "send", "stream 200", "closed", "ended"]
    assert script.sent.endswith(b"data: [DONE]\n\n")
    assert script.outcome is Outcome.COMPLETED


async def test_denied_is_recorded_before_it_is_answered(script: Script) -> None:
    await script.run(HELLO, caller())
    assert script.log == ["decided", "ended", "plain 403"]
    assert script.outcome is Outcome.DENIED
    decided = script.records[0]
    assert set(decided.contents) == {"received"}
    assert decided.body["effect"] == "DENY"


async def test_what_leaves_is_what_was_committed_to(script: Script) -> None:
    await script.run(MAILED, caller("general"))
    [leaving] = script.bodies
    assert script.records[0].contents == {"received": json.dumps(MAILED).encode(), "leaving": leaving}
    assert MAIL.encode() not in leaving


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"{", MalformedRequest), (b'{"a":1,"a":1}', MalformedRequest), ({**HELLO, "model": "gtp"}, ModelNotFound)],
)
async def test_request_that_means_nothing_is_not_recorded(body: Any, error: type[Exception], script: Script) -> None:
    with pytest.raises(error):
        await script.run(body, caller("general"))
    assert script.log == []


async def test_nothing_leaves_without_a_record(script: Script) -> None:
    script.append_fails[Phase.DECIDED] = LedgerUnavailable("disk")
    with pytest.raises(LedgerUnavailable):
        await script.run(HELLO, caller("general"))
    assert script.log == ["decided"]
    assert script.bodies == []


async def test_denial_that_can_not_be_recorded_is_not_told(script: Script) -> None:
    script.append_fails[Phase.ENDED] = LedgerUnavailable("disk")
    with pytest.raises(LedgerUnavailable):
        await script.run(HELLO, caller())
    assert script.log == ["decided", "ended"]


async def test_answer_without_its_end_on_record_is_not_given(script: Script) -> None:
    script.append_fails[Phase.ENDED] = LedgerUnavailable("disk")
    with pytest.raises(LedgerUnavailable):
        await script.run(HELLO, caller("general"))
    assert script.log == ["decided", "send", "closed", "ended"]
    assert script.sent == b""


async def test_stand_ins_that_can_not_be_kept_stop_it(base: InProcess) -> None:
    import dataclasses

    class Full:
        def __init__(self, book: Any) -> None:
            self._book = book

        def __getattr__(self, name: str) -> Any:
            return getattr(self._book, name)

        def commit(self) -> None:
            raise VaultError("full")

    inner = dataclasses.replace(base.stations, book=lambda scope: Full(base.stations.book(scope)))
    script = Script(inner)
    with pytest.raises(VaultError):
        await script.run(MAILED, caller("general"))
    assert script.log == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UpstreamUnavailable("gone"), 502, "ringfence_upstream_unavailable"),
        (UpstreamTimeout("slow"), 504, "ringfence_upstream_timeout"),
        (UpstreamBroken("cut"), 502, "ringfence_upstream_broken"),
    ],
)
async def test_service_that_fails(error: Exception, status: int, code: str, script: Script) -> None:
    script.send_fails = error
    await script.run(HELLO, caller("general"))
    assert script.log == ["decided", "send", "ended", f"plain {status}"]
    assert (script.error["code"], script.outcome) == (code, Outcome.UPSTREAM_FAILED)
    assert script.headers["x-ringfence-record"] == "0"


async def test_defect_is_recorded_and_its_text_goes_nowhere(script: Script) -> None:
    script.send_fails = KeyError(MAIL)
    with pytest.raises(KeyError):
        await script.run(MAILED, caller("general"))
    assert script.log == ["decided", "send", "ended", "plain 500"]
    assert MAIL.encode() not in script.sent
    assert "Nothing was sent" not in script.error["message"]
    assert script.outcome is Outcome.UPSTREAM_FAILED


@pytest.mark.parametrize("status", [401, 403, 301, 307])
async def test_answers_that_are_not_passed_on(status: int, base: InProcess) -> None:
    script = Script(base.stations, FakeReply(status, [("content-type", "application/json")], [b'{"error":{}}']))
    await script.run(HELLO, caller("general"))
    assert (script.status, script.error["code"]) == (502, "ringfence_upstream_broken")
    assert script.outcome is Outcome.UPSTREAM_FAILED


async def test_client_gone_before_the_reply_stops_the_service(script: Script) -> None:
    script.holds.clear()
    script.leaves_after = -1
    await script.run(HELLO, caller("general"))
    assert script.log == ["decided", "send", "closed", "ended"]
    assert script.outcome is Outcome.CLIENT_LEFT


@pytest.mark.parametrize("pieces", [0, 1, 3])
async def test_client_gone_mid_stream(pieces: int, base: InProcess) -> None:
    script = Script(base.stations, says("Hello there, and so on.", streamed=True))
    script.leaves_after = pieces
    await script.run({**HELLO, "stream": True}, caller("general"))
    assert script.log == ["decided", "send", "stream 200", "closed", "ended"]
    assert script.outcome is Outcome.CLIENT_LEFT


async def test_gateway_that_stops_ends_what_is_under_way(script: Script) -> None:
    script.holds.clear()
    task = asyncio.create_task(script.run(HELLO, caller("general")))
    await script.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.01)
    assert script.outcome is Outcome.UPSTREAM_FAILED
    assert "closed" in script.log


class _Breaking(FakeReply):
    """Streams its pieces, then raises."""

    def __init__(self, pieces: list[bytes], error: Exception) -> None:
        super().__init__(200, EVENTS, pieces)
        self._error = error

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        raise self._error


async def test_stream_that_breaks_ends_with_an_error_event(base: InProcess) -> None:
    script = Script(base.stations, _Breaking([vendor.event({"content": "Half"})], UpstreamBroken("cut")))
    await script.run({**HELLO, "stream": True}, caller("general"))
    last = script.sent.split(b"\n\n")[-2]
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "ringfence_upstream_broken"
    assert b"[DONE]" not in script.sent
    assert script.outcome is Outcome.UPSTREAM_FAILED


async def test_defect_mid_stream_is_told_as_an_error_too(base: InProcess) -> None:
    script = Script(base.stations, _Breaking([vendor.event({"content": "Half"})], ZeroDivisionError(MAIL)))
    with pytest.raises(ZeroDivisionError):
        await script.run({**HELLO, "stream": True}, caller("general"))
    last = script.sent.split(b"\n\n")[-2]
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "ringfence_internal_error"
    assert MAIL.encode() not in script.sent
    assert script.log == ["decided", "send", "stream 200", "closed", "ended"]
    assert script.outcome is Outcome.UPSTREAM_FAILED


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        ([vendor.event({}, "stop"), vendor.DONE], Outcome.COMPLETED),
        ([vendor.event({"content": "Half"})], Outcome.UPSTREAM_FAILED),
        ([], Outcome.UPSTREAM_FAILED),
        ([b'data: {"error":{"message":"busy"}}\n\n'], Outcome.UPSTREAM_FAILED),
    ],
)
async def test_only_a_stream_with_its_end_is_complete(pieces: list[bytes], outcome: Outcome, base: InProcess) -> None:
    script = Script(base.stations, FakeReply(200, EVENTS, pieces))
    await script.run({**HELLO, "stream": True}, caller("general"))
    assert script.outcome is outcome
    assert (b"error" in script.sent) == (outcome is Outcome.UPSTREAM_FAILED)


async def test_reply_that_is_no_stream_goes_whole(base: InProcess) -> None:
    """Asked to stream, a service may still answer with an error as plain JSON."""
    reply = FakeReply(429, [("content-type", "application/json"), ("retry-after", "3")], [b'{"error":{"code":"c"}}'])
    script = Script(base.stations, reply)
    await script.run({**HELLO, "stream": True}, caller("general"))
    assert (script.status, script.headers["retry-after"], script.error) == (429, "3", {"code": "c"})
    assert script.log == ["decided", "send", "closed", "ended", "plain 429"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_what_a_service_says_of_retention_is_on_record(streamed: bool, base: InProcess) -> None:
    script = Script(base.stations, says("Hi.", streamed=streamed))
    script.reply.headers.append(("x-zero-data-retention", "true"))
    await script.run({**HELLO, "stream": streamed}, caller("general"))
    assert script.records[1].body["notes"] == {"x-zero-data-retention": "true"}


async def test_live_line_without_content(base: InProcess) -> None:
    import dataclasses

    lines: list[str] = []
    script = Script(base.stations)
    script.stations = dataclasses.replace(script.stations, live=lines.append)
    await script.run(MAILED, caller("general"))
    [line] = lines
    assert all(word in line for word in ("#0", "MASK", "openai/chat-completions", "completed", "label-not-covered"))
    assert MAIL not in line


async def test_model_name_that_could_be_text_is_not_recorded(script: Script) -> None:
    await script.run({**HELLO, "model": "gpt-4o for Mara Lindqvist"}, caller("general"))
    assert script.records[0].body["model"] == "(not a plain name)"
