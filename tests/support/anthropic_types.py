"""Requests after the types of the real `anthropic` package: every member path, and random requests."""

from __future__ import annotations

import collections.abc
import random
import types
import typing
from collections.abc import Iterator
from typing import Any

from anthropic import BaseModel
from anthropic.types import message_count_tokens_params, message_create_params
from anthropic.types.beta import message_count_tokens_params as beta_count_tokens_params
from anthropic.types.beta import message_create_params as beta_create_params
from typing_extensions import is_typeddict

MESSAGES = (
    message_create_params.MessageCreateParamsNonStreaming,
    message_create_params.MessageCreateParamsStreaming,
    beta_create_params.MessageCreateParamsNonStreaming,
    beta_create_params.MessageCreateParamsStreaming,
)
COUNT_TOKENS = (
    message_count_tokens_params.MessageCountTokensParams,
    beta_count_tokens_params.MessageCountTokensParams,
)

HEADERS = ("/betas", "/betas/*", "/user_profile_id", "/workspace_id")
"""Parameters of the SDK that it sends as headers."""

_WORDS = ("Hello", "", "the cough is better", "é⟦7⟧ \U0001f600", "a/b~c", '{"at": "home"}', "line\nbreak")


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(hint), typing.get_args(hint)


def _is_union(origin: Any) -> bool:
    return origin in (typing.Union, types.UnionType)


def _is_mapping(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, collections.abc.Mapping)


def _members(hint: Any) -> dict[str, Any]:
    """Name -> type of a typed dictionary, or of a reply's block that may be sent back as it is."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {field.alias or name: field.annotation for name, field in hint.model_fields.items()}
    return typing.get_type_hints(hint, include_extras=True)


def _is_object(hint: Any) -> bool:
    return is_typeddict(hint) or (isinstance(hint, type) and issubclass(hint, BaseModel))


def found(hint: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, literal value or "") of each member that the type allows, with `*` for indexes; nothing below what is a
    client's own structure."""
    origin, options = _parts(hint)
    if _is_object(hint):
        for name, member in _members(hint).items():
            yield f"{path}/{name}", ""
            yield from found(member, f"{path}/{name}")
    elif origin in (typing.Required, typing.Annotated):
        yield from found(options[0], path)
    elif origin is typing.Literal:
        yield from ((path, str(option)) for option in options)
    elif _is_union(origin):
        if not any(map(_is_mapping, options)):
            for option in options:
                yield from found(option, path)
    elif origin is not None and not _is_mapping(hint) and issubclass(origin, collections.abc.Iterable):
        yield f"{path}/*", ""
        yield from found(options[0], f"{path}/*")


def paths(params: tuple[Any, ...]) -> frozenset[str]:
    """Every member of a request's body."""
    return frozenset(path for each in params for path, _ in found(each) if path not in HEADERS)


def values(params: tuple[Any, ...]) -> frozenset[tuple[str, str]]:
    """(path, value) of every value that the types document."""
    return frozenset((path, value) for each in params for path, value in found(each) if value and path not in HEADERS)


def request(rng: random.Random, full: bool) -> dict[str, Any]:
    """A request as JSON objects. `full`: with every optional member, and an element of each kind in each array."""
    made: dict[str, Any] = _value(rng.choice(MESSAGES), rng, full)
    for header in HEADERS:
        made.pop(header[1:], None)
    return {**made, "model": "claude-opus-5"}


def _value(hint: Any, rng: random.Random, full: bool) -> Any:
    origin, options = _parts(hint)
    if _is_object(hint):
        members = _members(hint)
        needed = {name for name, member in members.items() if typing.get_origin(member) is typing.Required}
        names = [name for name in members if full or name in needed or rng.random() < 0.3]
        return {name: _value(members[name], rng, full) for name in names}
    if origin in (typing.Required, typing.Annotated):
        return _value(options[0], rng, full)
    if origin is typing.Literal:
        return rng.choice(options)
    if _is_union(origin):
        return _value(rng.choice(options), rng, full)
    if _is_mapping(hint):
        return {rng.choice(_WORDS): _value(options[1], rng, full) for _ in range(2)}
    if origin is not None and issubclass(origin, collections.abc.Iterable) and options[0] is not bytes:
        return [_value(kind, rng, full) for kind in _kinds(options[0], rng, full)]
    simple: dict[Any, Any] = {
        int: lambda: rng.choice([0, 7, 4096, 10**12]),
        float: lambda: rng.choice([0.0, 0.7, -1.5]),
        bool: lambda: rng.random() < 0.5,
        type(None): lambda: None,
        object: lambda: rng.choice(["x", 5, True, {"type": "object", "n": [1.5]}]),
    }
    return simple.get(hint, lambda: rng.choice(_WORDS))()


def _kinds(hint: Any, rng: random.Random, full: bool) -> list[Any]:
    origin, options = _parts(hint)
    if not full:
        return [hint] * rng.randrange(1, 4)
    return list(options) if _is_union(origin) else [hint]
