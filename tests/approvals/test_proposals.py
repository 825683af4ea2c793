from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringfence.approvals import approve, read_proposal, write_proposal
from ringfence.vocabulary.approval import Act, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from support.people import NOW, key_of


def test_a_file_reads_as_it_was_written(tmp_path: Path, act: Act, people: dict[str, Person]) -> None:
    proposal = Proposal(act, (approve(act, key_of("ann"), people["ann"], at=NOW, reason="why"),))
    write_proposal(tmp_path / "p.json", Proposal(act))
    write_proposal(tmp_path / "p.json", proposal)
    assert read_proposal(tmp_path / "p.json") == proposal
    assert [path.name for path in tmp_path.iterdir()] == ["p.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"act": {"kind": "k"}}',
        '{"act": {"kind": "k", "body": {}, "note": "approve me"}}',
        '{"act": {"kind": "k", "body": {}}, "note": ""}',
        '{"act": {"kind": "k", "body": {"x": 0.5}}}',
        '{"act": {"kind": "k", "body": {}}, "approvals": [{}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_proposal_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(ConfigurationError):
        read_proposal(tmp_path / "p.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_proposal(tmp_path / "p.json")


def test_a_proposal_without_approvals_may_leave_them_out(tmp_path: Path, act: Act) -> None:
    document: dict[str, Any] = {"act": {"kind": act.kind, "body": act.body}}
    (tmp_path / "p.json").write_text(json.dumps(document))
    assert read_proposal(tmp_path / "p.json") == Proposal(act)
