from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence import register
from ringfence.approvals import digest, dsse, write_person, write_proposal
from ringfence.gateway.exceptions.lifting import NOTHING, Exceptions, Lifted
from ringfence.gateway.exceptions.loading import load
from ringfence.register.requirements import load_needs
from ringfence.vocabulary.approval import Act, Proposal
from ringfence.vocabulary.labels import Label
from support.people import NOW, enrol, exception, key_of, person

NEEDS = load_needs()
CONFIDENTIAL = frozenset({Label.CONFIDENTIAL})


class Folders:
    """Exceptions and approvers of a test. `ann`, `ben` and `cat` are enrolled."""

    def __init__(self, folder: Path) -> None:
        self.exceptions, self.approvers = folder / "exceptions", folder / "approvers"
        self.exceptions.mkdir()
        enrol(self.approvers, "ann", "ben", "cat")

    def put(self, *proposals: Proposal) -> None:
        for proposal in proposals:
            write_proposal(self.exceptions / f"{proposal.act.body['id']}.json", proposal)

    def load(self, now: datetime = NOW, max_days: int = 90) -> Exceptions:
        organisation = register.organisation("covered_entity")
        return load(self.exceptions, self.approvers, NEEDS, organisation, max_days=max_days, now=now)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def _lifted(found: Exceptions, now: datetime = NOW, **changes: Any) -> Lifted:
    asked = {"key": "k", "client": "clinic", "purpose": "tests", "service": "openai/chat", "labels": CONFIDENTIAL}
    return found.lifted(**(asked | changes), now=now)


GOOD = {"label": "confidential"}


def test_two_people_lift_a_label(folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    found = folders.load()
    assert found.entries[0].approved_by == ("ann", "ben")
    assert _lifted(found) == Lifted(labels={Label.CONFIDENTIAL: ("e",)})


def test_each_lifts_its_own_and_all_ids_are_named(folders: Folders) -> None:
    folders.put(*(exception(name, NOW, "ann", "ben", **GOOD) for name in "ab"))
    folders.put(exception("r", NOW, "cat", "ben", rule="unknown-field"))
    assert _lifted(folders.load()) == Lifted({"unknown-field": ("r",)}, {Label.CONFIDENTIAL: ("a", "b")})


@pytest.mark.parametrize(
    ("asked", "lifts"),
    [
        ({}, True),
        ({"service": "other/chat"}, False),
        ({"client": "other"}, False),
        ({"key": "k2", "client": "other"}, True),
        ({"purpose": "letters"}, True),
        ({"labels": CONFIDENTIAL | {Label.PERSONAL}}, True),
        ({"labels": CONFIDENTIAL | {Label.PHI}}, False),
        ({"labels": CONFIDENTIAL | {Label.PART2}}, False),
        ({"labels": CONFIDENTIAL | {Label.LIMITED_DATA_SET}}, False),
        ({"labels": CONFIDENTIAL | {Label.SECRET}}, False),
    ],
)
def test_for_whom_and_where(asked: dict[str, Any], lifts: bool, folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", keys=["k2"], **GOOD))
    assert bool(_lifted(folders.load(), **asked).labels) is lifts


def test_for_one_purpose_only(folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", purpose="letters", **GOOD))
    found = folders.load()
    assert _lifted(found) == NOTHING
    assert _lifted(found, purpose="letters") != NOTHING


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.put(exception("e", NOW, "ann", **GOOD)), "needs 2 people, and ann approved it"),
        (lambda f: f.put(exception("e", NOW, "ann", "ann", **GOOD)), "has approved it already"),
        (lambda f: f.put(exception("e", NOW, "ann", "dan", **GOOD)), "'dan' is not enrolled"),
        (lambda f: f.put(exception("e", NOW, "ann", "ben", label="phi")), "no exception can lift"),
        (lambda f: f.put(exception("e", NOW, "ann", "ben", kind="hold", **GOOD)), "no exception"),
        (lambda f: f.put(_changed(exception("e", NOW, "ann", "ben", **GOOD), services=["*"])), "approved another act"),
        (lambda f: (f.exceptions / "e.json").write_text("{"), "no proposal"),
        (lambda f: (f.exceptions / "e.json").mkdir(), "can't be read"),
    ],
)
def test_what_does_not_count_says_why(change: Callable[[Folders], Any], says: str, folders: Folders) -> None:
    change(folders)
    found = folders.load()
    assert says in found.entries[0].problem
    assert _lifted(found) == NOTHING
    assert found.in_force(NOW) == ()


def _changed(proposal: Proposal, **body: Any) -> Proposal:
    act = msgspec.structs.replace(proposal.act, body=proposal.act.body | body)
    return msgspec.structs.replace(proposal, act=act)


def test_a_second_file_with_the_same_id_does_not_count(folders: Folders) -> None:
    proposal = exception("e", NOW, "ann", "ben", **GOOD)
    folders.put(proposal)
    write_proposal(folders.exceptions / "f.json", proposal)
    assert [bool(each.problem) for each in folders.load().entries] == [False, True]


def test_where_the_people_can_not_be_read_none_counts(folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    (folders.approvers / "dan.toml").write_text("id = 1")
    found = folders.load()
    assert "dan.toml" in found.entries[0].problem
    assert _lifted(found) == NOTHING


def test_it_begins_and_ends_at_its_second(folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", until=NOW + timedelta(minutes=3), **GOOD))
    found, second = folders.load(), timedelta(seconds=1)
    starts, ends = NOW - timedelta(hours=1), NOW + timedelta(minutes=3)
    times = (starts - second, starts, ends - second, ends, ends + timedelta(days=400))
    assert [_lifted(found, now=now) != NOTHING for now in times] == [False, True, True, False, False]


@pytest.mark.parametrize(("who", "ends"), [(("ann", "cat"), True), (("ann", "ben", "cat"), False)])
def test_it_ends_when_too_few_of_those_who_approved_are_still_enrolled(
    who: tuple[str, ...], ends: bool, folders: Folders
) -> None:
    leaver = person("cat", since=date(2001, 1, 1), until=NOW.date())
    (folders.approvers / "cat.toml").unlink()
    write_person(folders.approvers, leaver)
    folders.put(exception("e", NOW, *who, **GOOD))
    found = folders.load()
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert _lifted(found, now=midnight - timedelta(seconds=1)) != NOTHING
    assert (_lifted(found, now=midnight) == NOTHING) is ends


def test_a_shorter_longest_time_is_heeded(folders: Folders) -> None:
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    assert "more than 7 days" in folders.load(max_days=7).entries[0].problem


def test_the_digest_is_of_what_was_read(folders: Folders) -> None:
    empty = folders.load()
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    found = folders.load()
    assert found.digest == hashlib.sha256(found.content).hexdigest() != empty.digest
    kept = json.loads(found.content)
    assert kept["exceptions"]["e.json"]["act"]["body"]["label"] == "confidential"
    assert set(kept["people"]) == {"ann", "ben", "cat"}
    assert folders.load(NOW + timedelta(minutes=1)).digest == found.digest


def test_a_strange_file_closes_nothing(folders: Folders) -> None:
    """Whatever is written there: `load` returns, and what is sound still counts."""
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    data = (folders.exceptions / "e.json").read_bytes()
    (folders.exceptions / os.fsdecode(b"\xff.json")).write_bytes(data)
    (folders.exceptions / "folder.json").mkdir()
    os.mkfifo(folders.exceptions / "pipe.json")
    for name, moment in (("first", "0001-01-01T00:00:00+14:00"), ("last", "9999-12-31T23:59:59-14:00")):
        proposal = exception(name, NOW, **GOOD)
        said = {"act": proposal.act, "act_sha256": digest(proposal.act), "at": moment, "kind": "exception"}
        signed = [
            dsse.sign(msgspec.json.encode({**said, "person": who, "reason": "r"}), key_of(who), who)
            for who in ("ann", "ben")
        ]
        folders.put(Proposal(proposal.act, tuple(signed)))
    late = Act("exception", {**exception("z", NOW, **GOOD).act.body, "starts": "9999-12-31T23:59:59-14:00"})
    folders.put(Proposal(Act("exception", {**late.body, "expires": "9999-12-31T23:59:59-14:01"})))
    found = folders.load()
    assert [(each.file, bool(each.problem)) for each in found.entries] == [
        ("e.json", False),
        ("first.json", True),
        ("folder.json", True),
        ("last.json", True),
        ("pipe.json", True),
        ("z.json", True),
        ("'\\udcff.json'", True),
    ]
    assert _lifted(found) == Lifted(labels={Label.CONFIDENTIAL: ("e",)})


def test_a_person_enrolled_to_the_last_day_there_is(folders: Folders) -> None:
    (folders.approvers / "ben.toml").unlink()
    write_person(folders.approvers, person("ben", date(2001, 1, 1), date.max))
    folders.put(exception("e", NOW, "ann", "ben", **GOOD))
    assert _lifted(folders.load()) == Lifted(labels={Label.CONFIDENTIAL: ("e",)})


def test_no_folder_is_no_exception(tmp_path: Path) -> None:
    found = load(tmp_path / "a", tmp_path / "b", NEEDS, register.organisation("neither"), max_days=90, now=NOW)
    assert found.entries == ()
    assert _lifted(found) == NOTHING


def test_by_default_everything_is_closed() -> None:
    assert Exceptions().closed == frozenset(Label)
