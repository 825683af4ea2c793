"""The clients that people use, each on every interface that it speaks, against one gateway: what they ask arrives, what
is answered comes back whole, and identifiers stay here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.clients.drive import SPOKEN, Drivers, cases_of
from support.needs import need
from support.surfaces import EMBEDDING_MODELS, MODELS, Surfaces, surfaces

CLIENTS_PYTHON = Path(__file__).parents[2] / ".venv/clients/bin/python"
VENDOR = {"chat": "openai", "responses": "openai", "messages": "anthropic"}
PLAIN = "Which colour has the parcel?"
EMAIL = "mara.lindqvist@northwind-mail.com"
PERSONAL = f'Write to {EMAIL} or call +1 415-867-5309 about the "parcel" for 12 Main Street,\nSpringfield, IL 62704.'
ALL = [
    pytest.param(client, interface, case, streamed, id=f"{client}-{interface}-{case}{'-stream' if streamed else ''}")
    for client, interfaces in SPOKEN.items()
    for interface in interfaces
    for case in cases_of(client)
    for streamed in (False, True)
]
each = pytest.mark.parametrize(("client", "interface", "case", "streamed"), ALL)


@pytest.fixture(scope="module")
def drivers() -> Iterator[Drivers]:
    need(CLIENTS_PYTHON.exists(), "the clients' environment is not installed (make test installs it)")
    made = Drivers(CLIENTS_PYTHON)
    yield made
    made.close()


@pytest.fixture(scope="module")
def open_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    with surfaces(tmp_path_factory.mktemp("surfaces"), private=False) as made:
        yield made


@pytest.fixture(scope="module")
def private_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    with surfaces(tmp_path_factory.mktemp("private"), private=True) as made:
        yield made


def _task(place: Surfaces, key: str, kind: str, text: str, asked: tuple[str, str, str, bool]) -> dict[str, Any]:
    client, interface, case, streamed = asked
    model = MODELS[VENDOR[interface]][kind]
    return {
        **{"client": client, "dialect": interface, "case": case, "stream": streamed, "text": text},
        **{"url": place.gateway.url, "key": place.keys[key], "model": model},
    }


def _expected(case: str, text: str, interface: str, client: str) -> dict[str, Any]:
    """What the obeying model makes a client see."""
    filled = {"text": text}
    as_tool = case == "tool" or (case == "structured" and interface == "messages" and client.startswith("anthropic"))
    if as_tool:
        return {"content": "", "calls": [["look_up", filled]]}
    return {"content": filled if case == "structured" else text, "calls": []}


def _comparable(seen: dict[str, Any], case: str) -> dict[str, Any]:
    """JSON as what it says, however it is spaced."""
    assert "error" not in seen, seen["error"]
    content = seen["content"]
    if case == "structured" and content:
        content = json.loads(content)
    return {"content": content, "calls": [[name, json.loads(given)] for name, given in seen["calls"]]}


def _ask(drivers: Drivers, place: Surfaces, key: str, kind: str, text: str, asked: tuple[str, str, str, bool]) -> bytes:
    """Asks, checks what the client saw, and returns all that left for the vendor."""
    client, interface, case, _ = asked
    before = len(place.vendor.received)
    seen = drivers.ask(_task(place, key, kind, text, asked))
    assert _comparable(seen, case) == _expected(case, text, interface, client)
    return b"".join(received.body for received in place.vendor.received[before:])


@each
def test_permissive(
    client: str, interface: str, case: str, streamed: bool, drivers: Drivers, open_place: Surfaces
) -> None:
    """Nothing regulated: it arrives as it was sent."""
    left = _ask(drivers, open_place, "general", "open", PLAIN, (client, interface, case, streamed))
    assert PLAIN.encode() in left


@each
def test_identifiers_are_masked(
    client: str, interface: str, case: str, streamed: bool, drivers: Drivers, open_place: Surfaces
) -> None:
    left = _ask(drivers, open_place, "general", "open", PERSONAL, (client, interface, case, streamed))
    assert left
    assert EMAIL.encode() not in left
    assert b"5309" not in left


@each
def test_regulated_and_covered(
    client: str, interface: str, case: str, streamed: bool, drivers: Drivers, open_place: Surfaces
) -> None:
    """Documents cover it and the purpose needs the identity: it arrives as it was sent."""
    left = _ask(drivers, open_place, "phi by name", "covered", PERSONAL, (client, interface, case, streamed))
    assert EMAIL.encode() in left


@each
def test_regulated_and_not_covered_is_answered_in_the_house(
    client: str, interface: str, case: str, streamed: bool, drivers: Drivers, private_place: Surfaces
) -> None:
    """A private model that speaks Chat Completions answers clients of every interface."""
    assert private_place.house is not None
    before = len(private_place.house.received)
    left = _ask(drivers, private_place, "phi", "open", PERSONAL, (client, interface, case, streamed))
    assert left == b""
    assert {each.path for each in private_place.house.received[before:]} == {"/v1/chat/completions"}


BESIDE = [
    ("openai", "embeddings"),
    ("openai-async", "embeddings"),
    ("openai-node", "embeddings"),
    ("langchain-openai", "embeddings"),
    ("anthropic", "count_tokens"),
    ("openai", "models"),
    ("openai-node", "models"),
    ("anthropic", "models"),
]


@pytest.mark.parametrize("kind", ["open", "covered"])
@pytest.mark.parametrize(("client", "interface"), BESIDE)
def test_what_is_no_conversation(
    client: str, interface: str, kind: str, drivers: Drivers, open_place: Surfaces
) -> None:
    """Vectors, counts and lists; with regulated data where documents cover it."""
    models = (
        EMBEDDING_MODELS if interface == "embeddings" else MODELS["anthropic" if client == "anthropic" else "openai"]
    )
    model = models[kind]
    key, text = ("general", PLAIN) if kind == "open" else ("phi by name", PERSONAL)
    before = len(open_place.vendor.received)
    task = {"client": client, "dialect": interface, "case": "text", "stream": False, "text": text, "model": model}
    seen = drivers.ask({**task, "url": open_place.gateway.url, "key": open_place.keys[key]})
    assert "error" not in seen, seen["error"]
    expected = {"embeddings": "[2, true]", "count_tokens": "True", "models": json.dumps([model, True])}[interface]
    assert json.loads(seen["content"].lower()) == json.loads(expected.lower())
    left = b"".join(received.body for received in open_place.vendor.received[before:])
    assert bool(left) == (interface != "models")


@pytest.mark.parametrize(("client", "interface"), [(c, i) for c, interfaces in SPOKEN.items() for i in interfaces])
def test_a_denial_is_the_librarys_own_error(
    client: str, interface: str, drivers: Drivers, open_place: Surfaces
) -> None:
    case = cases_of(client)[0]
    before = len(open_place.vendor.received)
    seen = drivers.ask(_task(open_place, "phi or nothing", "open", PERSONAL, (client, interface, case, False)))
    name, status, message = seen["error"]
    assert name.endswith("PermissionDeniedError")  # LangChain puts its vendor's name before it
    assert status == 403
    assert "BAA" in message
    assert EMAIL not in message
    assert len(open_place.vendor.received) == before


def test_the_list_is_long_enough() -> None:
    assert 4 * len(ALL) >= 200
    assert CLIENTS_PYTHON.exists() or not os.environ.get("CI")
