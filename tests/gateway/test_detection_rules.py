"""An organisation's rules for detection are part of its policy: read again, in the digest, and fail-closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.gateway.state import DETECTION, Watched, load_policy, load_rules, shipped_rules
from ringfence.vocabulary.errors import ConfigurationError
from support import home as written

RULE = "[[find]]\nname = 'a'\nentity = 'UNIQUE_ID'\nterms = ['blue heron']\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    written.write(tmp_path, 1, engine="url", settings='url = "http://127.0.0.1:1/v1"\nmodel = "llama"\nown_host = true')
    (tmp_path / "policies").mkdir()
    for name, text in shipped_rules().items():
        (tmp_path / "policies" / name).write_text(text)
    return homes.find(tmp_path, tmp_path / "ringfence.toml")


def test_none_without_the_file(home: Home) -> None:
    assert load_rules(home.policies).file.find == ()
    assert load_rules(home.folder / "nowhere").digest == ""


def test_a_running_gateway_reads_them_again(home: Home) -> None:
    watched = Watched(lambda: boot.load_state(home, lambda service: True), [home.register, home.policies])
    before = watched.state
    (home.policies / DETECTION).write_text(RULE)
    assert watched.refresh()
    assert [rule.name for rule in watched.state.rules.file.find] == ["a"]
    assert watched.state.policy.digest != before.policy.digest
    (home.policies / DETECTION).write_text(RULE.replace("blue", "grey"))
    other = watched.state.policy.digest
    assert watched.refresh()
    assert watched.state.policy.digest not in (before.policy.digest, other)
    (home.policies / DETECTION).unlink()
    assert watched.refresh()
    assert watched.state.policy.digest == before.policy.digest


@pytest.mark.parametrize("data", [b"[[find]]\nname = 'a'", b"\xff", RULE.encode() + b"pattern = 'a*'"])
def test_broken_rules_close_the_vendors(home: Home, data: bytes) -> None:
    watched = Watched(lambda: boot.load_state(home, lambda service: True), [home.register, home.policies])
    (home.policies / DETECTION).write_bytes(data)
    assert watched.refresh()
    assert watched.state.broken
    assert watched.state.rules.digest == ""
    with pytest.raises(ConfigurationError):
        load_rules(home.policies)


def test_cedar_rules_are_not_the_only_ones_in_the_digest(home: Home) -> None:
    plain = load_policy(home.policies)
    (home.policies / DETECTION).write_text(RULE)
    assert load_policy(home.policies).rules == plain.rules
    assert load_policy(home.policies).digest != plain.digest
