"""Zero data retention: approved on paper, verified in the account, or never."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind, Tier
from ringfence.vocabulary.fact import Basis, Fact, Proof

_SCOPE = (
    "Zero data retention holds for the endpoints, models and features that the approval and the vendor's pages name."
)


def _find(world: World) -> Iterator[Fact]:
    posture = world.register.posture
    for vendor in vendors(world):
        name = title(world, vendor)
        papers = [
            each for each in filed(world, vendor, Kind.ZDR_APPROVAL) if each.document.tier is Tier.ZERO_DATA_RETENTION
        ]
        paper = next((each for each in papers if each.standing.counts), None)
        if paper is None:
            why = f" {papers[0].standing.why}" if papers else ""
            yield Fact(
                subject=vendor,
                predicate="zdr",
                value="none",
                basis=Basis.NOTHING,
                says=f"Zero data retention is not approved at {name}: no approval is on file that counts today.{why}",
                check="Ask for the vendor's approval.",
                as_of=world.today,
                proofs=tuple(each.proof for each in papers),
            )
            continue
        account = next((each for each in posture.accounts if each.vendor == vendor), None)
        open_ = [each for each in posture.drifts if each.vendor == vendor and each.acknowledged is None]
        good = account is not None and paper.document.id in account.considered and account.verified_at is not None
        fresh = good and account is not None and (account.verified_until or account.probed_at).date() >= world.today
        state = "contradicted" if open_ else "verified" if fresh else "approved"
        sentence = {
            "contradicted": f"An approval of zero data retention at {name} is on file, but the account was found set "
            "otherwise.",
            "verified": f"Zero data retention is approved at {name}, and the account was read and found set so.",
            "approved": f"Zero data retention is approved at {name}; the account was not read, or not lately.",
        }[state]
        probe = (Proof("probe", vendor, "the account's settings", as_of=account.probed_at.date()),) if account else ()
        until = [paper.until] if paper.until else []
        until += [account.verified_until.date()] if state == "verified" and account and account.verified_until else []
        yield Fact(
            subject=vendor,
            predicate="zdr",
            value=state,
            basis=Basis.VERIFIED if state == "verified" else Basis.REVIEWED,
            says=sentence,
            check=f"{CHECK_DOCUMENT} Run `ringfence probe`.",
            as_of=account.probed_at.date() if account and state != "approved" else paper.as_of,
            expires_on=min(until, default=None),
            proofs=(paper.proof, *probe),
            limits=(_SCOPE,),
        )


TOPIC = Topic(
    id="zero_retention",
    title="Zero data retention",
    source="Vendors grant it on request, by an agreement of its own: the terms catalogue",
    predicates=(
        Predicate(
            "zdr",
            str,
            "`verified` (approved, and read in the account), `approved`, `contradicted` (read otherwise), `none`.",
            "Zero data retention is approved at OpenAI, and the account was read and found set so.",
        ),
    ),
    find=_find,
)
