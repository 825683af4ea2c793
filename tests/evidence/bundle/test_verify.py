"""What a bundle that nobody touched proves, and what it says that it can't prove."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from evidence.bundle.site import DAY, POLICY, START, Site, failed, verdicts
from ringfence.evidence.bundle.outcome import STEPS, Replayed
from ringfence.evidence.bundle.period import period
from ringfence.evidence.bundle.verify import verify
from ringfence.ledger.anchors.anchor import Trust
from ringfence.vocabulary.approval import Act


def test_a_day_verifies(site: Site) -> None:
    site.small().bundle()
    found = site.verify()
    assert found.ok, found.steps
    assert found.records == found.size == 9
    assert verdicts(found) == {
        "unaltered": "proven",
        "complete": "proven",
        "extended": "proven",
        "not-rewritten": "unproven",
        "ended": "proven",
        "observed": "not observed",
        "named": "proven",
        "agrees": "proven",
        "replayed": "unproven",
        "approved": "unproven",
        "all-traffic": "unproven",
        "labels": "unproven",
        "coverage": "unproven",
        "documents": "unproven",
    }
    assert found.summary["effects"] == {"ALLOW": 2, "REROUTE": 1}
    assert found.summary["documents_relied_on"] == {"test-baa": 2}


def test_the_steps_are_the_same_in_docstring_and_code() -> None:
    written = (verify.__doc__ or "").split("\n\n")[1:]
    numbers = [int(line.split(".")[0]) for line in "\n".join(written).splitlines() if line.strip()[:1].isdigit()]
    assert numbers == list(STEPS)


def test_without_a_key_the_bundles_own_is_believed_and_said(site: Site) -> None:
    site.small().bundle()
    found = site.verify(public_key=None)
    assert found.ok
    assert found.steps[1].status == "finding"
    assert "taken from the bundle" in found.claims[0].because


@pytest.mark.parametrize("first", [0, 1, 3, 255, 256])
@pytest.mark.parametrize("last", [256, 257, 300])
def test_any_period_of_a_longer_log(site: Site, first: int, last: int) -> None:
    site.open()
    for _ in range(150):
        site.request()
    site.close()
    wanted = period((START + timedelta(seconds=first)).isoformat(), (START + timedelta(seconds=last)).isoformat())
    done = site.export(wanted)
    found = site.verify()
    assert found.ok, found.steps
    assert (done.manifest.first, done.manifest.next) == (first, last + 1)
    assert found.size == 302
    assert verdicts(found)["complete"] == "proven"


def test_requests_across_the_edges(site: Site) -> None:
    site.open()
    begun = site.decided()
    site.now += timedelta(days=1)
    site.ended(*begun)
    left, _ = site.decided()
    site.now += timedelta(days=1)
    site.close()
    site.bundle(period("2031-05-07", "2031-05-07"))
    found = site.verify()
    assert found.ok, found.steps
    assert found.open == (left,)
    assert verdicts(found)["ended"] == "unproven"


@pytest.mark.parametrize("day", ["2031-05-05", "2031-05-07", "2031-05-09"])
def test_a_period_without_records_is_proven_empty(site: Site, day: str) -> None:
    site.open()
    site.request()
    site.now += timedelta(days=2)
    site.request()
    site.close()
    done = site.export(period(day, day))
    assert done.manifest.records == 0
    found = site.verify()
    assert found.ok, found.steps
    assert verdicts(found)["complete"] == "proven"
    assert verdicts(found)["observed"] == "not observed"


def test_a_period_that_was_observed_all_the_time(site: Site) -> None:
    site.open()
    for _ in range(8):
        since = site.now
        site.now += timedelta(seconds=59)
        site.heartbeat(since=since.isoformat())
    site.close()
    site.bundle(period((START + timedelta(seconds=90)).isoformat(), (START + timedelta(seconds=330)).isoformat()))
    found = site.verify()
    assert (found.ok, verdicts(found)["observed"]) == (True, "proven"), found.not_observed


def test_a_clock_set_back_is_found(site: Site) -> None:
    site.open()
    site.request()
    site.now -= timedelta(minutes=5)
    site.request()
    site.now += timedelta(minutes=10)
    site.close()
    site.bundle()
    found = site.verify()
    assert found.ok
    assert "set back" in " ".join(found.steps[10].details)
    assert [str(span.why) for span in found.not_observed if span.why == "clock"] == ["clock"]


def test_a_replay_is_believed_only_for_this_bundle(site: Site) -> None:
    site.small().bundle()
    this = site.verify().bundle_sha256
    good = Replayed("cedar-wasm 4.12.0", 3, 3, 0, 0, this)
    assert verdicts(site.verify(replayed=good))["replayed"] == "proven"
    for bad in (
        Replayed("cedar-wasm 4.12.0", 4, 4, 0, 0, this),
        Replayed("cedar-wasm 4.12.0", 3, 2, 1, 0, this),
        Replayed("cedar-wasm 4.12.0", 3, 2, 0, 1, this),
        Replayed("cedar-wasm 4.12.0", 3, 3, 0, 0),
        Replayed("cedar-wasm 4.12.0", 3, 3, 0, 0, "0" * 64),
    ):
        assert verdicts(site.verify(replayed=bad))["replayed"] == "unproven"


def test_approvals_are_checked_against_the_people_in_the_bundle(site: Site) -> None:
    site.enrol("ada", "ben")
    site.open()
    act = Act("forget", {"order": "o1", "reason": "asked"})
    site.notice("forget_ordered", actor="os:root", **site.approved(act, "ada", "ben"))
    site.notice("forget_done", order="o1", actor="os:root", approvers=["ada", "ben"])
    site.close()
    site.bundle()
    found = site.verify()
    assert found.ok, found.steps
    assert (verdicts(found)["approved"], found.approvals_checked) == ("proven", 1)
    assert found.summary["changes"][0] | {"time": ""} == {
        "index": 1,
        "time": "",
        "event": "forget_ordered",
        "actor": "os:root",
        "approvers": ["ada", "ben"],
    }


@pytest.mark.parametrize("wrong", ["another act", "a third person", "no envelope"])
def test_an_approval_that_is_none_is_named(site: Site, wrong: str) -> None:
    site.enrol("ada", "ben", "cy")
    site.open()
    given = site.approved(Act("forget", {"order": "o1", "reason": "asked"}), "ada", "ben")
    if wrong == "another act":
        given["reason"] = "not asked"
    elif wrong == "a third person":
        given["approvers"] = ["ada", "cy"]
    else:
        del given["envelopes"]
    site.notice("forget_ordered", actor="os:root", **given)
    site.close()
    site.bundle()
    found = site.verify()
    assert verdicts(found)["approved"] == "unproven"
    assert found.steps[13].status == ("finding" if wrong == "no envelope" else "failed")


def test_an_exception_that_was_used_had_two_people(site: Site) -> None:
    site.enrol("ada", "ben")
    site.open()
    digest = site.excepting("ada", "ben")
    site.request(exceptions=["e1"], exceptions_digest=digest)
    site.request(exceptions=[])
    site.close()
    site.bundle()
    found = site.verify()
    assert (found.ok, verdicts(found)["approved"], found.approvals_checked) == (True, "proven", 1), found.steps
    assert found.summary["exceptions_used"] == {"e1": 1}


@pytest.mark.parametrize(
    ("names", "body", "used"),
    [
        (["ada"], {}, "e1"),
        (["ada", "ada"], {}, "e1"),
        (["ada", "ben"], {"expires": "2031-05-06T07:00:00Z"}, "e1"),
        (["ada", "ben"], {"starts": "2031-05-06T09:00:00Z"}, "e1"),
        (["ada", "ben"], {"expires": "soon"}, "e1"),
        (["ada", "ben"], {}, "e2"),
    ],
)
def test_an_exception_that_did_not_count_is_named(
    site: Site, names: list[str], body: dict[str, str], used: str
) -> None:
    site.enrol("ada", "ben")
    site.open()
    digest = site.excepting(*names, **body)
    site.request(exceptions=[used], exceptions_digest=digest)
    site.close()
    site.bundle()
    assert failed(site.verify()) == {14}


def test_the_people_on_record_are_believed_before_those_in_the_folder(site: Site) -> None:
    """ben had another key by the time of the export; what he approved before stays proven, and the change shows."""
    site.enrol("ada", "ben")
    site.open()
    site.notice("exceptions_changed", actor="os:root", approvers=[], exceptions_digest=site.excepting("ada", "ben"))
    act = Act("forget", {"order": "o1"})
    site.notice("forget_ordered", actor="os:root", **site.approved(act, "ada", "ben"))
    site.close()
    ada = site.people["ada"]
    site.enrol("eve")
    site.people["ben"] = msgspec.structs.replace(site.people.pop("eve"), id="ben", name="Ben")
    site.bundle()
    found = site.verify()
    assert (found.ok, found.steps[13].status) == (True, "finding"), found.steps
    assert "ben.json is not the person on record" in found.steps[13].details[0]
    assert site.people["ada"] == ada


@pytest.mark.parametrize("kind", ["policy_change", "exception"])
@pytest.mark.parametrize("right", [True, False])
def test_a_change_was_approved_as_it_came(site: Site, kind: str, right: bool) -> None:
    site.enrol("ada", "ben")
    site.open()
    digest = POLICY.digest
    body = {"digest": digest if right else "0" * 64} if kind == "policy_change" else {"id": "e1" if right else "e2"}
    given = site.approved(Act(kind, body), "ada", "ben")
    members = {name: given[name] for name in ("approvers", "envelopes")}
    changed = {"exceptions": {"added": ["e1"]}}
    site.notice("changed", actor="os:root", policy_digest=digest, changed=changed, **members)
    site.close()
    site.bundle()
    assert failed(site.verify()) == (set() if right else {14})


def test_an_anchor_covers_the_period(site: Site) -> None:
    site.small()
    site.anchor()
    site.bundle()
    assert site.witness
    trusted = Trust.of((), [site.witness.public.key_line])
    found = site.verify(trust=trusted)
    assert (found.ok, verdicts(found)["not-rewritten"]) == (True, "proven"), found.steps
    assert "witness.example/w" in " ".join(claim.because for claim in found.claims)
    assert verdicts(site.verify(trust=Trust()))["not-rewritten"] == "unproven"


def test_an_anchor_within_the_period_covers_a_part(site: Site) -> None:
    site.small()
    site.anchor()
    site.open()
    site.request()
    site.close()
    site.bundle()
    found = site.verify()
    assert found.ok, found.steps
    assert verdicts(found)["not-rewritten"] == "unproven"
    assert "the records below 9" in found.claims[3].because


def test_an_anchor_after_the_period_covers_it(site: Site) -> None:
    site.small()
    site.now += timedelta(days=1)
    site.open()
    for _ in range(300):
        site.request()
    site.close()
    site.anchor()
    site.open()
    for _ in range(300):
        site.request()
    site.close()
    site.bundle(DAY)
    assert site.witness
    found = site.verify(trust=Trust.of((), [site.witness.public.key_line]))
    assert (found.ok, verdicts(found)["not-rewritten"]) == (True, "proven"), found.steps


def test_a_snapshot_that_was_never_kept_is_unproven(site: Site) -> None:
    site.open()
    site.request(register_digest="0" * 64)
    site.close()
    done = site.export()
    assert done.missing == {"register": ["0" * 64]}
    found = site.verify()
    assert (found.ok, verdicts(found)["named"]) == (True, "unproven"), found.steps


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect": "DENY"},
        {"service": "private/own"},
        {"form": "masked"},
        {"rules": ["phi-needs-method"]},
        {"rules": ["send", "made-up"]},
        {"labels": ["general"]},
        {"client": "them"},
        {"purpose": "others"},
        {"coverage": []},
        {"candidates": []},
    ],
)
def test_a_decision_that_contradicts_itself_is_named(site: Site, wrong: dict[str, object]) -> None:
    site.open()
    site.request()
    index = site.request(**wrong)
    site.close()
    site.bundle()
    found = site.verify()
    assert failed(found) == {13}
    assert f"Record {index}:" in found.steps[12].details[0]
    assert verdicts(found)["agrees"] == "unproven"


def test_documents_and_rules_must_be_those_of_their_snapshots(site: Site) -> None:
    site.open()
    cover = {"label": "phi", "service": "openai/chat", "covered": True, "documents": ["another"]}
    own = {"label": "phi", "service": "private/own", "covered": True}
    site.request(coverage=[cover, own])
    site.close()
    site.bundle()
    found = site.verify()
    assert failed(found) == {13}
    assert "no document another" in found.steps[12].details[0]


def test_a_denial_is_counted_by_its_rules(site: Site) -> None:
    site.open()
    site.request(effect="DENY", service="", form="as_requested", candidates=[], rules=["no-candidate"])
    site.request()
    site.close()
    site.bundle()
    found = site.verify()
    assert found.ok, found.steps
    assert found.summary["denials_by_rule"] == {"no-candidate": 1}
    assert found.summary["services"] == {"(none)": 1, "openai/chat": 1}


def test_pairs(site: Site, tmp_path: Path) -> None:
    site.open()
    index, name = site.decided()
    site.ended(index + 5, name)
    site.close()
    site.bundle()
    assert failed(site.verify()) == {10}
