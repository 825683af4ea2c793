"""Bodies by a grammar that is the dialect's own description, so that no path of it is left out.

A body is built twice from one seed: once plain, and once with something planted at one of its places. A place is a
string, a number, an object key, a name, or a pair of texts that a model reads one after the other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from canary.grammar import Grammar
from ringfence.dialects.schema import Node

_SENTENCES = (
    "Please summarise the meeting notes from last Tuesday in three points.",
    "The pump in hall 4 runs at 1450 rpm and draws 3.2 kW.",
    "Version 2.14.0 fixed the race that we saw in build 20260311.",
    "Translate this into French: the harbour was quiet before sunrise.",
    "Sales rose by 12% in 2025, to 1,240 units; see table 3.",
    "Write a function that returns the n-th Fibonacci number.",
    "What is the boiling point of ethanol at 0.8 bar?",
    "Order 4471 ships with two pallets of 48 boxes each.",
    "The café's menu — crêpes, naïve art, 日本語 — needs proofreading.",
    "Explain why the sky is blue to a ten-year-old.",
    "Step 7: tighten the bolts to 25 Nm, then wait 30 minutes.",
    "Ticket ABC-1234 is a duplicate of ABC-1187.",
)
_WORDS = ("alpha", "river", "matrix", "colour", "unit", "lookup", "weather", "harbour", "ledger", "kernel", "window")
_NUMBERS = {
    "temperature": 0.7, "top_p": 0.95, "top_k": 40, "n": 1, "max_tokens": 256, "max_completion_tokens": 512, "seed": 42,
    "frequency_penalty": 0.1, "presence_penalty": -0.1, "top_logprobs": 2, "max_output_tokens": 512, "dimensions": 256,
    "budget_tokens": 1024, "start_index": 3, "end_index": 17, "exit_code": 0, "x": 12, "y": 40, "max_uses": 3,
    "score": 0.5, "document_index": 0, "max_num_results": 5,
}  # fmt: skip
_FLAGS = {
    "logprobs", "parallel_tool_calls", "store", "include_usage", "strict", "background", "is_error", "async",
    "defer_loading", "approve",
}  # fmt: skip
_NAMES = ("name", "id", "type", "mode", "format", "tool_call_id", "call_id", "tool_use_id")


@dataclass
class Place:
    """Where something may be planted. `kind`: text, number, key or pair. `path` is normalised; `?` stands for any."""

    path: str
    kind: str


Plant = Callable[[Place], Any]
"""What stands at the chosen place: a string, a number (as `Raw`), a key, or a pair of strings."""


class Raw(str):
    """JSON text that is written as it is: a number in a notation of its own."""


@dataclass
class Body:
    """One body. `places` are all that it offers, in the order in which it was built."""

    tree: dict[str, Any]
    places: list[Place] = field(default_factory=list)

    @property
    def encoded(self) -> bytes:
        """As JSON; what is `Raw` stands there without quotes."""
        return _encode(self.tree).encode()


def _encode(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_encode(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_encode, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def build(
    grammar: Grammar,
    seed: int,
    model: str,
    *,
    rare: float,
    want: str = "",
    chosen: int = -1,
    plant: Plant | None = None,
) -> Body:
    """A body. `want` is a schema path that it must have; place number `chosen` gets what `plant` gives. `rare` is how
    likely each member is that a usual request does not have; half of that for an unknown one."""
    return _Builder(grammar, random.Random(seed), rare, want, chosen, plant).body(model)


class _Builder:
    def __init__(
        self, grammar: Grammar, rng: random.Random, rare: float, want: str, chosen: int, plant: Plant | None
    ) -> None:
        self._grammar = grammar
        self._rng, self._rare, self._want, self._chosen, self._plant = rng, rare, want, chosen, plant
        self._places: list[Place] = []

    def body(self, model: str) -> Body:
        tree = self._object(self._grammar.schema)
        tree["model"] = self._place(Place("/model", "text"), model)
        if "stream" in self._grammar.schema.members and self._rng.random() < 0.3:
            tree["stream"] = self._rng.random() < 0.5
        return Body(tree, self._places)

    def _place(self, place: Place, otherwise: Any) -> Any:
        self._places.append(place)
        if self._plant is not None and len(self._places) - 1 == self._chosen:
            return self._plant(place)
        return otherwise

    def _has(self, path: str) -> bool:
        grammar = self._grammar
        if path == self._want or self._want.startswith(f"{path}/") or path in grammar.required:
            return True
        if grammar.is_media(path):
            return False
        if path.endswith("/source/type"):
            return True  # without it nobody knows whether its data is text
        return self._rng.random() < (0.7 if path == grammar.text else 0.2 if path in grammar.usual else self._rare)

    def _object(self, node: Node) -> dict[str, Any]:
        made = {}
        for name, member in node.members.items():
            if member.path not in ("/model", "/stream") and self._has(member.path):
                made[name] = self._value(member)
        if node.parts:
            self._as_a_part(node, made)
        if self._rng.random() < self._rare / 2:
            made[self._key(f"{node.path}/?")] = self._free(f"{node.path}/?", 2)
        return made

    def _as_a_part(self, node: Node, made: dict[str, Any]) -> None:
        """What says which part it is, and the text of one that is text."""
        kind = next((kind for member, kind in self._grammar.kinds.items() if member in made), "")
        if kind and kind in node.parts and self._want != f"{node.path}/type":
            made["type"] = kind
        elif "type" not in made and "" not in node.parts:
            made["type"] = self._value(node.members["type"])
        if "text" in str(made.get("type")) and "text" in node.members and "text" not in made:
            made["text"] = self._value(node.members["text"])

    def _value(self, node: Node) -> Any:
        if node.path == self._grammar.turns and (self._want != node.path or node.path in self._grammar.solid):
            return self._turns(node)
        if node.free:
            if node.path.endswith("/arguments"):
                return _encode(self._free(node.path, 2))
            if self._grammar.everyday:
                return {self._key(node.path): self._free(node.path, 2)}
            return self._free(node.path, 3) if self._rng.random() < 0.9 else self._text(node.path)
        solid = node.path in self._grammar.solid
        if self._want == node.path and not solid:
            return self._leaf(node)  # a text stands where an object or an array may, too
        below = self._want.startswith(f"{node.path}/")
        listed = self._want.startswith(f"{node.path}/*")
        if node.members and not listed and (below or not node.items or self._rng.random() < 0.5):
            return self._object(node)
        if node.items is not None and (below or solid or self._rng.random() < 0.5):
            return self._array(node)
        return self._leaf(node)

    def _array(self, node: Node) -> list[Any]:
        assert node.items is not None
        items = [self._value(node.items) for _ in range(self._rng.choice([1, 1, 2]))]
        if node.path == self._grammar.text and self._rng.random() < 0.3:
            kind = self._grammar.part
            items += [{"type": kind, "text": text} for text in self._pair(f"{node.path}/*/text")]
        return items

    def _turns(self, node: Node) -> list[Any]:
        assert node.items is not None
        made: list[Any] = [self._value(node.items) for _ in range(self._rng.choice([1, 1, 2, 3]))]
        if self._rng.random() < 0.3:
            made += map(self._grammar.turn, self._pair(self._grammar.text))
        made.append(self._grammar.turn(self._text(self._grammar.text)))
        return made

    def _leaf(self, node: Node) -> Any:
        path, name = node.path, node.path.rpartition("/")[2]
        if name in _NUMBERS:
            return self._place(Place(path, "number"), _NUMBERS[name])
        if name in _FLAGS:
            return self._place(Place(path, "text"), True)
        return self._place(Place(path, "text"), self._said(node, name))

    def _said(self, node: Node, name: str) -> str:
        path = node.path
        if path in self._grammar.choices:
            return self._rng.choice(self._grammar.choices[path])
        if self._grammar.is_media(path):
            return "data:image/png;base64,iVBORw0KGgo=" if name.endswith("url") else "UklGRiQAAABXQVZF"
        if name == "type" and path.endswith("/source/type"):
            return "text"
        if name == "type" and (kinds := self._kinds(path)):
            return self._rng.choice(kinds)
        return self._rng.choice(_WORDS) if node.listed is not None or name in _NAMES else self._sentences()

    def _kinds(self, path: str) -> list[str]:
        """The kinds of text that the dialect knows for the object whose type this is."""
        node = self._grammar.schema
        for step in path.split("/")[1:-1]:
            node = node.items if step == "*" and node.items is not None else node.members[step]
        return [kind for kind, needs in node.parts.items() if kind and needs == "text"]

    def _free(self, path: str, depth: int) -> Any:
        """A structure of the client's own."""
        kind = self._rng.random()
        if depth and kind < 0.6:
            return {self._key(path): self._free(path, depth - 1) for _ in range(self._rng.choice([1, 2, 3]))}
        if depth and kind < 0.7:
            return [self._free(path, depth - 1) for _ in range(2)]
        if kind < 0.85:
            return self._place(Place(path, "number"), self._rng.choice([3, 42, 0.5, 1024, True, None]))
        return self._text(path)

    def _text(self, path: str) -> Any:
        return self._place(Place(path, "text"), self._sentences())

    def _sentences(self) -> str:
        return " ".join(self._rng.choices(_SENTENCES, k=self._rng.choice([1, 2, 4])))

    def _key(self, path: str) -> str:
        return str(self._place(Place(path, "key"), f"{self._rng.choice(_WORDS)}_{len(self._places)}"))

    def _pair(self, path: str) -> Any:
        """Two texts that a model reads one after the other: a sentence goes on over their border."""
        return self._place(Place(path, "pair"), (self._rng.choice(_SENTENCES)[:30], self._rng.choice(_SENTENCES)[30:]))
