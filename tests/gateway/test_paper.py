"""What is on paper, remembered for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.scripts import stations
from ringfence.gateway import paper as module
from ringfence.gateway.paper import Paper
from ringfence.gateway.state import State
from ringfence.register import MaskMethod
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.labels import Label
from support import home

PHI = frozenset({Label.PHI})


@pytest.fixture
def state(tmp_path: Path) -> State:
    return stations(tmp_path).stations.state()


def _today() -> datetime:
    return datetime.now(UTC)


def _paper(state: State, days: int = 0) -> Paper:
    return state.paper((_today() + timedelta(days=days)).date())


def _covered(paper: Paper, service: str, labels: frozenset[Label] = PHI) -> bool:
    return all(cover.covered for cover in paper.cover(service, labels, "chat_completions", "gpt-4o-baa", ""))


def test_answers_are_the_registers_and_asked_once(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = _paper(state)
    assert _covered(paper, home.COVERED)
    assert not _covered(paper, home.UNCOVERED)
    monkeypatch.setattr(module.register, "cover", lambda *_: pytest.fail("asked again"))
    assert _covered(paper, home.COVERED)
    with pytest.raises(pytest.fail.Exception):
        _covered(paper, home.COVERED, frozenset({Label.PERSONAL}))


def test_another_day_is_asked_anew(state: State) -> None:
    assert _covered(_paper(state), home.COVERED)
    assert not _covered(_paper(state, 400), home.COVERED)
    assert _covered(_paper(state), home.COVERED)


def test_one_day_is_one_object(state: State) -> None:
    assert _paper(state) is _paper(state)
    assert _paper(state) is not _paper(state, 1)


def test_holds_until_the_day_before_something_changes(state: State) -> None:
    paper = _paper(state)
    assert paper.until is not None
    assert _today().date() <= paper.until < (_today() + timedelta(days=366)).date()


def test_fields_are_judged_by_kind_and_value(state: State) -> None:
    paper = _paper(state)

    def verdict(*uses: Use) -> tuple[int, int]:
        review = paper.review(home.COVERED, "chat_completions", "gpt-4o-baa", uses)
        return len(review.unknown), len(review.forbidden)

    assert verdict(Use("/user", "", "/user")) == (0, 1)
    assert verdict(Use("/user", "null", "/user")) == (0, 0)
    assert verdict(Use("/…", "", "/brand_new")) == (1, 0)


def test_no_method_is_on_file(state: State) -> None:
    assert _paper(state).method(home.COVERED, PHI, "") == MaskMethod("none")


def test_memory_is_bounded(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    paper = _paper(state)
    for number in range(10):
        paper.cover(home.COVERED, PHI, "chat_completions", f"gpt-{number}", "")
    assert len(paper._answers) <= 3
