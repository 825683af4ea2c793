"""How each kind of identifier is replaced: the organisation's `masking.toml`, and what of it holds for one request."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Literal, TypeVar

import msgspec

from ringfence.vocabulary.entities import ENTITIES, Disposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

T = TypeVar("T")


class Treatment(StrEnum):
    """What masking does with a value. The order is that of strictness."""

    KEEP = "keep"
    """Left as it is: provider names only, which 45 CFR 164.514(b)(2)(i) does not list."""
    SURROGATE = "surrogate"
    """A random stand-in, turned back in the reply."""
    GENERALISE = "generalise"
    """Less exact, for good: a date becomes its year."""
    MASK = "mask"
    """Eight stars, for good, whatever the value's length."""
    REDACT = "redact"
    """Removed for good; the kind is named."""


GENERALISED = frozenset({"DATE", "BIRTH_DATE", "AGE_OVER_89", "ZIP_CODE", "LOCATION", "STREET_ADDRESS"})
"""Entities that have a less exact form."""
_KEPT = frozenset({"PROVIDER_NAME"})
_USUAL = {name: Treatment(entity.disposal) for name, entity in ENTITIES.items()}
_STRICTNESS = {treatment: rank for rank, treatment in enumerate(Treatment)}


class SafeHarbor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[safe_harbor]`: `on` treats all classes of 45 CFR 164.514(b)(2)(i) in every request that is masked.
    `identifiers` is for those that have no general form; `restore` puts originals back into replies."""

    on: bool = False
    identifiers: Literal["surrogate", "mask", "redact"] = "surrogate"
    restore: bool = True


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`masking.toml` as written."""

    safe_harbor: SafeHarbor = SafeHarbor()
    entities: dict[str, Treatment] = {}
    labels: dict[Label, dict[str, Treatment]] = {}


class _Zip3File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`zip3.toml`: the source of the list, its date, and the prefixes themselves."""

    source: str
    compiled: date
    census: int
    note: str
    populous: str
    also_small: dict[str, str]


class Manner(msgspec.Struct, frozen=True):
    """How the findings of one request are replaced. `today` is the day of the request; `populous_zip3` are the ZIP
    prefixes that may stand. Where `restore` is false, a reply keeps its surrogates."""

    treatments: Mapping[str, Treatment] = {}
    safe_harbor: bool = False
    restore: bool = True
    today: date | None = None
    populous_zip3: frozenset[str] = frozenset()

    def of(self, entity: str) -> Treatment:
        """The treatment of an entity of the vocabulary."""
        return self.treatments.get(entity) or _USUAL[entity]


class MaskRules(msgspec.Struct, frozen=True):
    """A checked `masking.toml` and the shipped ZIP prefixes. Make one with `read_rules`."""

    safe_harbor: SafeHarbor = SafeHarbor()
    entities: Mapping[str, Treatment] = {}
    labels: Mapping[Label, Mapping[str, Treatment]] = {}
    populous_zip3: frozenset[str] = frozenset()

    def manner(self, labels: Iterable[Label], today: date) -> Manner:
        """What holds for a request with these labels. Of several labels that speak of an entity the strictest counts;
        what a label says goes before what `[entities]` says, and both before the switch."""
        treatments: dict[str, Treatment] = {}
        if self.safe_harbor.on:
            treatments = {entity: self._safe_harbor(entity) for entity in ENTITIES if ENTITIES[entity].safe_harbor}
        treatments |= self.entities
        named: dict[str, list[Treatment]] = {}
        for label in labels:
            for entity, treatment in self.labels.get(label, {}).items():
                named.setdefault(entity, []).append(treatment)
        treatments |= {entity: max(some, key=_STRICTNESS.__getitem__) for entity, some in named.items()}
        restore = self.safe_harbor.restore or not self.safe_harbor.on
        return Manner(treatments, self.safe_harbor.on, restore, today, self.populous_zip3)

    def _safe_harbor(self, entity: str) -> Treatment:
        if ENTITIES[entity].disposal is Disposal.REDACT:
            return Treatment.REDACT
        return Treatment.GENERALISE if entity in GENERALISED else Treatment(self.safe_harbor.identifiers)


def strictest(treatments: Iterable[Treatment]) -> Treatment:
    """The one that leaves least."""
    return max(treatments, key=_STRICTNESS.__getitem__)


def read_rules(text: str, zip3: str, where: str) -> MaskRules:
    """The rules in the TOML `text` of the file `where`; `zip3` is the text of the shipped `zip3.toml`.

    Raises ConfigurationError, naming file and key: broken TOML, unknown keys and entities, a general form for what has
    none, anything but redact and mask for cards and secrets, and `keep` for anything but provider names.
    """
    file = _decoded(text, _File, where)
    for place, table in (
        ("entities", file.entities),
        *((f"labels.{name}", some) for name, some in file.labels.items()),
    ):
        for entity, treatment in table.items():
            _check(f"{where}: {place}.{entity}", entity, treatment)
    return MaskRules(file.safe_harbor, file.entities, file.labels, _populous(zip3))


def _check(place: str, entity: str, treatment: Treatment) -> None:
    if entity not in ENTITIES:
        raise _problem(place, "there is no such entity", "Use one of docs/reference/detectors.md.")
    if ENTITIES[entity].disposal is Disposal.REDACT and treatment not in (Treatment.REDACT, Treatment.MASK):
        raise _problem(place, "cards and secrets are never kept in a map and never partly left", "Use redact or mask.")
    if treatment is Treatment.GENERALISE and entity not in GENERALISED:
        raise _problem(place, "has no less exact form", f"Only {', '.join(sorted(GENERALISED))} have one.")
    if treatment is Treatment.KEEP and entity not in _KEPT:
        raise _problem(place, "only provider names can be kept", "Use surrogate, generalise, mask or redact.")


def _populous(text: str) -> frozenset[str]:
    file = _decoded(text, _Zip3File, "shipped zip3.toml")
    return frozenset(file.populous.split()) - {prefix for some in file.also_small.values() for prefix in some.split()}


def _decoded(text: str, kind: type[T], where: str) -> T:
    remedy = "docs/how-to/mask-by-class.md lists every key."
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise _problem(where, f"not valid TOML: {error}", "Correct the file at that line.") from error
    except msgspec.ValidationError as error:
        raise _problem(where, str(error), remedy) from error


def _problem(place: str, what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{place}: {what}", remedy=remedy, where=place)
