"""What topics ask the register: who gets data here, and which documents are on file about them and count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from ringfence.evidence.facts.world import World
from ringfence.register import Document, Kind, Role, Standing, names_party
from ringfence.register.months import add_months
from ringfence.register.services import bare_host
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof, Value

CHECK_DOCUMENT = "Ask for the document, and compare its SHA-256 with the one given here (`sha256sum FILE`)."

_SOC2 = (Kind.SOC2_TYPE2, Kind.SOC2_TYPE1)
_EXAMINED = (Role.SERVICE_ORGANIZATION, Role.CERTIFIED_ORGANIZATION)


class Filed(msgspec.Struct, frozen=True):
    """A document on file, and whether it counts today. `as_of` is the day of which it speaks: a report's period end, a
    letter's date, else the day of its last review."""

    document: Document
    standing: Standing
    as_of: date

    @property
    def proof(self) -> Proof:
        document = self.document
        return Proof("document", document.id, document.title, document.file.sha256, self.as_of)

    @property
    def until(self) -> date | None:
        """The last day on which it counts; None where nothing ends it."""
        return None if self.standing.until == date.max else self.standing.until


def provider(world: World, service_id: str) -> str | None:
    """Who answers there: a vendor's id, or the host of a private service that others run. None for the organisation's
    own host, and for a demonstration. A service that is no longer in the register is known by its id alone."""
    service = world.register.services.get(service_id)
    if service is None:
        vendor = service_id.partition("/")[0]
        return service_id if vendor == "private" else vendor
    if service.own_host or service.demonstration:
        return None
    return bare_host(service.host) if service.private else service.vendor


def providers_used(world: World) -> tuple[str, ...]:
    """Those that a request left for in the period."""
    return tuple(sorted({each for name in world.traffic.sent if (each := provider(world, name))}))


def vendors(world: World) -> tuple[str, ...]:
    """Those that matter here: a document of theirs is on file, or a request left for them in the period."""
    known = {each for name in world.register.services if (each := provider(world, name))}
    on_file = {bare_host(each.subject) for each in world.register.documents.values() if not each.demonstration}
    return tuple(sorted(set(providers_used(world)) | (on_file & known)))


def title(world: World, vendor: str) -> str:
    """What sentences call a vendor."""
    profile = world.register.profiles.get(vendor)
    return profile.title if profile else vendor


def filed(world: World, subject: str, *kinds: Kind) -> Iterator[Filed]:
    """The documents of these kinds whose subject it is: those that count first, of them in the order of `kinds`, the
    youngest first."""
    found = [
        Filed(document, _standing(world, document), _as_of(document, world.today))
        for document in world.register.documents.values()
        if document.kind in kinds and bare_host(document.subject) == subject and not document.demonstration
    ]
    yield from sorted(
        found,
        key=lambda each: (
            not each.standing.counts,
            kinds.index(each.document.kind),
            -each.as_of.toordinal(),
            each.document.id,
        ),
    )


def _as_of(document: Document, today: date) -> date:
    dates, review = document.dates, document.review
    of_letter = dates.issued_on if document.kind is Kind.BRIDGE_LETTER else None
    stated = dates.period_end or dates.as_of or of_letter or review.reviewed_on or dates.effective_on
    return min(stated or today, today)


def _standing(world: World, document: Document) -> Standing:
    """As the register has it, and also not counting where it is about somebody else, or too old a report."""
    standing = world.register.standing(document, world.today)
    if not standing.counts:
        return standing
    name, ours = f"The {world.register.kinds[document.kind].title} {document.id}", world.organisation.name
    own = document.subject == ORGANISATION
    if ours and world.register.kinds[document.kind].names_organisation and not names_party(document, ours):
        return Standing(False, why=f"{name} does not name {ours} as a party.")
    if ours and own and not names_party(document, ours, _EXAMINED):
        return Standing(False, why=f"{name} does not name {ours} as the organisation that was examined.")
    ended = document.dates.period_end or document.dates.as_of
    months = max((each.max_age_months for each in world.register.needs if Kind.SOC2_TYPE2 in each.kinds), default=0)
    if document.kind in _SOC2 and ended and months:
        last = add_months(ended, months)
        if last < world.today:
            return Standing(False, why=f"{name} speaks of the time up to {ended}, more than {months} months ago.")
        return msgspec.structs.replace(standing, until=min(standing.until, last))
    return standing


def covers(paper: Filed) -> str:
    """What its scope names, for a sentence."""
    scope = paper.document.scope
    parts = (
        ("services", scope.services),
        ("labels", scope.labels),
        ("endpoints", scope.endpoints),
        ("models", scope.models),
        ("regions", scope.regions),
    )
    return "; ".join(f"{name} {', '.join(values)}" for name, values in parts if values) or "no scope stated"


def last_days(paper: Filed) -> str:
    """How long it may be relied on, for a sentence."""
    return f"may be relied on until {paper.until}" if paper.until else "has no stated end"


def on_paper(paper: Filed, subject: str, predicate: str, value: Value, says: str, *limits: str) -> Fact:
    """What a document on file says, for as long as it counts."""
    return Fact(
        subject=subject,
        predicate=predicate,
        value=value,
        basis=Basis.REVIEWED,
        says=says,
        check=CHECK_DOCUMENT,
        as_of=paper.as_of,
        expires_on=paper.until,
        scope={"document": paper.document.id},
        proofs=(paper.proof,),
        limits=limits,
    )


def not_on_paper(world: World, subject: str, predicate: str, says: str, check: str, papers: Sequence[Filed]) -> Fact:
    """That no document of the kind counts today; `papers` are those that do not, and why."""
    why = "".join(f" {each.standing.why}" for each in papers)
    return Fact(
        subject=subject,
        predicate=predicate,
        value=False,
        basis=Basis.NOTHING,
        says=f"{says}{why}",
        check=check,
        as_of=world.today,
        proofs=tuple(each.proof for each in papers),
    )
