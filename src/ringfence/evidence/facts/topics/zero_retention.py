"""Zero data retention: approved on paper, verified in the account, or never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, Filed, covers, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind, Tier
from ringfence.register.globs import any_matches
from ringfence.vocabulary.fact import Basis, Fact, Proof
from ringfence.vocabulary.posture import FindingKind

_SCOPE = "It holds for what the approval names, and there only for endpoints, models and features that allow it."


class _Read(msgspec.Struct, frozen=True):
    """What reading the account says of one approval: `state` of the fact, the end of a sentence, the probe's day, and
    the last whole day on which it counts."""

    state: str
    says: str
    day: date | None = None
    until: date | None = None


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        name = title(world, vendor)
        papers = [
            each for each in filed(world, vendor, Kind.ZDR_APPROVAL) if each.document.tier is Tier.ZERO_DATA_RETENTION
        ]
        counting = [each for each in papers if each.standing.counts]
        yield from (_approved(world, vendor, name, each) for each in counting)
        if not counting:
            why = "".join(f" {each.standing.why}" for each in papers)
            yield Fact(
                subject=vendor,
                predicate="zdr",
                value="none",
                basis=Basis.NOTHING,
                says=f"Zero data retention at {name} is not approved: no approval is on file that counts today.{why}",
                check="Ask for the vendor's approval.",
                as_of=world.today,
                proofs=tuple(each.proof for each in papers),
            )


def _approved(world: World, vendor: str, name: str, paper: Filed) -> Fact:
    read = _read(world, vendor, paper)
    ends = [each for each in (paper.until, read.until) if each]
    probe = (Proof("probe", vendor, "the account's settings", as_of=read.day),) if read.day else ()
    return Fact(
        subject=vendor,
        predicate="zdr",
        value=read.state,
        basis=Basis.VERIFIED if read.state == "verified" else Basis.REVIEWED,
        says=f"{paper.document.id} approves zero data retention at {name} for {covers(paper)}; {read.says}.",
        check=f"{CHECK_DOCUMENT} Run `ringfence probe`.",
        as_of=read.day if read.day and read.state != "approved" else paper.as_of,
        expires_on=min(ends, default=None),
        scope={"document": paper.document.id},
        proofs=(paper.proof, *probe),
        limits=(_SCOPE,),
    )


def _read(world: World, vendor: str, paper: Filed) -> _Read:
    """INVARIANT: `verified` only where the vendor's interface stated it, of this approval, of the account on which all
    of its services run, and that has not expired."""
    posture, document, scope = world.register.posture, paper.document.id, paper.document.scope.services
    account = next((each for each in posture.accounts if each.vendor == vendor), None)
    drift = next(
        (
            each
            for each in posture.drifts
            if each.vendor == vendor
            and each.cause == "setting"
            and Kind.ZDR_APPROVAL in each.kinds
            and (each.acknowledged is None or each.resolved_at is None)
        ),
        None,
    )
    about = [each for each in account.findings if document in each.documents] if account else []
    if drift or any(each.kind is FindingKind.DRIFT for each in about):
        day = account.probed_at.date() if account else drift.opened_at.date() if drift else None
        open_ = " and nobody has acknowledged it" if drift and drift.acknowledged is None else ""
        return _Read("contradicted", f"but the account was found set otherwise{open_}", day)
    if account is None or document not in account.considered:
        return _Read("approved", "nobody has read the account for it")
    named = [
        name
        for name, service in world.register.services.items()
        if service.vendor == vendor and any_matches(scope, name)
    ]
    if not all(any_matches(account.services, name) for name in named):
        return _Read("approved", "not all of its services run on the account that is read", account.probed_at.date())
    if any(each.kind is FindingKind.MISSING_CAPABILITY for each in about):
        return _Read("approved", "this vendor has no way to read it in the account", account.probed_at.date())
    ends = [each.counts_until for each in about if each.kind is FindingKind.AGREES and each.counts_until]
    ends += [account.verified_until] if account.verified_until else []
    if not about or len(ends) <= len(about) or not _fresh(min(ends), posture.at, world.today):
        return _Read("approved", "the account was not read whole, or not lately", account.probed_at.date())
    until = max((min(ends) - timedelta(days=1)).date(), world.today)
    return _Read("verified", "the account was read and found set so", account.probed_at.date(), until)


def _fresh(until: datetime, at: datetime | None, today: date) -> bool:
    return until > at if at else until.date() >= today


TOPIC = Topic(
    id="zero_retention",
    title="Zero data retention",
    source="Vendors grant it on request, by an agreement of its own: the terms catalogue",
    predicates=(
        Predicate(
            "zdr",
            str,
            "`verified` (approved, and read in the account), `approved`, `contradicted` (read otherwise), `none`.",
            "openai-zdr approves zero data retention at OpenAI for services openai/*; labels phi; the account was read "
            "and found set so.",
        ),
    ),
    find=_find,
)
