"""What a decision costs: microseconds, p50 and p99, for 1 to 4 candidates, asked anew and remembered.

Run: python bench/policy.py [decisions]
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, date, datetime
from importlib.resources import files

import msgspec

from ringfence.policy.decide import decide
from ringfence.policy.engine import CEDAR_VERSION, Policy
from ringfence.policy.memory import Memory
from ringfence.vocabulary.decision import Effect, Facts, Form
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness

NOW = datetime(2027, 1, 4, 9, 30, 12, tzinfo=UTC)
RULES = files("ringfence.policy") / "rules"


def candidates(count: int) -> tuple[Facts, ...]:
    """`count` candidates of which only the last is allowed, so that each one is asked about."""
    labels = (Label.PERSONAL, Label.PHI)
    vendor = Facts(
        client="billing",
        purpose="summaries",
        service="vendor-chat",
        vendor="vendor",
        private=False,
        rerouted=False,
        form=Form.AS_REQUESTED,
        labels=labels,
        declared=labels,
        uncovered=labels,
        completeness=Completeness.COMPLETE,
    )
    masked = msgspec.structs.replace(vendor, form=Form.MASKED)
    other = msgspec.structs.replace(masked, service="other-chat", vendor="other", rerouted=True)
    private = msgspec.structs.replace(
        vendor, service="embedded", vendor="own", private=True, own_host=True, rerouted=True, uncovered=()
    )
    return (*(vendor, masked, other)[: count - 1], private)


def measure(policy: Policy, count: int, decisions: int, memory: Memory | None) -> tuple[float, float]:
    """p50 and p99 of one decision, in microseconds."""
    asked = candidates(count)
    until = date.max if memory is not None else None
    assert decide(policy, asked, (), "0", NOW, memory=memory, until=until).effect is Effect.REROUTE
    took_us = []
    for _ in range(decisions):
        started = time.perf_counter_ns()
        decide(policy, asked, (), "0", NOW, memory=memory, until=until)
        took_us.append((time.perf_counter_ns() - started) / 1000)
    cuts = statistics.quantiles(took_us, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    policy = Policy.load(
        {"ringfence.cedar": (RULES / "ringfence.cedar").read_text()}, (RULES / "ringfence.cedarschema").read_text()
    )
    print(f"Cedar {CEDAR_VERSION}, {len(policy.rules)} rules, {decisions} decisions a line, microseconds")
    print("candidates   asked p50      p99   remembered p50      p99")
    for count in range(1, 5):
        asked = measure(policy, count, decisions, None)
        remembered = measure(policy, count, decisions, Memory(1024))
        print(f"{count:10}  {asked[0]:10.1f} {asked[1]:8.1f}  {remembered[0]:15.2f} {remembered[1]:8.2f}")


if __name__ == "__main__":
    main()
