"""An auditor's replay: cedar-wasm, an engine that nobody here wrote, answers every question as Cedar in Python did.

scripts/tools.sh installs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from enumerate_facts import NOW, PLANES, facts, random_facts

from ringfence.policy.engine import CEDAR_VERSION, Policy
from ringfence.policy.request import request_json
from ringfence.vocabulary.decision import Facts
from support.needs import need

ROOT = Path(__file__).parents[2]
WASM = ROOT / "node_modules" / "@cedar-policy" / "cedar-wasm"
ERRING = """@id("erring") @says("Fails in the evening.") forbid (principal, action == Action::"send", resource)
when { context.private && 9223372036854775807 + 1 > 0 };"""


# Node 20.20.2 aborts in V8 (deoptimizer, "unreachable code") after some thousand calls: a fresh process per batch.
BATCH = 1_000


def replay(policies: str, schema: str, cases: Sequence[Facts]) -> list[Any]:
    batches = (cases[start : start + BATCH] for start in range(0, len(cases), BATCH))
    return [answer for batch in batches for answer in replay_batch(policies, schema, batch)]


def replay_batch(policies: str, schema: str, cases: Sequence[Facts]) -> list[Any]:
    node = shutil.which("node")
    need(node is not None and WASM.is_dir(), "node or cedar-wasm is absent: run scripts/tools.sh")
    assert node is not None
    asked = {"policies": policies, "schema": schema, "requests": [request_json(case, NOW) for case in cases]}
    done = subprocess.run(
        [node, str(Path(__file__).with_name("replay.mjs")), str(WASM)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answer = json.loads(done.stdout)
    assert answer["version"] == CEDAR_VERSION
    answers: list[Any] = answer["answers"]
    assert len(answers) == len(cases)
    return answers


def test_an_auditor_gets_the_same_verdicts_and_reasons(shipped: str, schema: str, scale: int) -> None:
    text = f"{shipped}\n{ERRING}"
    policy = Policy.load({"a.cedar": shipped, "b.cedar": ERRING}, schema)
    wrong = (facts(mask_method="trust me"), facts(labels=("phy",)), facts(private="yes"))
    planes = [case for plane in PLANES.values() for _, case in plane()]
    cases = (*wrong, *planes, *random_facts(seed=41, count=1_000 * scale))
    seen = {"allow": 0, "deny": 0, "refused": 0, "erred": 0}
    for verdict, (decision, reasons, errors) in zip(policy.ask(cases, NOW), replay(text, schema, cases), strict=True):
        allowed = decision == "allow" and not errors
        assert verdict.allowed is allowed
        assert bool(verdict.errors) is (errors > 0)
        theirs = [policy.rules[place] for place in sorted(int(reason.removeprefix("policy")) for reason in reasons)]
        expected = [rule.id for rule in theirs if allowed or rule.effect == "forbid"]
        assert [reason.rule for reason in verdict.reasons if reason.rule != "policy-error"] == expected
        seen["erred" if errors and decision != "refused" else decision] += 1
    assert seen["refused"] == len(wrong)
    assert min(seen.values()) > 0, seen
