"""`masking.toml` in use: what leaves under it, what comes back, and what the record says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.scripts import HELLO, MAIL, caller, stations
from ringfence.gateway import plan
from ringfence.gateway.plan import Plan
from ringfence.gateway.state import load_masking, load_policy, shipped_masking, shipped_rules
from ringfence.vocabulary.errors import ConfigurationError
from support import home
from support.inprocess import DIALECT

SAID = f"Mail {MAIL}, born 1985-02-28, seen by Dr. Tyron Torphy on March 3, 2020."
ASKED: dict[str, Any] = {**HELLO, "messages": [{"role": "user", "content": SAID}]}


def _plan(folder: Path, rules: str, body: dict[str, Any] = ASKED) -> Plan:
    base = stations(folder, (home.UNCOVERED,)).home
    base.policies.mkdir(exist_ok=True)
    for name, text in shipped_rules().items():
        (base.policies / name).write_text(text)
    (base.policies / "masking.toml").write_text(rules)
    inside = stations(folder, (home.UNCOVERED,)).stations
    return plan.make(DIALECT.read(json.dumps(body).encode()), DIALECT, caller("general"), inside)


def _left(made: Plan) -> str:
    assert made.leaving is not None
    return str(json.loads(made.leaving)["messages"][0]["content"])


def test_as_shipped_dates_stay_and_personal_data_has_surrogates(tmp_path: Path) -> None:
    left = _left(_plan(tmp_path, shipped_masking()["masking.toml"]))
    assert MAIL not in left and "1985-02-28" not in left
    assert left.endswith("on March 3, 2020.")


def test_each_kind_as_the_file_says(tmp_path: Path) -> None:
    left = _left(_plan(tmp_path, '[entities]\nEMAIL_ADDRESS = "mask"\nBIRTH_DATE = "generalise"\n'))
    assert left.startswith("Mail ********, born 1985, seen by Dr. ")


def test_one_switch_treats_all_classes_whatever_else_is_in_the_request(tmp_path: Path) -> None:
    made = _plan(tmp_path, '[safe_harbor]\non = true\nidentifiers = "redact"\nrestore = false\n')
    assert _left(made).startswith("Mail [EMAIL ADDRESS REMOVED], born 1985, seen by Dr. ")
    assert _left(made).endswith(" on 2020.")
    assert made.masked is not None and made.masked.originals == {}


def test_a_kept_provider_leaves_in_the_masked_form_alone(tmp_path: Path) -> None:
    """The name raises a label that nothing covers: only the masked form may leave, and says that it is kept."""
    seen = {**HELLO, "messages": [{"role": "user", "content": "Seen by Dr. Tyron Torphy."}]}
    for rules, kept in (("", False), ('[entities]\nPROVIDER_NAME = "keep"\n', True)):
        made = _plan(tmp_path, rules, seen)
        assert made.decision.effect == "MASK"
        assert ("Torphy" in _left(made)) is kept
        assert made.masked is not None and made.masked.unmaskable == ()


def test_the_policy_digest_shows_the_rules_and_comments_change_nothing(tmp_path: Path) -> None:
    digests = [load_policy(tmp_path / "none").digest]
    for text in (shipped_masking()["masking.toml"], '[entities]\nDATE = "mask"\n', '[entities]\nDATE = "redact"\n'):
        for name, shipped in shipped_rules().items():
            (tmp_path / name).write_text(shipped)
        (tmp_path / "masking.toml").write_text(text)
        digests.append(load_policy(tmp_path).digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_file_that_can_t_be_read_is_refused_by_its_name(tmp_path: Path) -> None:
    assert load_masking(tmp_path / "none") == load_masking(tmp_path)
    for text, says in ((b"[entities]\nPERSON = 'keep'\n", "masking.toml: entities.PERSON"), (b"\xff", "UTF-8")):
        (tmp_path / "masking.toml").write_bytes(text)
        with pytest.raises(ConfigurationError, match=says):
            load_masking(tmp_path)
