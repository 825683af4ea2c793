"""The terms catalogue: versioned allow-lists of request fields, one for each vendor and endpoint, read from TOML.

A rule's `verdict` is one of:

allow               the member may go with regulated data
allow_clean         it may, as long as nothing was found in it that identifies somebody (a schema that a vendor treats
                    as system data); `forbid_labels` names the labels for which that matters (empty: all regulated)
forbid_regulated    it may not. `allowed_under = ["zero_data_retention"]`: an approval of such a tier on file that names
                    the label lifts it. `forbid_labels = ["phi", "part2", "limited_data_set"]`: for these labels it
                    stays forbidden whatever is on file; without `allowed_under` it is forbidden for them only
unresolved          `claims` from two or more sources contradict each other, so it may not, and both are shown

"ZDR yes, HIPAA no" is one rule: forbid_regulated with both `allowed_under` and `forbid_labels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from ringfence.register import reading
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Tier
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import REGULATED, Label

Verdict = Literal["allow", "allow_clean", "forbid_regulated", "unresolved"]

_PATH = re.compile(r"/@[a-z-]+|(/(\*|[A-Za-z0-9_$-]+))+")
_POINTER = re.compile(r"(/[A-Za-z0-9_]+)+")


class _Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fact on a vendor: its plain sentence, where it was read, and when."""

    why: str
    source: str
    reviewed_on: date


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one source says of something on which sources may disagree. `answer` is its answer in a word or two."""

    answer: str
    says: str
    source: str
    reviewed_on: date


def contradict(claims: Iterable[Claim]) -> bool:
    """True where the sources give more than one answer."""
    return len({" ".join(claim.answer.casefold().split()) for claim in claims}) > 1


class Rule(_Sourced, frozen=True, kw_only=True):
    """A verdict on request members. `paths` are those of `vocabulary.chat.Use`; `values` empty: any value.

    A rule that names the value goes before one that does not. `allowed_under`, `forbid_labels` and `claims`: see above.
    """

    paths: tuple[str, ...]
    values: tuple[str, ...] = ()
    verdict: Verdict
    allowed_under: tuple[Tier, ...] = ()
    forbid_labels: tuple[Label, ...] = ()
    claims: tuple[Claim, ...] = ()


class Forced(_Sourced, frozen=True, kw_only=True):
    """A member that the gateway sets in every request to this service, whatever the client sent."""

    pointer: str
    value: bool | str


class ModelRule(_Sourced, frozen=True, kw_only=True):
    """A property of models that regulated data does not go with, whatever the fields: of `models`, `exempt` left out.

    `unless_retention`: a ZDR approval on file that accepts this keeping lifts it; `unless_tier`: one of this tier does.
    `unless_path` and `unless_value`: so does a request that uses this member with this value.
    """

    models: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    unless_retention: str = ""
    unless_tier: Tier | None = None
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


class Condition(msgspec.Struct, frozen=True):
    """For whom and under what a rule's verdict holds: see the top of this file."""

    allowed_under: tuple[Tier, ...] = ()
    forbid_labels: tuple[Label, ...] = ()


class AllowList(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue with `extends` resolved: path -> value -> verdict and sentence; the value "" stands for any.

    `conditions` has the same keys, for those rules that state any. `rules` are those that it was made of, for display:
    inherited ones without the paths that the own list speaks of.
    """

    vendor: str
    endpoint: str
    models: tuple[str, ...]
    expires_on: date
    fields: dict[str, dict[str, tuple[Verdict, str]]]
    forced: tuple[Forced, ...]
    model_rules: tuple[ModelRule, ...]
    conditions: dict[str, dict[str, Condition]] = {}
    rules: tuple[Rule, ...] = ()
    reviewed_on: date | None = None


def shipped_catalogues() -> tuple[Catalogue, ...]:
    """The allow-lists of this release."""
    return tuple(_checked(reading.decode(text, Catalogue, name), name) for name, text in reading.shipped("terms"))


def load_catalogue(path: Path) -> Catalogue:
    """One file of `terms/`. Raises ConfigurationError naming file and field."""
    return _checked(reading.read(path, Catalogue), str(path))


def _checked(catalogue: Catalogue, where: str) -> Catalogue:
    seen: set[tuple[str, str]] = set()
    for index, rule in enumerate(catalogue.rules):
        _check_conditions(rule, where, f"rules[{index}]")
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


def _check_conditions(rule: Rule, where: str, field: str) -> None:
    if rule.allowed_under and rule.verdict != "forbid_regulated":
        raise reading.problem(where, f"{field}.allowed_under", "only a forbid_regulated is lifted by an approval")
    if Tier.DEFAULT in rule.allowed_under:
        raise reading.problem(where, f"{field}.allowed_under", "no approval states `default`")
    if rule.forbid_labels and rule.verdict not in ("forbid_regulated", "allow_clean"):
        raise reading.problem(where, f"{field}.forbid_labels", f"has no meaning with {rule.verdict}")
    if not REGULATED.issuperset(rule.forbid_labels):
        raise reading.problem(where, f"{field}.forbid_labels", "`general` is never forbidden")
    if (rule.verdict == "unresolved") != contradict(rule.claims):
        raise reading.problem(
            where, f"{field}.claims", "unresolved needs claims that contradict each other, and nothing else has them"
        )


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
    conditions: dict[str, dict[str, Condition]] = {}
    # A path that the own list speaks of is the own list's alone: no value of the other one shines through.
    inherited = (
        msgspec.structs.replace(rule, paths=tuple(path for path in rule.paths if path not in own))
        for rule in (base.rules if base else ())
    )
    rules = (*(rule for rule in inherited if rule.paths), *catalogue.rules)
    for rule in rules:
        _add(fields, conditions, rule)
    return AllowList(
        vendor=catalogue.vendor,
        endpoint=catalogue.endpoint,
        models=catalogue.models,
        # INVARIANT: an inherited fact is never relied on for longer than its own source allows.
        expires_on=min(catalogue.expires_on, base.expires_on) if base else catalogue.expires_on,
        fields=fields,
        forced=catalogue.forced,
        model_rules=catalogue.model_rules,
        conditions=conditions,
        rules=rules,
        reviewed_on=min(catalogue.reviewed_on, base.reviewed_on) if base else catalogue.reviewed_on,
    )


def _add(
    fields: dict[str, dict[str, tuple[Verdict, str]]],
    conditions: dict[str, dict[str, Condition]],
    rule: Rule,
) -> None:
    why = rule.why
    if rule.claims:
        said = "; ".join(f"{claim.answer} ({claim.source}, read on {claim.reviewed_on})" for claim in rule.claims)
        why = f"{why} Sources disagree: {said}."
    condition = Condition(rule.allowed_under, rule.forbid_labels)
    for path in rule.paths:
        for value in rule.values or ("",):
            fields.setdefault(path, {})[value] = (rule.verdict, why)
            if condition != Condition():
                conditions.setdefault(path, {})[value] = condition


def allow_list_for(lists: Iterable[AllowList], vendor: str, endpoint: str, model: str) -> AllowList | None:
    """The list of this vendor and endpoint, where it speaks for this model ("": for any); else None."""
    for each in lists:
        if each.vendor == vendor and each.endpoint == endpoint:
            return each if not model or any_matches(each.models, model) else None
    return None
