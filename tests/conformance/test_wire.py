"""What the vendor really receives: who it thinks calls, what is forced, and what headers and keys change."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import openai
import pytest

from conformance import answers
from support import vendor
from support.place import Place
from support.vendor import Received

MAIL = "mara.lindqvist@northwind-mail.com"
HELLO: list[Any] = [{"role": "user", "content": "Hello."}]
MAILED: list[Any] = [{"role": "user", "content": f"Mail {MAIL} today."}]
PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture(autouse=True)
def _echo(scripted: Place) -> None:
    scripted.vendor.answer = vendor.echo


def _ask(place: Place, key: str = "general", **arguments: Any) -> tuple[Any, Received]:
    """The reply, and the one request that the vendor got for it."""
    before = len(place.vendor.received)
    reply = place.sdk(key).sync.chat.completions.create(**{"model": "gpt-4o-mini", "messages": HELLO, **arguments})
    [received] = place.vendor.received[before:]
    return reply, received


def _denied(place: Place, key: str = "general", **arguments: Any) -> list[str]:
    """The rules that denied; nothing reached the vendor."""
    before = len(place.vendor.received)
    with pytest.raises(openai.PermissionDeniedError) as caught:
        place.sdk(key).sync.chat.completions.create(**{"model": "gpt-4o-mini", "messages": HELLO, **arguments})
    assert len(place.vendor.received) == before
    body: Any = caught.value.body
    return [reason["rule"] for reason in body["reasons"]]


def test_vendor_sees_the_operator_and_nothing_of_the_client(scripted: Place) -> None:
    extra = {"x-tenant": "t-1", "cookie": "a=b", "openai-organization": "org-1", "user-agent": "mine/1"}
    _, received = _ask(scripted, extra_headers=extra)
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == "Bearer sk-scripted"
    assert set(received.headers) == {
        *("host", "user-agent", "accept-encoding", "authorization", "content-type", "accept", "content-length")
    }
    assert received.headers["user-agent"].startswith("ringfence/")
    assert scripted.keys["general"] not in str(received)


def test_bytes_keep_their_numbers_and_order(scripted: Place) -> None:
    body = (
        b'{"temperature":0.70,"seed":12345678901234567890,"top_p":1E-1,"model":"gpt-4o-mini","messages":[{"content":'
        b'"\\u00e9\\/","role":"user"}],"presence_penalty":-0.0}'
    )
    before = len(scripted.vendor.received)
    reply = httpx.post(
        f"{scripted.gateway.url}/v1/chat/completions",
        content=body,
        headers={"authorization": f"Bearer {scripted.keys['general']}", "content-type": "application/json"},
    )
    assert reply.status_code == 200
    [received] = scripted.vendor.received[before:]
    assert received.body == (
        '{"temperature":0.70,"seed":12345678901234567890,"top_p":0.1,"model":"gpt-4o-mini","messages":[{"content":'
        '"é/","role":"user"}],"presence_penalty":-0.0,"store":false}'.encode()
    )


@pytest.mark.parametrize("store", [True, False, None, openai.omit])
def test_store_false_is_forced_and_recorded(store: Any, scripted: Place) -> None:
    _, received = _ask(scripted, store=store)
    assert received.json["store"] is False
    body = scripted.record(scripted.sdk().headers["x-ringfence-record"])
    assert [each["pointer"] for each in body["rewrites"]] == ["/store"]
    assert "not to keep" in body["rewrites"][0]["why"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ringfence-source": "ehr"},
        {"x-ringfence-source": "public, EHR"},
        {"x-ringfence-source": "no-such-source"},
        {"x-ringfence-label": "phi"},
        {"x-ringfence-label": "general,confidential"},
        {"x-ringfence-label": "no-such-label"},
    ],
)
def test_headers_raise_what_a_request_carries(headers: dict[str, str], scripted: Place) -> None:
    assert "label-not-covered" in _denied(scripted, extra_headers=headers)


@pytest.mark.parametrize("headers", [{"x-ringfence-source": "public"}, {"x-ringfence-label": "general"}])
def test_headers_never_lower(headers: dict[str, str], scripted: Place) -> None:
    _ask(scripted, extra_headers=headers)
    assert "label-not-covered" in _denied(scripted, "undeclared", extra_headers=headers)
    assert "label-not-covered" in _denied(scripted, "phi", extra_headers=headers)


def test_covered_vendor_gets_health_data_that_a_header_names(scripted: Place) -> None:
    _, received = _ask(scripted, model="gpt-4o-baa", extra_headers={"x-ringfence-source": "ehr"})
    assert received.json["messages"] == HELLO
    body = scripted.record(scripted.sdk().headers["x-ringfence-record"])
    assert (body["labels"], body["sources"]) == (["general", "phi"], ["ehr"])
    phi = next(each for each in body["coverage"] if (each["service"], each["label"]) == ("openai/covered", "phi"))
    assert phi["documents"] == ["test-baa", "test-zdr_approval"]


def test_minimum_necessary_masks_even_where_covered(scripted: Place) -> None:
    reply, received = _ask(scripted, "phi", model="gpt-4o-baa", messages=MAILED)
    assert MAIL not in received.body.decode()
    assert reply.choices[0].message.content == MAILED[0]["content"]
    assert scripted.sdk("phi").headers["x-ringfence-effect"] == "MASK"


def test_purpose_that_needs_the_identity_gets_it_where_covered(scripted: Place) -> None:
    _, received = _ask(scripted, "phi by name", model="gpt-4o-baa", messages=MAILED)
    assert received.json["messages"] == MAILED
    headers = scripted.sdk("phi by name").headers
    assert headers["x-ringfence-effect"] == "ALLOW"
    assert scripted.record(headers["x-ringfence-record"])["needs_identity"] is True


def test_key_may_use_only_its_models(scripted: Place) -> None:
    _ask(scripted, "one model")
    assert _denied(scripted, "one model", model="gpt-4o")[0] == "model-not-allowed"


def test_list_of_models_is_what_the_key_may_use(scripted: Place) -> None:
    assert [model.id for model in scripted.sdk("one model").sync.models.list()] == ["gpt-4o-mini"]
    assert [model.id for model in scripted.sdk().sync.models.list()] == []


@pytest.mark.engine
def test_reroute_or_deny_as_the_key_asks(embedded: Place) -> None:
    ehr = {"x-ringfence-source": "ehr"}
    reply = embedded.sdk().sync.chat.completions.create(
        model="gpt-4o-mini", messages=HELLO, max_tokens=3, extra_headers=ehr
    )
    assert reply.model == "smollm2-135m-instruct"
    headers = embedded.sdk().headers
    assert headers["x-ringfence-effect"] == "REROUTE"
    assert headers["x-ringfence-notice"].startswith("answered by smollm2-135m-instruct")
    assert "reroute-refused" in _denied(embedded, "deny", extra_headers=ehr)
    assert "not-readable" in _denied(
        embedded, messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG}}]}]
    )


PDF = "JVBERi0xLjcgc2Nhbm5lZA=="
"""A PDF without a page."""
UNREAD = {
    "image": {"type": "image_url", "image_url": {"url": PNG}},
    "image elsewhere": {"type": "image_url", "image_url": {"url": "https://example.org/scan.png"}},
    "sound": {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    "file": {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PDF}", "filename": "a.pdf"}},
    "file elsewhere": {"type": "file", "file": {"file_id": "file-1"}},
}


@pytest.mark.parametrize("kind", UNREAD)
def test_part_that_can_not_be_read_stays_here(kind: str, scripted: Place) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, UNREAD[kind]]}]
    assert "unread-needs-cover" in _denied(scripted, messages=messages)
    first = len(scripted.records()) - 2
    assert scripted.record(first)["completeness"] == "partial"


@pytest.mark.parametrize("kind", ["image", "file"])
def test_unread_part_goes_where_everything_is_covered(kind: str, scripted: Place) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, UNREAD[kind]]}]
    _, received = _ask(scripted, "phi", model="gpt-4o-baa", messages=messages)
    assert received.json["messages"] == messages


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ({"user": "u-1"}, "retained-field"),
        ({"metadata": {"a": "b"}}, "retained-field"),
        ({"prompt_cache_retention": "24h"}, "retained-field"),
        ({"web_search_options": {}}, "retained-field"),
        ({"extra_body": {"brand_new": 1}}, "unknown-field"),
    ],
)
def test_fields_that_keep_data_need_general(field: dict[str, Any], rule: str, scripted: Place) -> None:
    _, received = _ask(scripted, **field)
    assert set(received.json) >= set(field.get("extra_body", field))
    assert rule in _denied(scripted, "phi", model="gpt-4o-baa", **field)


def test_stand_ins_are_the_same_within_a_conversation_only(scripted: Place) -> None:
    def stand_in(key: str, conversation: str) -> str:
        _, received = _ask(
            scripted, key, model="gpt-4o-baa", messages=MAILED, extra_headers={"x-ringfence-conversation": conversation}
        )
        found = re.search(r"\S+@\S+", received.json["messages"][0]["content"])
        assert found
        return found[0]

    first = stand_in("phi", "c-1")
    assert stand_in("phi", "c-1") == first
    assert stand_in("phi", "c-2") != first
    assert stand_in("general", "c-1") != first


def test_text_of_an_earlier_turn_is_understood_again(scripted: Place) -> None:
    """The client sends back what it was told: the originals, which are masked as before."""
    headers = {"x-ringfence-conversation": "c-3"}
    reply, first = _ask(scripted, messages=MAILED, extra_headers=headers)
    turns = [*MAILED, {"role": "assistant", "content": reply.choices[0].message.content}, HELLO[0]]
    _, second = _ask(scripted, messages=turns, extra_headers=headers)
    assert second.json["messages"][0] == first.json["messages"][0]
    assert second.json["messages"][1]["content"] == first.json["messages"][0]["content"]


def test_identifier_in_a_tool_schema_or_a_key_is_not_sent(scripted: Place) -> None:
    """In a place where it can't be replaced an identifier denies: there is no private model here."""
    tool = {"type": "function", "function": {"name": "f", "parameters": {"properties": {MAIL: {"type": "string"}}}}}
    assert "masking-incomplete" in _denied(scripted, tools=[tool])


def test_commitments_hold_of_what_was_received_and_what_left(scripted: Place) -> None:
    from ringfence.ledger.read import Match
    from ringfence.ledger.reader import SegmentsReader, check_content

    _, received = _ask(scripted, messages=MAILED)
    index = int(scripted.sdk().headers["x-ringfence-record"])
    log = SegmentsReader(scripted.folder / "ledger", scripted.folder / "ledger-highest")
    assert check_content(log, index, "leaving", received.body) is Match.SAME
    assert check_content(log, index, "received", scripted.sdk().sent[-1]) is Match.SAME
    assert check_content(log, index, "leaving", scripted.sdk().sent[-1]) is Match.DIFFERENT


def test_ended_says_what_the_reply_was_and_nothing_it_said(scripted: Place) -> None:
    scripted.vendor.answer = answers.SAY
    _ask(scripted, messages=MAILED)
    ended = scripted.ended(scripted.sdk().headers["x-ringfence-record"])
    assert ended["model"] == "gpt-4o-mini-2026-01-01"
    assert ended["finish"] == ["stop"]
    assert ended["usage"] == {
        "prompt_tokens": 11,
        "completion_tokens": 7,
        "total_tokens": 18,
        "prompt_tokens_details.cached_tokens": 3,
    }
    assert ended["reply_findings"] == {"EMAIL_ADDRESS": 1}
    assert MAIL not in json.dumps(scripted.records())
    assert MAIL not in scripted.gateway.log.read_text()
