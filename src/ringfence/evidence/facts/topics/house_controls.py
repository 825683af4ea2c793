"""How the gateway itself is run: keys, people, encryption, logging, anchors."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof, Value

_SETTINGS = "Read ringfence.toml, and run `ringfence doctor`."


def _find(world: World) -> Iterator[Fact]:
    house = world.house
    declared = house.keys - house.keys_undeclared
    anchored = house.anchored_at is not None
    rows: tuple[tuple[str, Value, Basis, str, str], ...] = (
        (
            "gateway_keys",
            house.keys,
            Basis.CONFIGURED,
            f"{house.keys} API keys are in use; {declared} declare what they handle, the others are treated as "
            f"handling anything; {house.keys_expiring} have a last day.",
            "Run `ringfence keys list`.",
        ),
        (
            "surrogates_encrypted",
            True,
            Basis.CONFIGURED,
            "Originals behind surrogates are encrypted with AES-256-GCM, and deleted "
            f"{house.mask_lifetime_s // 86_400} days after their last use.",
            _SETTINGS,
        ),
        (
            "request_log",
            True,
            Basis.CONFIGURED,
            "Each request has a signed record before anything leaves, without content, kept for as long as the disk "
            "keeps it; "
            + (
                f"digests are unlinked after {house.commitments_days} days."
                if house.commitments_days
                else "digests stay linked until somebody orders otherwise."
            ),
            "Run `ringfence ledger verify`.",
        ),
        (
            "log_anchored",
            anchored,
            Basis.RECORDED if anchored else Basis.NOTHING,
            f"The log was last anchored outside on {house.anchored_at} ({', '.join(house.anchor_kinds)})."
            if anchored
            else "The log has no outside anchor: whoever holds its key could rewrite it.",
            "Run `ringfence ledger anchors`.",
        ),
        (
            "approvers",
            house.approvers,
            Basis.CONFIGURED,
            f"{house.approvers} people are enrolled who may approve; exceptions need two of them.",
            "Run `ringfence approver list`.",
        ),
        (
            "exceptions_in_force",
            house.exceptions,
            Basis.CONFIGURED,
            f"{len(house.exceptions) or 'No'} exceptions are in force"
            + (f": {', '.join(house.exceptions)}." if house.exceptions else "."),
            "Run `ringfence exception list`.",
        ),
    )
    for predicate, value, basis, says, check in rows:
        yield Fact(
            subject=ORGANISATION,
            predicate=predicate,
            value=value,
            basis=basis,
            says=says,
            check=check,
            as_of=house.anchored_at if predicate == "log_anchored" and house.anchored_at else world.today,
            proofs=(Proof("setting", "ringfence.toml", as_of=world.today),),
            limits=("It speaks of this gateway only.",),
        )


TOPIC = Topic(
    id="house_controls",
    title="How the gateway itself is run",
    source="45 CFR 164.312; SOC 2 criteria CC6.1, CC7.2",
    predicates=(
        Predicate("gateway_keys", int, "API keys in use.", "3 API keys are in use; 3 declare what they handle."),
        Predicate("surrogates_encrypted", bool, "Encryption of originals.", "They are encrypted with AES-256-GCM."),
        Predicate("request_log", bool, "Whether each request is on record.", "Each request has a signed record."),
        Predicate("log_anchored", bool, "Whether the log has an outside anchor.", "The log has no outside anchor."),
        Predicate("approvers", int, "People who may approve.", "2 people are enrolled who may approve."),
        Predicate("exceptions_in_force", tuple, "Exceptions in force today.", "No exceptions are in force."),
    ),
    find=_find,
)
