"""Exceptions in the way of a request: which candidate they open, what the record says of it, and when they end."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.scripts import HELLO, MAILED, SERVICES, Script, caller, stations
from ringfence.approvals import write_proposal
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.admit import Caller
from ringfence.gateway.state import schema_text, shipped_rules
from ringfence.policy import Policy
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.record import Phase
from support import home
from support.inprocess import InProcess
from support.people import enrol, exception

NOW = datetime.now(UTC).replace(microsecond=0)
WHOSE = caller("confidential", on_uncovered="deny")
UNKNOWN = {**HELLO, "model": "gpt-4o-baa", "a_new_field": 1}


@pytest.fixture
def base(tmp_path: Path) -> InProcess:
    return stations(tmp_path)


def _script(base: InProcess, tmp_path: Path, *proposals: Proposal, later: timedelta = timedelta()) -> Script:
    enrol(tmp_path / "approvers", "ann", "ben")
    (tmp_path / "exceptions").mkdir(exist_ok=True)
    for proposal in proposals:
        write_proposal(tmp_path / f"exceptions/{proposal.act.body['id']}.json", proposal)
    state = boot.load_state(
        homes.find(tmp_path, tmp_path / "ringfence.toml"), lambda service: service != "private/embedded"
    )
    return Script(dataclasses.replace(base.stations, state=lambda: state, now=lambda: NOW + later))


async def _decided(script: Script, body: dict[str, Any], by: Caller = WHOSE) -> dict[str, Any]:
    await script.run(body, by)
    body = next(record.body for record in script.records if record.phase is Phase.DECIDED)
    written: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(body))
    return written


CONFIDENTIAL = exception("pilot", NOW, "ann", "ben", label="confidential")
FIELD = exception("field", NOW, "ann", "ben", rule="unknown-field")


async def test_without_an_exception_it_is_denied(base: InProcess, tmp_path: Path) -> None:
    decided = await _decided(_script(base, tmp_path), HELLO)
    assert (decided["effect"], decided["exceptions"]) == ("DENY", [])
    assert "exceptions_digest" not in decided
    assert decided["candidates"][0]["facts"]["excepted_labels"] == []


async def test_an_exception_opens_the_door_and_stands_in_the_record(base: InProcess, tmp_path: Path) -> None:
    script = _script(base, tmp_path, CONFIDENTIAL)
    decided = await _decided(script, HELLO)
    assert (decided["effect"], decided["service"]) == ("ALLOW", home.UNCOVERED)
    assert decided["exceptions"] == ["pilot"]
    assert decided["exceptions_digest"] == script.stations.state().exceptions.digest
    [asked] = [each["facts"] for each in decided["candidates"] if each["allowed"]]
    assert (asked["uncovered"], asked["excepted_labels"], asked["excepted_rules"]) == (
        ["confidential"],
        ["confidential"],
        [],
    )


async def test_one_person_opens_nothing(base: InProcess, tmp_path: Path) -> None:
    alone = exception("pilot", NOW, "ann", label="confidential")
    assert (await _decided(_script(base, tmp_path, alone), HELLO))["effect"] == "DENY"


@pytest.mark.parametrize(("minutes", "effect"), [(0, "ALLOW"), (4, "ALLOW"), (5, "DENY")])
async def test_it_ends_at_its_minute_without_a_new_start(
    minutes: int, effect: str, base: InProcess, tmp_path: Path
) -> None:
    """The same state, with its remembered verdicts: only the time goes on."""
    short = exception("pilot", NOW, "ann", "ben", label="confidential", until=NOW + timedelta(minutes=5))
    script = _script(base, tmp_path, short, later=timedelta(minutes=minutes))
    assert (await _decided(script, HELLO))["effect"] == effect
    later = dataclasses.replace(script.stations, now=lambda: NOW + timedelta(days=1))
    script.stations, script.records = later, []
    assert (await _decided(script, HELLO))["effect"] == "DENY"


async def test_masking_comes_before_an_exception(base: InProcess, tmp_path: Path) -> None:
    """Minimum necessary: what can go without identifiers does, and then no exception was needed."""
    lifted = exception("mail", NOW, "ann", "ben", label="personal")
    decided = await _decided(_script(base, tmp_path, lifted), MAILED, caller("general"))
    assert (decided["effect"], decided["exceptions"]) == ("MASK", [])


async def test_where_the_purpose_needs_the_identity_the_exception_serves(base: InProcess, tmp_path: Path) -> None:
    lifted = exception("mail", NOW, "ann", "ben", label="personal")
    decided = await _decided(_script(base, tmp_path, lifted), MAILED, caller("general", needs_identity=True))
    assert (decided["effect"], decided["exceptions"]) == ("ALLOW", ["mail"])


async def test_of_two_labels_one_excepted_is_not_enough(base: InProcess, tmp_path: Path) -> None:
    decided = await _decided(
        _script(base, tmp_path, CONFIDENTIAL), HELLO, caller("confidential", "financial", on_uncovered="deny")
    )
    assert (decided["effect"], decided["exceptions"]) == ("DENY", [])
    assert decided["candidates"][0]["facts"]["excepted_labels"] == ["confidential"]


async def test_a_field_that_nobody_knows(base: InProcess, tmp_path: Path) -> None:
    assert (await _decided(_script(base, tmp_path), UNKNOWN))["effect"] == "DENY"
    decided = await _decided(_script(base, tmp_path, FIELD), UNKNOWN)
    assert (decided["effect"], decided["service"], decided["exceptions"]) == ("ALLOW", home.COVERED, ["field"])
    assert decided["candidates"][0]["facts"]["excepted_rules"] == ["unknown-field"]


async def test_an_exception_that_is_not_needed_is_not_named(base: InProcess, tmp_path: Path) -> None:
    decided = await _decided(_script(base, tmp_path, FIELD, CONFIDENTIAL), {**HELLO, "model": "gpt-4o-baa"})
    assert (decided["effect"], decided["exceptions"]) == ("ALLOW", [])
    decided = await _decided(_script(base, tmp_path, FIELD), {**UNKNOWN, "model": "gpt-4o"}, caller("general"))
    assert (decided["effect"], decided["exceptions"]) == ("ALLOW", [])


@pytest.mark.parametrize("handles", [("phi",), ("confidential", "phi"), ("confidential", "secret")])
async def test_health_data_and_credentials_go_nowhere_by_an_exception(
    handles: tuple[str, ...], base: InProcess, tmp_path: Path
) -> None:
    """Also not the field of a service whose business associate agreement covers the rest."""
    by = caller(*handles, on_uncovered="deny")
    script = _script(base, tmp_path, CONFIDENTIAL, FIELD)
    for body in (HELLO, UNKNOWN):
        script.records = []
        decided = await _decided(script, body, by)
        assert (decided["effect"], decided["exceptions"]) == ("DENY", [])
        for each in decided["candidates"]:
            assert (each["facts"]["excepted_labels"], each["facts"]["excepted_rules"]) == ([], [])


async def test_rules_of_before_there_were_exceptions_still_load_and_heed_none(base: InProcess, tmp_path: Path) -> None:
    old = shipped_rules()["ringfence.cedar"].split("// ---- Does an exception stand")[0]
    rules = [f'excepted_rules.contains(ExceptableRule::"{rule}")' for rule in ("unknown-field", "retained-field")]
    for unless in ("excepted_labels.containsAll(context.uncovered)", *rules):
        assert f"}}\nunless {{ context.{unless} }};" in old
        old = old.replace(f"}}\nunless {{ context.{unless} }};", "};")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/ringfence.cedar").write_text(old)
    assert (await _decided(_script(base, tmp_path, CONFIDENTIAL), HELLO))["effect"] == "DENY"
    [warning] = Policy.load({"ringfence.cedar": old}, schema_text()).warnings
    assert "no-exception-for-health-data" in warning


async def test_a_private_model_on_a_rented_host_is_no_matter_for_an_exception(tmp_path: Path) -> None:
    """It would need agreements with the host, which two people here can't sign for."""
    rented = 'url = "https://gpu.example.org/v1"\nmodel = "llama"\nown_host = false\nhost = "Example Hosting"\n'
    base = stations(tmp_path, (*SERVICES, "private/url"), engine="url", settings=rented)
    everywhere = exception("pilot", NOW, "ann", "ben", label="confidential", services=["private/*", "nowhere"])
    decided = await _decided(_script(base, tmp_path, everywhere), HELLO, caller("confidential"))
    private = [each for each in decided["candidates"] if each["facts"]["private"]]
    assert [(each["allowed"], each["facts"]["excepted_labels"]) for each in private] == [(False, [])]
    assert "private-host-not-covered" in private[0]["rules"]
    assert decided["effect"] == "DENY"
