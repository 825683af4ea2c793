"""What holds of every topic and of every fact, whatever the world."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from evidence.facts import worlds
from ringfence.evidence.facts import Topic, World, collect, topics
from ringfence.evidence.facts.figures import figures
from ringfence.register import Posture
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact

RICH, BARE = worlds.rich(), worlds.world()
ALL = (RICH, BARE, worlds.world(worlds.paper("baa")), worlds.world(*(worlds.paper(each) for each in worlds.KINDS)))


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: topic.id)
def test_a_topic_announces_what_it_finds(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", topic.id)
    assert topic.title and topic.source
    names = [each.name for each in topic.predicates]
    assert len(set(names)) == len(names)
    for each in topic.predicates:
        assert each.type in (bool, int, float, str, tuple)
        assert each.says.endswith(".") and each.example.endswith("."), each.name
    found = {fact.predicate for given in ALL for fact in topic.find(given)}
    assert found == set(names)


def test_no_predicate_has_two_topics() -> None:
    names = [each.name for topic in topics() for each in topic.predicates]
    assert len(set(names)) == len(names) > 40


def _whole(found: Fact, given: World) -> None:
    """What an auditor needs of each fact."""
    assert found.says.endswith("."), found.says
    assert "  " not in found.says and "None" not in found.says, found.says
    assert found.check.endswith(".")
    assert all(limit.endswith(".") for limit in found.limits)
    assert found.age_days(given.today) >= 0, found.id
    assert found.live(given.today), f"{found.id} is told although it has expired"
    assert found.basis in (Basis.NOTHING, Basis.CATALOGUED, Basis.CONFIGURED) or found.proofs, found.id
    assert found.period is None or found.period == given.traffic.period
    for proof in found.proofs:
        assert proof.kind in ("document", "probe", "ledger", "setting", "catalogue")
        assert proof.kind != "document" or proof.sha256 or proof.ref.startswith("docs/")
    if found.basis is Basis.RECORDED and found.period:
        assert any("the gateway saw" in limit or "all traffic that" in limit for limit in found.limits)


@pytest.mark.parametrize("given", ALL, ids=lambda given: f"{len(given.register.documents)} documents")
def test_every_fact_is_whole(given: World) -> None:
    for each in collect(given):
        _whole(each, given)


def test_every_shipped_vendor_can_be_told_of() -> None:
    """Two facts of one id would keep everything from being told."""
    log = worlds.Log()
    for service in worlds.shipped().services:
        log.request(service=service, labels=["phi", "personal"])
    given = worlds.world(log=log)
    found = collect(given)
    told = {each.subject for each in found}
    assert told - {ORGANISATION} == {each.vendor for each in worlds.shipped().services.values() if not each.private}
    assert len({each.id for each in found}) == len(found)
    for each in found:
        _whole(each, given)


def test_a_fact_that_was_not_announced_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    [one, *_] = collect(RICH)
    collecting = importlib.import_module("ringfence.evidence.facts.collect")
    topic = next(each for each in topics() for p in each.predicates if p.name == one.predicate)
    for wrong in (
        [one, one],
        [msgspec.structs.replace(one, predicate="other")],
        [msgspec.structs.replace(one, value="text")],
    ):
        changed = msgspec.structs.replace(topic, find=lambda _, wrong=wrong: wrong)
        monkeypatch.setattr(collecting, "topics", lambda changed=changed: (changed,))
        with pytest.raises(InternalError):
            collecting.collect(RICH)


def test_an_id_stays_while_the_value_changes() -> None:
    before = {each.id: each.value for each in collect(RICH)}
    log = worlds.Log()
    for _ in range(9):
        log.request(labels=["phi"], covered=["phi"])
    later = msgspec.structs.replace(RICH, traffic=worlds.world(log=log).traffic)
    after = {each.id: each.value for each in collect(later)}
    same = "openai.processed[label=phi,service=openai/chat-completions]"
    assert (before[same], after[same]) == (4, 9)


def test_nothing_on_file_supports_no_yes() -> None:
    """An empty world has no fact that anybody could rest a claim on, but for what is set up."""
    for each in collect(BARE):
        assert each.basis is Basis.NOTHING or each.predicate in (
            "exceptions_in_force",
            "surrogates_encrypted",
            "content_kept",
            "subjects_sealed",
        ), each.id


def test_a_vendors_facts_never_have_the_organisation_as_subject() -> None:
    """All that the vendor's papers say, and the organisation still has no report and no certificate."""
    for predicate in ("soc2_report", "iso_certificate"):
        ours = worlds.fact(RICH, predicate, ORGANISATION)
        assert (ours.value, ours.basis) == (False, Basis.NOTHING)
        assert worlds.fact(RICH, predicate, "openai").value is True
    about_vendor = {"soc2_type", "soc2_opinion", "soc2_criteria", "soc2_exceptions", "soc2_bridge", "zdr", "baa", "dpa"}
    assert not {each.predicate for each in collect(RICH) if each.subject == ORGANISATION} & about_vendor


def test_every_day_of_a_year_tells_no_expired_fact() -> None:
    for days in range(0, 400, 7):
        today = worlds.TODAY + timedelta(days=days)
        now = datetime.combine(today, datetime.min.time(), UTC)
        given = msgspec.structs.replace(
            RICH,
            today=today,
            register=msgspec.structs.replace(
                RICH.register, posture=Posture(at=now, accounts=RICH.register.posture.accounts)
            ),
        )
        for each in collect(given):
            assert each.live(today), each.id
            assert each.age_days(today) >= 0


def test_figures_are_of_detectors_by_version() -> None:
    assert {each.detector for each in figures()} == {"tagger/1", "patterns/0.1.0"}
    assert all(0 < each.share <= 1 and each.measured_on <= date(2026, 11, 22) for each in figures())
    known = worlds.facts(RICH, "detector_recall")
    assert {each.value for each in known} == {each.share for each in figures()}
    other = worlds.world(house=worlds.house(detectors=("tagger/2",)))
    unmeasured = worlds.fact(other, "detector_recall")
    assert (unmeasured.basis, unmeasured.value) == (Basis.NOTHING, 0.0)
