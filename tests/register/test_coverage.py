from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.register import Document, Organisation, Snapshot, cover, next_change, organisation
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.labels import REGULATED, Label

DAY = timedelta(days=1)
CHAT = "chat_completions"
OPENAI = "openai/chat-completions"
Paper = Callable[..., Document]
Filed = Callable[..., Snapshot]

# label -> the kinds that cover it for a covered entity at a vendor.
NEEDED = {
    Label.PERSONAL: ("dpa",),
    Label.PHI: ("baa", "zdr_approval"),
    Label.FINANCIAL: ("dpa", "soc2_type2"),
    Label.CARD: ("dpa", "pci_aoc"),
    Label.PART2: ("baa", "qsoa_part2"),
    Label.LIMITED_DATA_SET: ("data_use_agreement",),
    Label.CONFIDENTIAL: ("nda",),
}
BASIS = {"baa": "law: phi-baa", "zdr_approval": "house policy: phi-zdr"}
TITLES = {
    "dpa": "DPA",
    "baa": "BAA",
    "zdr_approval": "ZDR approval",
    "soc2_type2": "SOC 2 Type II report",
    "pci_aoc": "PCI DSS AOC",
    "qsoa_part2": "QSOA",
    "data_use_agreement": "data use agreement",
    "nda": "NDA",
    "customer_baa": "customer BAA",
}


def ask(
    snapshot: Snapshot,
    label: Label,
    today: date,
    who: Organisation,
    *,
    service: str = OPENAI,
    model: str = "gpt-4o",
    client: str = "",
    endpoint: str = CHAT,
) -> Coverage:
    (found,) = cover(snapshot, service, [label], endpoint, model, today, who, client)
    return found


class TestNothingOnFile:
    def test_vendors_cover_general_only(self, shipped: Snapshot, today: date, covered_entity: Organisation) -> None:
        for service in shipped.services.values():
            for found in cover(shipped, service.id, Label, service.endpoints[0], "", today, covered_entity):
                expected = service.own_host or found.label is Label.GENERAL
                assert found.covered == expected, (service.id, found)
                assert bool(found.reasons) != expected
                assert found.documents == ()

    def test_the_reason_names_document_vendor_and_service(
        self, shipped: Snapshot, today: date, covered_entity: Organisation
    ) -> None:
        assert ask(shipped, Label.PHI, today, covered_entity).reasons == (
            "No BAA with OpenAI is on file for openai/chat-completions (law: phi-baa).",
            "It is unresolved whether OpenAI signs a BAA for its API: yes, case by case "
            "(https://help.openai.com/en/articles/8660679, read on 2026-11-22); no (articles on the web, gathered "
            "without their addresses, read on 2026-11-22). Only a document on file settles it (law: phi-baa).",
            "No ZDR approval from OpenAI is on file for openai/chat-completions (house policy: phi-zdr).",
        )

    def test_answers_come_once_per_label_in_order(
        self, shipped: Snapshot, today: date, covered_entity: Organisation
    ) -> None:
        labels = [Label.PHI, Label.GENERAL, Label.PHI, Label.CARD]
        found = cover(shipped, OPENAI, labels, CHAT, "gpt-4o", today, covered_entity)
        assert [each.label for each in found] == [Label.CARD, Label.GENERAL, Label.PHI]

    def test_an_unknown_service_covers_nothing(
        self, shipped: Snapshot, today: date, covered_entity: Organisation
    ) -> None:
        for label in Label:
            assert not ask(shipped, label, today, covered_entity, service="nobody/x").covered


class TestEachLabel:
    @pytest.mark.parametrize("label", sorted(NEEDED))
    def test_its_documents_cover_it_until_the_first_of_them_ends(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, label: Label
    ) -> None:
        documents = [paper(kind) for kind in NEEDED[label]]
        first = msgspec.structs.replace(
            documents[0], dates=msgspec.structs.replace(documents[0].dates, ends_on=today + 9 * DAY)
        )
        found = ask(filed([first, *documents[1:]]), label, today, covered_entity)
        ids = tuple(sorted(document.id for document in documents))
        assert found == Coverage(label, OPENAI, True, ids, today + 9 * DAY)

    @pytest.mark.parametrize(("label", "gone"), [(label, kind) for label, kinds in NEEDED.items() for kind in kinds])
    def test_without_one_of_them_it_is_uncovered_and_the_reason_names_it(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, label: Label, gone: str
    ) -> None:
        snapshot = filed([paper(kind) for kind in NEEDED[label] if kind != gone])
        found = ask(snapshot, label, today, covered_entity)
        assert not found.covered
        assert found.documents == ()
        assert any(TITLES[gone] in reason and "is on file" in reason for reason in found.reasons)

    @pytest.mark.parametrize(("label", "kind"), [(label, kind) for label, kinds in NEEDED.items() for kind in kinds])
    def test_a_document_that_does_not_name_the_service_or_label_does_not_serve(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, label: Label, kind: str
    ) -> None:
        overs: list[dict[str, Any]] = [
            {"scope": {"services": ["openai/responses"]}},
            {"scope": {"models": ["gpt-5*"]}},
            {"scope": {"endpoints": ["responses"]}},
        ]
        if kind not in ("pci_aoc", "soc2_type2"):
            overs.append(
                {"scope": {"labels": [next(other.value for other in sorted(REGULATED) if other is not label)]}}
            )
        for over in overs:
            documents = [paper(each, **(over if each == kind else {})) for each in NEEDED[label]]
            found = ask(filed(documents), label, today, covered_entity)
            assert not found.covered, over
            assert any(f"The {TITLES[kind]}" in r and "in its scope" in r for r in found.reasons), found.reasons

    def test_secret_is_never_covered_outside(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, rented: Service
    ) -> None:
        everything = [paper(kind) for kind in TITLES]
        for service in (OPENAI, rented.id):
            found = ask(filed(everything, [rented]), Label.SECRET, today, covered_entity, service=service)
            assert "Credentials go to no service" in found.reasons[0]

    def test_another_vendors_document_does_not_serve(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        found = ask(filed([paper("baa", subject="anthropic")]), Label.PHI, today, covered_entity)
        assert found.reasons[0].startswith("No BAA with OpenAI is on file")

    def test_a_baa_that_names_personal_data_covers_it_too(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        assert ask(filed([paper("baa")]), Label.PERSONAL, today, covered_entity).documents == ("baa",)

    @pytest.mark.parametrize("regime", ["gdpr", "ccpa"])
    def test_but_not_under_a_law_that_asks_for_a_dpa(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, regime: str
    ) -> None:
        under = organisation("covered_entity", [regime], covered_entity.name)
        assert not ask(filed([paper("baa")]), Label.PERSONAL, today, under).covered
        assert ask(filed([paper("baa"), paper("dpa")]), Label.PERSONAL, today, under).covered

    def test_of_two_documents_the_longer_one_is_used(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        short = paper("nda", id="short", dates={"ends_on": today})
        long = paper("nda", id="long", dates={"ends_on": today + 5 * DAY})
        for documents in ([short, long], [long, short]):
            found = ask(filed(documents), Label.CONFIDENTIAL, today, covered_entity)
            assert (found.documents, found.until) == (("long",), today + 5 * DAY)

    def test_the_parent_of_an_agreement_is_used_too(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        child = paper("nda", dates={"ends_on": None, "ends_with": "msa"})
        parent = paper("services_agreement", id="msa", dates={"ends_on": today})
        found = ask(filed([child, parent]), Label.CONFIDENTIAL, today, covered_entity)
        assert (found.documents, found.until) == (("msa", "nda"), today)
        later = ask(filed([child, parent]), Label.CONFIDENTIAL, today + DAY, covered_entity)
        assert "The services agreement msa ended on" in later.reasons[0]

    def test_an_agreement_that_names_somebody_else_does_not_serve(
        self, filed: Filed, paper: Paper, today: date
    ) -> None:
        for name, serves in (("EXAMPLE  health, inc.", True), ("Other Health, Inc.", False), ("", True)):
            who = organisation("covered_entity", (), name)
            found = ask(filed([paper("nda")]), Label.CONFIDENTIAL, today, who)
            assert found.covered == serves
            assert serves or found.reasons == (
                "The NDA nda does not name Other Health, Inc. as a party (house policy: confidential-agreement).",
            )

    @pytest.mark.parametrize("limits", [{"ai": "forbidden"}, {"flow_down": False}])
    def test_a_baa_that_forbids_it_does_not_serve(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, limits: dict[str, Any]
    ) -> None:
        found = ask(filed([paper("baa", limits=limits), paper("zdr_approval")]), Label.PHI, today, covered_entity)
        assert f"The BAA baa forbids it: limits.{next(iter(limits))} (law: phi-baa)." in found.reasons


class TestDateEdges:
    @pytest.mark.parametrize("kind", ["baa", "zdr_approval"])
    def test_first_and_last_day(self, filed: Filed, paper: Paper, covered_entity: Organisation, kind: str) -> None:
        first, last = date(2026, 11, 3), date(2026, 12, 10)
        dates = {"effective_on": first, "ends_on": last}
        other = "zdr_approval" if kind == "baa" else "baa"
        snapshot = filed([paper(kind, dates=dates), paper(other)])
        for day in (first, last):
            assert ask(snapshot, Label.PHI, day, covered_entity).until == last
        name, basis = f"The {TITLES[kind]} {kind.replace('_', '-')}", BASIS[kind]
        early = ask(snapshot, Label.PHI, first - DAY, covered_entity)
        assert early.reasons == (f"{name} starts on {first}, which is after today ({basis}).",)
        late = ask(snapshot, Label.PHI, last + DAY, covered_entity)
        assert late.reasons == (f"{name} ended on {last} ({basis}).",)

    def test_the_terms_and_the_profile_end_too(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date
    ) -> None:
        document = paper("nda", dates={"ends_on": date(2099, 1, 1)}, review={"expires_on": date(2099, 1, 1)})
        snapshot = filed([document])
        ends = ask(snapshot, Label.CONFIDENTIAL, today, covered_entity).until
        assert ends is not None
        terms = next(each.expires_on for each in snapshot.terms if each.vendor == "openai")
        assert ends == min(terms, snapshot.profiles["openai"].expires_on or date.max)
        late = ask(snapshot, Label.CONFIDENTIAL, ends + DAY, covered_entity)
        assert any("The profile of openai may be relied on until" in reason for reason in late.reasons)
        assert any("allow-list for chat_completions at OpenAI may be relied on" in reason for reason in late.reasons)

    def test_an_endpoint_that_the_service_lacks(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date
    ) -> None:
        found = ask(filed([paper("nda")]), Label.CONFIDENTIAL, today, covered_entity, endpoint="responses")
        assert "does not list the endpoint responses" in found.reasons[0]

    def test_without_an_allow_list_nothing_is_covered(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date
    ) -> None:
        document = paper("nda", subject="anthropic", scope={"services": ["anthropic/*"]})
        found = ask(filed([document]), Label.CONFIDENTIAL, today, covered_entity, service="anthropic/chat-completions")
        assert found.reasons == ("The terms catalogue has no allow-list for chat_completions at Anthropic.",)


class TestReports:
    """SOC 2: Type II, Security, unqualified, period-end age at most 12 months."""

    def ask(self, filed: Filed, paper: Paper, who: Organisation, day: date, *documents: Document) -> Coverage:
        dpa = paper("dpa", dates={"ends_on": date(2027, 12, 31)}, review={"expires_on": date(2027, 12, 31)})
        service = msgspec.structs.replace(filed([]).profiles["openai"], expires_on=None)
        base = filed([dpa, *documents])
        lists = tuple(msgspec.structs.replace(each, expires_on=date(2099, 1, 1)) for each in base.terms)
        snapshot = msgspec.structs.replace(base, terms=lists, profiles={**base.profiles, "openai": service})
        return ask(snapshot, Label.FINANCIAL, day, who)

    def report(self, paper: Paper, **over: Any) -> Document:
        return paper("soc2_type2", review={"expires_on": date(2027, 12, 31)}, **over)

    def test_the_period_end_age(self, filed: Filed, paper: Paper, covered_entity: Organisation) -> None:
        report, last = self.report(paper), date(2027, 6, 30)
        assert self.ask(filed, paper, covered_entity, last, report).until == last
        late = self.ask(filed, paper, covered_entity, last + DAY, report)
        assert "period ended on 2026-06-30, more than 12 months ago" in late.reasons[0]

    def test_a_bridge_letter_lengthens_nothing(self, filed: Filed, paper: Paper, covered_entity: Organisation) -> None:
        letter = paper(
            "bridge_letter", dates={"issued_on": date(2027, 6, 1)}, review={"expires_on": date(2027, 12, 31)}
        )
        late = self.ask(filed, paper, covered_entity, date(2027, 7, 1), self.report(paper), letter)
        assert not late.covered

    def test_a_bridge_letter_or_type_i_report_alone_does_not_serve(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date
    ) -> None:
        found = self.ask(filed, paper, covered_entity, today, paper("soc2_type1"), paper("bridge_letter"))
        assert not found.covered
        assert "soc2-type1 does not serve: a Type I report never counts as Type II" in found.reasons[0]
        assert "bridge-letter does not serve" in found.reasons[0]

    @pytest.mark.parametrize("opinion", ["qualified", "adverse", "disclaimer"])
    def test_only_an_unqualified_opinion_and_no_letter_cures_it(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date, opinion: str
    ) -> None:
        report = self.report(paper, report={"opinion": opinion})
        found = self.ask(filed, paper, covered_entity, today, report, paper("bridge_letter"))
        assert found.reasons == (
            f"The SOC 2 Type II report soc2-type2 has a {opinion} opinion, which no bridge letter cures "
            "(house policy: financial-soc2).",
        )

    def test_the_security_criterion(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, today: date
    ) -> None:
        without = self.report(paper, report={"criteria": ["availability"]})
        found = self.ask(filed, paper, covered_entity, today, without)
        assert "does not cover the criteria security" in found.reasons[0]
        assert self.ask(
            filed, paper, covered_entity, today, self.report(paper, report={"criteria": ["Security"]})
        ).covered


class TestCustomers:
    """Where the organisation is a business associate, its customer's BAA comes first."""

    def documents(self, paper: Paper, *customer: Document) -> list[Document]:
        us, vendor = paper("baa").parties[0].name, paper("baa").parties[1].name
        parties = [{"name": us, "role": "business_associate"}, {"name": vendor, "role": "subcontractor"}]
        return [paper("baa", parties=parties), paper("zdr_approval"), paper("qsoa_part2"), *customer]

    @pytest.mark.parametrize("label", [Label.PHI, Label.PART2])
    def test_the_clients_baa_is_needed_and_used(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation, label: Label
    ) -> None:
        with_it = filed(self.documents(paper, paper("customer_baa")))
        found = ask(with_it, label, today, business_associate, client="north-clinic")
        assert found.covered
        assert "customer-baa" in found.documents
        other = ask(with_it, label, today, business_associate, client="south-clinic")
        assert [r.partition(" (")[0] for r in other.reasons] == [
            "No customer BAA with south-clinic is on file for openai/chat-completions"
        ]
        nobody = ask(with_it, label, today, business_associate)
        (reason,) = nobody.reasons
        assert reason.startswith("The key names no client, so no customer's BAA can be looked up (")
        without = ask(filed(self.documents(paper)), label, today, business_associate, client="north-clinic")
        assert not without.covered

    def test_a_covered_entity_needs_none(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        assert ask(filed([paper("baa"), paper("zdr_approval")]), Label.PHI, today, covered_entity).covered

    @pytest.mark.parametrize("limit", ["ai", "subcontractors"])
    @pytest.mark.parametrize("says", ["forbidden", "silent", None])
    def test_it_must_permit_ai_and_subcontractors(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation, limit: str, says: str | None
    ) -> None:
        customer = paper("customer_baa", limits={limit: says})
        found = ask(filed(self.documents(paper, customer)), Label.PHI, today, business_associate, client="north-clinic")
        assert not found.covered
        assert any(f"limits.{limit}" in reason for reason in found.reasons)

    def test_so_does_one_that_forbids_offshore(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        late = {"ends_on": today + 3 * DAY}
        strict = paper("customer_baa", id="strict", limits={"offshore": "forbidden"}, dates=late)
        documents = self.documents(paper, paper("customer_baa"), strict)
        found = ask(filed(documents), Label.PHI, today, business_associate, client="north-clinic")
        assert "strict forbids processing offshore" in found.reasons[0]
        assert ask(filed(documents), Label.PHI, today + 4 * DAY, business_associate, client="north-clinic").covered

    def test_a_second_kinder_agreement_does_not_lift_a_prohibition(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        kind, strict = paper("customer_baa"), paper("customer_baa", id="strict", limits={"ai": "forbidden"})

        def found(*customer: Document) -> Coverage:
            snapshot = filed(self.documents(paper, *customer))
            return ask(snapshot, Label.PHI, today, business_associate, client="north-clinic")

        assert found(kind).covered
        assert not found(kind, strict).covered
        assert any("The customer BAA strict forbids it" in reason for reason in found(kind, strict).reasons)
        ended = paper("customer_baa", id="strict", limits={"ai": "forbidden"}, dates={"voided_on": today})
        assert found(kind, ended).covered

    @pytest.mark.parametrize(
        ("regions", "offshore", "serves"),
        [
            (["us-east-1", "us"], None, True),
            (None, "forbidden", True),
            (None, None, False),
            (["us-east-1", "eu-west-1"], None, False),
            (["usa"], "silent", False),
        ],
    )
    def test_where_it_forbids_offshore_the_vendors_baa_must_stay_at_home(
        self,
        filed: Filed,
        paper: Paper,
        today: date,
        business_associate: Organisation,
        regions: list[str] | None,
        offshore: str | None,
        serves: bool,
    ) -> None:
        customer = paper("customer_baa", limits={"offshore": "forbidden"})
        baa, *others = self.documents(paper, customer)
        baa = paper(
            "baa",
            parties=[{"name": party.name, "role": party.role.value} for party in baa.parties],
            scope={"regions": regions},
            limits={"offshore": offshore},
        )
        found = ask(filed([baa, *others]), Label.PHI, today, business_associate, client="north-clinic")
        assert found.covered == serves
        assert serves or "customer-baa forbids processing offshore, and baa does not limit" in found.reasons[0]


class TestPrivate:
    def test_an_own_host_covers_every_label_without_documents(
        self, shipped: Snapshot, today: date, covered_entity: Organisation
    ) -> None:
        for label in Label:
            found = ask(shipped, label, today, covered_entity, service="private/embedded", model="any")
            assert found == Coverage(label, "private/embedded", True)

    def test_a_rented_host_needs_its_own_baa(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, rented: Service
    ) -> None:
        def found(*documents: Document) -> Coverage:
            snapshot = filed(documents, [rented])
            return ask(snapshot, Label.PHI, today, covered_entity, service=rented.id, model="llama-3.1-8b")

        assert found().reasons == (
            "No BAA with gpu.hosting.example:8000 is on file for private/rented (law: phi-baa).",
        )
        host = paper("baa", subject="GPU.hosting.example", scope={"services": ["private/rented"]})
        assert found(host).documents == ("baa",)
        assert not found(paper("baa", scope={"services": ["private/rented"]})).covered
        assert ask(filed([], [rented]), Label.GENERAL, today, covered_entity, service=rented.id).covered


class TestDemonstration:
    def service(self, shipped: Snapshot) -> Service:
        openai = shipped.services[OPENAI]
        return msgspec.structs.replace(openai, id="openai/demonstration", demonstration=True)

    def test_examples_count_for_demonstrations_only_and_the_other_way_round(
        self, filed: Filed, paper: Paper, shipped: Snapshot, today: date, covered_entity: Organisation
    ) -> None:
        fake = self.service(shipped)
        for example in (True, False):
            snapshot = filed([paper("nda", demonstration=example)], [fake])
            assert ask(snapshot, Label.CONFIDENTIAL, today, covered_entity).covered != example
            assert ask(snapshot, Label.CONFIDENTIAL, today, covered_entity, service=fake.id).covered == example

    def test_so_do_customers_baas(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        documents = TestCustomers().documents(paper, paper("customer_baa", demonstration=True))
        found = ask(filed(documents), Label.PHI, today, business_associate, client="north-clinic")
        assert not found.covered


# --- Properties over random registers.

_SHORT = st.dates(date(2026, 10, 20), date(2027, 1, 10))
_WHEN = date(2026, 12, 1)


@st.composite
def registers(draw: st.DrawFn, paper: Paper) -> list[Document]:
    """Documents of every kind with random dates, labels, limits and gaps."""
    documents = []
    for number in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from([*TITLES, "services_agreement", "bridge_letter"]))
        over: dict[str, Any] = {"id": f"d{number}", "demonstration": draw(st.integers(0, 9)) == 0}
        first, last = sorted((draw(_SHORT), draw(_SHORT)))
        if kind in ("soc2_type2", "bridge_letter"):
            ended = draw(st.dates(date(2025, 10, 1), date(2026, 10, 1)))
            if kind == "soc2_type2":
                over["dates"] = {"period_start": date(2025, 1, 1), "period_end": ended, "issued_on": ended}
                over["report"] = {"opinion": draw(st.sampled_from(["unqualified", "unqualified", "qualified"]))}
            else:
                over["report"] = {"bridges": f"d{draw(st.integers(0, 8))}"}
        else:
            over["dates"] = {"effective_on": min(first, _WHEN) if draw(st.booleans()) else first, "ends_on": last}
            if kind != "pci_aoc" and draw(st.integers(0, 3)) == 0:
                over["dates"] |= {"ends_on": None, "ends_with": f"d{draw(st.integers(number + 1, 12))}"}
            if draw(st.integers(0, 5)) == 0:
                over["dates"]["voided_on"] = draw(_SHORT)
        reviewed, expires = sorted((draw(_SHORT), draw(_SHORT)))
        over["review"] = {"reviewed_on": min(reviewed, _WHEN), "expires_on": max(expires, _WHEN)}
        if draw(st.integers(0, 7)) == 0:
            over["file"] = {"sha256": None}
        over["limits"] = {"ai": draw(st.sampled_from(["permitted", "permitted", "forbidden", "silent"]))}
        if kind == "customer_baa":
            over["limits"]["subcontractors"] = draw(st.sampled_from(["permitted", "permitted", "silent"]))
            over["limits"]["offshore"] = draw(st.sampled_from([None, None, "forbidden"]))
        documents.append(paper(kind, **over))
    return documents


def answers(snapshot: Snapshot, day: date, who: Organisation) -> tuple[Coverage, ...]:
    return cover(snapshot, OPENAI, Label, CHAT, "gpt-4o", day, who, "north-clinic")


def without(documents: Iterable[Document], gone: str) -> list[Document]:
    return [document for document in documents if document.id != gone]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.data())
def test_removing_a_used_document_never_helps_and_always_hurts_its_label_unless_another_serves(
    filed: Filed, paper: Paper, covered_entity: Organisation, business_associate: Organisation, data: st.DataObject
) -> None:
    documents = data.draw(registers(paper))
    who = data.draw(st.sampled_from([covered_entity, business_associate]))
    before = answers(filed(documents), _WHEN, who)
    for used in {each for found in before for each in found.documents}:
        after = answers(filed(without(documents, used)), _WHEN, who)
        for old, new in zip(before, after, strict=True):
            # A contract that is gone binds no longer: where it kept data at home, that limit goes with it.
            kept_home = next(d for d in documents if d.id == used).limits.offshore is not None
            assert old.covered or kept_home or not new.covered, (used, old, new)
            assert used not in new.documents
            if used in old.documents and new.covered:
                # Another document took its place, and the chain holds no longer than before.
                assert new.documents != old.documents
                assert (new.until or date.max) <= (old.until or date.max) or new.until is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_nothing_changes_before_the_next_change_and_coverage_holds_until_its_day(
    filed: Filed, paper: Paper, covered_entity: Organisation, business_associate: Organisation, data: st.DataObject
) -> None:
    snapshot = filed(data.draw(registers(paper)))
    who = data.draw(st.sampled_from([covered_entity, business_associate]))
    change = next_change(snapshot, _WHEN)
    assert change is not None
    assert change > _WHEN
    today = answers(snapshot, _WHEN, who)
    day = _WHEN + DAY
    while day < min(change, _WHEN + 60 * DAY):
        assert answers(snapshot, day, who) == today
        day += DAY
    for found in today:
        if found.covered and found.until is not None:
            assert found.until >= _WHEN
            (last,) = cover(snapshot, OPENAI, [found.label], CHAT, "gpt-4o", found.until, who, "north-clinic")
            assert last.covered


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_reasons_and_documents_are_never_mixed(
    filed: Filed, paper: Paper, covered_entity: Organisation, data: st.DataObject
) -> None:
    documents = data.draw(registers(paper))
    known = {document.id: document for document in documents}
    for found in answers(filed(documents), _WHEN, covered_entity):
        assert bool(found.reasons) != found.covered
        assert all(reason.endswith(".") for reason in found.reasons)
        assert all(not known[each].demonstration for each in found.documents)
        assert found.covered or (found.documents == () and found.until is None)
