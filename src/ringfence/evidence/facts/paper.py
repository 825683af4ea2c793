"""What topics ask the register: which vendors matter here, and which of a vendor's documents are on file and count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from ringfence.evidence.facts.world import World
from ringfence.register import Document, Kind, Standing
from ringfence.vocabulary.fact import Proof

CHECK_DOCUMENT = "Ask for the document, and compare its SHA-256 with the one given here (`sha256sum FILE`)."
CHECK_LEDGER = "Verify the evidence bundle of the period (`ringfence evidence verify`) and count its records."


class Filed(msgspec.Struct, frozen=True):
    """A document on file, and whether it counts today."""

    document: Document
    standing: Standing

    @property
    def proof(self) -> Proof:
        document = self.document
        return Proof("document", document.id, document.title, document.file.sha256, self.as_of)

    @property
    def as_of(self) -> date:
        """The day of which it speaks: a report's period end, an agreement's last review."""
        dates, review = self.document.dates, self.document.review
        return dates.period_end or dates.as_of or review.reviewed_on or dates.effective_on or date.min

    @property
    def until(self) -> date | None:
        """The last day on which it counts; None where nothing ends it."""
        return None if self.standing.until == date.max else self.standing.until


def vendors(world: World) -> tuple[str, ...]:
    """Those that matter here: a document of theirs is on file, or a request left for them in the period."""
    services = world.register.services
    used = {services[each].vendor for each in world.traffic.sent if each in services and not services[each].private}
    filed = {document.subject for document in world.register.documents.values() if not document.demonstration}
    real = {each.vendor for each in services.values() if not each.private and not each.demonstration}
    return tuple(sorted((used | filed) & real))


def title(world: World, vendor: str) -> str:
    """What sentences call a vendor."""
    profile = world.register.profiles.get(vendor)
    return profile.title if profile else vendor


def filed(world: World, subject: str, *kinds: Kind) -> Iterator[Filed]:
    """The documents of these kinds whose subject it is, those that count first, the longest-lasting first."""
    found = [
        Filed(document, world.register.standing(document, world.today))
        for document in world.register.documents.values()
        if document.kind in kinds and document.subject == subject and not document.demonstration
    ]
    yield from sorted(
        found, key=lambda each: (not each.standing.counts, -each.standing.until.toordinal(), each.document.id)
    )


def services_of(world: World, vendor: str) -> tuple[str, ...]:
    """Ids of a vendor's services that a request left for in the period."""
    services = world.register.services
    return tuple(sorted(each for each in world.traffic.sent if each in services and services[each].vendor == vendor))


def records(world: World) -> Proof:
    """The ledger's records of the period."""
    indexes = world.traffic.indexes
    first, last = world.traffic.period
    ref = f"records {indexes[0]} to {indexes[1]}" if indexes else "no record"
    return Proof("ledger", ref, f"{first} to {last}", as_of=last)
