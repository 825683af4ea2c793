"""messages: what is read from a request, and what is written."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import pytest

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.dialects.strict_json import decode
from ringfence.vocabulary.chat import CanonicalRequest, Unread, Use
from ringfence.vocabulary.errors import MalformedRequest
from ringfence.vocabulary.text import Place
from support import anthropic_types

SIGNATURE = base64.b64encode(random.Random(1).randbytes(300)).decode()
BETA = "interleaved-thinking-2025-05-14"


@pytest.fixture(scope="module")
def messages() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "anthropic.messages")


@pytest.fixture(scope="module")
def counting() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "anthropic.count_tokens")


def read(dialect: Dialect, *blocks: Any, headers: Any = (), **members: Any) -> CanonicalRequest:
    asked = [{"role": "user", "content": list(blocks) or "Hello"}]
    body = {"model": "claude-opus-5", "max_tokens": 9, "messages": asked, **members}
    return dialect.read(json.dumps(body).encode(), headers)


def places(request: CanonicalRequest) -> dict[str, tuple[str, Place]]:
    return {segment.pointer: (segment.text, segment.place) for segment in request.segments}


def values(request: CanonicalRequest) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for use in request.uses:
        found.setdefault(use.path, set()).add(use.value)
    return found


def strings(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return set().union(*map(strings, tree.values()))
    if isinstance(tree, list):
        return set().union(*map(strings, tree))
    return {tree} if isinstance(tree, str) else set()


def test_all_that_the_real_client_can_send_is_read_and_written_again(messages: Dialect, scale: int) -> None:
    rng = random.Random(37)
    for number in range(60 * scale):
        tree = anthropic_types.request(rng, full=number % 20 == 0)
        request = messages.read(json.dumps(tree).encode())
        assert decode(messages.rewrite(request, {}, {})) == decode(json.dumps(tree).encode())
        unseen = strings(tree) - {segment.text for segment in request.segments}
        # Only what stands in for content that isn't text is not read as text.
        assert all(part.kind in ("file", "image", "remote file") for part in request.unread)
        assert unseen <= {"Hello", ""}, "words that also are Base64"
        # A type says whether a block is signed, so it stays.
        old = {p: text for p, (text, place) in places(request).items() if place is Place.VALUE}
        new = {p: text if p.endswith("/type") else f"{text}!" for p, text in old.items()}
        again = messages.read(messages.rewrite(request, new, {}))
        assert {p: text for p, (text, place) in places(again).items() if place is Place.VALUE} == new


def test_every_member_of_the_sdk_is_a_use(messages: Dialect) -> None:
    rng = random.Random(41)
    seen: set[str] = set()
    sdk = anthropic_types.paths(anthropic_types.MESSAGES)
    for _ in range(12):
        seen |= {use.path for use in messages.read(json.dumps(anthropic_types.request(rng, full=True)).encode()).uses}
    assert seen <= sdk
    assert len(seen) > 400


def test_who_speaks(messages: Dialect) -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "seen"}]}
    request = messages.read(
        json.dumps(
            {
                "model": "m",
                "system": "Be brief.",
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "Hi"}, result]},
                    {"role": "assistant", "content": "Yes"},
                    {"role": "system", "content": "New rules"},
                    {"role": "stranger", "content": "Who"},
                ],
                "tools": [{"name": "f", "description": "Looks", "input_schema": {"type": "object"}}],
                "metadata": {"user_id": "u"},
            }
        ).encode()
    )
    roles = {segment.text: segment.role for segment in request.segments}
    expected = {
        "Be brief.": "system",
        "Hi": "user",
        "seen": "tool",
        "Yes": "assistant",
        "New rules": "system",
        "Who": "user",
        "Looks": "schema",
        "u": "metadata",
    }
    assert {text: roles[text] for text in expected} == expected


def test_what_is_signed_is_fixed(messages: Dialect) -> None:
    request = read(
        messages,
        {"type": "thinking", "thinking": "Ann?", "signature": "short"},
        {"type": "compaction", "content": "Ann asked.", "signature": "short"},
        {"type": "tool_result", "tool_use_id": "t", "content": "Ann"},
    )
    place = {pointer.removeprefix("/messages/0/content/"): place for pointer, (_, place) in places(request).items()}
    assert [place[at] for at in ("0/thinking", "0/signature", "1/content", "1/signature")] == [Place.FIXED] * 4
    assert place["2/content"] is Place.VALUE


def test_what_the_vendor_sealed_is_neither_text_nor_a_file(messages: Dialect) -> None:
    thought = {"type": "thinking", "thinking": "Hm", "signature": SIGNATURE}
    request = read(messages, thought, {"type": "redacted_thinking", "data": SIGNATURE})
    assert not any(segment.text == SIGNATURE for segment in request.segments)
    assert request.unread == ()
    assert values(request)["/messages/*/content/*/signature"] == {"sealed"}
    hidden = base64.b64encode(b"Ann Miller, born 1954-03-02, SSN 078-05-1120. " * 6).decode()
    assert hidden in {segment.text for segment in read(messages, {**thought, "signature": hidden}).segments}


@pytest.mark.parametrize(
    ("block", "kinds", "modalities"),
    [
        (
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}},
            ["image"],
            "image",
        ),
        ({"type": "image", "source": {"type": "url", "url": "https://h.test/a"}}, ["remote file"], "image"),
        ({"type": "document", "source": {"type": "base64", "data": "JVBE"}}, ["file"], "file"),
        ({"type": "document", "source": {"type": "text", "data": "Word"}}, [], ""),
        ({"type": "document", "source": {"type": "text", "data": "More words"}}, [], ""),
        ({"type": "document", "source": {"type": "url", "url": "https://h.test/a"}}, ["remote file"], "file"),
        ({"type": "document", "source": {"type": "file", "file_id": "file_1"}}, ["remote file"], "file"),
        ({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "Hi"}]}}, [], ""),
        ({"type": "container_upload", "file_id": "file_1"}, ["remote file"], "file"),
        ({"type": "brand_new", "words": "Hi"}, ["file"], "file"),
    ],
)
def test_what_is_not_text(messages: Dialect, block: dict[str, Any], kinds: list[str], modalities: str) -> None:
    request = read(messages, block)
    assert [part.kind for part in request.unread] == kinds
    assert request.modalities == tuple(sorted({"text", *modalities.split()}))
    if block.get("source", {}).get("type") == "text":
        pointer = "/messages/0/content/0/source/data"
        assert places(request)[pointer] == (block["source"]["data"], Place.VALUE)
        assert (
            decode(messages.rewrite(request, {pointer: "x"}, {}))["messages"][0]["content"][0]["source"]["data"] == "x"
        )


def test_files_have_their_titles(messages: Dialect) -> None:
    source = {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}
    inner = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "document", "source": source}]}
    request = read(messages, {"type": "document", "title": "a.pdf", "source": source}, inner)
    first, second = messages.files(request)
    assert (first.pointer, first.encoded, first.name, first.media_type) == (
        "/messages/0/content/0/source/data",
        "JVBE",
        "a.pdf",
        "application/pdf",
    )
    assert (second.pointer, second.name) == ("/messages/0/content/1/content/0/source/data", "")
    assert {Unread(part.pointer, "file") for part in (first, second)} == set(request.unread)


def test_headers_are_uses_and_go_on_as_they_came(messages: Dialect) -> None:
    sent = (("anthropic-version", "2023-06-01"), ("anthropic-beta", f"{BETA}, files-api-2025-04-14,,"))
    request = read(messages, headers=sent)
    assert request.headers == sent
    assert request.uses[-3:] == (
        Use("/@anthropic-version", "2023-06-01", "/@anthropic-version"),
        Use("/@anthropic-beta", BETA, "/@anthropic-beta"),
        Use("/@anthropic-beta", "files-api-2025-04-14", "/@anthropic-beta"),
    )
    assert messages.rewrite(request, {}, {}) == messages.rewrite(read(messages), {}, {})


@pytest.mark.parametrize(
    ("name", "value", "shown", "text"),
    [
        ("anthropic-beta", "mrn-8812345-2025-05-14", "…", "mrn-8812345"),
        ("anthropic-beta", "born-1954-03-02", "…", "born-1954-03-02"),
        ("anthropic-beta", "ann@example.org", "…", "ann@example.org"),
        ("anthropic-version", "Ann Miller", "…", "Ann Miller"),
    ],
)
def test_words_in_headers_are_scanned_and_not_shown(
    messages: Dialect, name: str, value: str, shown: str, text: str
) -> None:
    request = read(messages, headers=((name, value),))
    assert request.uses[-1] == Use(f"/@{name}", shown, f"/@{name}")
    assert places(request)[f"/@{name}"] == (text, Place.FIXED)


@pytest.mark.parametrize("name", ["anthropic-user-profile-id", "anthropic-workspace-id"])
def test_no_client_chooses_an_account(messages: Dialect, name: str) -> None:
    with pytest.raises(MalformedRequest) as raised:
        read(messages, headers=((name, "any"),))
    assert raised.value.where == name


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("user_" + "0a" * 32 + "_account__session_2f1c7f0e-1a2b-4c3d-8e9f-001122334455", "opaque"),
        (json.dumps({"device_id": "0a" * 32, "account_uuid": "", "session_id": "0a" * 16}), "opaque"),
        ("2f1c7f0e-1a2b-4c3d-8e9f-001122334455", "opaque"),
        ("user_ann_2f1c7f0e-1a2b-4c3d-8e9f-001122334455", ""),
        ("078051120", ""),
        ("ann@example.org", ""),
        ("", ""),
        ("0a" * 4_000 + "!", ""),
    ],
)
def test_a_users_id_is_told_apart_from_a_name(messages: Dialect, value: str, shown: str) -> None:
    assert values(read(messages, metadata={"user_id": value}))["/metadata/user_id"] == {shown}


def test_tools_are_told_apart_by_version(messages: Dialect) -> None:
    tools = [{"type": kind, "name": "n"} for kind in ("web_search_20260209", "computer_20251124", "custom", "ann 1954")]
    assert values(read(messages, tools=tools))["/tools/*/type"] == {
        "web_search_20260209",
        "computer_20251124",
        "custom",
        "…",
    }


def test_what_is_wire(messages: Dialect) -> None:
    request = read(
        messages,
        {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"who": "Mara"}},
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Mara"},
        tools=[{"name": "look_up", "description": "Mara", "input_schema": {"type": "object", "required": ["who"]}}],
        tool_choice={"type": "tool", "name": "look_up"},
    )
    text = {pointer: said for pointer, (said, _) in places(request).items()}
    assert {text[pointer] for pointer in messages.wire(request)} == {
        "claude-opus-5",
        "user",
        "tool_use",
        "toolu_1",
        "look_up",
        "tool_result",
        "object",
        "who",
        "tool",
    }


def test_json_is_asked_for_in_two_ways(messages: Dialect) -> None:
    wished = {"type": "json_schema", "schema": {"type": "object"}}
    assert messages.json_reply(read(messages, output_config={"format": wished}))
    assert messages.json_reply(read(messages, output_format=wished))
    assert not messages.json_reply(read(messages, output_config={"effort": "low"}))
    assert not messages.json_reply(read(messages, output_config=None, output_format=None))


def test_counting_shares_the_members(counting: Dialect, messages: Dialect) -> None:
    assert counting.routes == (("POST", "/v1/messages/count_tokens"),)
    assert counting.queries == messages.queries == ("beta=true",)
    request = read(counting, {"type": "text", "text": "Hi"}, system="Be brief.")
    assert (request.endpoint, request.stream) == ("count_tokens", False)
    assert request.uses == read(messages, {"type": "text", "text": "Hi"}, system="Be brief.").uses
    reply = counting.edit_reply(b'{"input_tokens":14}', None)
    assert (reply.usage, reply.body, reply.finish) == ({"input_tokens": 14}, b'{"input_tokens":14}', ())


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"model": ""}, "/model"),
        ({"model": 5}, "/model"),
        ({"messages": []}, "/messages"),
        ({"messages": "Hi"}, "/messages"),
        ({"messages": ["Hi"]}, "/messages/0"),
        ({"messages": [{"role": 5, "content": "Hi"}]}, "/messages/0/role"),
        ({"messages": [{"role": "user", "content": 5}]}, "/messages/0/content"),
        ({"messages": [{"role": "user", "content": ["Hi"]}]}, "/messages/0/content/0"),
        ({"system": 5}, "/system"),
        ({"system": ["Hi"]}, "/system/0"),
        ({"tools": {}}, "/tools"),
        ({"tools": ["f"]}, "/tools/0"),
        ({"output_config": "json"}, "/output_config"),
        ({"metadata": []}, "/metadata"),
        ({"stream": "yes"}, "/stream"),
    ],
)
def test_what_cannot_be_a_request_is_refused(messages: Dialect, members: dict[str, Any], where: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        read(messages, **members)
    assert caught.value.where == where


@pytest.mark.parametrize(
    "block",
    [
        {"type": ["a"], "source": "x", "content": 5, "citations": 5},
        {"type": "image", "source": ["a", {"data": "x"}]},
        {"type": "document", "source": {"type": ["text"], "data": "eA=="}},
        {"type": "document", "source": {"type": "text", "data": {"a": "b"}}},
        {"type": "compaction", "content": ["a"]},
        {"type": "tool_use", "input": "text"},
        {},
    ],
)
def test_odd_blocks_are_read(messages: Dialect, block: dict[str, Any]) -> None:
    request = read(messages, block)
    assert json.loads(messages.rewrite(request, {}, {}))["messages"][0]["content"] == [block]
    assert list(messages.files(request)) == [] or block["type"] == "document"
