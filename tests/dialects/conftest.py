"""What the tests of this room share: the dialect, a tiny restorer, and JSON trees."""

from __future__ import annotations

import json
import random
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from typing_extensions import is_typeddict

from ringfence import dialects
from ringfence.dialects import Dialect

ORIGINALS = {"<P-1>": 'Ann "A" \\ O\'Neil', "<P-12>": "Bö\nX", "⟦é7⟧": "ann@example.org", "<": "less"}
"""Stand-ins that begin alike, leave ASCII, or are one character; originals that need JSON escapes."""


class TinyRestorer:
    """The simplest thing that keeps the contract of `base.Restorer`."""

    def __init__(self, json_string: bool) -> None:
        self.json_string = json_string
        self.held = ""
        self.flushed = False

    def feed(self, text: str) -> str:
        assert text and not self.flushed
        text, self.held = self.held + text, ""
        out = ""
        while text:
            open_ = [s for s in ORIGINALS if s.startswith(text) and s != text]
            if open_:
                self.held = text
                return out
            whole = max((s for s in ORIGINALS if text.startswith(s)), key=len, default="")
            out += self._original(whole) if whole else text[0]
            text = text[len(whole) or 1 :]
        return out

    def flush(self) -> str:
        self.flushed = True
        text, self.held = self.held, ""
        out = ""
        while text:
            whole = max((s for s in ORIGINALS if text.startswith(s)), key=len, default="")
            out += self._original(whole) if whole else text[0]
            text = text[len(whole) or 1 :]
        return out

    def _original(self, surrogate: str) -> str:
        original = ORIGINALS[surrogate]
        return json.dumps(original, ensure_ascii=False)[1:-1] if self.json_string else original


def restore(text: str, json_string: bool) -> str:
    """`base.Restore` over the tiny restorer."""
    restorer = TinyRestorer(json_string)
    return restorer.feed(text) + restorer.flush() if text else ""


@pytest.fixture(scope="session")
def chat() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "openai.chat")


@pytest.fixture(scope="session")
def tiny() -> Any:
    """(the restorer's class, restore a whole string, stand-in -> original)."""
    return TinyRestorer, restore, ORIGINALS


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
    [Decimal(text) for text in ("1.0", "-0", "-0.00", "1E+5", "0E-10", "123.4500", "1E-300", "1e308")]
)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | _DECIMALS | _TEXT
TREES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=20
)


@pytest.fixture(scope="session")
def trees() -> Any:
    """Any JSON tree, with the numbers as `strict_json` gives them."""
    return TREES


# Requests made from the SDK's own types, so that each member which the real client can send is sent.

_WORDS = ("Hello", "", "the cough is better", "é⟦7⟧ \U0001f600", "a/b~c", '{"at": "home"}', "line\nbreak")


def _kinds(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(hint), typing.get_args(hint)


def sdk_value(hint: Any, rng: random.Random, full: bool) -> Any:
    """A value of this type. `full`: with every optional member, and one element of each kind in each array."""
    origin, options = _kinds(hint)
    if is_typeddict(hint):
        hints = typing.get_type_hints(hint, include_extras=True)
        needed = {name for name, member in hints.items() if typing.get_origin(member) is typing.Required}
        names = [name for name in hints if full or name in needed or rng.random() < 0.3]
        return {name: sdk_value(hints[name], rng, full) for name in names}
    if origin in (typing.Required, typing.Annotated):
        return sdk_value(options[0], rng, full)
    if origin is typing.Literal:
        return rng.choice(options)
    if origin in (typing.Union, types.UnionType):
        return sdk_value(rng.choice(options), rng, full)
    if origin is dict:
        return {rng.choice(_WORDS): sdk_value(options[1], rng, full) for _ in range(2)}
    if origin is not None:  # Iterable, List, SequenceNotStr
        kinds = _alternatives(options[0]) if full else [options[0]] * rng.randrange(1, 4)
        return [sdk_value(kind, rng, full) for kind in kinds]
    simple = {
        str: lambda: rng.choice(_WORDS),
        int: lambda: rng.choice([0, 7, 4096, 10**12]),
        float: lambda: rng.choice([0.0, 0.7, -1.5]),
        bool: lambda: rng.random() < 0.5,
        type(None): lambda: None,
        object: lambda: rng.choice(["x", 5, True, {"type": "object", "n": [1.5]}]),
    }
    return simple[hint]()


def _alternatives(hint: Any) -> list[Any]:
    origin, options = _kinds(hint)
    return list(options) if origin in (typing.Union, types.UnionType) else [hint]


def sdk_paths(hint: Any, path: str = "") -> Iterator[str]:
    """Every member path that the type allows, with `*` for indexes; nothing below free-form objects."""
    origin, options = _kinds(hint)
    if is_typeddict(hint):
        for name, member in typing.get_type_hints(hint).items():
            yield f"{path}/{name}"
            yield from sdk_paths(member, f"{path}/{name}")
    elif origin in (typing.Union, types.UnionType):
        for option in options:
            yield from sdk_paths(option, path)
    elif origin not in (None, dict, typing.Literal):
        yield from sdk_paths(options[0], f"{path}/*")


_PARAMS = (CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming)


@pytest.fixture(scope="session")
def sdk_request() -> Any:
    """(rng, full) -> a request of the SDK's types that the dialect takes: a model's name and messages aren't empty."""

    def make(rng: random.Random, full: bool) -> dict[str, Any]:
        request: dict[str, Any] = sdk_value(rng.choice(_PARAMS), rng, full)
        request["model"] = "gpt-5.4"
        return request

    return make


@pytest.fixture(scope="session")
def sdk_request_paths() -> frozenset[str]:
    return frozenset(path for params in _PARAMS for path in sdk_paths(params))


@pytest.fixture(scope="session")
def sdk_types() -> Any:
    """(type, rng, full) -> a value of an SDK's type, and type -> every member path that it allows."""
    return sdk_value, sdk_paths


@pytest.fixture(scope="session")
def responses() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "openai.responses")
