"""The shared case list over a scripted HTTP vendor: as it is, and with identifiers that are masked on the way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from conformance.cases import CASES, Case
from conformance.ways import Seen, ask, ask_async
from support.place import Place

ALL = [pytest.param(case, way, id=f"{case.name}-{way}") for case in CASES for way in case.ways]
TEXT = "Which colour has the parcel?"
EMAIL, PHONE = "mara.lindqvist@northwind-mail.com", "+1 415-867-5309"
STREET = "12 Main Street,\nSpringfield, IL 62704"  # with a line end, which JSON text must hold escaped
PERSONAL = f"Write to {EMAIL} or call {PHONE} about the parcel for {STREET}."


def _ask(place: Place, case: Case, way: str, text: str, how: str) -> Seen:
    place.vendor.answer = case.answer
    sdk = place.sdk()
    arguments = {"model": "gpt-4o-mini", **case.ask(text)}
    if how == "sync":
        return ask(sdk.sync, way, arguments)
    return asyncio.run(ask_async(sdk.asynchronous(), way, arguments))


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize(("case", "way"), ALL)
def test_allowed_request_arrives_as_sent(case: Case, way: str, how: str, scripted: Place) -> None:
    before = len(scripted.vendor.received)
    seen = _ask(scripted, case, way, TEXT, how)
    assert case.says(seen, TEXT)
    assert case.holds(seen)
    sdk = scripted.sdk()
    assert sdk.headers["x-ringfence-effect"] == "ALLOW"
    assert sdk.headers["x-ringfence-service"] == "openai/chat-completions"
    [received] = scripted.vendor.received[before:]
    assert received.json == {**sdk.last_sent, "store": False}


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize(("case", "way"), [each for each in ALL if each.values[0].masked])
def test_identifiers_stay_here_and_come_back(case: Case, way: str, how: str, scripted: Place) -> None:
    before = len(scripted.vendor.received)
    seen = _ask(scripted, case, way, PERSONAL, how)
    assert case.says(seen, PERSONAL)
    sdk = scripted.sdk()
    assert sdk.headers["x-ringfence-effect"] == "MASK"
    [received] = scripted.vendor.received[before:]
    assert EMAIL.encode() not in received.body
    assert "5309" not in received.body.decode()
    assert "Main Street" not in received.body.decode()
    assert _shape(received.json) == _shape({**sdk.last_sent, "store": False})
    assert scripted.record(sdk.headers["x-ringfence-record"])["replaced"]["EMAIL_ADDRESS"] >= 1


def _shape(tree: Any) -> Any:
    """The tree without its strings: masking changes nothing else."""
    if isinstance(tree, dict):
        return {name: _shape(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_shape(value) for value in tree]
    return "" if isinstance(tree, str) else tree


def test_a_case_can_fail(scripted: Place) -> None:
    """The list judges: another answer than the case's own is seen."""
    plain = CASES[0]
    scripted.vendor.answer = next(case.answer for case in CASES if case.name == "refusal")
    assert not plain.says(ask(scripted.sdk().sync, "create", {"model": "gpt-4o-mini", **plain.ask(TEXT)}), TEXT)


def test_the_bar_of_forty_cases() -> None:
    assert len(ALL) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert json.dumps([case.name for case in CASES])
