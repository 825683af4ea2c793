"""The shared case list over the real engine with the trial model: a key that declares nothing is answered privately."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import openai
import pytest
from pydantic import BaseModel

from conformance.cases import CASES, Case
from conformance.ways import WAYS, Seen, ask, ask_async
from support.place import Place

pytestmark = pytest.mark.engine

MODEL = "smollm2-135m-instruct"
LIST = [
    pytest.param(case, way, how, id=f"{case.name}-{way}-{how}")
    for case in CASES
    if case.embedded
    for way in (WAYS if case is CASES[0] else case.ways)
    for how in (("sync", "async") if case is CASES[0] else ("async",) if "stream" in way else ("sync",))
    if case is CASES[0] or way in ("create", "stream")
]
QUESTION = "Say hello."


class Colour(BaseModel):
    """What every model can be held to by a grammar."""

    colour: Literal["red", "green", "blue"]
    warm: bool


def _ask(place: Place, way: str, how: str, arguments: dict[str, Any]) -> Seen:
    sdk = place.sdk("undeclared")
    arguments = {"model": "gpt-4o-mini", "max_tokens": 8, "temperature": 0, **arguments}
    if how == "sync":
        return ask(sdk.sync, way, arguments)
    return asyncio.run(ask_async(sdk.asynchronous(), way, arguments))


def _assert_private(place: Place) -> None:
    headers = place.sdk("undeclared").headers
    assert headers["x-ringfence-effect"] == "REROUTE"
    assert headers["x-ringfence-service"] == "private/embedded"
    assert MODEL in headers["x-ringfence-notice"]
    assert place.vendor.received == []


@pytest.mark.parametrize(("case", "way", "how"), LIST)
def test_shared_case(case: Case, way: str, how: str, embedded: Place) -> None:
    arguments = case.ask(QUESTION)
    if way == "helper":
        arguments["stop"] = [" "]  # the helper takes no answer that was cut off
    seen = _ask(embedded, way, how, arguments)
    assert case.holds(seen)
    assert seen.model == MODEL
    _assert_private(embedded)


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("way", ["parse", "helper"])
def test_structured_output(way: str, how: str, embedded: Place) -> None:
    arguments = {"messages": [{"role": "user", "content": "Name a colour."}], "response_format": Colour}
    seen = _ask(embedded, way, how, {**arguments, "max_tokens": 60})
    assert isinstance(seen.choices[0].parsed, Colour)
    _assert_private(embedded)


def test_asked_by_its_own_name_it_is_allowed(embedded: Place) -> None:
    _ask(embedded, "create", "sync", {"messages": [{"role": "user", "content": QUESTION}], "model": MODEL})
    headers = embedded.sdk("undeclared").headers
    assert (headers["x-ringfence-effect"], headers["x-ringfence-service"]) == ("ALLOW", "private/embedded")
    assert "x-ringfence-notice" not in headers


def test_list_of_models_names_it(embedded: Place) -> None:
    assert [(model.id, model.owned_by) for model in embedded.sdk("undeclared").sync.models.list()] == [
        (MODEL, "private")
    ]


def test_engine_errors_keep_their_class(embedded: Place) -> None:
    with pytest.raises(openai.BadRequestError, match="context size"):
        _ask(embedded, "create", "sync", {"messages": [{"role": "user", "content": "word " * 9_000}]})
    with pytest.raises(openai.BadRequestError):
        _ask(embedded, "stream", "async", {"messages": [{"role": "user", "content": "x"}], "temperature": "hot"})


@pytest.mark.parametrize("effect", ["ALLOW", "REROUTE"])
def test_a_declared_key_decides_where_its_requests_go(effect: str, embedded: Place) -> None:
    """The same words: `general` goes to the vendor, `phi` stays here."""
    before = len(embedded.vendor.received)
    sdk = embedded.sdk("general" if effect == "ALLOW" else "phi")
    sdk.sync.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": QUESTION}], max_tokens=4
    )
    assert sdk.headers["x-ringfence-effect"] == effect
    assert len(embedded.vendor.received) - before == (effect == "ALLOW")
    del embedded.vendor.received[before:]


def test_client_leaving_stops_the_engine_and_is_on_record(embedded: Place) -> None:
    sdk = embedded.sdk("undeclared")
    stream = sdk.sync.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "Tell a long story."}], max_tokens=2000, stream=True
    )
    next(iter(stream))
    stream.close()
    index = sdk.headers["x-ringfence-record"]
    assert embedded.wait_ended(index)["outcome"] == "client_left"


def test_bar_of_forty_cases_here_too() -> None:
    assert len(LIST) >= 40
