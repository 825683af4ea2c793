"""Records of decisions as the gateway writes them, made from facts by the thousand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from policy.enumerate_facts import PLACES, PLANES, random_facts
from ringfence.evidence.replay.engine import CedarWasm, find_engine
from ringfence.evidence.replay.replaying import Kept
from ringfence.policy import Policy, decide
from ringfence.vocabulary.decision import Coverage, Decision, Facts
from support.needs import need

ROOT = Path(__file__).parents[3]

START = datetime(2031, 5, 6, 23, 50, 9, 123456, tzinfo=UTC)
HOURS = """@id("no-nights") @says("Nothing leaves at night.") forbid (principal, action == Action::"send", resource)
when { !context.private && context.now.toTime() < duration("1h") };
@id("seconds-are-not-seen") @says("Never fires: rules see whole minutes.")
forbid (principal, action == Action::"send", resource)
when { context.now > datetime("2031-05-06T23:50:00Z") && context.now < datetime("2031-05-06T23:51:00Z") };"""
ERRING = """@id("erring") @says("Fails.") forbid (principal, action == Action::"send", resource)
when { context.private && 9223372036854775807 + 1 > 0 };"""
NAMING = """@id("known-names") @says("One field is fine.") forbid (principal, action == Action::"send", resource)
when { context.unknown_fields.contains("/mine") };"""

_SCHEMA = files("ringfence.policy") / "rules" / "ringfence.cedarschema"
_SHIPPED = files("ringfence.policy") / "rules" / "ringfence.cedar"


def policy(*more: str, beside: dict[str, str] | None = None) -> Policy:
    """The shipped rules, and others in files after them."""
    texts = {"ringfence.cedar": _SHIPPED.read_text(encoding="utf-8")}
    texts |= {f"site-{number}.cedar": text for number, text in enumerate(more)}
    return Policy.load(texts, _SCHEMA.read_text(encoding="utf-8"), beside)


_PLACE = {str(place["service"]): name for name, place in PLACES.items()}

REGISTER = msgspec.json.encode(
    {
        "documents": {"test-baa": {}},
        "services": {
            str(place["service"]): {name: place[name] for name in ("vendor", "private", "own_host")}
            for place in PLACES.values()
        },
    },
    order="sorted",
)


def engine() -> CedarWasm:
    """The real one; tests that need it skip by name where it is absent."""
    import shutil

    installed = (ROOT / "node_modules" / "@cedar-policy" / "cedar-wasm").is_dir()
    need(shutil.which("node") and installed, "node or cedar-wasm is absent: run scripts/tools.sh")
    return find_engine(None, ROOT)


def kept(*policies: Policy, register: bytes = REGISTER) -> Kept:
    """What their digests stand for."""
    import hashlib

    contents = {each.digest: each.content for each in policies}
    return Kept(contents.get, {hashlib.sha256(register).hexdigest(): register}.get)


def lists(count: int, seed: int) -> Iterator[list[Facts]]:
    """Candidates of `count` requests: those of one request agree in what is the request's own."""
    rng = random.Random(seed)
    pool = [each for each in random_facts(seed, count * 3) if _can_be(each)]
    planes = [case for plane in PLANES.values() for _, case in plane() if _can_be(case)]
    for number in range(count):
        if number < len(planes):
            yield _of_one_request([planes[number]])
            continue
        chosen = rng.sample(pool, rng.choice((0, 1, 2, 2, 3, 4)))
        yield _of_one_request(chosen)


def _can_be(each: Facts) -> bool:
    """Whether REGISTER has such a service."""
    return msgspec.structs.asdict(each).items() >= {**PLACES[_PLACE[each.service]]}.items()


def _of_one_request(chosen: Sequence[Facts]) -> list[Facts]:
    """They agree in what is the request's own, and in what documents leave open at one service."""
    own = ("client", "purpose", "labels", "declared", "completeness", "names_searched", "model_allowed")
    same = {name: getattr(chosen[0], name) for name in (*own, "reroute_allowed")} if chosen else {}
    open_at: dict[str, tuple[str, ...]] = {}
    made = []
    for each in chosen:
        left = tuple(sorted(label for label in each.uncovered if label in same["labels"]))
        masked = {} if each.form == "masked" else {"unmaskable": (), "residual": ()}
        uncovered = open_at.setdefault(each.service, left)
        excepted = tuple(label for label in each.excepted_labels if label in uncovered and not each.private)
        made.append(msgspec.structs.replace(each, **same, uncovered=uncovered, excepted_labels=excepted, **masked))
    return made


def leaf(candidates: Sequence[Facts], rules: Policy, number: int, register: bytes = REGISTER) -> bytes:
    """One DECIDED record, written as gateway/entries.py and ledger/record.py do."""
    import hashlib

    at = START + timedelta(seconds=37 * number)
    coverage: list[Coverage] = []
    for each in candidates:
        if each.service not in {cover.service for cover in coverage}:
            coverage += [
                Coverage(label, each.service, label not in each.uncovered, until=date(2099, 1, 1))
                for label in each.labels
            ]
    decision = decide(rules, candidates, coverage, hashlib.sha256(register).hexdigest(), at)
    return msgspec.json.encode(
        {"version": 1, "time": "", "request_id": f"r{number}", "phase": "decided", "commitments": {}}
        | {"body": body(candidates, decision, at)},
        order="sorted",
    )


def body(candidates: Sequence[Facts], decision: Decision, at: datetime) -> dict[str, Any]:
    own = msgspec.to_builtins(candidates[0]) if candidates else {}
    same = {name: own[name] for name in ("client", "purpose", "labels", "declared", "names_searched") if own}
    return {
        **same,
        "effect": decision.effect,
        "service": decision.service,
        "form": decision.form,
        "rules": list(decision.determining_rules),
        "candidates": [
            {
                "facts": msgspec.to_builtins(verdict.facts),
                "allowed": verdict.allowed,
                "rules": [reason.rule for reason in verdict.reasons],
            }
            for verdict in decision.verdicts
        ],
        "coverage": msgspec.to_builtins(decision.coverage),
        "asked_at": at.isoformat(timespec="seconds"),
        "policy_digest": decision.policy_digest,
        "register_digest": decision.register_digest,
    } | ({"completeness": own["completeness"]} if own else {})
