"""The committed table of what the rules say on every enumerated case: a change of rules shows as its difference."""

from __future__ import annotations

from enumerate_facts import PLANES, TABLE, table
from twin import forbids

from ringfence.policy.engine import Policy


def test_the_rules_still_say_what_the_table_says(policy: Policy) -> None:
    committed = TABLE.read_text(encoding="utf-8").splitlines()
    now = table(policy).splitlines()
    changed = [f"- {old}\n+ {new}" for old, new in zip(committed[1:], now[1:], strict=False) if old != new]
    assert not changed, "read this, then run python tests/policy/enumerate_facts.py --write:\n" + "\n".join(
        changed[:20]
    )
    assert now == committed


def test_the_table_is_what_the_twin_says() -> None:
    lines = iter(line for line in TABLE.read_text(encoding="utf-8").splitlines() if ":" in line)
    for plane in PLANES.values():
        for name, facts in plane():
            expected = forbids(facts)
            assert next(lines) == f"{name}: {f'forbid {chr(32).join(expected)}' if expected else 'allow send'}"
    assert next(lines, None) is None
