"""The rules in force as a list, for the generated documentation page and the console."""

from __future__ import annotations

from ringfence.policy.engine import Policy
from ringfence.policy.rule import Rule


def rules(policy: Policy) -> list[Rule]:
    """Every rule with its id, effect, sentence, remedy and file: files by name, rules as they stand in each."""
    return list(policy.rules)
