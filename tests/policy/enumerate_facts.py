"""Facts by the thousand: one base case, random ones by seed, and planes of the fact space enumerated whole.

`python tests/policy/enumerate_facts.py --write` writes enumeration.txt anew: what the shipped rules say on every plane.
Read the difference before you commit it: each changed line is a request that would now be treated otherwise.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from ringfence.policy.engine import Policy
from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
TABLE = Path(__file__).with_name("enumeration.txt")
EXCEPTABLE = ("retained-field", "unknown-field")
METHODS = ("none", "structured_acceptance", "safe_harbor", "expert_determination")

VENDOR: dict[str, Any] = {"service": "vendor-chat", "vendor": "vendor", "private": False, "own_host": False}
RENTED: dict[str, Any] = {"service": "rented-gpu", "vendor": "own", "private": True, "own_host": False}
OWN: dict[str, Any] = {"service": "embedded", "vendor": "own", "private": True, "own_host": True}
PLACES = {"vendor": VENDOR, "rented": RENTED, "own": OWN}

BASE = Facts(
    client="billing",
    purpose="summaries",
    service="vendor-chat",
    vendor="vendor",
    private=False,
    rerouted=False,
    form=Form.AS_REQUESTED,
    labels=(Label.GENERAL,),
    declared=(Label.GENERAL,),
    uncovered=(),
    completeness=Completeness.COMPLETE,
)
"""Allowed by every shipped rule: general text, as requested, at a vendor."""


def facts(**changes: Any) -> Facts:
    return msgspec.structs.replace(BASE, **changes)


def random_facts(seed: int, count: int) -> Iterator[Facts]:
    """Mostly plausible facts: each gate is open nine times in ten, so that deeper rules are reached."""
    rng = random.Random(seed)

    def seldom() -> bool:
        return rng.random() < 0.1

    def some(labels: tuple[Label, ...], chance: float) -> tuple[Label, ...]:
        return tuple(label for label in labels if rng.random() < chance)

    for _ in range(count):
        labels = some(tuple(Label), rng.choice((0.1, 0.25, 0.7)))
        stray = some(tuple(Label), 0.3) if seldom() else ()
        yield Facts(
            client=rng.choice(("billing", 'o"d\n\\d')),
            purpose=rng.choice(("", "summaries")),
            rerouted=rng.random() < 0.3,
            form=rng.choice(tuple(Form)),
            labels=labels,
            declared=tuple(sorted({*some(labels, 0.5), *stray})),
            uncovered=some(labels, rng.choice((0.0, 0.3, 1.0))),
            completeness=rng.choice((Completeness.COMPLETE,) * 4 + tuple(Completeness)),
            names_searched=rng.random() < 0.5,
            unmaskable=("DATE",) if seldom() else (),
            residual=("IBAN", "US_SSN") if seldom() else (),
            mask_method=rng.choice(METHODS),
            unknown_fields=("/new",) if seldom() else (),
            forbidden_fields=("/store",) if seldom() else (),
            model_allowed=not seldom(),
            configured=not seldom(),
            readable=not seldom(),
            reroute_allowed=not seldom(),
            excepted_rules=tuple(rule for rule in EXCEPTABLE if rng.random() < 0.15),
            excepted_labels=some(labels, 0.5) if rng.random() < 0.2 else some(tuple(Label), 0.3) if seldom() else (),
            **(rng.choice(tuple(PLACES.values())) if not seldom() else {**VENDOR, "own_host": True}),
        )


def _gates() -> Iterator[tuple[str, Facts]]:
    for bits in itertools.product((True, False), repeat=5):
        names = ("model_allowed", "configured", "readable", "rerouted", "reroute_allowed")
        yield (
            " ".join(name if bit else f"not-{name}" for name, bit in zip(names, bits, strict=True)),
            facts(**dict(zip(names, bits, strict=True))),
        )


def _coverage() -> Iterator[tuple[str, Facts]]:
    for (place, where), form, label, declared, covered in itertools.product(
        PLACES.items(), Form, Label, (True, False), (True, False)
    ):
        yield (
            f"{place} {form} {label} {'declared' if declared else 'found'} {'covered' if covered else 'uncovered'}",
            facts(
                **where,
                form=form,
                labels=(label,),
                declared=(label,) if declared else (),
                uncovered=() if covered else (label,),
            ),
        )


def _masking() -> Iterator[tuple[str, Facts]]:
    for label, declared, method, searched in itertools.product(Label, (True, False), METHODS, (True, False)):
        yield (
            f"{label} {'declared' if declared else 'found'} {method} names-{'searched' if searched else 'unsearched'}",
            facts(
                form=Form.MASKED,
                labels=(label,),
                declared=(label,) if declared else (),
                uncovered=(label,),
                mask_method=method,
                names_searched=searched,
            ),
        )


def _leftovers() -> Iterator[tuple[str, Facts]]:
    for (place, where), form, covered, unmaskable, residual in itertools.product(
        PLACES.items(), Form, (True, False), (True, False), (True, False)
    ):
        yield (
            f"{place} {form} {'covered' if covered else 'uncovered'} unmaskable={unmaskable:d} residual={residual:d}",
            facts(
                **where,
                form=form,
                labels=(Label.PERSONAL,),
                declared=(),
                uncovered=() if covered else (Label.PERSONAL,),
                unmaskable=("DATE",) if unmaskable else (),
                residual=("EMAIL_ADDRESS",) if residual else (),
            ),
        )


def _unread() -> Iterator[tuple[str, Facts]]:
    stances: dict[str, dict[str, Any]] = {
        "declared-nothing": {"labels": (Label.GENERAL,), "declared": ()},
        "declared-general": {},
        "declared-phi-covered": {"labels": (Label.PHI,), "declared": (Label.PHI,)},
        "declared-phi-uncovered": {"labels": (Label.PHI,), "declared": (Label.PHI,), "uncovered": (Label.PHI,)},
        "declared-phi-covered+card-uncovered": {
            "labels": (Label.PHI, Label.CARD),
            "declared": (Label.PHI,),
            "uncovered": (Label.CARD,),
        },
        "found-phi-covered": {"labels": (Label.GENERAL, Label.PHI), "declared": (Label.GENERAL,)},
    }
    for (place, where), form, completeness, (stance, labels) in itertools.product(
        PLACES.items(), Form, Completeness, stances.items()
    ):
        yield f"{place} {form} {completeness} {stance}", facts(**where, form=form, completeness=completeness, **labels)


def _fields() -> Iterator[tuple[str, Facts]]:
    for (place, where), form, label, unknown, retained in itertools.product(
        PLACES.items(), Form, Label, (True, False), (True, False)
    ):
        if unknown or retained:
            yield (
                f"{place} {form} {label} unknown={unknown:d} retained={retained:d}",
                facts(
                    **where,
                    form=form,
                    labels=(label,),
                    declared=(label,),
                    unknown_fields=("/new",) if unknown else (),
                    forbidden_fields=("/store",) if retained else (),
                ),
            )


def _exceptions() -> Iterator[tuple[str, Facts]]:
    for (place, where), form, label, other, excepted in itertools.product(
        PLACES.items(), Form, Label, (None, Label.PERSONAL), ("none", "label", "both", "rule")
    ):
        labels = tuple(sorted({label, other} - {None}))
        lifted = {"none": (), "label": (label,), "both": labels, "rule": ()}[excepted]
        yield (
            f"{place} {form} {'+'.join(labels)} uncovered, excepted: {excepted}",
            facts(
                **where,
                form=form,
                labels=labels,
                declared=(),
                uncovered=labels,
                excepted_labels=lifted,
                excepted_rules=EXCEPTABLE if excepted == "rule" else (),
            ),
        )
    for (place, where), label, unknown, retained, rules in itertools.product(
        PLACES.items(),
        Label,
        (True, False),
        (True, False),
        ((), ("unknown-field",), ("retained-field",), EXCEPTABLE),
    ):
        if unknown or retained:
            yield (
                f"{place} {label} unknown={unknown:d} retained={retained:d}, excepted: {' and '.join(rules) or 'none'}",
                facts(
                    **where,
                    labels=(label,),
                    declared=(label,),
                    unknown_fields=("/new",) if unknown else (),
                    forbidden_fields=("/store",) if retained else (),
                    excepted_rules=rules,
                ),
            )


def _contradictions() -> Iterator[tuple[str, Facts]]:
    yield "no label", facts(labels=(), declared=())
    yield "no label, own host", facts(labels=(), declared=(), **OWN)
    yield "declared but not among the labels", facts(declared=(Label.GENERAL, Label.PHI))
    yield "uncovered but not among the labels, masked", facts(form=Form.MASKED, uncovered=(Label.PERSONAL,))
    yield "own host that is not private", facts(own_host=True)


PLANES = {
    "gates": _gates,
    "coverage": _coverage,
    "masking at a vendor, label uncovered": _masking,
    "what masking left": _leftovers,
    "not read whole": _unread,
    "fields": _fields,
    "exceptions": _exceptions,
    "contradictions": _contradictions,
}


def table(policy: Policy) -> str:
    """Every plane, one line a case: what it is, and the rules that decided. The first line is a digest of the rest."""
    lines: list[str] = []
    for title, plane in PLANES.items():
        names, cases = zip(*plane(), strict=True)
        lines += ["", f"[{title}]"]
        for name, verdict in zip(names, policy.ask(cases, NOW), strict=True):
            rules = " ".join(reason.rule for reason in verdict.reasons)
            lines.append(f"{name}: {'allow' if verdict.allowed else 'forbid'} {rules}")
    body = "\n".join(lines) + "\n"
    return f"# {sum(':' in line for line in lines)} cases, sha256 {hashlib.sha256(body.encode()).hexdigest()}\n{body}"


def main() -> None:
    rules = files("ringfence.policy") / "rules"
    policy = Policy.load(
        {"ringfence.cedar": (rules / "ringfence.cedar").read_text(encoding="utf-8")},
        (rules / "ringfence.cedarschema").read_text(encoding="utf-8"),
    )
    if "--write" in sys.argv:
        TABLE.write_text(table(policy), encoding="utf-8")
    else:
        print(table(policy))


if __name__ == "__main__":
    main()
