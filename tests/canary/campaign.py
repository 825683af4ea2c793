"""One canary request after another: a body, something planted in it, the same body without it, and what must hold."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canary import bodies, evasions, identifiers, judge, paper
from canary.bodies import Place, Raw
from canary.evasions import Evasion
from canary.grammar import Grammar
from canary.identifiers import Identifier
from support import home

KEYS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "general": (("general",), {}),
    "personal": (("personal",), {}),
    "financial": (("financial",), {}),
    "phi": (("phi",), {}),
    "undeclared": ((), {}),
    "phi by name": (("phi",), {"needs_identity": True}),
    "or deny": (("general",), {"on_uncovered": "deny"}),
}
"""Name -> what the key handles, and its other members."""
MEDIA_SHARE = 0.02
"""Of the bodies: what holds an image, a sound or a file leaves for nobody uncovered, with or without an identifier."""

_SPLIT = (evasions.plain, evasions.invisible, evasions.fullwidth)


@dataclass(frozen=True)
class Case:
    """One planted request, ready to be sent: `clean` is the same body with nothing in it, for a vendor as it is."""

    grammar: Grammar
    number: int
    key: str
    headers: tuple[tuple[str, str], ...]
    identifier: Identifier
    evasion: str
    place: Place
    planted: bytes
    clean: bytes
    media: bool


def cases(grammar: Grammar, count: int, seed: int = 0) -> Iterator[Case]:
    """`count` cases of an interface, the same ones for the same seed."""
    everywhere = list(grammar.leaves())
    media = [path for path in everywhere if grammar.is_media(path)]
    paths = [path for path in everywhere if not grammar.is_media(path)]
    common = [*sorted(grammar.usual - grammar.solid), *grammar.spoken * 3]
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        is_media = bool(media) and not grammar.everyday and rng.random() < MEDIA_SHARE
        want = rng.choice(media if is_media else common if grammar.everyday or rng.random() < 0.5 else paths)
        yield _case(grammar, number, want, rng)


def _case(grammar: Grammar, number: int, want: str, rng: random.Random) -> Case:
    key = rng.choice(["general", "general", *KEYS])
    uncovered, *covered = paper.models(grammar.endpoint).values()
    model = rng.choice([uncovered, uncovered, *covered])
    body_seed = rng.randrange(1 << 40)
    rare = 0.0 if grammar.everyday else rng.choice([0.0, 0.0, 0.05 if grammar.part else 0.5])
    places = bodies.build(grammar, body_seed, model, rare=rare, want=want).places
    wanted = [index for index, place in enumerate(places) if place.path == want]
    chosen = rng.choice(wanted) if wanted and rng.random() < 0.7 else rng.randrange(len(places))
    place, identifier = places[chosen], identifiers.make(rng)
    evade = _evasion(place, rng)

    def plant(place: Place) -> object:
        return _plant(place, identifier, evade, uncovered, rng)

    planted = bodies.build(grammar, body_seed, model, rare=rare, want=want, chosen=chosen, plant=plant)
    turns = planted.tree.get(grammar.turns[1:])
    if evade is evasions.plain and place.kind == "text" and isinstance(turns, list) and rng.random() < 0.2:
        # Once more, at another place and without its name: what was found once is to be found everywhere.
        turns.append(grammar.turn(f"And again: {identifier.value}"))
    clean = bodies.build(grammar, body_seed, uncovered, rare=rare, want=want)
    source = ("x-ringfence-source", rng.choice(["ehr", "crm", "public", "unheard-of"]))
    return Case(
        grammar,
        number,
        key,
        (*grammar.headers, *((source,) if rng.random() < 0.05 else ())),
        identifier,
        evade.__name__,
        place,
        planted.encoded,
        clean.encoded,
        grammar.is_media(want),
    )


def _evasion(place: Place, rng: random.Random) -> Evasion:
    if place.kind == "pair":
        return rng.choice(_SPLIT)
    return rng.choice(evasions.EVASIONS) if rng.random() < 0.4 else evasions.plain


def _plant(place: Place, identifier: Identifier, evade: Evasion, model: str, rng: random.Random) -> object:
    """What stands at the place: never what nobody could recognise, such as nine digits without a word."""
    said = evade(identifier.said, rng)
    if place.path == "/model":
        return f"{model} {said}"
    if place.kind == "key":
        return said
    if place.kind == "number":
        return _number(identifier, rng)
    if place.kind == "pair":
        cut = rng.randrange(len(said) - len(identifier.value) + 1, len(said))
        return f"As agreed, {said[:cut]}", f"{said[cut:]} it is."
    free = place.path.endswith("/?") or place.path in ("/metadata", "/functions/*/parameters", "/user")
    style = rng.randrange(6 if evade is evasions.plain else 5)
    if style == 0 and free:
        return {identifier.word or identifier.kind: evade(identifier.value, rng)}
    if style == 1:
        return f'{{"{identifier.word or "value"}": "{said}"}}'
    if style == 2:
        return f"Notes:\n- {said}\n- ready by noon"
    if style == 3:
        return said
    if style == 5:
        return f"First {said}, then once more without its name: {identifier.value}."
    return f"Please check **{said}** before we go on."


def _number(identifier: Identifier, rng: random.Random) -> object:
    """As a JSON number under a name that says what it is; as a string where it is none."""
    if not identifier.digits:
        return identifier.said
    number = identifier.number
    written = rng.choice([number, f"{number}.0", f"{number[0]}.{number[1:]}E+{len(number) - 1}"])
    return {identifier.word or identifier.kind: Raw(written)}


@dataclass
class Tally:
    """What happened at one interface, for the report. `effects` by key; `clean` are the bodies without identifiers."""

    endpoint: str
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    evasions: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    leaks: list[str] = field(default_factory=list)
    not_allowed: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(self.effects.values())

    def judge(self, case: Case, effect: str, left: list[tuple[str, bytes]]) -> None:
        """Notes one planted request. `left` is what left: (service, body)."""
        assert judge.holds(case.planted, case.identifier.value), f"nothing was planted: {case}"
        self.effects[case.key, effect or "refused"] += 1
        self.refused += not effect and case.place.path != "/model"  # a name that no model can have is no request
        self.evasions[case.evasion] += 1
        self.kinds[case.identifier.kind] += 1
        for service, body in left:
            self.services[service] += 1
            uncovered = case.identifier.label not in paper.covered_at(service)
            if uncovered and judge.holds(body, case.identifier.value):
                self.leaks.append(
                    f"#{case.number} {case.identifier.kind} as {case.evasion} at {case.place.path} ({case.place.kind}) "
                    f"with key {case.key} reached {service}: {case.planted.decode()[:3000]}"
                )

    def judge_clean(self, case: Case, effect: str) -> None:
        """Notes one request without an identifier, under a key that handles `general`, for a vendor without papers."""
        self.clean[effect or "refused"] += 1
        if effect != "ALLOW" and not case.media:
            self.not_allowed.append(f"#{case.number} {effect}: {case.clean.decode()[:3000]}")

    def report(self) -> str:
        """Counts, a line each."""
        reached = sum(count for (_, effect), count in self.effects.items() if effect in ("ALLOW", "MASK", "REROUTE"))
        lines = [
            f"canary, {self.endpoint}: {self.requests} requests with an identifier, {len(self.leaks)} leaks, "
            f"{reached} reached a model"
        ]
        for key in KEYS:
            of_key = {effect: count for (name, effect), count in sorted(self.effects.items()) if name == key}
            lines.append(f"  key {key:<12} {of_key}")
        lines.append(f"  sent to {dict(sorted(self.services.items()))}")
        lines.append(f"  evasions {dict(sorted(self.evasions.items()))}")
        lines.append(f"  kinds {dict(sorted(self.kinds.items()))}")
        lines.append(f"  the same bodies without identifiers, key general: {dict(sorted(self.clean.items()))}")
        return "\n".join(lines)

    def check(self) -> None:
        """The bars of the issue."""
        assert self.refused == 0, "bodies of the grammar are requests"
        assert not self.leaks, f"{len(self.leaks)} leaks\n" + "\n\n".join(self.leaks[:10])
        reached = sum(count for (_, effect), count in self.effects.items() if effect in ("ALLOW", "MASK", "REROUTE"))
        assert reached >= 0.5 * self.requests, self.report()
        allowed = self.clean["ALLOW"]
        assert allowed >= 0.95 * sum(self.clean.values()), self.report() + "\n" + "\n\n".join(self.not_allowed[:10])


def make_keys(folder: Path) -> dict[str, str]:
    """A key of each kind in the home -> its text."""
    return {name: home.key(folder, *handles, **more) for name, (handles, more) in KEYS.items()}
