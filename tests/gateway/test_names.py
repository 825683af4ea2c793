"""Names in free text: masked where that is enough, never silently unsearched, skipped where nothing could change."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from canary import paper
from gateway.scripts import HELLO, Script, caller
from ringfence.classify import Tagger
from ringfence.gateway import needless, plan
from ringfence.gateway.admit import Caller
from ringfence.gateway.leaving import ClientLeft
from ringfence.gateway.serving import Serving
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.record import Phase
from support import home
from support.inprocess import DIALECT, InProcess, Sent, says
from support.names import FakeTagger, Gate, breaks, forgetful

NOTE = "Patient Mara Lindqvist was seen again and feels better."
NAME = b"Lindqvist"
HARBOR = "openai/harbor"


def echo(sent: Sent, streamed: bool) -> Any:
    """The service says back what it was told."""
    return says(json.loads(sent.body)["messages"][-1]["content"], streamed=streamed)


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """Services with nothing, everything, or a method of masking on file; HARBOR has Safe Harbor. A private model."""
    folder = paper.write(tmp_path_factory.mktemp("home"))
    services = folder / "register/services/openai.toml"
    with services.open("a") as file:
        file.write(paper.service(HARBOR, "gpt-4o-harbor"))
    (folder / "register/documents/harbor.toml").write_text(
        paper.method(
            "safe_harbor_attestation", HARBOR, ["phi", "personal"], "attester", method={"no_actual_knowledge": True}
        )
    )
    return InProcess(folder, echo, {*paper.REACHABLE, HARBOR})


@contextmanager
def named(inside: InProcess, tagger: Tagger | None = None, deadline_s: float = 5.0, **more: Any) -> Iterator[Stations]:
    """The stations with a search for names, and a classifier that remembers nothing yet."""
    names = Serving((tagger or FakeTagger(),), deadline_s=deadline_s)
    classifier = forgetful(inside.stations.classifier)
    try:
        yield dataclasses.replace(inside.stations, names=names, classifier=classifier, **more)
    finally:
        names.close()


def asked(text: str, model: str = "gpt-4o-mini", **members: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **members}


async def ran(stations: Stations, body: dict[str, Any], by: Caller) -> Script:
    script = Script(stations)
    script.send = stations.sender.send  # type: ignore[method-assign]
    await script.run(body, by)
    return script


def decided(script: Script) -> dict[str, Any]:
    [record] = [record for record in script.records if record.phase is Phase.DECIDED]
    return record.body


@pytest.mark.parametrize(
    ("by", "model", "service"),
    [
        (caller("general"), "gpt-4o-mini", home.UNCOVERED),
        (caller("personal"), "gpt-4o-mini", home.UNCOVERED),
        (caller("phi", "personal"), "gpt-4o-harbor", HARBOR),
        (caller("phi"), "gpt-4o-baa", home.COVERED),
    ],
    ids=["found only", "declared", "Safe Harbor on file", "covered: minimum necessary"],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_vendor_gets_a_surrogate_and_the_client_the_name(
    by: Caller, model: str, service: str, stream: bool, inside: InProcess
) -> None:
    inside._current.sent.clear()
    with named(inside) as stations:
        script = await ran(stations, asked(NOTE, model, stream=stream), by)
    [sent] = inside._current.sent
    assert (decided(script)["effect"], sent.service) == ("MASK", service)
    assert NAME not in sent.body
    assert decided(script)["findings"] == {"PERSON": 1}
    assert (decided(script)["names_searched"], decided(script)["names_why"]) == (True, "")
    text = script.sent.decode()
    said = text if not stream else "".join(
        json.loads(line[6:])["choices"][0]["delta"].get("content", "") for line in text.split("\n\n") if "{" in line
    )  # fmt: skip
    assert "Mara Lindqvist was seen" in said


async def test_without_the_search_declared_personal_data_stays(inside: InProcess) -> None:
    script = await ran(inside.stations, asked("Mail ann@example.org."), caller("personal"))
    assert decided(script)["effect"] == "REROUTE"
    assert (decided(script)["names_searched"], decided(script)["names_why"]) == (
        False,
        "the search for names is turned off",
    )


async def test_a_name_in_a_key_goes_to_no_vendor(inside: InProcess) -> None:
    with named(inside) as stations:
        body = asked("Hello.", tools=[{"type": "function", "function": {"name": "f", "parameters": {
            "properties": {"Mara Lindqvist": {"type": "string"}}}}}])  # fmt: skip
        script = await ran(stations, body, caller("general"))
    assert decided(script)["service"] == "private/url"


async def test_a_name_over_a_border_is_found(inside: InProcess) -> None:
    parts = [{"type": "text", "text": "We met Mara"}, {"type": "text", "text": "Lindqvist at noon."}]
    with named(inside) as stations:
        made = plan.make(
            DIALECT.read(json.dumps({**HELLO, "messages": [{"role": "user", "content": parts}]}).encode()),
            DIALECT, caller("general"), stations,
        )  # fmt: skip
    assert made.decision.effect == "MASK"
    assert made.leaving is not None
    assert b"Mara" not in made.leaving and NAME not in made.leaving


# ---- Where the search does not come to its end ----------------------------------------------------------------------


async def test_a_search_that_runs_out_of_time_is_said_and_decided_on(inside: InProcess) -> None:
    gate = Gate()
    with named(inside, FakeTagger(gate), deadline_s=0.05) as stations:
        began = time.monotonic()
        script = await ran(stations, asked("Hello there."), caller("general"))
        assert time.monotonic() - began < 2
        gate.open.set()
    record = decided(script)
    assert (record["effect"], record["service"]) == ("REROUTE", "private/url")
    assert record["completeness"] == "partial"
    assert (record["names_searched"], record["names_why"]) == (False, "the search for names ran out of time")
    assert "unread-needs-cover" in record["candidates"][0]["rules"]


async def test_what_was_found_in_time_counts(inside: InProcess) -> None:
    def slow(texts: Any) -> None:
        time.sleep(0.4 if "slow" in texts[0] else 0)

    with named(inside, FakeTagger(slow), deadline_s=0.2) as stations:
        stations.names._batch_chars = 1  # type: ignore[union-attr]
        body = {**HELLO, "messages": [{"role": "user", "content": each} for each in (NOTE, "slow")]}
        script = await ran(stations, body, caller("general"))
    assert decided(script)["completeness"] == "partial"
    assert "personal" in decided(script)["labels"]


async def test_covered_data_may_go_where_the_search_ran_out_of_time(inside: InProcess) -> None:
    """As with any part that could not be read: agreements for such data are in place, whatever it holds."""
    gate = Gate()
    with named(inside, FakeTagger(gate), deadline_s=0.05) as stations:
        script = await ran(stations, asked("Hello.", "gpt-4o-baa"), caller("phi", "personal", "confidential"))
        gate.open.set()
    assert (decided(script)["effect"], decided(script)["service"]) == ("ALLOW", home.COVERED)
    assert decided(script)["completeness"] == "partial"


async def test_a_search_that_fails_sends_nothing_to_a_vendor(inside: InProcess) -> None:
    with named(inside, FakeTagger(breaks)) as stations:
        for by, model in ((caller("general"), "gpt-4o-mini"), (caller("phi"), "gpt-4o-baa")):
            script = await ran(stations, asked(NOTE, model), by)
            record = decided(script)
            assert (record["completeness"], record["service"]) == ("failed", "private/url")
            assert record["names_why"] == "the search for names failed"


async def test_others_are_served_while_a_tagger_hangs(inside: InProcess) -> None:
    gate = Gate()
    with named(inside, FakeTagger(gate), deadline_s=0.3) as stations:
        hanging = asyncio.create_task(ran(stations, asked(NOTE), caller("general")))
        assert await asyncio.to_thread(gate.reached.wait, 5)
        private = await ran(stations, asked("Hello."), caller())  # needs no search
        assert decided(private)["service"] == "private/url"
        assert not hanging.done()
        assert decided(await hanging)["names_searched"] is False
        gate.open.set()


async def test_a_client_that_leaves_ends_its_search_and_leaves_no_record(inside: InProcess) -> None:
    gate = Gate()
    tagger = FakeTagger(gate)
    with named(inside, tagger) as stations:
        stations.names._batch_chars = 1  # type: ignore[union-attr]
        script = Script(stations)
        texts = {**HELLO, "messages": [{"role": "user", "content": each} for each in (NOTE, "Not asked.")]}
        run = asyncio.create_task(script.run(texts, caller("general")))
        assert await asyncio.to_thread(gate.reached.wait, 5)
        script._gone.set()
        with pytest.raises(ClientLeft):
            await asyncio.wait_for(run, 2)
        assert script.records == [] and script.log == []
        gate.open.set()
        again = Script(stations)
        await again.run(asked("Fine."), caller("general"))
        assert decided(again)["names_searched"]
    assert tagger.calls == [[NOTE], ["Fine."]]


async def test_the_loop_turns_while_names_are_searched(inside: InProcess) -> None:
    threads = []
    with named(inside, FakeTagger(lambda _texts: threads.append(threading.current_thread()))) as stations:
        await ran(stations, asked(NOTE), caller("general"))
    assert threads and threading.main_thread() not in threads


# ---- What is not searched -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "model"),
    [
        (caller(), "gpt-4o-mini"),
        (caller("phi"), "gpt-4o-mini"),
        (caller(on_uncovered="deny"), "gpt-4o-mini"),
        (caller("general"), "house-model"),
        (caller("phi", "personal", needs_identity=True), "gpt-4o-baa"),
    ],
    ids=["private by default", "no method on file", "denied", "the private model", "identity needed"],
)
async def test_no_search_where_it_could_change_nothing(by: Caller, model: str, inside: InProcess) -> None:
    tagger = FakeTagger()
    with named(inside, tagger) as stations:
        script = await ran(stations, asked(NOTE, model), by)
        assert tagger.calls == []
        assert (decided(script)["names_searched"], decided(script)["names_why"]) == (False, needless.WHY)
        always = await ran(dataclasses.replace(stations, names_always=True), asked(NOTE, model), by)
        assert tagger.calls
        assert decided(always)["names_searched"]
        for member in ("effect", "service", "form"):
            assert decided(always)[member] == decided(script)[member]


def test_an_explanation_always_searches(inside: InProcess) -> None:
    with named(inside) as stations:
        made = plan.make(DIALECT.read(json.dumps(asked(NOTE)).encode()), DIALECT, caller(), stations, every=True)
    assert made.classification.names_searched
    assert [finding.entity for finding in made.classification.findings] == ["PERSON"]


async def test_a_conversation_asks_about_its_new_turn_only(inside: InProcess) -> None:
    tagger = FakeTagger()
    with named(inside, tagger) as stations:
        turns: list[dict[str, str]] = []
        for number in range(12):
            before = sum(map(len, tagger.calls))
            turns += [{"role": "user", "content": f"Question {number} about parcels, please."}]
            await ran(stations, {**HELLO, "messages": turns}, caller("general"))
            turns += [{"role": "assistant", "content": f"Answer {number}, in short."}]
            if number > 1:
                assert sum(map(len, tagger.calls)) - before <= 2


async def test_what_steers_a_request_is_no_text(inside: InProcess) -> None:
    tagger = FakeTagger()
    with named(inside, tagger) as stations:
        await ran(stations, asked("Hello.", temperature=0.5, tool_choice="auto"), caller("general"))
    assert [text for call in tagger.calls for text in call] == ["Hello."]
