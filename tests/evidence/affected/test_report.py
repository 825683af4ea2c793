"""The report: what is on paper at the time, what can't be known, and a draft that decides nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from ringfence import register
from ringfence.evidence.affected.report import Report, report
from ringfence.evidence.affected.requests import Request
from ringfence.evidence.affected.text import lines
from ringfence.gateway import boot
from ringfence.ledger.snapshots import FolderSnapshots, Snapshots
from ringfence.sidecar.subjects import Identifier, Named, Opened
from support import beside
from support.home import COVERED

SERVICE = "openai/chat-completions"


def request(index: int, **changes: object) -> Request:
    made = Request(
        index=index,
        time=f"2031-03-01T00:00:{index:02d}.000Z",
        service=SERVICE,
        endpoint="chat_completions",
        model="gpt-4o",
        client="acme",
        labels=("phi",),
        entities={"PERSON": 1},
        replaced={},
        masked=False,
        documents=(),
        register_digest="0" * 64,
        read_whole=True,
        subjects=1,
        outcome="completed",
    )
    return msgspec.structs.replace(made, **changes)


def made(
    found: list[Request], snapshots: Snapshots, opened: Opened | None = None, sealed: set[int] | None = None
) -> Report:
    return report(
        tuple(found),
        snapshots,
        about="test",
        discovered=date(2031, 3, 2),
        role="covered_entity",
        sealed=sealed if sealed is not None else {each.index for each in found},
        opened=opened,
    )


def test_retention_is_what_the_register_of_that_time_said(tmp_path: Path) -> None:
    snapshots = FolderSnapshots(tmp_path)
    snapshot = register.load(None)
    digest = snapshots.keep("register", snapshot.content)
    [at] = made([request(1, register_digest=digest)], snapshots).services
    assert (at.paper.vendor, at.paper.known) == ("openai", True)
    logs = [each for each in at.paper.retention if each.what == "abuse-monitoring logs"]
    assert [each.hours for each in logs] == [720]  # the default tier's, because no approval covered it
    assert all("chat_completions" in each.endpoints for each in at.paper.retention if each.endpoints)
    [unknown] = made([request(1)], snapshots).services
    assert not unknown.paper.known
    text = "\n".join(lines(made([request(1)], snapshots)))
    assert "the register's snapshot was not kept" in text


def test_an_approval_that_covered_the_requests_says_which_tier_it_was(tmp_path: Path) -> None:
    home = beside.made(tmp_path / "home", "")
    snapshots = FolderSnapshots(tmp_path / "snapshots")
    digest = snapshots.keep("register", boot.load_register(home).content)
    covered = request(1, service=COVERED, documents=("test-baa", "test-zdr_approval"), register_digest=digest)
    [at] = made([covered], snapshots).services
    assert {each.id for each in at.paper.documents} == {"test-baa", "test-zdr_approval"}
    logs = [each for each in at.paper.retention if each.what == "abuse-monitoring logs"]
    assert [each.hours for each in logs] == [0]


def test_what_nobody_can_say_is_listed_by_its_reason(tmp_path: Path) -> None:
    found = [
        request(1),
        request(2, subjects=0),
        request(3, subjects=None),
        request(4),
        request(5, read_whole=False),
    ]
    entries = {1: Named((Identifier("PERSON", "Maria Keller"),)), 5: Named((Identifier("PERSON", "Otto"),))}
    for opened, sealed in ((Opened(entries, ("x.sub@9: it was changed.",)), set[int]()), (None, {1, 5})):
        said = made(found, FolderSnapshots(tmp_path), opened, sealed)
        unknown = said.unknown
        assert (unknown.no_identifiers, unknown.sidecar_off, unknown.no_entry) == ((2,), (3,), (4,))
        assert unknown.not_read_whole == (5,)
        assert not said.whole
        assert (said.subjects is None) == (opened is None)
    assert made([request(1)], FolderSnapshots(tmp_path), Opened(entries, ())).whole


def test_masked_requests_expose_nobody(tmp_path: Path) -> None:
    entries = {index: Named((Identifier("PERSON", name),)) for index, name in ((1, "Maria"), (2, "Otto"))}
    found = [request(1, masked=True, replaced={"PERSON": 1}), request(2)]
    said = made(found, FolderSnapshots(tmp_path), Opened(entries, ()))
    assert said.subjects is not None
    assert {each.identifiers[0].value: each.exposed for each in said.subjects} == {"Maria": False, "Otto": True}
    [at] = said.services
    assert (at.requests, at.masked, at.replaced) == (2, 1, {"PERSON": 1})


def test_the_assessment_is_a_draft_of_four_factors(tmp_path: Path) -> None:
    said = made([request(1, outcome="upstream_failed")], FolderSnapshots(tmp_path))
    assert len(said.assessment) == 4
    assert all(each.open for each in said.assessment)
    assert "upstream_failed 1" in " ".join(said.assessment[2].known)
    text = "\n".join(lines(said))
    assert "DRAFT risk assessment, for a person to complete and decide" in text
    assert "low probability" not in text  # it never concludes


def test_nothing_found_is_said_plainly(tmp_path: Path) -> None:
    said = made([], FolderSnapshots(tmp_path))
    assert (said.requests, said.services) == (0, ())
    assert "0 requests with regulated data left" in next(iter(lines(said)))


def test_a_limited_data_set_is_health_data(tmp_path: Path) -> None:
    """45 CFR 164.514(e)(2): it is protected health information with some identifiers left out."""

    def says(*found: Request) -> str:
        return made(list(found), FolderSnapshots(tmp_path)).deadlines[0].applies

    other = request(1, labels=("personal",))
    assert says(other, request(2, labels=("limited_data_set",))) == "yes"
    assert says(other) == "no"
    assert says(other, request(2, labels=("personal",), read_whole=False)) == "cannot be said"


def test_what_a_client_wrote_steers_no_terminal(tmp_path: Path) -> None:
    named = Named((Identifier("PERSON", "\x1b[2JMaria\u202e \x9b1m"),))
    text = "\n".join(lines(made([request(1)], FolderSnapshots(tmp_path), Opened({1: named}, ()))))
    assert "PERSON \\x1b[2JMaria\\u202e \\x9b1m (" in text
    assert all(each.isprintable() or each == "\n" for each in text)
