"""Which documents each label needs where, as data; and what a customer has relaxed of the house's own policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from ringfence.register import reading
from ringfence.register.kinds import Kind, Subject, Tier
from ringfence.register.organisation import Organisation, OrganisationRole, Regime
from ringfence.vocabulary.labels import Label

Place = Literal["vendor", "other_host"]
Limit = Literal["ai", "offshore", "deidentification", "subcontractors", "flow_down"]


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One condition on one label. Any one document of `kinds` meets it; every need of a label must be met.

    `roles`, `regimes`: only for such an organisation (empty: for every one). `permitted`: the document must say so.
    `not_forbidden`: it must not say the contrary. `onshore`: the country that its regions must be in, where another
    document of the chain forbids processing abroad. `not_enough`: kinds that do not serve, with a sentence on why.
    `tiers`: an approval must be of one of them.
    """

    id: str
    label: Label
    kinds: tuple[Kind, ...]
    at: tuple[Place, ...]
    basis: Literal["law", "standard", "policy"]
    says: str
    source: str
    reviewed_on: date
    subject: Subject = Subject.PROVIDER
    roles: tuple[OrganisationRole, ...] = ()
    regimes: tuple[Regime, ...] = ()
    relaxable: bool = False
    never: bool = False
    permitted: tuple[Limit, ...] = ()
    not_forbidden: tuple[Limit, ...] = ()
    criteria: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    max_age_months: int = 0
    onshore: str = ""
    not_enough: dict[Kind, str] = {}
    tiers: tuple[Tier, ...] = ()

    def applies(self, place: Place, organisation: Organisation) -> bool:
        """True where this need binds this organisation at such a place."""
        return (
            place in self.at
            and (not self.roles or organisation.role in self.roles)
            and (not self.regimes or any(regime in self.regimes for regime in organisation.regimes))
        )


class Relaxation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A customer's decision to do without one need of house policy, for a time. Both dates are inclusive.

    With `accepts` the need stays, and approvals of these tiers meet it too.
    """

    need: str
    because: str
    approved_by: str
    approved_on: date
    expires_on: date
    accepts: tuple[Tier, ...] = ()

    def in_force(self, today: date) -> bool:
        """True on the days for which it was approved."""
        return self.approved_on <= today <= self.expires_on


class _NeedsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    needs: tuple[Need, ...]


class _RelaxFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    relax: tuple[Relaxation, ...] = ()


def load_needs() -> tuple[Need, ...]:
    """The shipped needs."""
    where = "shipped requirements.toml"
    needs = reading.decode(reading.shipped_file("requirements.toml"), _NeedsFile, where).needs
    for need in needs:
        if any(kind is Kind.ZDR_APPROVAL for kind in need.kinds) and not need.tiers:
            raise reading.problem(where, need.id, "an approval meets a need only by its tier: state tiers")
        if need.relaxable and need.basis != "policy":
            raise reading.problem(where, need.id, "only house policy can be relaxable")
    return needs


def load_relaxations(path: Path, needs: Iterable[Need]) -> tuple[Relaxation, ...]:
    """A customer's `requirements.toml`. Raises ConfigurationError where it relaxes a law or names no need."""
    relaxations = reading.read(path, _RelaxFile).relax
    known = {need.id: need for need in needs}
    seen: set[str] = set()
    for index, relaxation in enumerate(relaxations):
        field = f"relax[{index}]"
        need = known.get(relaxation.need)
        if need is None:
            raise reading.problem(str(path), f"{field}.need", f"no need is called {relaxation.need!r}")
        if not need.relaxable:
            raise reading.problem(
                str(path),
                f"{field}.need",
                f"{need.id} rests on {need.basis} ({need.source}) and can't be relaxed",
                "Remove the entry; put the documents on file instead.",
            )
        if relaxation.need in seen:
            raise reading.problem(str(path), f"{field}.need", f"{need.id} is relaxed twice", "Keep one entry.")
        seen.add(relaxation.need)
        for name in ("because", "approved_by"):
            if reading.is_placeholder(getattr(relaxation, name)):
                raise reading.problem(str(path), f"{field}.{name}", "is empty or a placeholder")
        if relaxation.accepts and (not need.tiers or Tier.DEFAULT in relaxation.accepts):
            raise reading.problem(str(path), f"{field}.accepts", f"{need.id} asks for no tier, or `default` is none")
        if relaxation.expires_on < relaxation.approved_on:
            raise reading.problem(str(path), f"{field}.expires_on", "is before approved_on")
    return relaxations
