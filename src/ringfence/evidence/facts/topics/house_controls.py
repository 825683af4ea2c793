"""How the gateway itself is run: keys, people, encryption, logging, anchors."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.recorded import many
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof, Value

_SETTINGS = "Read ringfence.toml, and run `ringfence doctor`."
_Row = tuple[str, Value, Basis, str, str]


def _find(world: World) -> Iterator[Fact]:
    anchored_at = world.house.anchored_at
    for predicate, value, basis, says, check in (*_access(world), *_encryption(world), *_log(world)):
        as_of = anchored_at if predicate == "log_anchored" and anchored_at and basis is not Basis.NOTHING else None
        yield Fact(
            subject=ORGANISATION,
            predicate=predicate,
            value=value,
            basis=basis,
            says=says,
            check=check,
            as_of=as_of or world.today,
            proofs=(Proof("setting", "ringfence.toml", as_of=world.today),),
            limits=("It speaks of this gateway only, as it is set up today.",),
        )


def _access(world: World) -> Iterator[_Row]:
    house = world.house
    declared, keys = house.keys - house.keys_undeclared, many(house.keys, "API key")
    yield (
        "gateway_keys",
        house.keys,
        Basis.CONFIGURED if house.keys else Basis.NOTHING,
        f"{keys} for the gateway may be used; {declared} declare what they handle, others are treated as handling "
        f"anything; {house.keys_expiring} have a last day.",
        "Run `ringfence keys list`.",
    )
    age = (world.today - house.oldest_key).days if house.oldest_key else -1
    yield (
        "oldest_key_days",
        age,
        Basis.CONFIGURED if house.oldest_key else Basis.NOTHING,
        f"The oldest API key for the gateway that may be used was made {many(age, 'day')} ago."
        if house.oldest_key
        else "There is no API key for the gateway.",
        "Run `ringfence keys list`. When vendors' own keys were rotated is not known here.",
    )
    yield (
        "approvers",
        house.approvers,
        Basis.CONFIGURED if house.approvers else Basis.NOTHING,
        f"Enrolled to approve: {house.approvers}. An exception counts once two of them have approved it.",
        "Run `ringfence approver list`.",
    )
    yield (
        "exceptions_in_force",
        house.exceptions,
        Basis.CONFIGURED,
        f"Exceptions in force: {', '.join(house.exceptions) or 'none'}.",
        "Run `ringfence exception list`.",
    )


def _encryption(world: World) -> Iterator[_Row]:
    house = world.house
    yield (
        "surrogates_encrypted",
        True,
        Basis.CONFIGURED,
        "Originals behind surrogates are encrypted with AES-256-GCM, and deleted "
        f"{house.mask_lifetime_s / 3600:g} h after their last use. The key lies on the same machine.",
        _SETTINGS,
    )
    yield (
        "content_kept",
        float(house.content_share),
        Basis.CONFIGURED,
        f"A share of {house.content_share:g} of requests is kept for {many(house.content_days, 'day')}, sealed so that "
        "only the reviewer's key opens it."
        if house.content_share
        else "The gateway keeps no request's content.",
        _SETTINGS,
    )
    yield (
        "subjects_sealed",
        house.subjects_sealed,
        Basis.CONFIGURED,
        f"Whose data was in a regulated request is kept for {many(house.subjects_days, 'day')}, sealed so that two "
        "custodians together open it."
        if house.subjects_sealed
        else "Whose data was in a request is not kept.",
        _SETTINGS,
    )


def _log(world: World) -> Iterator[_Row]:
    house = world.house
    kept = (
        f"digests of contents are unlinked after {many(house.commitments_days, 'day')}"
        if house.commitments_days
        else "digests of contents stay linked until somebody orders otherwise"
    )
    yield (
        "request_log",
        house.records > 0,
        Basis.RECORDED if house.records else Basis.NOTHING,
        f"The log holds {many(house.records, 'record')}: of each request a signed one without content, made before "
        f"anything leaves. Records are never deleted by the product; {kept}."
        if house.records
        else "There is no log yet.",
        "Run `ringfence ledger verify`.",
    )
    anchored = house.anchored_at is not None and house.anchors_sound
    yield (
        "log_anchored",
        anchored,
        Basis.RECORDED if anchored else Basis.NOTHING,
        f"The log was last anchored outside on {house.anchored_at} ({', '.join(house.anchor_kinds)})."
        if anchored
        else "The log has no outside anchor: whoever holds its key could rewrite it."
        if house.anchors_sound
        else "An outside anchor contradicts the log, or is false.",
        "Run `ringfence ledger anchors`.",
    )


TOPIC = Topic(
    id="house_controls",
    title="How the gateway itself is run",
    source="45 CFR 164.312; SOC 2 criteria CC6.1, CC7.2",
    predicates=(
        Predicate("gateway_keys", int, "API keys that may be used.", "3 API keys for the gateway may be used."),
        Predicate(
            "oldest_key_days",
            int,
            "Age of the oldest API key for the gateway; -1 where there is none.",
            "The oldest API key for the gateway that may be used was made 41 days ago.",
        ),
        Predicate("approvers", int, "People who may approve.", "Enrolled to approve: 2."),
        Predicate("exceptions_in_force", tuple, "Exceptions in force today.", "Exceptions in force: none."),
        Predicate(
            "surrogates_encrypted",
            bool,
            "Encryption of originals.",
            "Originals behind surrogates are encrypted with AES-256-GCM.",
        ),
        Predicate(
            "content_kept",
            float,
            "The share of requests whose content is kept, sealed.",
            "The gateway keeps no request's content.",
        ),
        Predicate(
            "subjects_sealed",
            bool,
            "Whether it is kept, sealed, whose data was in a request.",
            "Whose data was in a request is not kept.",
        ),
        Predicate("request_log", bool, "Whether requests are on record.", "The log holds 812 records."),
        Predicate("log_anchored", bool, "Whether an outside anchor holds.", "The log has no outside anchor."),
    ),
    find=_find,
)
