from __future__ import annotations

import json
from collections import Counter

from evidence.replay.made import ERRING, HOURS, engine, kept, leaf, lists, policy
from ringfence.evidence.replay.replaying import replay


def test_every_one_of_thousands_of_decisions_matches(scale: int) -> None:
    rules = policy(HOURS, ERRING)
    leaves = [leaf(candidates, rules, number) for number, candidates in enumerate(lists(2_000 * scale, seed=7))]
    effects = Counter(json.loads(each)["body"]["effect"] for each in leaves)
    assert set(effects) == {"ALLOW", "MASK", "REROUTE", "DENY"}
    done = replay(enumerate(leaves, 40), kept(rules), engine())
    assert not done.mismatches, done.mismatches[0]
    assert (done.decisions, done.matched, done.unproven) == (len(leaves), len(leaves), 0)
    assert done.ok
