"""Bundles by an operator who holds the key, writes an exporter of their own, and wants to read *proven*."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from evidence.bundle.site import DAY, POLICY, START, Site, contents, failed, rewritten, verdicts
from ringfence.evidence.bundle import bodies, export, layout, selecting, summing
from ringfence.evidence.bundle.html import as_html
from ringfence.evidence.bundle.period import Period, period
from ringfence.evidence.bundle.sample import Only, draw
from ringfence.evidence.bundle.selecting import Selected
from ringfence.evidence.bundle.summing import Summing
from ringfence.evidence.bundle.wording import shown, tables
from ringfence.ledger.anchors.anchor import Trust
from ringfence.ledger.observed import observed
from ringfence.vocabulary.approval import Act, Proposal


def selected(monkeypatch: pytest.MonkeyPatch, site: Site, first: int, records: int, wanted: Period) -> None:
    """A bundle of `records` from `first` on, with their neighbours, said to be all of the period."""
    leaves = [each.leaf for each in site.reader.entries()]
    chosen = leaves[first : first + records]
    after = leaves[first + records] if first + records < len(leaves) else None
    made = Selected(first, records, sum(map(len, chosen)) + records, leaves[first - 1], after, None)
    monkeypatch.setattr(export, "select", lambda *_: made)
    site.export(wanted)


def test_a_busy_day_is_not_proven_empty_by_pointing_somewhere_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.open()
    for _ in range(4):
        site.request()
    site.now += timedelta(days=1)
    for _ in range(4):
        site.request()
    site.now += timedelta(days=1)
    later = site.request()
    site.close()
    busy = period("2031-05-07", "2031-05-07")
    for first in (5, later + 1):
        selected(monkeypatch, site, first, 0, busy)
        found = site.verify()
        assert found.summary["records"]["decided"] == 0
        assert verdicts(found)["complete"] == "unproven"
        assert "clock was set back" in found.claims[1].because


def test_a_clock_set_forward_and_back_cuts_no_period(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One record of the day after tomorrow between those to hide and those to show."""
    site.open()
    site.request()
    today, site.now = site.now, site.now + timedelta(days=2)
    cut = site.notice("x")
    site.now = today
    site.request()
    site.close()
    selected(monkeypatch, site, cut + 1, 3, DAY)
    assert verdicts(site.verify())["complete"] == "unproven"
    monkeypatch.setattr(export, "select", selecting.select)
    site.export(DAY)
    assert verdicts(site.verify())["complete"] == "proven", "the honest bundle has all three"


def test_a_far_announced_heartbeat_vouches_for_no_day(site: Site) -> None:
    site.open()
    site.notice("start", instance="a", heartbeat_s=1e9)
    site.now += timedelta(hours=20)
    site.notice("heartbeat", instance="a", heartbeat_s=1e9)
    site.close()
    site.bundle(period((START + timedelta(seconds=1)).isoformat(), (START + timedelta(hours=20)).isoformat()))
    found = site.verify()
    assert (found.ok, verdicts(found)["observed"]) == (True, "not observed")


def test_nothing_hides_behind_a_shape_that_nobody_knows(site: Site) -> None:
    """It is open, names what nobody can see, and belongs to each population."""
    site.open()
    site.request()
    index, _ = site.decided(rules=5, policy_digest="0" * 64)
    site.close()
    site.bundle()
    found = site.verify()
    assert found.open == (index,)
    said = verdicts(found)
    assert {said[name] for name in ("ended", "named", "agrees", "approved")} == {"unproven"}
    assert draw(site.root / "bundle.zip", 9, "s", Only(effect="DENY")).population == 1


def test_a_decision_that_names_no_rules_is_told(site: Site) -> None:
    site.open()
    site.request(policy_digest="", register_digest="")
    site.close()
    site.bundle()
    found = site.verify()
    assert "Record 1 does not name" in found.steps[11].details[0]
    assert verdicts(found)["named"] == "unproven"


def test_more_snapshots_than_are_looked_for_are_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.small().bundle()
    assert verdicts(site.verify())["named"] == "proven"
    monkeypatch.setattr(summing, "_MOST_NAMES", 1)
    site.open()
    site.request(register_digest="0" * 64)
    site.close()
    site.bundle()
    assert verdicts(site.verify())["named"] == "unproven"


@pytest.mark.parametrize(
    "wrong",
    [
        {"asked_at": "2030-05-06T08:00:00+00:00"},
        {"asked_at": "2031-05-06T08:30:00+00:00"},
        {"asked_at": "2031-05-06T08:00:00"},
        {"asked_at": "yesterday"},
        {"until": "2031-05-05"},
        {"until": "someday"},
    ],
)
def test_policy_was_asked_about_the_time_of_the_request(site: Site, wrong: dict[str, str]) -> None:
    """Else a paper that has run out can be made to count by asking as of last year."""
    cover = {"label": "phi", "service": "openai/chat", "covered": True, "documents": ["test-baa"]}
    own = {"label": "phi", "service": "private/own", "covered": True}
    until = {"until": wrong["until"]} if "until" in wrong else {"until": "2031-05-06"}
    more = {"asked_at": wrong["asked_at"]} if "asked_at" in wrong else {}
    site.open()
    site.request(coverage=[cover | {"until": "2031-05-06"}, own])
    index = site.request(coverage=[cover | until, own], **more)
    site.close()
    site.bundle()
    found = site.verify()
    assert failed(found) == {13}
    assert found.steps[12].details[0].startswith(f"Record {index}:")
    assert found.contradicted == 1


def _notice(site: Site, kind: str, act: dict[str, Any], event: str, **body: Any) -> int:
    given = site.approved(Act(kind, act), "ada", "ben")
    members = {name: given[name] for name in ("approvers", "envelopes")}
    return site.notice(event, actor="os:root", **members, **body)


_ORDER = {"order": "o1", "reason": "asked"}
SMUGGLED: dict[str, Callable[[Site], object]] = {
    "an order of another kind": lambda site: _notice(
        site, "forget", _ORDER, "policy_changed", policy_digest=POLICY.digest, **_ORDER
    ),
    "an act that says nothing": lambda site: _notice(site, "anything", {}, "keys_changed"),
    "an order of less": lambda site: _notice(site, "forget", {"order": "o1"}, "forget_ordered", **_ORDER),
    "other ranges": lambda site: _notice(
        site, "forget", _ORDER | {"ranges_sha256": "0" * 64}, "forget_ordered", **_ORDER, ranges_sha256="0" * 64,
        ranges=[[1, 2]],
    ),
    "a hold's release": lambda site: _notice(site, "hold_release", _ORDER, "forget_ordered", **_ORDER),
    "another part of the change": lambda site: _notice(
        site, "policy_change", {"digest": POLICY.digest}, "changed_while_stopped", policy_digest=POLICY.digest,
        register_digest="0" * 64, before={"policy_digest": "1" * 64, "register_digest": "2" * 64},
    ),
    "an order's approvers": lambda site: [
        _notice(site, "forget", _ORDER, "forget_ordered", **_ORDER),
        site.notice("register_changed", actor="os:root", order="o1", approvers=["ada", "ben"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("how", SMUGGLED)
def test_an_approval_stands_for_nothing_else(site: Site, how: str) -> None:
    site.enrol("ada", "ben")
    site.open()
    SMUGGLED[how](site)
    site.close()
    site.bundle()
    assert verdicts(site.verify())["approved"] == "unproven"


def test_changes_without_approval_stand_beside_those_with(site: Site) -> None:
    site.enrol("ada", "ben")
    site.open()
    _notice(site, "forget", _ORDER, "forget_ordered", **_ORDER)
    site.notice("policy_changed", actor="os:root", approvers=[])
    site.close()
    site.bundle()
    claim = next(each for each in site.verify().claims if each.id == "approved")
    assert (claim.verdict, claim.because.endswith("1 changes on record name no approver.")) == ("proven", True)


def test_a_witness_of_the_operators_own_making_proves_nothing(site: Site) -> None:
    site.small()
    site.anchor()
    site.bundle()
    found = site.verify()
    assert verdicts(found)["not-rewritten"] == "unproven"
    assert "could have made up" in found.claims[3].because
    assert "whom the bundle's maker named" in list(tables(found))[-1].title
    assert site.witness
    given = site.verify(trust=Trust.of((), [site.witness.public.key_line]))
    assert verdicts(given)["not-rewritten"] == "proven"
    assert list(tables(given))[-1].title == "Outside anchors that hold"


def test_coverage_is_never_said_to_be_derived(site: Site) -> None:
    site.small().bundle()
    assert verdicts(site.verify())["coverage"] == "unproven"


@pytest.mark.parametrize(
    "time",
    ["2031-W19-2T09:30:00.000Z", "20310506T093000.0000000Z", "2031-05-06 09:30:00.000Z", "2031-05-06T09:30:00,000Z",
     "2031-05-06T09:30:00.00Z", "2031-13-06T09:30:00.000Z"],
)  # fmt: skip
def test_a_time_has_one_spelling_and_so_one_place_among_the_others(time: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        bodies.check_time(time)
    bodies.check_time("2031-05-06T09:30:00.000Z")


def test_a_member_that_is_there_twice_is_read_in_two_ways_and_refused() -> None:
    record = b'{"body":{"effect":"ALLOW"},"commitments":{},"phase":"decided","request_id":"r","time":"%s","version":1}'
    honest = record % b"2031-05-06T09:30:00.000Z"
    assert bodies.read_line(honest).phase == "decided"
    assert bodies.read_line(honest.replace(b",", b" ,")).phase == "decided"
    for wrong in (
        honest.replace(b'"effect"', b'"effect":"DENY","effect"'),
        honest.replace(b'"phase"', b'"phase":"notice","phase"'),
        honest.replace(b'"effect"', b'"effect":"DENY","\\u0065ffect"'),
        honest.replace(b'"ALLOW"', b'{"big":' + b"9" * 6000 + b',"big":1}'),
    ):
        with pytest.raises(msgspec.ValidationError):
            bodies.read_line(wrong)


# ---- against the auditor's machine


def test_any_period_of_the_calendar(site: Site) -> None:
    site.small().bundle(period("0001-01-01", "9999-12-31"))
    found = site.verify()
    assert (found.ok, found.from_, found.to) == (True, "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
    as_html(found)


def test_an_exception_that_nobody_can_have_signed(site: Site) -> None:
    site.enrol("ada")
    site.open()
    content = {"exceptions": {"e1.json": Proposal(Act("exception", {"id": "e1", "x": 1.5}))}, "people": site.people}
    digest = site.reader.snapshots.keep("exceptions", msgspec.json.encode(content, order="sorted"))
    site.request(exceptions=["e1"], exceptions_digest=digest)
    site.close()
    site.bundle()
    assert verdicts(site.verify())["approved"] == "unproven"


def test_a_person_nested_without_end(site: Site) -> None:
    site.enrol("ada")
    site.small().bundle()
    members = contents(site.root / "bundle.zip")
    members["approvers/ada.json"] = members["approvers/ada.json"][:-2] + b',"z":' + b"[" * 5000 + b"]" * 5000 + b"}\n"
    assert 14 in failed(site.verify(rewritten(site.root / "bundle.zip", members, honest=True)))


@pytest.mark.parametrize("labels", [5, [1], None, {"phi": 1}])
def test_a_sample_of_odd_decisions(site: Site, labels: Any) -> None:
    site.open()
    site.request(labels=labels)
    site.request()
    site.close()
    site.bundle()
    assert draw(site.root / "bundle.zip", 9, "s", Only(label="phi")).population == 2


def test_no_text_moves_the_cursor_or_fills_the_page(site: Site) -> None:
    trick = "\x1b[2K\rVERIFIED \u202edevorp\u2066 \x9b1m"
    assert not {"\x1b", "\r", "\u202e", "\u2066", "\x9b"} & set(shown(trick))
    assert shown("Zoë \N{GREEK SMALL LETTER ALPHA} ...") == "Zoë \N{GREEK SMALL LETTER ALPHA} ..."
    assert len(shown("x" * 60_000)) < 1100
    site.open()
    site.request(key=trick, rules=[trick + "x" * 5000])
    site.notice("keys_changed", actor=trick, approvers=[trick])
    site.close()
    site.bundle()
    found = site.verify()
    for table in tables(found):
        for cell in (cell for row in table.rows for cell in row):
            assert cell.isprintable(), cell
            assert len(cell) < 7000
    assert not {"\x1b", "\r", "\u202e"} & set(as_html(found))


def test_long_names_do_not_fill_the_memory() -> None:
    summing_ = Summing()
    for number in range(20):
        line = bodies.Line(1, "2031-05-06T09:30:00.000Z", "", "notice", msgspec.Raw(b"{}"), {})
        body = bodies.Notice(event=f"{number}" * 30_000, actor="a" * 60_000, approvers=("b" * 500,) * 100)
        summing_.record(number, line, body)
    assert len(layout.encode(summing_.summary())) < 20 * 5_000


@pytest.mark.parametrize("many", ["gateways", "steps back"])
def test_signs_of_life_are_laid_side_by_side_in_linear_time(many: str) -> None:
    """Below a second, where the square would take minutes."""
    signs: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(8000):
        at = START + timedelta(seconds=10 * number)
        name = f"g{number}" if many == "gateways" else "g"
        signs.append((at.isoformat(), "notice", {"event": "start", "instance": name, "heartbeat_s": 1}))
        if many == "steps back":
            signs.append(((at - timedelta(seconds=5)).isoformat(), "", {}))
    begun = clock.monotonic()
    observed(signs)
    assert clock.monotonic() - begun < 8
