"""Coding agents against the gateway, by the shape of their traffic: Claude Code speaks Messages, Codex Responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support import agents
from support.surfaces import MODELS, Surfaces, surfaces

TEXT = "Which colour has the parcel in notes.txt?"
NOTE = "The parcel of Mara Lindqvist, MRN 48213377, is green. Phone +1 415-867-5309."
AGENTS = ("claude code", "codex")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    with surfaces(tmp_path_factory.mktemp("agents"), private=True) as made:
        yield made


def _ask(place: Surfaces, agent: str, key: str, kind: str, result: str) -> tuple[httpx.Response, str]:
    """The reply, and the text in it."""
    if agent == "codex":
        path, headers = agents.CODEX_PATH, agents.CODEX_HEADERS
        body = agents.codex(TEXT, MODELS["openai"][kind], result=result)
    else:
        path, headers = agents.CLAUDE_CODE_PATH, agents.CLAUDE_CODE_HEADERS
        body = agents.claude_code(TEXT, MODELS["anthropic"][kind], result=result)
    sent = {"authorization": f"Bearer {place.keys[key]}", **headers}
    reply = httpx.post(f"{place.gateway.url}{path}", json=body, headers=sent, timeout=60)
    return reply, "".join(_pieces(reply.text)) if reply.status_code == 200 else ""


def _pieces(stream: str) -> Iterator[str]:
    for line in stream.splitlines():
        if line.startswith("data: ") and line != "data: [DONE]":
            event: dict[str, Any] = json.loads(line[6:])
            if event["type"] == "response.output_text.delta":
                yield event["delta"]
            if event["type"] == "content_block_delta" and event["delta"]["type"] == "text_delta":
                yield event["delta"]["text"]


@pytest.mark.parametrize("result", ["", "The parcel is green."], ids=["first turn", "after a tool"])
@pytest.mark.parametrize("agent", AGENTS)
def test_works_with_nothing_regulated(agent: str, result: str, place: Surfaces) -> None:
    before = len(place.vendor.received)
    reply, text = _ask(place, agent, "general", "open", result)
    assert reply.status_code == 200, reply.text
    assert reply.headers["x-ringfence-effect"] == "ALLOW"
    assert text.endswith(result or TEXT)
    [received] = place.vendor.received[before:]
    if agent == "claude code":
        assert received.headers["anthropic-beta"] == agents.CLAUDE_CODE_BETAS
    # What an agent tells of the machine it runs on belongs to no interface and stays here.
    assert not any(name.startswith(("x-codex", "x-claude", "x-stainless")) for name in received.headers)


@pytest.mark.parametrize("note", [NOTE, "The parcel of Mara Lindqvist is green."], ids=["health", "a name"])
@pytest.mark.parametrize("agent", AGENTS)
def test_identifiers_in_what_a_tool_read_stay_here(agent: str, note: str, place: Surfaces) -> None:
    """Neither masked: what agents send beside the conversation may not go with what identifies somebody."""
    assert place.house is not None
    before, house = len(place.vendor.received), len(place.house.received)
    reply, text = _ask(place, agent, "general", "open", note)
    assert (reply.status_code, reply.headers["x-ringfence-effect"]) == (200, "REROUTE"), reply.text
    assert text == note
    assert len(place.vendor.received) == before
    assert len(place.house.received) == house + 1


@pytest.mark.parametrize("result", ["", NOTE], ids=["first turn", "after a tool"])
@pytest.mark.parametrize("agent", AGENTS)
def test_regulated_work_is_answered_in_the_house(agent: str, result: str, place: Surfaces) -> None:
    assert place.house is not None
    before, house = len(place.vendor.received), len(place.house.received)
    reply, text = _ask(place, agent, "phi", "open", result)
    assert (reply.status_code, reply.headers["x-ringfence-effect"]) == (200, "REROUTE"), reply.text
    # The private model gets neighbours of one speaker as one message, and says all of the last one.
    assert (result or TEXT) in text
    assert len(place.vendor.received) == before
    assert len(place.house.received) == house + 1


@pytest.mark.parametrize("agent", AGENTS)
def test_documents_alone_do_not_carry_what_agents_send_beside(agent: str, place: Surfaces) -> None:
    """Both send identifiers of a device or features that the vendors' health terms leave out, so that even at a covered
    vendor regulated work goes to the private model."""
    before = len(place.vendor.received)
    reply, _ = _ask(place, agent, "phi by name", "covered", NOTE)
    assert reply.headers["x-ringfence-effect"] == "REROUTE"
    assert len(place.vendor.received) == before
