"""Approvals of other tiers than zero data retention, rules that ask for one, and announcements of vendors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ringfence.register import Document, Organisation, Snapshot, Tier, check, cover, load, next_change, review
from ringfence.register.requirements import Relaxation
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.decision import Coverage, FieldReview
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

DAY = timedelta(days=1)
Filed = Callable[..., Snapshot]
Paper = Callable[..., Document]
Folder = Callable[[dict[str, str]], Path]
SERVICE, CHAT = "openai/chat-completions", "chat_completions"
LESSER = [tier for tier in Tier if tier not in (Tier.DEFAULT, Tier.ZERO_DATA_RETENTION)]


def ask(snapshot: Snapshot, today: date, who: Organisation, label: Label = Label.PHI) -> Coverage:
    (found,) = cover(snapshot, SERVICE, [label], CHAT, "gpt-4o", today, who)
    return found


class TestApprovals:
    def test_one_that_states_no_tier_is_of_zero_data_retention(self, paper: Paper) -> None:
        assert paper("zdr_approval").tier is Tier.ZERO_DATA_RETENTION
        assert paper("baa").tier is None

    @pytest.mark.parametrize("tier", LESSER)
    def test_a_lesser_tier_does_not_meet_zero_data_retention(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, tier: Tier
    ) -> None:
        approval = paper("zdr_approval", limits={"tier": tier.value})
        found = ask(filed([paper("baa"), approval]), today, covered_entity)
        assert found.reasons == (
            f"The ZDR approval zdr-approval is an approval of {tier}, not of zero_data_retention "
            "(house policy: phi-zdr).",
        )

    @pytest.mark.parametrize("tier", LESSER)
    def test_house_policy_can_be_relaxed_to_one_tier_and_law_stays(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation, tier: Tier
    ) -> None:
        relaxed = Relaxation(
            need="phi-zdr",
            because="decided",
            approved_by="Q. Boss",
            approved_on=today,
            expires_on=today + DAY,
            accepts=(tier,),
        )

        def found(*documents: Document) -> Coverage:
            return ask(filed(documents, relaxations=(relaxed,)), today, covered_entity)

        approval = paper("zdr_approval", limits={"tier": tier.value})
        assert found(paper("baa"), approval).covered
        assert found(paper("baa"), approval).until == today + DAY
        assert found(paper("baa"), paper("zdr_approval")).covered
        assert "(house policy: phi-zdr)" in found(paper("baa")).reasons[0]
        assert "(law: phi-baa)" in found(approval).reasons[0]
        other = next(each for each in LESSER if each is not tier)
        assert not found(paper("baa"), paper("zdr_approval", limits={"tier": other.value})).covered

    @pytest.mark.parametrize(("kind", "tier"), [("baa", "zero_data_retention"), ("zdr_approval", "default")])
    def test_only_an_approval_states_one(self, paper: Paper, kind: str, tier: str) -> None:
        with pytest.raises(ConfigurationError, match=r"limits\.tier"):
            paper(kind, limits={"tier": tier})

    @pytest.mark.parametrize(("need", "accepts"), [("personal-dpa", "private_retention"), ("phi-zdr", "default")])
    def test_a_relaxation_accepts_tiers_only_where_a_need_asks_for_one(
        self, folder: Folder, need: str, accepts: str
    ) -> None:
        text = f'[[relax]]\nneed = "{need}"\nbecause = "decided"\napproved_by = "Q. Boss"\naccepts = ["{accepts}"]\n'
        text += "approved_on = 2026-11-01\nexpires_on = 2026-12-31\n"
        with pytest.raises(ConfigurationError, match=r"relax\[0\]\.accepts"):
            load(folder({"requirements.toml": text}))


HEAD = 'vendor = "openai"\nendpoint = "chat_completions"\nreviewed_on = 2026-11-01\nexpires_on = 2027-05-01\n'
RULE = '[[rules]]\npaths = ["/a"]\nwhy = "It keeps it."\nsource = "https://x.example"\nreviewed_on = 2026-11-01\n'
HEALTH = 'forbid_labels = ["phi", "part2", "limited_data_set"]\n'
CLAIM = '[[rules.claims]]\nsays = "x"\nreviewed_on = 2026-11-01\n'
CLAIMS = (
    f'{CLAIM}answer = "no"\nsource = "https://one.example"\n{CLAIM}answer = "yes"\nsource = "https://two.example"\n'
)


class TestRules:
    def look(
        self,
        folder: Folder,
        rule: str,
        today: date,
        labels: list[Label],
        *found: str,
        documents: dict[str, str] | None = None,
    ) -> FieldReview:
        terms = f"{HEAD}{RULE}{rule}".replace('"/a"', '"/a", "/model"' if "allow" in rule else '"/a"')
        snapshot = load(folder({"terms/one.toml": terms, **(documents or {})}))
        return review(snapshot, SERVICE, CHAT, "gpt-4o", (Use("/a", "", "/a"),), today, labels, found)

    @pytest.mark.parametrize("labels", [[Label.PHI], [Label.PERSONAL], [Label.PERSONAL, Label.PHI], []])
    @pytest.mark.parametrize("tier", [None, *Tier])
    def test_zdr_yes_hipaa_no(
        self, folder: Folder, text: Callable[..., str], today: date, labels: list[Label], tier: Tier | None
    ) -> None:
        rule = f'verdict = "forbid_regulated"\nallowed_under = ["zero_data_retention"]\n{HEALTH}'
        documents = {}
        if tier is not None and tier is not Tier.DEFAULT:
            over = {"scope": {"labels": ["personal", "phi"]}, "limits": {"tier": tier.value}}
            documents = {"documents/one.toml": text("zdr_approval", **over)}
        found = self.look(folder, rule, today, labels, documents=documents)
        assert bool(found.forbidden) != (labels == [Label.PERSONAL] and tier is Tier.ZERO_DATA_RETENTION)
        if found.forbidden:
            why = found.forbidden[0].why
            assert ("Never with" in why) == (labels != [Label.PERSONAL])
            assert ("An approval on file lifts it: zero_data_retention." in why) == (labels == [Label.PERSONAL])
        else:
            assert found.until == date(2027, 1, 31)

    def test_an_approval_lifts_it_only_for_the_labels_that_it_names(
        self, folder: Folder, text: Callable[..., str], today: date
    ) -> None:
        rule = 'verdict = "forbid_regulated"\nallowed_under = ["zero_data_retention"]\n'
        documents = {"documents/one.toml": text("zdr_approval", scope={"labels": ["personal"]})}
        assert not self.look(folder, rule, today, [Label.PERSONAL], documents=documents).forbidden

    @pytest.mark.parametrize("over", [{"scope": {"labels": ["phi"]}}, {"scope": {"endpoints": ["responses"]}}])
    def test_an_approval_of_something_else_lifts_nothing(
        self, folder: Folder, text: Callable[..., str], today: date, over: dict[str, dict[str, list[str]]]
    ) -> None:
        rule = 'verdict = "forbid_regulated"\nallowed_under = ["zero_data_retention"]\n'
        scope = {"labels": ["personal"], **over["scope"]}
        documents = {"documents/one.toml": text("zdr_approval", scope=scope)}
        assert self.look(folder, rule, today, [Label.PERSONAL], documents=documents).forbidden

    def test_a_label_alone_is_forbidden(self, folder: Folder, today: date) -> None:
        rule = f'verdict = "forbid_regulated"\n{HEALTH}'
        assert not self.look(folder, rule, today, [Label.FINANCIAL]).forbidden
        assert [use.name for use in self.look(folder, rule, today, [Label.PHI, Label.FINANCIAL]).forbidden] == ["/a"]

    @pytest.mark.parametrize(
        ("labels", "found", "forbidden"),
        [
            ([Label.PHI], (), False),
            ([Label.PHI], ("/a",), True),
            ([Label.PHI], ("/a/deep/*/inside",), True),
            ([Label.PHI], ("/another",), False),
            ([Label.FINANCIAL], ("/a",), False),
            ([], ("/a",), True),
        ],
    )
    def test_a_clean_member_may_go(
        self, folder: Folder, today: date, labels: list[Label], found: tuple[str, ...], forbidden: bool
    ) -> None:
        seen = self.look(folder, f'verdict = "allow_clean"\n{HEALTH}', today, labels, *found)
        assert bool(seen.forbidden) == forbidden
        assert all("identifies somebody was found" in use.why for use in seen.forbidden)

    def test_unresolved_never_goes_and_shows_both_sources(
        self, folder: Folder, text: Callable[..., str], today: date
    ) -> None:
        documents = {"documents/one.toml": text("zdr_approval", scope={"labels": ["personal"]})}
        found = self.look(folder, f'verdict = "unresolved"\n{CLAIMS}', today, [Label.PERSONAL], documents=documents)
        (use,) = found.forbidden
        assert "Sources disagree: no (https://one.example" in use.why
        assert "yes (https://two.example" in use.why

    @pytest.mark.parametrize(
        ("rule", "field"),
        [
            ('verdict = "allow"\nallowed_under = ["zero_data_retention"]\n', "allowed_under"),
            ('verdict = "forbid_regulated"\nallowed_under = ["default"]\n', "allowed_under"),
            (f'verdict = "allow"\n{HEALTH}', "forbid_labels"),
            ('verdict = "forbid_regulated"\nforbid_labels = ["general"]\n', "forbid_labels"),
            ('verdict = "unresolved"\n', "claims"),
            (f'verdict = "allow"\n{CLAIMS}', "claims"),
            (f'verdict = "unresolved"\n{CLAIMS}'.replace('"yes"', '"no"'), "claims"),
        ],
    )
    def test_rules_that_contradict_themselves_are_refused(self, folder: Folder, rule: str, field: str) -> None:
        with pytest.raises(ConfigurationError, match=rf"rules\[0\]\.{field}"):
            load(folder({"terms/one.toml": f"{HEAD}{RULE}{rule}"}))


class TestNotices:
    """A vendor announces that its terms change: from that day nothing regulated goes, until somebody reviewed it."""

    OPEN = {"review": {"reviewed_by": None, "reviewed_on": None, "expires_on": None}}
    FIRST = date(2026, 12, 15)

    def notice(self, paper: Paper, **over: object) -> Document:
        return paper("vendor_notice", dates={"effective_on": self.FIRST}, **{**self.OPEN, **over})

    def covered(self, filed: Filed, paper: Paper, today: date, who: Organisation, *more: Document) -> Coverage:
        return ask(filed([paper("baa"), paper("zdr_approval"), *more]), today, who)

    def test_it_takes_coverage_away_on_its_day(self, filed: Filed, paper: Paper, covered_entity: Organisation) -> None:
        notice = self.notice(paper)
        before = self.covered(filed, paper, self.FIRST - DAY, covered_entity, notice)
        assert before.covered
        assert before.until == self.FIRST - DAY
        after = self.covered(filed, paper, self.FIRST, covered_entity, notice)
        assert after.reasons == (
            "The vendor notice vendor-notice changes the terms for chat_completions at OpenAI from 2026-12-15 on, and "
            "nobody has reviewed it: what they are now is unresolved.",
        )

    def test_every_field_is_unknown_from_then_on(self, filed: Filed, paper: Paper) -> None:
        snapshot = filed([self.notice(paper)])
        use = (Use("/model", "", "/model"),)
        early = review(snapshot, SERVICE, CHAT, "gpt-4o", use, self.FIRST - DAY)
        assert early == FieldReview(until=self.FIRST - DAY)
        assert [each.name for each in review(snapshot, SERVICE, CHAT, "gpt-4o", use, self.FIRST).unknown] == ["/model"]

    def test_a_review_gives_it_back(self, filed: Filed, paper: Paper, covered_entity: Organisation) -> None:
        done = {"review": {"reviewed_by": "Q. Reader", "reviewed_on": self.FIRST, "expires_on": None}}
        notice = self.notice(paper, **done)
        assert self.covered(filed, paper, self.FIRST, covered_entity, notice).covered
        late = {"review": {**done["review"], "reviewed_on": self.FIRST + DAY}}
        assert not self.covered(filed, paper, self.FIRST, covered_entity, self.notice(paper, **late)).covered

    def test_one_without_a_day_holds_at_once(
        self, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
    ) -> None:
        notice = paper("vendor_notice", dates={"effective_on": None}, **self.OPEN)
        assert not self.covered(filed, paper, today, covered_entity, notice).covered

    @pytest.mark.parametrize(
        ("over", "touched"),
        [
            ({"scope": {"services": None}}, True),
            ({"scope": {"endpoints": [CHAT]}}, True),
            ({"scope": {"endpoints": ["responses"]}}, False),
            ({"scope": {"services": ["openai/responses"]}}, False),
            ({"scope": {"models": ["gpt-4*"]}}, True),
            ({"scope": {"models": ["gpt-5*"]}}, False),
            ({"subject": "anthropic"}, False),
            ({"demonstration": True}, False),
        ],
    )
    def test_it_reaches_as_far_as_its_scope(
        self, filed: Filed, paper: Paper, covered_entity: Organisation, over: dict[str, object], touched: bool
    ) -> None:
        notice = self.notice(paper, **over)
        assert self.covered(filed, paper, self.FIRST, covered_entity, notice).covered != touched

    def test_asked_without_a_model_any_model_is_meant(
        self, filed: Filed, paper: Paper, covered_entity: Organisation
    ) -> None:
        notice = self.notice(paper, scope={"models": ["gpt-5*"]})
        snapshot = filed([paper("baa"), paper("zdr_approval"), notice])
        (found,) = cover(snapshot, SERVICE, [Label.PHI], CHAT, "", self.FIRST, covered_entity)
        assert not found.covered

    def test_its_day_is_a_turning_day(self, filed: Filed, paper: Paper, today: date) -> None:
        assert next_change(filed([self.notice(paper)]), self.FIRST - DAY) == self.FIRST

    def test_check_tells(self, folder: Folder, text: Callable[..., str], today: date) -> None:
        path = folder({"documents/one.toml": text("vendor_notice", dates={"effective_on": self.FIRST}, **self.OPEN)})
        says = [problem.says for problem in check(path, today)]
        assert any("nobody has reviewed this notice, so from 2026-12-15 on nothing regulated" in each for each in says)
        reviewed = folder({"documents/one.toml": text("vendor_notice", review={"expires_on": None})})
        assert check(reviewed, today) == ()
