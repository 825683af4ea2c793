"""Facts that rest on documents: on their very last day they count, the day after they do not, and never for another."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from evidence.facts import worlds
from evidence.facts.worlds import NOW, TODAY, account, drift, fact, facts, of_us, paper, world
from ringfence.evidence.facts import World
from ringfence.register import Posture, organisation
from ringfence.vocabulary.fact import ORGANISATION, Basis
from ringfence.vocabulary.posture import FindingKind

PREDICATES = {
    "baa": "baa",
    "dpa": "dpa",
    "zdr_approval": "zdr",
    "soc2_type2": "soc2_report",
    "soc2_type1": "soc2_report",
    "iso_certificate": "iso_certificate",
}
_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (kind, end)
        for kind in PREDICATES
        for end in ("review", "agreement", "voided")
        if end != "agreement" or not kind.startswith("soc2")  # a report has no such date
    ],
)
def test_a_document_counts_on_its_last_day_and_not_after(kind: str, end: str) -> None:
    last = TODAY
    over: dict[str, Any] = {
        "review": {"review": {"expires_on": last}},
        "agreement": {"dates": {"ends_on": last}},
        "voided": {"dates": {"voided_on": last + _DAY}},
    }[end]
    for today, counts in ((last, True), (last + _DAY, False)):
        found = fact(world(paper(kind, **over), today=today), PREDICATES[kind], "openai")
        assert (found.basis is not Basis.NOTHING) == counts
        assert found.value == ({"zdr": "approved"}.get(found.predicate, True) if counts else found.value)
        assert bool(found.value) == counts or found.value == "none"
        if counts:
            assert found.expires_on == last
            assert found.live(last) and not found.live(last + _DAY)


@pytest.mark.parametrize("kind", PREDICATES)
def test_without_the_document_or_with_a_gap_there_is_nothing(kind: str) -> None:
    known = paper("dpa" if kind == "baa" else "baa")  # so that the vendor is known all the same
    for papers in (
        [],
        [paper(kind, file={"sha256": None})],
        [paper(kind, review={"reviewed_by": None})],
        [paper(kind, demonstration=True)],
        [paper(kind, dates={**_later(kind)})],
    ):
        found = fact(world(known, *papers), PREDICATES[kind], "openai")
        assert found.basis is Basis.NOTHING and found.value in (False, "none")
        if papers and not papers[0].demonstration:
            assert papers[0].id in found.says


def _later(kind: str) -> dict[str, date]:
    tomorrow = TODAY + _DAY
    return {"issued_on": tomorrow} if kind.startswith("soc2") else {"effective_on": tomorrow}


@pytest.mark.parametrize("kind", ["baa", "dpa", "zdr_approval"])
def test_an_agreement_of_somebody_else_is_none_of_ours(kind: str) -> None:
    other = organisation("covered_entity", ["hipaa"], "Another Clinic")
    found = fact(world(paper(kind), ours=other), PREDICATES[kind], "openai")
    assert found.basis is Basis.NOTHING
    assert "does not name Another Clinic as a party" in found.says


def test_an_agreement_says_what_it_is_limited_to() -> None:
    narrow = {"services": ["openai/responses"], "labels": ["phi"], "models": ["gpt-4o*"], "endpoints": ["responses"]}
    found = fact(world(paper("baa", scope=narrow)), "baa", "openai")
    for part in ("services openai/responses", "labels phi", "models gpt-4o*", "endpoints responses"):
        assert part in found.says
    assert found.scope == {"document": "baa"}


class TestSoc2:
    def test_a_type_1_is_never_a_type_2(self) -> None:
        given = world(paper("soc2_type1"))
        assert fact(given, "soc2_type", "openai").value == "I"
        assert "Type II" not in fact(given, "soc2_report", "openai").says
        assert any("design on one day" in limit for limit in fact(given, "soc2_report", "openai").limits)
        both = world(paper("soc2_type1"), paper("soc2_type2"))
        assert [each.value for each in facts(both, "soc2_type", "openai")] == ["II", "I"]
        assert fact(both, "soc2_type", document="soc2_type1").value == "I"

    @pytest.mark.parametrize("opinion", ["qualified", "adverse", "disclaimer"])
    def test_no_other_opinion_passes_for_a_clean_one(self, opinion: str) -> None:
        report = {"opinion": opinion, "exceptions": ["CC6.1: two leavers kept access."]}
        given = world(paper("soc2_type2", report=report), paper("bridge_letter"))
        for predicate in ("soc2_report", "soc2_opinion", "soc2_criteria"):
            assert any("no clean report" in limit for limit in fact(given, predicate, "openai").limits)
        assert f"opinion is {opinion}" in fact(given, "soc2_report", "openai").says
        assert fact(given, "soc2_opinion", "openai").value == opinion
        assert fact(given, "soc2_exceptions", "openai").value == ("CC6.1: two leavers kept access.",)
        assert f"stays {opinion}" in fact(given, "soc2_bridge", "openai").says

    def test_a_report_is_too_old_a_year_after_its_period(self) -> None:
        last = date(2027, 9, 30)
        review = {"expires_on": date(2030, 1, 1)}
        for kind in ("soc2_type2", "soc2_type1"):
            found = fact(world(paper(kind, review=review), today=last), "soc2_report", "openai")
            assert (found.value, found.expires_on, found.as_of) == (True, last, date(2026, 9, 30))
            after = fact(world(paper(kind, review=review), today=last + _DAY), "soc2_report", "openai")
            assert (after.value, after.basis) == (False, Basis.NOTHING)
            assert "more than 12 months ago" in after.says

    def test_a_bridge_letter_is_a_claim_for_three_months_at_most(self) -> None:
        papers = [paper("soc2_type2"), paper("bridge_letter")]
        last = date(2026, 12, 30)
        found = fact(world(*papers, today=last), "soc2_bridge", "openai")
        assert (found.basis, found.expires_on, found.as_of) == (Basis.CLAIMED, last, date(2026, 11, 20))
        assert not facts(world(*papers, today=last + _DAY), "soc2_bridge")
        assert fact(world(*papers, today=last + _DAY), "soc2_report", "openai").basis is Basis.REVIEWED

    @pytest.mark.parametrize(
        "letter",
        [
            {"report": {"bridges": "soc2_type1"}},
            {"report": {"bridges": "another"}},
            {"dates": {"issued_on": date(2026, 9, 30)}},
            {"dates": {"issued_on": TODAY + _DAY}},
            {"subject": "anthropic"},
            {"demonstration": True},
        ],
    )
    def test_other_letters_bridge_nothing(self, letter: dict[str, Any]) -> None:
        given = world(paper("soc2_type2"), paper("soc2_type1"), paper("bridge_letter", **letter))
        assert not facts(given, "soc2_bridge")

    def test_a_bridge_is_of_its_own_report(self) -> None:
        older = paper(
            "soc2_type2", id="older", dates={"period_start": date(2025, 1, 1), "period_end": date(2026, 3, 31)}
        )
        found = fact(world(paper("soc2_type2"), older, paper("bridge_letter")), "soc2_bridge", "openai")
        assert "the end of soc2_type2 on 2026-09-30 to 2026-11-20" in found.says

    def test_a_bridge_outlives_no_report(self) -> None:
        gone = paper("soc2_type2", dates={"voided_on": TODAY})
        assert not facts(world(gone, paper("bridge_letter")), "soc2_bridge")

    def test_our_own_report_is_ours_and_no_vendors(self) -> None:
        given = world(of_us("soc2_type2", scope={"services": ["billing"]}), paper("baa"))
        ours, theirs = fact(given, "soc2_report", ORGANISATION), fact(given, "soc2_report", "openai")
        assert (ours.value, ours.basis, theirs.value, theirs.basis) == (True, Basis.REVIEWED, False, Basis.NOTHING)
        assert "services billing" in ours.says

    def test_a_vendors_report_filed_as_ours_does_not_count(self) -> None:
        for parties in (
            ((worlds.VENDOR, "service_organization"), ("Auditors LLP", "auditor")),
            ((worlds.VENDOR, "service_organization"), (worlds.US, "auditor")),
        ):
            found = fact(world(of_us("soc2_type2", parties=parties)), "soc2_report", ORGANISATION)
            assert found.basis is Basis.NOTHING
            assert "as the organisation that was examined" in found.says

    def test_user_controls_are_ours_and_nobody_says_how_they_are_done(self) -> None:
        given = world(paper("soc2_type2", report={"user_controls": ["Rotate keys.", "Remove leavers."]}))
        found = facts(given, "user_control_state", ORGANISATION)
        assert [each.value for each in found] == ["not stated"] * 2
        assert all(each.basis is Basis.NOTHING for each in found)
        gone = paper("soc2_type2", dates={"voided_on": TODAY}, report={"user_controls": ["Rotate keys."]})
        assert not facts(world(gone), "user_control_state")


def _with(*papers: Any, **posture: Any) -> World:
    return world(paper("zdr_approval"), *papers, posture=Posture(at=NOW, **posture))


class TestZeroRetention:
    @pytest.mark.parametrize(
        ("posture", "state"),
        [
            ({}, "approved"),
            ({"accounts": (account("zdr_approval"),)}, "verified"),
            ({"accounts": (account("zdr_approval", vendor="anthropic"),)}, "approved"),
            ({"accounts": (account("another"),)}, "approved"),
            ({"accounts": (account("zdr_approval", considered=()),)}, "approved"),
            ({"accounts": (account(considered=("zdr_approval",)),)}, "approved"),
            ({"accounts": (account("zdr_approval", until=NOW),)}, "approved"),
            ({"accounts": (account("zdr_approval", until=NOW + timedelta(seconds=1)),)}, "verified"),
            ({"accounts": (account("zdr_approval", until=None),)}, "approved"),
            ({"accounts": (account("zdr_approval", kind=FindingKind.UNREADABLE),)}, "approved"),
            ({"accounts": (account("zdr_approval", kind=FindingKind.MISSING_CAPABILITY),)}, "approved"),
            ({"accounts": (account("zdr_approval", kind=FindingKind.DRIFT),)}, "contradicted"),
            ({"accounts": (account("zdr_approval"),), "drifts": (drift(),)}, "contradicted"),
            ({"accounts": (account("zdr_approval"),), "drifts": (drift(resolved=True),)}, "contradicted"),
            ({"accounts": (account("zdr_approval"),), "drifts": (drift(acknowledged=True),)}, "contradicted"),
            ({"drifts": (drift(acknowledged=True),)}, "contradicted"),
            (
                {"accounts": (account("zdr_approval"),), "drifts": (drift(acknowledged=True, resolved=True),)},
                "verified",
            ),
            ({"accounts": (account("zdr_approval"),), "drifts": (drift(vendor="anthropic"),)}, "verified"),
            ({"accounts": (account("zdr_approval"),), "drifts": (drift(kinds=("baa",)),)}, "verified"),
        ],
    )
    def test_states(self, posture: dict[str, Any], state: str) -> None:
        found = fact(_with(**posture), "zdr", "openai")
        assert found.value == state
        assert (found.basis is Basis.VERIFIED) == (state == "verified")

    def test_a_vendor_that_shows_nothing_is_told_apart_from_one_that_nobody_read(self) -> None:
        unreadable = account("zdr_approval", kind=FindingKind.MISSING_CAPABILITY)
        assert "no way to read it" in fact(_with(accounts=(unreadable,)), "zdr", "openai").says
        assert "nobody has read the account" in fact(_with(), "zdr", "openai").says

    def test_one_part_of_the_account_that_was_not_read_leaves_it_unverified(self) -> None:
        whole = account("zdr_approval")
        part = msgspec.structs.replace(whole.findings[0], kind=FindingKind.UNREADABLE, scope="project p")
        both = msgspec.structs.replace(whole, findings=(*whole.findings, part))
        assert fact(_with(accounts=(both,)), "zdr", "openai").value == "approved"

    @pytest.mark.parametrize(("services", "state"), [(("openai/*",), "verified"), (("openai/responses",), "approved")])
    def test_an_account_speaks_only_of_its_own_services(self, services: tuple[str, ...], state: str) -> None:
        read = msgspec.structs.replace(account("zdr_approval"), services=services)
        assert fact(_with(accounts=(read,)), "zdr", "openai").value == state
        narrow = paper("zdr_approval", scope={"services": ["openai/responses"]})
        given = world(narrow, posture=Posture(at=NOW, accounts=(read,)))
        assert fact(given, "zdr", "openai").value == "verified"

    def test_a_verified_fact_ends_before_the_reading_does(self) -> None:
        ends = NOW + timedelta(days=2, hours=3)
        found = fact(_with(accounts=(account("zdr_approval", until=ends),)), "zdr", "openai")
        assert found.expires_on == (ends - _DAY).date()
        assert found.as_of == TODAY
        soon = account("zdr_approval", until=datetime(2026, 12, 2, 3, tzinfo=NOW.tzinfo))
        assert fact(_with(accounts=(soon,)), "zdr", "openai").expires_on == TODAY

    def test_a_lesser_tier_is_no_zero_retention(self) -> None:
        lesser = paper("zdr_approval", limits={"tier": "modified_abuse_monitoring"})
        assert fact(world(lesser), "zdr", "openai").value == "none"

    def test_what_is_kept_is_told_for_each_tier_that_is_approved(self) -> None:
        logs = "abuse-monitoring logs"
        without = facts(world(paper("baa")), "kept_hours", "openai", what=logs)
        assert {(each.scope["tier"], each.value) for each in without} == {("default", 720)}
        approved = facts(world(paper("zdr_approval")), "kept_hours", "openai", what=logs)
        assert {(each.scope["tier"], each.value) for each in approved} == {
            ("default", 720),
            ("zero_data_retention", 0),
        }
        always = fact(world(paper("zdr_approval")), "kept_hours", "openai", what="images suspected of child abuse")
        assert always.says.startswith("Whatever is approved, OpenAI keeps images") and always.scope["tier"] == "any"
        assert all(each.says.startswith("Where nothing else is approved") for each in without)
        zero = next(each for each in approved if each.value == 0)
        assert "which zdr_approval approves for services openai/*" in zero.says
        assert zero.expires_on == date(2027, 1, 31)

    @pytest.mark.parametrize(("days", "known"), [(0, True), (1, False)])
    def test_terms_that_were_read_too_long_ago_are_told_no_more(self, days: int, known: bool) -> None:
        today = worlds.shipped().practices["openai"].expires_on + timedelta(days=days)
        given = world(paper("baa"), today=today)
        assert fact(given, "kept_known", "openai").value is known
        assert bool(facts(given, "kept_hours", "openai")) == known
        assert (fact(given, "trains_on_inputs", "openai").value == "opt_in") == known


@pytest.mark.parametrize(
    ("vendor", "answers"),
    [
        ("openai", {"": "opt_in"}),
        ("google", {"google/gemini-*": "unresolved", "google/vertex-chat-completions": "unresolved"}),
        ("mistral", {"": "unresolved"}),
    ],
)
def test_training_is_what_a_page_says_and_else_unresolved(vendor: str, answers: dict[str, str]) -> None:
    found = facts(world(paper("baa", subject=vendor)), "trains_on_inputs", vendor)
    assert {each.scope.get("services", ""): each.value for each in found} == answers
    for each in found:
        assert (each.basis is Basis.NOTHING) == (each.value == "unresolved")
        asked = any("this account has asked for it" in limit for limit in each.limits)
        assert asked == (each.value == "opt_in")


def test_residency_is_what_was_read_while_it_counts() -> None:
    def seen(until: datetime) -> Any:
        accounts = (account("zdr_approval", observations=(worlds.residency(until),)),)
        return fact(_with(accounts=accounts), "residency_set", "openai")

    assert (seen(NOW + timedelta(seconds=1)).value, seen(NOW + _DAY).basis) == (("us",), Basis.VERIFIED)
    assert (seen(NOW).value, seen(NOW).basis) == ((), Basis.NOTHING)
    other = account("zdr_approval", vendor="anthropic", observations=(worlds.residency(),))
    assert fact(_with(accounts=(other,)), "residency_set", "openai").basis is Basis.NOTHING


def test_regions_are_an_agreements_and_only_where_it_names_some() -> None:
    assert fact(world(paper("dpa")), "regions", "openai").basis is Basis.NOTHING
    named = fact(world(paper("dpa", scope={"regions": ["eu-west-1"]})), "regions", "openai")
    assert (named.value, named.basis) == (("eu-west-1",), Basis.REVIEWED)


def test_a_host_that_others_run_is_a_vendor() -> None:
    log = worlds.Log()
    log.request(service="private/rented", labels=["phi"], covered=["phi"])
    log.request(service="private/own", labels=["phi"], covered=["phi"])
    log.request(service="acme/removed")
    log.request(service="private/removed")
    papers = [paper("baa", subject="gpu.hosting.example", scope={"services": ["private/rented"]})]
    given = world(*papers, log=log, services=[worlds.own_host(), worlds.rented()])
    assert fact(given, "ai_vendors_used").value == ("acme", "gpu.hosting.example", "private/removed")
    assert fact(given, "baa", "gpu.hosting.example").value is True
    assert fact(given, "baa", "acme").value is False
    assert fact(given, "answered_in_house").value == 1


def test_addresses_are_those_of_the_vendor_and_say_whether_they_are_over_tls() -> None:
    given = world(paper("baa"), paper("baa", id="b", subject="anthropic"), house=worlds.house())
    ours, other = fact(given, "reached_at", "openai"), fact(given, "reached_at", "anthropic")
    assert (ours.value, ours.scope) == ("https://eu.api.openai.com/v1", {"service": worlds.SERVICE})
    assert "over TLS" in ours.says
    assert "without TLS" in other.says
    assert not facts(world(paper("baa")), "reached_at")
