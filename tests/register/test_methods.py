from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from ringfence.register import Document, MaskMethod, Organisation, Snapshot, mask_method
from ringfence.vocabulary.labels import Label

OPENAI = "openai/chat-completions"
Paper = Callable[..., Document]
Filed = Callable[..., Snapshot]


def ask(snapshot: Snapshot, labels: Iterable[Label], today: date, who: Organisation, client: str = "") -> MaskMethod:
    return mask_method(snapshot, OPENAI, labels, today, who, client)


@pytest.mark.parametrize(
    ("kind", "method", "label"),
    [
        ("expert_determination", "expert_determination", Label.PHI),
        ("safe_harbor_attestation", "safe_harbor", Label.PHI),
        ("structured_masking_acceptance", "structured_acceptance", Label.FINANCIAL),
    ],
)
def test_each_method_holds_to_its_last_day(
    filed: Filed, paper: Paper, covered_entity: Organisation, kind: str, method: str, label: Label
) -> None:
    last = date(2026, 12, 10)
    document = paper(kind, dates={"ends_on": last})
    snapshot = filed([document])
    assert ask(snapshot, [label, Label.GENERAL], last, covered_entity) == MaskMethod(method, (document.id,), last)
    assert ask(snapshot, [label], last + timedelta(days=1), covered_entity) == MaskMethod()


def test_nothing_on_file_is_no_method(shipped: Snapshot, today: date, covered_entity: Organisation) -> None:
    assert ask(shipped, [Label.PHI], today, covered_entity) == MaskMethod("none", (), None)


def test_the_strongest_is_named(filed: Filed, paper: Paper, today: date, covered_entity: Organisation) -> None:
    kinds = ["structured_masking_acceptance", "safe_harbor_attestation", "expert_determination"]
    for strongest in range(3):
        snapshot = filed([paper(kind) for kind in kinds[: strongest + 1]])
        expected = ("structured_acceptance", "safe_harbor", "expert_determination")[strongest]
        assert ask(snapshot, [Label.PERSONAL], today, covered_entity).method == expected


@pytest.mark.parametrize(
    "over",
    [
        {"scope": {"labels": ["phi"]}},
        {"scope": {"services": ["openai/responses"]}},
        {"file": {"sha256": None}},
        {"demonstration": True},
        {"method": {"no_actual_knowledge": False}},
        {"parties": []},
        {"dates": {"effective_on": date(2026, 12, 2)}},
    ],
)
def test_it_must_name_every_label_and_the_service_and_count(
    filed: Filed, paper: Paper, today: date, covered_entity: Organisation, over: dict[str, Any]
) -> None:
    labels = [Label.PHI, Label.PERSONAL]
    assert ask(filed([paper("safe_harbor_attestation")]), labels, today, covered_entity).method == "safe_harbor"
    assert ask(filed([paper("safe_harbor_attestation", **over)]), labels, today, covered_entity) == MaskMethod()


def test_general_alone_and_unknown_services_have_no_method(
    filed: Filed, paper: Paper, today: date, covered_entity: Organisation
) -> None:
    snapshot = filed([paper("expert_determination")])
    assert ask(snapshot, [Label.GENERAL], today, covered_entity) == MaskMethod()
    assert mask_method(snapshot, "nobody/x", [Label.PHI], today, covered_entity) == MaskMethod()


class TestBusinessAssociate:
    """45 CFR 164.504(e)(2)(i): it may de-identify only as its customer's BAA permits."""

    def test_the_clients_baa_must_permit_it_and_is_named(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        last = date(2026, 12, 5)
        snapshot = filed([paper("expert_determination"), paper("customer_baa", dates={"ends_on": last})])
        found = ask(snapshot, [Label.PHI], today, business_associate, "north-clinic")
        assert found == MaskMethod("expert_determination", ("customer-baa", "expert-determination"), last)
        for client in ("", "south-clinic"):
            assert ask(snapshot, [Label.PHI], today, business_associate, client) == MaskMethod()

    @pytest.mark.parametrize("says", ["forbidden", "silent", None])
    def test_silence_is_no_permission(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation, says: str | None
    ) -> None:
        strict = paper("customer_baa", id="strict", limits={"deidentification": says})
        for documents in ([strict], [strict, paper("customer_baa")]):
            snapshot = filed([paper("expert_determination"), *documents])
            assert ask(snapshot, [Label.PHI], today, business_associate, "north-clinic") == MaskMethod()

    def test_a_label_that_no_agreement_speaks_of(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        determination = paper("expert_determination", scope={"labels": ["phi", "part2"]})
        customer = paper("customer_baa", scope={"labels": ["phi"]})
        found = ask(
            filed([determination, customer]), [Label.PHI, Label.PART2], today, business_associate, "north-clinic"
        )
        assert found == MaskMethod()

    def test_other_data_needs_no_such_permission(
        self, filed: Filed, paper: Paper, today: date, business_associate: Organisation
    ) -> None:
        snapshot = filed([paper("structured_masking_acceptance")])
        assert ask(snapshot, [Label.PERSONAL], today, business_associate).method == "structured_acceptance"
