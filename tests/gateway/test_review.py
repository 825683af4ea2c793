"""What an independent attack on the gateway found, each held shut by a test."""

from __future__ import annotations

import base64
import json
import string
import time
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.scripts import HELLO, Script, caller, stations
from ringfence.vocabulary.errors import MalformedRequest, ModelNotFound
from ringfence.vocabulary.record import Phase
from support import vendor
from support.inprocess import FakeReply, InProcess

SSN = "219-09-9999"
JSON = [("content-type", "application/json")]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return stations(tmp_path_factory.mktemp("home"))


def _names(count: int) -> Iterable[str]:
    letters = string.ascii_lowercase
    return (f"x_{letters[i % 26]}{letters[i // 26 % 26]}{letters[i // 676]}" for i in range(count))


def _answered(base: InProcess, **changes: Any) -> Script:
    reply = {**vendor.completion({"content": "Hi."}), **changes}
    return Script(base.stations, FakeReply(200, JSON, [json.dumps(reply).encode()]))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (f"patient\xa0Roe, SSN {SSN}", "utf-8"),
        (f"page 1\x0cSSN {SSN}", "utf-8"),
        (f"\ufeffname,ssn\nRoe,{SSN}", "utf-8"),
        (f"\U0001f469\u200d\U0001f52c SSN {SSN}", "utf-8"),
        (f"the SSN {SSN} of hers", "utf-16"),
        (f"Zoë Müller, SSN {SSN}, called", "latin-1"),
    ],
)
async def test_base64_of_any_usual_text_is_read(base: InProcess, text: str, encoding: str) -> None:
    script = Script(base.stations)
    content = base64.b64encode(text.encode(encoding)).decode()
    await script.run({**HELLO, "messages": [{"role": "user", "content": content}]}, caller("general"))
    assert script.records[0].body["findings"] == {"US_SSN": 1}
    assert content.encode() not in b"".join(script.bodies)


@pytest.mark.parametrize("header", [{"labels": ("confidential",)}, {"sources": ("internal",)}])
async def test_a_header_opens_no_door_for_what_was_not_read(base: InProcess, header: dict[str, Any]) -> None:
    body = {"model": "gpt-4o-baa", "messages": [{"role": "user", "content": [IMAGE]}]}
    script = Script(base.stations)
    await script.run(body, caller("general", **header))
    assert script.records[0].body["effect"] == "DENY"
    assert "unread-needs-cover" in script.records[0].body["rules"]
    allowed = Script(base.stations)
    await allowed.run(body, caller("confidential"))
    assert allowed.records[0].body["effect"] == "ALLOW"


@pytest.mark.parametrize(
    "said",
    [
        {"usage": {f"{name}_{'z' * 30}": 1 for name in _names(3000)}},
        {"choices": [{"index": i, "finish_reason": "z" * 100, "message": {"content": ""}} for i in range(2000)]},
        {"model": f"SSN:{SSN}", "usage": {"mara@northwind-mail.com": 1, "total_tokens": 10**30}},
    ],
)
async def test_what_a_service_says_of_its_reply_fits_the_record_and_is_no_text(
    base: InProcess, said: dict[str, Any]
) -> None:
    script = _answered(base, **said)
    await script.run(HELLO, caller("general"))
    ended = json.dumps(script.records[-1].body)
    assert script.records[-1].phase is Phase.ENDED
    assert script.status == 200
    assert len(ended) < 16_000
    assert SSN not in ended and "mara" not in ended and ended.count("x_") <= 32 and "z" * 40 not in ended


async def test_a_long_reply_is_searched_within_bounds(base: InProcess) -> None:
    message = {"content": "ssn " + ", ".join(f"{i:09d}" for i in range(200_000))}
    script = _answered(base, choices=[{"index": 0, "finish_reason": "stop", "message": message}])
    started = time.monotonic()
    await script.run(HELLO, caller("general"))
    assert time.monotonic() - started < 2
    assert script.records[-1].body["scanned_whole"] is False


async def test_a_model_name_and_unknown_fields_are_bounded(base: InProcess) -> None:
    script = Script(base.stations)
    with pytest.raises(ModelNotFound):
        await script.run({**HELLO, "model": "gpt-" + "x" * 300}, caller("general"))
    with pytest.raises(MalformedRequest):
        await script.run({**HELLO, **dict.fromkeys(_names(500), 1)}, caller("general"))
    assert not script.records
    await script.run({**HELLO, **dict.fromkeys(_names(100), 1)}, caller("general"))
    assert len(json.dumps(script.records[0].body)) < 32_000


async def test_masking_arguments_full_of_escapes_takes_no_time_in_the_square(base: InProcess) -> None:
    arguments = json.dumps({"x": "\n" * 40_000 + " " + " ".join(f"u{i}@e{i}.org" for i in range(500))})
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    body = {**HELLO, "messages": [{"role": "assistant", "content": None, "tool_calls": [call]}, *HELLO["messages"]]}
    script = Script(base.stations)
    started = time.monotonic()
    await script.run(body, caller("general"))
    assert script.records[0].body["replaced"] == {"EMAIL_ADDRESS": 500}
    assert time.monotonic() - started < 3
