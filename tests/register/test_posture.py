"""What reading the vendors' accounts does to coverage. Every moment is handed in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence import register
from ringfence.register import Posture, Probed, Snapshot, organisation
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.posture import AccountState, Acknowledgement, Drift
from support import home

NOW = datetime.now(UTC).replace(hour=12)  # the test home's documents are in force around the real today
DAY = timedelta(days=1)
US = organisation("neither", (), "Us")
PROBED = (Probed("openai", ("openai/*",)),)
WORD = Acknowledgement("P. Officer", NOW, "seen")
GOOD = AccountState(
    vendor="openai",
    services=("openai/*",),
    probed_at=NOW,
    considered=("test-zdr_approval",),
    observations=(),
    findings=(),
    verified_at=NOW,
    verified_until=NOW + DAY,
)
DRIFT = Drift(
    id="f-1",
    cause="setting",
    vendor="openai",
    scope="project a",
    setting="data_retention",
    value="none",
    says="openai, project a: data_retention is none, but test-zdr_approval says zero_data_retention.",
    services=("openai/*",),
    kinds=("zdr_approval",),
    documents=("test-zdr_approval",),
    opened_at=NOW,
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("home")
    home.write(folder, 1)
    return register.load(folder / "register")


def cover(snapshot: Snapshot, label: Label = Label.PHI, today: date | None = None, **posture: Any) -> Coverage:
    with_it = msgspec.structs.replace(snapshot, posture=Posture(**posture))
    [answer] = register.cover(
        with_it, "openai/covered", [label], "chat_completions", "gpt-4o-baa", today or NOW.date(), US, "c"
    )
    return answer


def test_never_probed_is_covered_by_documents_and_says_that_nobody_looked(snapshot: Snapshot) -> None:
    answer = cover(snapshot)
    assert (answer.covered, answer.verified_at) == (True, None)


def test_a_good_probe_is_in_the_answer_with_its_end(snapshot: Snapshot) -> None:
    answer = cover(snapshot, probed=PROBED, accounts=(GOOD,), at=NOW)
    assert (answer.covered, answer.verified_at, answer.until) == (True, NOW, (NOW + DAY).date())


@pytest.mark.parametrize(
    ("account", "at", "days", "why"),
    [
        (None, NOW, 0, "no good probe is on file"),
        (msgspec.structs.replace(GOOD, verified_at=None, verified_until=None), NOW, 0, "no good probe is on file"),
        (GOOD, NOW + DAY, 0, "too old"),
        (GOOD, NOW + DAY + timedelta(seconds=1), 0, "too old"),
        (GOOD, NOW, 2, "too old"),
        (GOOD, None, 0, "too old"),
        (msgspec.structs.replace(GOOD, considered=("other",)), NOW, 0, "compared with test-zdr_approval"),
    ],
    ids=["none", "never good", "just expired", "expired", "read on a later day", "no moment", "document not compared"],
)
@pytest.mark.parametrize("label", [Label.PHI, Label.PERSONAL])
def test_no_good_probe_in_force(
    account: AccountState | None, at: datetime | None, days: int, why: str, label: Label, snapshot: Snapshot
) -> None:
    accounts = (account,) if account else ()
    answer = cover(snapshot, label, NOW.date() + days * DAY, probed=PROBED, accounts=accounts, at=at)
    assert not answer.covered
    assert why in " ".join(answer.reasons)


def test_general_needs_no_probe(snapshot: Snapshot) -> None:
    assert cover(snapshot, Label.GENERAL, probed=PROBED, drifts=(DRIFT,), at=NOW).covered


def test_a_vendor_whose_documents_claim_nothing_needs_no_probe(snapshot: Snapshot) -> None:
    without = {each: document for each, document in snapshot.documents.items() if each != "test-zdr_approval"}
    bare = msgspec.structs.replace(snapshot, documents=without)
    assert cover(bare, Label.PERSONAL, probed=PROBED, at=NOW).covered


def test_another_vendors_account_says_nothing(snapshot: Snapshot) -> None:
    posture = {"probed": (Probed("anthropic", ("anthropic/*",)),), "at": NOW}
    elsewhere = msgspec.structs.replace(DRIFT, services=("anthropic/*",))
    assert cover(snapshot, **posture, drifts=(elsewhere,)).covered


@pytest.mark.parametrize("label", [Label.PHI, Label.PERSONAL, Label.CONFIDENTIAL])
@pytest.mark.parametrize("resolved", [None, NOW])
def test_an_open_drift_closes_everything_regulated(label: Label, resolved: datetime | None, snapshot: Snapshot) -> None:
    drift = msgspec.structs.replace(DRIFT, resolved_at=resolved)
    answer = cover(snapshot, label, accounts=(GOOD,), probed=PROBED, drifts=(drift,), at=NOW)
    assert not answer.covered
    assert any("data_retention is none" in reason and "acknowledge f-1" in reason for reason in answer.reasons)
    assert ("agrees again" in answer.reasons[0]) is (resolved is not None)


@pytest.mark.parametrize(
    ("label", "resolved", "covered"),
    [(Label.PHI, None, False), (Label.PERSONAL, None, True), (Label.PHI, NOW, True), (Label.PERSONAL, NOW, True)],
)
def test_an_acknowledged_drift_closes_what_needs_the_document(
    label: Label, resolved: datetime | None, covered: bool, snapshot: Snapshot
) -> None:
    drift = msgspec.structs.replace(DRIFT, acknowledged=WORD, resolved_at=resolved)
    assert cover(snapshot, label, accounts=(GOOD,), probed=PROBED, drifts=(drift,), at=NOW).covered is covered


@pytest.mark.parametrize(("word", "covered"), [(None, False), (WORD, True)])
def test_a_lapsed_document_waits_for_a_person_only(
    word: Acknowledgement | None, covered: bool, snapshot: Snapshot
) -> None:
    """Once acknowledged, the ordinary rules on documents hold, and here a valid one is on file."""
    drift = msgspec.structs.replace(DRIFT, cause="document", acknowledged=word)
    assert cover(snapshot, drifts=(drift,), at=NOW).covered is covered


def test_the_next_change_is_known_to_the_second(snapshot: Snapshot) -> None:
    posture = Posture(probed=PROBED, accounts=(GOOD,), at=NOW)
    assert posture.changes_at == NOW + DAY
    assert msgspec.structs.replace(posture, at=NOW + DAY).changes_at is None
    changes = register.next_change(msgspec.structs.replace(snapshot, posture=posture), NOW.date())
    assert changes is not None and changes <= (NOW + DAY).date()


def test_the_digest_tells_what_decides(tmp_path: Path) -> None:
    """A renewed probe is the same register; an expired one, a drift and a person's word are not."""
    home.write(tmp_path, 1)

    def digest(**posture: Any) -> str:
        return register.load(tmp_path / "register", posture=Posture(**posture)).digest

    good = digest(probed=PROBED, accounts=(GOOD,), at=NOW)
    later = msgspec.structs.replace(GOOD, probed_at=NOW + DAY, verified_at=NOW + DAY, verified_until=NOW + 2 * DAY)
    assert digest(probed=PROBED, accounts=(later,), at=NOW + DAY) == good
    others = {
        good,
        digest(),
        digest(probed=PROBED, accounts=(GOOD,), at=NOW + DAY),
        digest(probed=PROBED, accounts=(GOOD,), drifts=(DRIFT,), at=NOW),
        digest(probed=PROBED, accounts=(GOOD,), drifts=(msgspec.structs.replace(DRIFT, acknowledged=WORD),), at=NOW),
    }
    assert len(others) == 5
