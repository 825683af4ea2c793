"""No fallback and no retry leaves the covered set: whatever is on file, asked for and goes wrong, a request reaches one
service at most, and only one that may have it in the form in which it came."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from gateway import interfaces
from gateway.interfaces import DIALECTS, PRIVATE, STREAMED
from gateway.scripts import MAIL, Script, caller
from ringfence import register
from ringfence.gateway.state import State
from ringfence.vocabulary.errors import RingfenceError, UpstreamBroken, UpstreamTimeout, UpstreamUnavailable
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.record import Phase
from support.inprocess import FakeReply, InProcess

JSON = [("content-type", "application/json")]
EVENTS = [("content-type", "text/event-stream")]
SSN = "SSN 536-22-8412"
TEXTS = ("Hello.", f"Mail {MAIL} now.", f"Patient Mara Lindqvist, {SSN}, MRN 4471023.", "token ghp_" + "a1B2" * 9)
IDENTIFIERS = (MAIL, "536-22-8412", "4471023", "ghp_")
FAILURES: tuple[Any, ...] = (
    None,
    UpstreamUnavailable("gone"),
    UpstreamTimeout("slow"),
    UpstreamBroken("cut"),
    KeyError("a defect"),
    FakeReply(429, [*JSON, ("retry-after", "1")], [b'{"error":{"message":"later"}}']),
    FakeReply(500, JSON, [b'{"error":{"message":"no"}}']),
    FakeReply(503, JSON, [b"<html>"]),
    FakeReply(529, JSON, [b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}']),
    FakeReply(307, [*JSON, ("location", "https://elsewhere.example")], [b""]),
    FakeReply(401, JSON, [b"{}"]),
    FakeReply(200, EVENTS, [b"data: {}\n\n"]),
    FakeReply(200, EVENTS, []),
)


def _homes(folder: Path) -> Iterator[InProcess]:
    """Each mix of documents on file, with a private model on an own host, on a rented one, and with none."""
    missing = ((), ("baa",), ("zdr_approval", "dpa"), ("baa", "zdr_approval", "dpa"))
    for number, (without, private) in enumerate(itertools.product(missing, ("own", "rented", "none"))):
        home = interfaces.write(folder / str(number), private=private != "none")
        for kind in without:
            for path in (home / "register/documents").glob(f"*-{kind}.toml"):
                path.unlink()
        if private == "rented":
            path = home / "ringfence.toml"
            path.write_text(path.read_text().replace("own_host = true", 'own_host = false\nhost = "rented.example"'))
        yield interfaces.inside(home)


def _all_services(made: InProcess) -> set[str]:
    """Those of the home itself, by vendors and private; not what is shipped beside them."""
    own = {service for service in made.stations.state().register.services if service.endswith(("-open", "-covered"))}
    return own | ({PRIVATE} & made.stations.state().register.services.keys())


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[InProcess]:
    return list(_homes(tmp_path_factory.mktemp("homes")))


def _reachable(made: InProcess, services: set[str]) -> Any:
    """Stations for which only `services` can be reached."""
    state: State = made.stations.state()
    fewer = dataclasses.replace(state, reachable=lambda service: service in services)
    return dataclasses.replace(made.stations, state=lambda: fewer)


REQUESTS = st.fixed_dictionaries(
    {
        "endpoint": st.sampled_from(sorted(DIALECTS)),
        "model": st.sampled_from(["open", "covered", "covered", "house-model"]),
        "text": st.sampled_from(TEXTS),
        "stream": st.booleans(),
        "members": st.sampled_from([*[{}] * 6, {"metadata": {"note": "x"}}, {"brand_new": 1}, {"store": True}]),
    }
)
KEYS = st.fixed_dictionaries(
    {
        "handles": st.sampled_from([("general",), ("general",), ("phi",), ("phi", "personal"), ()])
        | st.lists(st.sampled_from([label.value for label in Label]), max_size=3, unique=True).map(tuple),
        "needs_identity": st.booleans(),
        "on_uncovered": st.sampled_from(["reroute", "reroute", "deny"]),
        "labels": st.sampled_from([(), (), (), ("phi",), ("personal",)]),
    }
)


def test_whatever_happens_only_one_service_that_may_have_it_gets_it(homes: list[InProcess], scale: int) -> None:
    reached: Counter[str] = Counter()

    @seed(4)
    @settings(deadline=None, max_examples=500 * scale, database=None)
    @given(st.sampled_from(homes), st.integers(0, 5), REQUESTS, KEYS, st.sampled_from(FAILURES))
    def ask(made: InProcess, fewer: int, request: dict[str, Any], key: dict[str, Any], failure: Any) -> None:
        everything = _all_services(made)
        services = {0: {PRIVATE}, 1: set[str](), 2: everything - {PRIVATE}}.get(fewer, everything)
        script = Script(_reachable(made, services))
        if isinstance(failure, FakeReply):
            script.reply = failure
        else:
            script.send_fails = failure
        endpoint = request["endpoint"]
        model = interfaces.MODELS[endpoint].get(request["model"], request["model"])
        stream = request["stream"] and endpoint in STREAMED
        sent = interfaces.body(endpoint, request["text"], model, stream=stream, **request["members"])
        handles = key.pop("handles")
        asyncio.run(_ask(script, endpoint, sent, caller(*handles, **key)))
        assert script.log.count("send") == len(script.sends) <= 1, "at most one service, once"
        for service, _, _ in script.sends:
            reached[f"{endpoint} {service} {script.records[0].body['form']}"] += 1
            _may_have(script, made, endpoint, services)

    ask()
    assert {each.split(" ")[1] for each in reached} == {PRIVATE, *_vendors("open"), *_vendors("covered")}, reached
    assert {each.split(" ")[0] for each in reached} == set(DIALECTS), reached
    assert {each.split(" ")[2] for each in reached} == {"as_requested", "masked"}, reached


def _vendors(kind: str) -> set[str]:
    return {service.replace("-open", f"-{kind}") for service in interfaces.SERVICES.values()}


async def _ask(script: Script, endpoint: str, sent: dict[str, Any], by: Any) -> None:
    with contextlib.suppress(RingfenceError, KeyError):
        await script.run(sent, by, dialect=DIALECTS[endpoint], headers=interfaces.headers(endpoint))


def _may_have(script: Script, made: InProcess, endpoint: str, services: set[str]) -> None:
    """Asks the register itself, with the labels on record: never the gateway's own opinion of coverage."""
    [service, _, _], [leaving] = script.sends[0], script.bodies
    decided = script.records[0]
    assert decided.phase is Phase.DECIDED
    assert decided.contents["leaving"] == leaving
    assert service in services
    state = made.stations.state()
    known = state.register.services[service]
    spoken = endpoint if endpoint in known.endpoints else "chat_completions"
    assert spoken in known.endpoints
    sent = json.loads(leaving)
    labels = {Label(label) for label in decided.body["labels"]}
    today = datetime.now(UTC).date()
    cover = register.cover(
        state.register, service, labels, spoken, sent["model"], today, state.organisation, decided.body["client"]
    )
    uncovered = {each.label for each in cover if not each.covered}
    if known.private:
        assert uncovered == set()
        return
    # Of what is not covered, only masked data about people may go; and never where health data needs a method on file.
    if uncovered:
        assert decided.body["form"] == "masked"
        assert uncovered <= {Label.PERSONAL, Label.FINANCIAL, Label.CARD, Label.SECRET}
        assert not any(identifier in leaving.decode() for identifier in IDENTIFIERS)
    if labels - {Label.GENERAL}:
        review = register.review(
            state.register,
            service,
            spoken,
            sent["model"],
            DIALECTS[spoken].read(leaving, interfaces.headers(spoken)).uses,
            today,
        )
        assert not review.unknown
