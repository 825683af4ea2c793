"""Drifts begin with a finding and end with a person; documents that end while in use are drifts too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence import register
from ringfence.posture import Store, Use, acknowledged, affected, follow, lapses, opened
from ringfence.register import Posture, Probed, organisation, read_posture
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.posture import AccountState, Acknowledgement, Affected, Drift, Finding, FindingKind
from support import admin_apis as scripted
from support import home
from support.admin_apis import Says

from .conftest import LIFETIME, NOW, Probe, zdr

HOUR = timedelta(hours=1)
WORD = Acknowledgement("P. Officer", NOW, "seen")
NONE = scripted.openai(projects=[("proj_a", "none")])


def _state(kind: FindingKind, value: str = "none", documents: tuple[str, ...] = ("zdr",)) -> AccountState:
    finding = Finding(
        kind=kind,
        vendor="openai",
        scope="project a",
        setting="data_retention",
        value=value,
        says="It is so.",
        source="/x",
        services=("openai/*",),
        documents=documents,
        kinds=("zdr_approval",),
    )
    return AccountState(
        vendor="openai",
        services=("openai/*",),
        probed_at=NOW,
        considered=("zdr",),
        observations=(),
        findings=(finding,),
    )


@pytest.fixture
def drift() -> Drift:
    [made] = follow(_state(FindingKind.DRIFT), [], NOW - HOUR, NOW)
    return made


def test_a_drift_begins(drift: Drift) -> None:
    assert (drift.since, drift.opened_at, drift.resolved_at) == (NOW - HOUR, NOW, None)
    assert drift.services == ("openai/*",)


@pytest.mark.parametrize("word", [None, WORD])
def test_the_same_drift_stays_as_it_is(drift: Drift, word: Acknowledgement | None) -> None:
    standing = msgspec.structs.replace(drift, acknowledged=word)
    assert follow(_state(FindingKind.DRIFT), [standing], NOW, NOW + HOUR) == []


def test_agreeing_again_resolves_and_does_not_end_it(drift: Drift) -> None:
    [resolved] = follow(_state(FindingKind.AGREES), [drift], NOW, NOW + HOUR)
    assert (resolved.id, resolved.resolved_at, resolved.acknowledged) == (drift.id, NOW + HOUR, None)


def test_a_second_drift_needs_a_second_word(drift: Drift) -> None:
    ended = msgspec.structs.replace(acknowledged(drift, WORD), resolved_at=NOW)
    [again] = follow(_state(FindingKind.DRIFT), [ended], NOW, NOW + HOUR)
    assert again.id != drift.id
    assert again.acknowledged is None


def test_another_value_is_another_drift(drift: Drift) -> None:
    old, new = follow(
        _state(FindingKind.DRIFT, "modified_abuse_monitoring"), [acknowledged(drift, WORD)], NOW, NOW + HOUR
    )
    assert (old.id, old.resolved_at) == (drift.id, NOW + HOUR)
    assert (new.value, new.acknowledged) == ("modified_abuse_monitoring", None)


def test_what_can_not_be_read_changes_nothing(drift: Drift) -> None:
    assert follow(_state(FindingKind.UNREADABLE), [drift], NOW, NOW + HOUR) == []


def test_a_part_of_the_account_that_is_no_more(drift: Drift) -> None:
    [resolved] = follow(msgspec.structs.replace(_state(FindingKind.AGREES), findings=()), [drift], NOW, NOW + HOUR)
    assert resolved.resolved_at == NOW + HOUR


def test_the_first_word_counts(drift: Drift) -> None:
    once = acknowledged(drift, WORD)
    assert acknowledged(once, Acknowledgement("Somebody", NOW, "else")) == once


def test_unreadable_keeps_the_last_end(probe: Probe) -> None:
    """A vendor that stops answering counts until the last reading expires, and not a second longer."""
    good = probe("openai", scripted.openai(), zdr("openai"))
    assert good.verified_until == NOW + LIFETIME
    broken: dict[str, Any] = dict.fromkeys(scripted.openai(), Says(500))
    later = probe("openai", broken, zdr("openai"), before=good, now=NOW + HOUR)
    assert (later.verified_at, later.verified_until) == (NOW, NOW + LIFETIME)
    again = probe("openai", scripted.openai(), zdr("openai"), before=later, now=NOW + 2 * HOUR)
    assert (again.verified_at, again.verified_until) == (NOW + 2 * HOUR, NOW + 2 * HOUR + LIFETIME)


def test_observations_carry_when_they_expire(probe: Probe) -> None:
    state = probe("openai", scripted.openai(), zdr("openai"))
    assert {each.expires_at for each in state.observations} == {NOW + LIFETIME}
    assert state.observations[0].source == "/organization/data_retention"


class TestLapses:
    """Documents of the test home, which are in force around the real today; the day is handed in."""

    @pytest.fixture
    def snapshot(self, tmp_path: Path) -> Callable[..., register.Snapshot]:
        def make(**changes: Any) -> register.Snapshot:
            home.write(tmp_path, 1)
            for kind, tables in changes.items():
                path = tmp_path / f"register/documents/{kind}.toml"
                path.write_text(home.document(kind, datetime.now(UTC).date(), **tables))
            return register.load(tmp_path / "register")

        return make

    now = datetime.now(UTC)
    us = organisation("neither", (), "Us")

    def use(self, *documents: str) -> Use:
        return Use(
            "openai/covered", "phi", "test", "chat_completions", "gpt-4o-baa", documents, 7, "2026-12-01T00:00:00.000Z"
        )

    def test_nothing_lapsed(self, snapshot: Callable[..., register.Snapshot]) -> None:
        assert lapses(snapshot(), [self.use("test-baa", "test-zdr_approval")], [], self.us, self.now) == []

    @pytest.mark.parametrize("day", [0, 1, 20])
    def test_voided(self, day: int, snapshot: Callable[..., register.Snapshot]) -> None:
        voided = self.now.date() - timedelta(days=day)
        dates = {"effective_on": date(2020, 1, 1), "ends_on": date(2099, 1, 1), "voided_on": voided}
        found = lapses(snapshot(baa={"dates": dates}), [self.use("test-baa")], [], self.us, self.now)
        [drift] = found
        assert (drift.cause, drift.documents, drift.services) == ("document", ("test-baa",), ("openai/covered",))
        assert drift.since is not None and drift.since.date() == voided
        assert lapses(snapshot(baa={"dates": dates}), [self.use("test-baa")], found, self.us, self.now) == []

    def test_ended(self, snapshot: Callable[..., register.Snapshot]) -> None:
        dates = {"effective_on": date(2020, 1, 1), "ends_on": self.now.date() - timedelta(days=1)}
        [drift] = lapses(
            snapshot(zdr_approval={"dates": dates}), [self.use("test-zdr_approval")], [], self.us, self.now
        )
        assert "lapsed" in drift.says

    def test_still_to_end(self, snapshot: Callable[..., register.Snapshot]) -> None:
        dates = {"effective_on": date(2020, 1, 1), "ends_on": self.now.date()}
        assert lapses(snapshot(baa={"dates": dates}), [self.use("test-baa")], [], self.us, self.now) == []

    def test_not_in_use(self, snapshot: Callable[..., register.Snapshot]) -> None:
        dates = {"effective_on": date(2020, 1, 1), "ends_on": date(2020, 2, 1)}
        assert lapses(snapshot(baa={"dates": dates}), [self.use("test-dpa")], [], self.us, self.now) == []

    def test_replaced_in_time(self, snapshot: Callable[..., register.Snapshot]) -> None:
        """The one in use ended, and coverage goes on by another: no incident."""
        whole = snapshot()
        old = msgspec.structs.replace(whole.documents["test-baa"], id="old-baa")
        ended = msgspec.structs.replace(old.dates, ends_on=self.now.date() - timedelta(days=1))
        both = {**whole.documents, "old-baa": msgspec.structs.replace(old, dates=ended)}
        with_both = msgspec.structs.replace(whole, documents=both)
        assert lapses(with_both, [self.use("old-baa")], [], self.us, self.now) == []


def _request(index: int, time: str, service: str = "openai/covered", *labels: str) -> Affected:
    return Affected(index, time, service, labels or ("phi",), "ALLOW", "as_requested")


def test_an_incident_lists_regulated_requests_since_then(drift: Drift) -> None:
    sent = [
        _request(1, "2026-12-01T08:29:59.999Z"),
        _request(2, "2026-12-01T08:30:00.000Z"),
        _request(3, "2026-12-01T09:00:00.000Z", "openai/covered", "general"),
        _request(4, "2026-12-01T09:00:00.000Z", "private/embedded"),
        _request(5, "2026-12-01T09:00:00.000Z", "openai/other", "general", "personal"),
    ]
    found = affected(sent, drift.services, drift.since)
    assert [each.index for each in found] == [2, 5]
    assert [each.index for each in affected(sent, drift.services, None)] == [1, 2, 5]
    assert opened(drift, found).id == opened(drift, found).id


class TestStore:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "posture", tmp_path / "incidents")

    def test_what_is_kept_is_read(self, store: Store, drift: Drift) -> None:
        state = _state(FindingKind.DRIFT)
        with store.locked():
            store.keep(state)
            store.keep(drift)
            store.keep(opened(drift, (_request(1, "2026-12-01T08:30:00.000Z"),)))
        assert store.account("openai") == state
        assert store.drifts() == [drift]
        assert [each.drift for each in store.all_incidents()] == [drift.id]
        posture = read_posture(store.folder, [Probed("openai", ("openai/*",))], NOW)
        assert (posture.accounts, posture.drifts) == ((state,), (drift,))
        modes = {path.stat().st_mode & 0o777 for path in store.folder.rglob("*.json")}
        assert modes == {0o600}

    @pytest.mark.parametrize("data", [b"", b"{", b'{"id": 1}', b"\xff"])
    def test_what_can_not_be_read_is_an_error(self, store: Store, drift: Drift, data: bytes) -> None:
        with store.locked():
            store.keep(drift)
        (store.folder / f"drifts/{drift.id}.json").write_bytes(data)
        with pytest.raises(ConfigurationError):
            read_posture(store.folder, [], NOW)
        with pytest.raises(ConfigurationError):
            store.drifts()

    def test_no_folder_is_no_posture(self, tmp_path: Path) -> None:
        assert read_posture(tmp_path / "none", [], NOW) == Posture(at=NOW)
