"""The terms catalogue: versioned allow-lists of request fields, one for each vendor and endpoint, read from TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from ringfence.register import reading
from ringfence.register.globs import any_matches
from ringfence.vocabulary.errors import ConfigurationError

Verdict = Literal["allow", "forbid_regulated"]

_PATH = re.compile(r"/@[a-z-]+|(/(\*|[A-Za-z0-9_$-]+))+")
_POINTER = re.compile(r"(/[A-Za-z0-9_]+)+")


class _Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fact on a vendor: its plain sentence, where it was read, and when."""

    why: str
    source: str
    reviewed_on: date


class Rule(_Sourced, frozen=True, kw_only=True):
    """A verdict on request members. `paths` are those of `vocabulary.chat.Use`; `values` empty: any value.

    A rule that names the value goes before one that does not.
    """

    paths: tuple[str, ...]
    values: tuple[str, ...] = ()
    verdict: Verdict


class Forced(_Sourced, frozen=True, kw_only=True):
    """A member that the gateway sets in every request to this service, whatever the client sent."""

    pointer: str
    value: bool | str


class ModelRule(_Sourced, frozen=True, kw_only=True):
    """A property of models that regulated data does not go with, whatever the fields: of `models`, `exempt` left out.

    `unless_retention`: a ZDR approval on file that accepts this keeping lifts it. `unless_path` and `unless_value`:
    so does a request that uses this member with this value.
    """

    models: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    unless_retention: str = ""
    unless_path: str = ""
    unless_value: str = ""


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file, and the only one for its vendor and endpoint. It speaks for `models` (globs) and for no others.

    `extends` takes over the rules (only those) of another, `vendor/endpoint`; own rules go first.

    `expires_on` is inclusive: after that day the list supports no permit for regulated data.
    """

    vendor: str
    endpoint: str
    models: tuple[str, ...] = ("*",)
    extends: str = ""
    reviewed_on: date
    expires_on: date
    rules: tuple[Rule, ...] = ()
    forced: tuple[Forced, ...] = ()
    model_rules: tuple[ModelRule, ...] = ()

    @property
    def key(self) -> str:
        """What `extends` names: `vendor/endpoint`."""
        return f"{self.vendor}/{self.endpoint}"


class AllowList(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue with `extends` resolved: path -> value -> verdict and sentence; the value "" stands for any."""

    vendor: str
    endpoint: str
    models: tuple[str, ...]
    expires_on: date
    fields: dict[str, dict[str, tuple[Verdict, str]]]
    forced: tuple[Forced, ...]
    model_rules: tuple[ModelRule, ...]


def shipped_catalogues() -> tuple[Catalogue, ...]:
    """The allow-lists of this release."""
    return tuple(_checked(reading.decode(text, Catalogue, name), name) for name, text in reading.shipped("terms"))


def load_catalogue(path: Path) -> Catalogue:
    """One file of `terms/`. Raises ConfigurationError naming file and field."""
    return _checked(reading.read(path, Catalogue), str(path))


def _checked(catalogue: Catalogue, where: str) -> Catalogue:
    seen: set[tuple[str, str]] = set()
    for index, rule in enumerate(catalogue.rules):
        for path in rule.paths:
            if not _PATH.fullmatch(path):
                raise reading.problem(where, f"rules[{index}].paths", f"{path!r} is no normalised path")
            for value in rule.values or ("",):
                if (path, value) in seen:
                    raise reading.problem(where, f"rules[{index}].paths", f"{path} {value} has two rules")
                seen.add((path, value))
    for index, forced in enumerate(catalogue.forced):
        if not _POINTER.fullmatch(forced.pointer):
            raise reading.problem(where, f"forced[{index}].pointer", "not a JSON pointer to a member")
    if catalogue.expires_on < catalogue.reviewed_on:
        raise reading.problem(where, "expires_on", "is before reviewed_on")
    return catalogue


def resolve(catalogues: Iterable[Catalogue]) -> tuple[AllowList, ...]:
    """Merges each catalogue with the one that it extends. Raises ConfigurationError for one that isn't there."""
    catalogues = tuple(catalogues)
    by_key = {catalogue.key: catalogue for catalogue in catalogues}
    return tuple(_resolve(catalogue, by_key) for catalogue in catalogues)


def _resolve(catalogue: Catalogue, by_key: dict[str, Catalogue]) -> AllowList:
    base = by_key.get(catalogue.extends) if catalogue.extends else None
    if catalogue.extends and (base is None or base.extends):
        raise ConfigurationError(
            f"terms of {catalogue.key}: extends {catalogue.extends!r}, which is not there or itself extends another",
            remedy="Name a catalogue that stands alone, such as openai/chat_completions.",
        )
    own = {path for rule in catalogue.rules for path in rule.paths}
    fields: dict[str, dict[str, tuple[Verdict, str]]] = {}
    for rule in base.rules if base else ():
        # A path that the own list speaks of is the own list's alone: no value of the other one shines through.
        _add(fields, rule, (path for path in rule.paths if path not in own))
    for rule in catalogue.rules:
        _add(fields, rule, rule.paths)
    return AllowList(
        vendor=catalogue.vendor,
        endpoint=catalogue.endpoint,
        models=catalogue.models,
        # INVARIANT: an inherited fact is never relied on for longer than its own source allows.
        expires_on=min(catalogue.expires_on, base.expires_on) if base else catalogue.expires_on,
        fields=fields,
        forced=catalogue.forced,
        model_rules=catalogue.model_rules,
    )


def _add(fields: dict[str, dict[str, tuple[Verdict, str]]], rule: Rule, paths: Iterable[str]) -> None:
    for path in paths:
        for value in rule.values or ("",):
            fields.setdefault(path, {})[value] = (rule.verdict, rule.why)


def allow_list_for(lists: Iterable[AllowList], vendor: str, endpoint: str, model: str) -> AllowList | None:
    """The list of this vendor and endpoint, where it speaks for this model ("": for any); else None."""
    for each in lists:
        if each.vendor == vendor and each.endpoint == endpoint:
            return each if not model or any_matches(each.models, model) else None
    return None
