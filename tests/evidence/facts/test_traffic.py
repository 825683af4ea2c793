"""Facts on traffic: counts of records whose truth is known beforehand, and what no count can say."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from evidence.facts import worlds
from evidence.facts.worlds import FIRST, LAST, RESPONSES, SERVICE, Log, fact, facts, world
from ringfence.evidence.facts import Traffic, read_traffic
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact

NOW = worlds.NOW
_DAY = timedelta(days=1)
REGULATED = ("phi", "personal", "financial")


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def read(log: Log | None, first: date = FIRST, last: date = LAST, now: datetime = NOW) -> Traffic:
    return read_traffic(log, first, last, now=now)  # type: ignore[arg-type]


def limit(found: Fact, words: str) -> bool:
    return any(words in each for each in found.limits)


class Truth:
    """Requests drawn at random, and beside them what is true of them."""

    def __init__(self, seed: int) -> None:
        self.rng, self.log, self.sums = random.Random(seed), Log(), Counter[str]()
        self.labels: Counter[tuple[str, str]] = Counter()
        self.under: Counter[tuple[str, str]] = Counter()
        moments = sorted(at(1, month=10) + timedelta(hours=self.rng.uniform(0, 24 * 92)) for _ in range(120))
        for moment in moments:
            self._one(moment)

    def _one(self, moment: datetime) -> None:
        rng = self.rng
        labels = rng.choice([["general"], ["phi"], ["personal"], ["financial", "personal"], ["general", "phi"]])
        covered = [each for each in labels if rng.random() < 0.6]
        effect = rng.choice(["ALLOW", "ALLOW", "MASK", "DENY", "REROUTE"])
        service = {"DENY": "", "REROUTE": "private/own"}.get(effect, rng.choice([SERVICE, RESPONSES]))
        if effect == "REROUTE":
            covered = labels
        members: dict[str, Any] = {
            "labels": labels,
            "effect": effect,
            "service": service,
            "form": "masked" if effect == "MASK" else "as_requested",
            "demonstration": rng.random() < 0.1,
            "completeness": rng.choice(["complete", "complete", "partial", "failed"]),
            "names_searched": rng.random() < 0.8,
            "exceptions": ["pilot"] if rng.random() < 0.1 else [],
            "rules": ["r"],
        }
        self.log.request(moment, covered=covered, **members)
        if not FIRST <= moment.date() <= LAST:
            return
        if members["demonstration"]:
            self.sums["demonstration"] += 1
            return
        self.sums["decided"] += 1
        self.sums["partial"] += members["completeness"] != "complete"
        self.sums["unsearched"] += not members["names_searched"]
        self.sums["excepted"] += bool(members["exceptions"])
        if effect == "DENY":
            self.sums["denied"] += 1
            return
        bare = [each for each in labels if each in REGULATED and each not in covered]
        self.sums["uncovered"] += bool(bare) and effect != "MASK"
        self.sums["uncovered_masked"] += bool(bare) and effect == "MASK"
        for each in labels:
            self.labels[service, each] += 1
            self.under[service, each] += each in covered or each == "general"


@pytest.mark.parametrize("seed", range(20))
def test_counts_are_what_is_true(seed: int) -> None:
    truth = Truth(seed)
    given = world(log=truth.log, services=[worlds.own_host()])
    for predicate, name in (
        ("requests_decided", "decided"),
        ("requests_denied", "denied"),
        ("uncovered_left", "uncovered"),
        ("uncovered_left_masked", "uncovered_masked"),
        ("exceptions_used", "excepted"),
    ):
        assert fact(given, predicate, ORGANISATION).value == truth.sums[name], predicate
    traffic = given.traffic
    assert (traffic.demonstration, traffic.partial, traffic.unsearched) == (
        truth.sums["demonstration"],
        truth.sums["partial"],
        truth.sums["unsearched"],
    )
    found = {(each.scope["service"], each.scope["label"]): each.value for each in facts(given, "processed", "openai")}
    assert found == {pair: count for pair, count in truth.labels.items() if pair[0] != "private/own"}
    seen = {(name, label): each.covered for name, sent in traffic.sent.items() for label, each in sent.labels.items()}
    assert seen == {pair: truth.under[pair] for pair in truth.labels}
    own = sum(sent.requests for name, sent in traffic.sent.items() if name == "private/own")
    assert fact(given, "answered_in_house").value == own
    for each in facts(given, "uncovered_left"):
        assert limit(each, f"In {truth.sums['unsearched']} request") == bool(truth.sums["unsearched"])
        assert limit(each, "could not be read whole") == bool(truth.sums["partial"])


@pytest.mark.parametrize(("hour", "counts"), [((31, 23, 10), 0), ((1, 0, 11), 1), ((30, 23, 11), 1), ((1, 0, 12), 0)])
def test_the_period_includes_both_of_its_days(hour: tuple[int, int, int], counts: int) -> None:
    log = Log()
    log.request(at(*hour))
    assert read(log).decided == counts


def test_what_was_covered_and_what_was_not_is_told_apart() -> None:
    log = Log()
    for _ in range(3):
        log.request(labels=["phi"], covered=["phi"])
    log.request(labels=["phi"])
    log.request(labels=["phi"], effect="MASK", form="masked")
    found = fact(world(log=log), "processed", "openai")
    assert "5 requests classified as phi" in found.says
    assert "3 under openai-baa, 2 under no document that covers it; 1 of them with identifiers masked" in found.says


def test_a_sentence_names_rules_exceptions_and_days() -> None:
    log = Log()
    log.request(at(3), exceptions=["pilot"])
    log.request(at(5))
    log.request(at(4), effect="DENY", service="", rules=["phi-uncovered"])
    given = world(log=log)
    assert "by phi-uncovered." in fact(given, "requests_denied").says
    assert fact(given, "exceptions_used").says.endswith(", by pilot.")
    assert limit(fact(given, "uncovered_left"), "1 request went under an exception")
    general = fact(given, "processed")
    assert general.as_of == date(2026, 11, 5)
    assert general.says.endswith("from 2026-11-01 to 2026-11-30.")


def test_what_needs_no_document_is_never_uncovered() -> None:
    log = Log()
    log.request(coverage=[])
    assert read(log).uncovered == 0


def test_the_tours_requests_never_count() -> None:
    log = Log()
    log.put("ended", {"decided": log.request(labels=["phi"], demonstration=True), "outcome": "completed"})
    given = world(log=log)
    assert (given.traffic.decided, given.traffic.demonstration) == (0, 1)
    assert limit(fact(given, "requests_decided"), "1 request of the tour")
    assert fact(given, "ai_vendors_used").value == ()


class TestNobodyLooked:
    def test_without_any_record_nothing_is_known(self) -> None:
        later = Log()
        later.request(at(1, month=12))
        for log in (None, Log(), later):
            for each in facts(world(log=log), "uncovered_left"):
                assert (each.basis, each.value) == (Basis.NOTHING, 0)
                assert each.says == "The ledger holds no record from 2026-11-01 to 2026-11-30."

    def test_hours_without_a_sign_of_life_limit_every_statement(self) -> None:
        log = Log()
        log.alive(at(1, 0), at(11, 0))
        log.request(at(11, 0))
        given = world(log=log)
        for predicate in ("uncovered_left", "requests_decided", "ai_vendors_used", "processed", "observed_hours"):
            assert limit(fact(given, predicate), "No gateway was observed for 480.0 h of 720.0 h")
        assert fact(given, "observed_hours").value == 240.0

    def test_a_log_without_signs_of_life_was_never_observed(self) -> None:
        log = Log()
        log.request()
        assert limit(fact(world(log=log), "requests_decided"), "No gateway was observed for 720.0 h of 720.0 h")

    def test_a_period_observed_whole_has_no_such_limit(self) -> None:
        log = Log()
        log.alive(at(30, 0, 10), at(1, 6, 12))
        given = world(log=log)
        assert not limit(fact(given, "requests_decided"), "observed")
        assert fact(given, "observed_hours").value == 720.0

    def test_one_gateway_that_falls_silent_beside_others_is_named(self) -> None:
        whole, short = Log(), Log()
        whole.alive(at(30, 0, 10), at(1, 6, 12), "a")
        short.alive(at(30, 0, 10), at(11, 0), "b")
        both = Log()
        both.leaves = sorted(whole.leaves + short.leaves[:-1], key=lambda leaf: leaf.time)  # b never says that it stops
        given = world(log=both)
        assert limit(fact(given, "requests_decided"), "The gateway b was silent for ")
        assert not limit(fact(given, "requests_decided"), "No gateway was observed")
        assert set(given.traffic.instances) == {"a", "b"}
        assert given.traffic.instances["a"] == 720 * 3600
        assert ": a for 720.0 h, b for 239.0 h." in fact(given, "observed_hours").says

    @pytest.mark.parametrize(("last", "over"), [(date(2026, 11, 30), True), (date(2026, 12, 1), False)])
    def test_a_period_that_is_not_over_says_so(self, last: date, over: bool) -> None:
        log = Log()
        log.alive(at(30, 0, 10), at(1, 11, 12))
        found = fact(world(log=log, period=(FIRST, last)), "requests_decided")
        assert limit(found, "The period is not over: it speaks of records until 2026-12-01 12:00 UTC.") != over
        assert found.as_of == min(last, worlds.TODAY)
        # The hours of today that are still to come are no hours in which nobody looked.
        assert not limit(found, "for 13")

    def test_a_period_to_come_has_no_age_below_nothing(self) -> None:
        given = world(log=worlds.Log(), period=(date(2027, 1, 1), date(2027, 1, 31)))
        found = fact(given, "requests_decided")
        assert (found.basis, found.age_days(worlds.TODAY)) == (Basis.NOTHING, 0)
        assert limit(found, "nobody observed it")


@pytest.mark.parametrize(
    "member", ["labels", "coverage", "service", "form", "completeness", "names_searched", "effect"]
)
def test_a_record_of_an_older_version_never_counts_for_us(member: str) -> None:
    log = Log()
    log.request(labels=["phi"], covered=["phi"], without=[member])
    given = world(log=log)
    found = fact(given, "uncovered_left")
    assert limit(found, "1 record of an older version lack")
    if member in ("labels", "coverage", "service"):
        assert found.value == 1
    if member == "completeness":
        assert given.traffic.partial == 1
    if member == "names_searched":
        assert given.traffic.unsearched == 1


class TestReconciliation:
    def state(self, *runs: dict[str, Any], when: datetime = NOW) -> str:
        log = Log()
        log.request()
        for each in runs:
            log.notice("posture_reconciled", when, **{"vendor": "openai", "why_not": "", "findings": [], **each})
        given = world(log=log)
        state = fact(given, "reconciliation", "openai").value
        seen = fact(given, "processed", "openai")
        assert limit(seen, "of all traffic that openai counted") == (state == "complete")
        assert limit(seen, "showed what it did not see") == (state == "findings")
        return str(state)

    def test_states(self) -> None:
        whole = {"first": "2026-11-01", "last": "2026-11-30"}
        assert self.state() == "none"
        assert self.state(whole) == "complete"
        assert self.state({"first": "2026-10-01", "last": "2026-12-01"}) == "complete"
        assert self.state({**whole, "first": "2026-11-02"}) == "part"
        assert self.state({**whole, "last": "2026-11-15"}, {**whole, "first": "2026-11-16"}) == "complete"
        assert self.state({**whole, "last": "2026-11-14"}, {**whole, "first": "2026-11-16"}) == "part"
        assert self.state({**whole, "why_not": "the ledger is empty"}) == "none"
        assert self.state({**whole, "vendor": "anthropic"}) == "none"
        assert self.state({"first": "2026-09-01", "last": "2026-09-30"}) == "none"
        assert self.state({"first": "2026-12-02", "last": "2026-12-10"}, when=at(20, 0, 12)) == "none"
        assert self.state({"first": "", "last": ""}, {"first": "x", "last": "y"}) == "none"
        assert self.state(whole, {**whole, "findings": [{"kind": "bypass"}]}) == "findings"

    def test_a_day_that_was_not_over_when_it_was_compared_is_not_clean(self) -> None:
        whole = {"first": "2026-11-01", "last": "2026-11-30"}
        assert self.state(whole, when=at(30, 23)) == "part"
        assert self.state(whole, when=at(1, 0, 12)) == "complete"
        assert self.state({**whole, "findings": [1]}, when=at(30, 23)) == "findings"

    def test_a_bypass_stands_on_every_statement_on_all_traffic(self) -> None:
        log = Log()
        log.request(labels=["phi"])
        log.notice("posture_reconciled", NOW, vendor="openai", first="2026-11-01", last="2026-11-30", findings=[1])
        given = world(log=log)
        assert limit(fact(given, "uncovered_left"), "Own counts of openai showed traffic that it did not see.")
        assert fact(given, "bypass_found").value == 1


class TestStore:
    def asked(self, *requests: dict[str, Any], service: str = RESPONSES) -> list[Fact]:
        log = Log()
        for each in requests:
            log.request(**{"service": service, "endpoint": "responses", **each})
        return facts(world(log=log), "store_false")

    def test_n_of_n(self) -> None:
        done = {"rewrites": [{"pointer": "/store", "why": "w"}]}
        [found] = self.asked(done, done)
        assert found.value is True and "2 of 2 requests" in found.says
        [found] = self.asked(done, {})
        assert found.value is False and "1 of 2 requests" in found.says

    def test_requests_to_which_it_does_not_apply_are_not_counted(self) -> None:
        translated = {"rewrites": [{"pointer": "", "why": "translated"}, {"pointer": "/store", "why": "w"}]}
        assert not self.asked(translated)
        assert not self.asked({"effect": "DENY", "service": ""})
        assert not self.asked({"endpoint": "embeddings"})
        assert not self.asked({"service": "private/own"})


def test_a_member_that_is_set_to_something_else_is_no_store_false() -> None:
    base = worlds.shipped()
    terms = tuple(
        msgspec.structs.replace(each, forced=tuple(msgspec.structs.replace(one, value=True) for one in each.forced))
        for each in base.terms
    )
    log = Log()
    log.request(service=RESPONSES, endpoint="responses", rewrites=[{"pointer": "/store", "why": "w"}])
    assert facts(world(log=log), "store_false")
    assert not facts(world(log=log, terms=terms), "store_false")


def test_happenings_are_counted_within_the_period_only() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("incident", {}),
        ("posture_drift", {"finding": "f-1", "resolved": False}),
        ("posture_drift", {"finding": "f-1", "resolved": True}),
        ("posture_drift", {"finding": "f-2", "resolved": True}),
        ("forget_ordered", {}),
        ("forget_ordered", {}),
        ("forget_done", {}),
        ("keys_changed", {"approvers": []}),
        ("register_or_policy_read", {"approvers": ["a", "b"]}),
        ("key_created", {}),
    ]
    for month, times in ((11, 1), (10, 0)):
        log = Log()
        log.request(at(9))
        for event, body in events:
            log.notice(event, at(5, month=month), **body)
        given = world(log=log)
        for predicate, value in (
            ("incidents_opened", 1),
            ("drifts_found", 1),
            ("forgets_done", 1),
            ("changes_approved", 1),
        ):
            assert fact(given, predicate).value == value * times, predicate
        assert ("2 orders" in fact(given, "forgets_done").says) == bool(times)
        assert ("1 of 2 changes" in fact(given, "changes_approved").says) == bool(times)


def test_versions_are_those_that_ran_in_the_period() -> None:
    def versions(*starts: tuple[datetime, str], stop: datetime | None = None) -> set[str]:
        log = Log()
        for moment, version in starts:
            log.notice("start", moment, version=version, instance="a")
            if stop:
                log.notice("stop", stop, instance="a")
        log.request(at(10))
        return read(log).versions

    assert versions((at(1, month=10), "0.1.0")) == {"0.1.0"}
    assert versions((at(1, month=9), "0.0.9"), (at(1, month=10), "0.1.0")) == {"0.1.0"}
    assert versions((at(1, month=10), "0.1.0"), (at(9), "0.2.0")) == {"0.1.0", "0.2.0"}
    assert versions((at(1, month=10), "0.1.0"), stop=at(2, month=10)) == set()
    log = Log()
    log.notice("start", at(1), version="9", by="os:me")
    assert read(log).versions == set()


def test_how_the_house_is_run_is_told_as_it_is() -> None:
    full, bare = world(house=worlds.house()), world()
    assert fact(full, "oldest_key_days").value == 60
    assert fact(bare, "oldest_key_days").basis is Basis.NOTHING
    assert "2 h after their last use" in fact(full, "surrogates_encrypted").says
    assert (fact(full, "log_anchored").value, fact(full, "log_anchored").as_of) == (True, date(2026, 11, 29))
    false = fact(world(house=worlds.house(anchors_sound=False)), "log_anchored")
    assert (false.value, false.basis) == (False, Basis.NOTHING)
    assert fact(bare, "log_anchored").basis is Basis.NOTHING
    assert (fact(full, "request_log").value, fact(bare, "request_log").value) == (True, False)
    assert fact(full, "exceptions_in_force").value == ("pilot",)
    kept = world(house=worlds.house(content_share=0.01, content_days=30, subjects_sealed=True, subjects_days=9))
    assert (fact(kept, "content_kept").value, fact(kept, "subjects_sealed").value) == (0.01, True)


@pytest.mark.parametrize("isolated", [True, False, None])
def test_no_egress_is_never_proved(isolated: bool | None) -> None:
    found = fact(world(house=worlds.house(isolated=isolated)), "private_no_egress")
    assert (found.value, found.basis) == (False, Basis.NOTHING)


def test_reading_takes_any_order_of_the_clock() -> None:
    """A clock that jumped ahead and came back hides no record of the period."""
    log = Log()
    log.request(at(5))
    log.notice("heartbeat", at(1, month=12) + 400 * _DAY, instance="a")
    log.request(at(6))
    assert read(log).decided == 2


def test_that_nothing_was_found_is_told_only_where_somebody_looked() -> None:
    log = Log()
    log.notice("key_created")
    names = ("incidents_opened", "drifts_found", "bypass_found", "uncovered_left", "uncovered_left_masked")
    for name in names:
        assert (fact(world(log=log), name).basis, fact(world(log=log), name).value) == (Basis.NOTHING, 0), name
    log.notice("posture_probed", vendor="openai")
    log.notice("posture_reconciled", NOW, vendor="openai", first="2026-11-01", last="2026-11-30", findings=[])
    log.request(at(11))
    for name in names:
        assert (fact(world(log=log), name).basis, fact(world(log=log), name).value) == (Basis.RECORDED, 0), name
