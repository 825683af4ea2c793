"""Chat Completions bodies by a grammar that is the dialect's own description, so that no path of it is left out.

A body is built twice from one seed: once plain, and once with something planted at one of its places. A place is a
string, a number, an object key, a name, or a pair of texts that a model reads one after the other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ringfence.dialects.chat import SCHEMA
from ringfence.dialects.schema import Node

MEDIA = ("image_url", "input_audio", "file", "/messages/*/audio")
"""Paths of what can't be read as text: a body that uses one is not to leave for an uncovered vendor at all."""

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
_CHOICES = {
    "/messages/*/role": ("system", "developer", "user", "assistant", "tool", "user", "user"),
    "/messages/*/content/*/type": ("text",),
    "/prediction/content/*/type": ("text",),
    "/prediction/type": ("content",),
    "/tools/*/type": ("function", "custom"),
    "/response_format/type": ("json_schema", "json_object", "text"),
    "/modalities/*": ("text",),
    "/reasoning_effort": ("low", "high"),
    "/service_tier": ("auto", "default"),
}
_NUMBERS = {
    "/temperature": 0.7, "/top_p": 0.95, "/n": 1, "/max_tokens": 256, "/max_completion_tokens": 512, "/seed": 42,
    "/frequency_penalty": 0.1, "/presence_penalty": -0.1, "/top_logprobs": 2,
}  # fmt: skip
_FLAGS = ("/logprobs", "/parallel_tool_calls", "/store", "/stream_options/include_usage", "/tools/*/function/strict")
_REQUIRED = {
    "/messages", "/messages/*/role", "/messages/*/content/*/type", "/messages/*/content/*/text",
    "/prediction/content/*/type", "/prediction/content/*/text",
}  # fmt: skip
_USUAL = {
    "/messages/*/name", "/messages/*/tool_calls", "/messages/*/tool_calls/*/id", "/messages/*/tool_calls/*/function",
    "/messages/*/tool_calls/*/function/name", "/messages/*/tool_calls/*/function/arguments", "/tools", "/stop",
    "/tools/*/function", "/tools/*/function/name", "/tools/*/function/description", "/tools/*/function/parameters",
    "/temperature", "/max_tokens", "/seed", "/response_format", "/messages/*/tool_call_id",
}  # fmt: skip
# What the dialect refuses as anything else than an object or an array.
_OBJECTS = {"/stream_options", "/response_format"}
_NOT_STRINGS = {"/messages", "/messages/*/tool_calls", "/tools", "/functions", "/stream", *_OBJECTS}


def leaves(node: Node = SCHEMA) -> Iterator[str]:
    """Every path of the schema where a string may stand."""
    for member in node.members.values():
        yield from leaves(member)
    if node.items is not None:
        yield from leaves(node.items)
    if node.path and node.path not in _NOT_STRINGS and not (node.path.endswith("/*") and node.members):
        yield node.path


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


def build(seed: int, model: str, *, rare: float, want: str = "", chosen: int = -1, plant: Plant | None = None) -> Body:
    """A body. `want` is a schema path that it must have; place number `chosen` gets what `plant` gives. `rare` is how
    likely each member is that a usual request does not have; half of that for an unknown one."""
    return _Builder(random.Random(seed), rare, want, chosen, plant).body(model)


class _Builder:
    def __init__(self, rng: random.Random, rare: float, want: str, chosen: int, plant: Plant | None) -> None:
        self._rng, self._rare, self._want, self._chosen, self._plant = rng, rare, want, chosen, plant
        self._places: list[Place] = []

    def body(self, model: str) -> Body:
        tree = self._object(SCHEMA)
        tree["model"] = self._place(Place("/model", "text"), model)
        if self._rng.random() < 0.3:
            tree["stream"] = self._rng.random() < 0.5
        return Body(tree, self._places)

    def _place(self, place: Place, otherwise: Any) -> Any:
        self._places.append(place)
        if self._plant is not None and len(self._places) - 1 == self._chosen:
            return self._plant(place)
        return otherwise

    def _has(self, path: str) -> bool:
        if path == self._want or self._want.startswith(f"{path}/") or path in _REQUIRED:
            return True
        if any(part in path for part in MEDIA):
            return False
        return self._rng.random() < (0.7 if path == "/messages/*/content" else 0.2 if path in _USUAL else self._rare)

    def _object(self, node: Node) -> dict[str, Any]:
        made = {}
        for name, member in node.members.items():
            if member.path not in ("/model", "/stream") and self._has(member.path):
                made[name] = self._value(member)
        kind = next((name for name in ("image_url", "input_audio", "file") if name in made), None)
        if kind and made.get("type") == "text":
            made["type"] = kind
        if self._rng.random() < self._rare / 2:
            made[self._key(f"{node.path}/?")] = self._free(f"{node.path}/?", 2)
        return made

    def _value(self, node: Node) -> Any:
        if node.path == "/messages":
            return self._messages(node)
        if node.free:
            if node.path.endswith("/arguments"):
                return _encode(self._free(node.path, 2))
            return self._free(node.path, 3) if self._rng.random() < 0.9 else self._text(node.path)
        below = self._want.startswith(f"{node.path}/")
        if self._want == node.path and node.path not in _NOT_STRINGS:
            return self._leaf(node.path)  # a text stands where an object or an array may, too
        if node.members and (below or not node.items or self._rng.random() < 0.5):
            return self._object(node)
        if node.items is not None and (below or node.path in _NOT_STRINGS or self._rng.random() < 0.5):
            return self._array(node)
        return self._leaf(node.path)

    def _array(self, node: Node) -> list[Any]:
        assert node.items is not None
        items = [self._value(node.items) for _ in range(self._rng.choice([1, 1, 2]))]
        if node.path == "/messages/*/content" and self._rng.random() < 0.3:
            first, second = self._pair(f"{node.path}/*/text")
            items += [{"type": "text", "text": first}, {"type": "text", "text": second}]
        return items

    def _messages(self, node: Node) -> list[Any]:
        assert node.items is not None
        made: list[Any] = [self._object(node.items) for _ in range(self._rng.choice([1, 1, 2, 3]))]
        if self._rng.random() < 0.3:
            first, second = self._pair("/messages/*/content")
            made += [{"role": "user", "content": first}, {"role": "user", "content": second}]
        made.append({"role": "user", "content": self._text("/messages/*/content")})
        return made

    def _leaf(self, path: str) -> Any:
        if path in _NUMBERS:
            return self._place(Place(path, "number"), _NUMBERS[path])
        if path in _FLAGS:
            return self._place(Place(path, "text"), True)
        if path.endswith(("/data", "/file_data")):
            return self._place(Place(path, "text"), "UklGRiQAAABXQVZF")
        if path.endswith("/image_url/url"):
            return self._place(Place(path, "text"), "data:image/png;base64,iVBORw0KGgo=")
        if path in _CHOICES:
            return self._place(Place(path, "text"), self._rng.choice(_CHOICES[path]))
        if path.endswith(("/name", "/id", "/type", "/mode", "/format", "/tool_call_id")):
            return self._place(Place(path, "text"), self._rng.choice(_WORDS))
        return self._text(path)

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
        return self._place(Place(path, "text"), " ".join(self._rng.choices(_SENTENCES, k=self._rng.choice([1, 2, 4]))))

    def _key(self, path: str) -> str:
        return str(self._place(Place(path, "key"), f"{self._rng.choice(_WORDS)}_{len(self._places)}"))

    def _pair(self, path: str) -> Any:
        """Two texts that a model reads one after the other: a sentence goes on over their border."""
        return self._place(Place(path, "pair"), (self._rng.choice(_SENTENCES)[:30], self._rng.choice(_SENTENCES)[30:]))
