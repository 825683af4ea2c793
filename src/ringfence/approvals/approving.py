"""One person's signed word on an act, and whether enough people have given theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.approvals import dsse
from ringfence.approvals.acts import canonical, digest
from ringfence.approvals.keys import public_text
from ringfence.approvals.people import raw_key
from ringfence.vocabulary.approval import Act, Approval, Envelope, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError

_SKEW = timedelta(minutes=5)
"""By which an approver's clock may be ahead of the machine that checks."""

_REMEDY = "See who may approve with `ringfence approver list`."


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The signed payload. `act` is there in full, so that whoever opens the envelope sees what was approved."""

    act: msgspec.Raw
    act_sha256: str
    at: datetime
    kind: str
    person: str
    reason: str


def approve(act: Act, key: Ed25519PrivateKey, person: Person, *, at: datetime, reason: str) -> Envelope:
    """`person` signs `act`. `at` knows its zone.

    Raises ConfigurationError where the key is not the person's, they are not enrolled on that day, or give no reason.
    """
    if public_text(key) != person.public_key:
        raise ConfigurationError(f"this key is not {person.id}'s", remedy="Use the private key that belongs to you.")
    if why := _not_enrolled(person, at):
        raise ConfigurationError(why, remedy=_REMEDY)
    if not reason.strip():
        raise ConfigurationError("an approval needs a reason", remedy="Say why with --reason.")
    said = _Said(
        act=msgspec.Raw(canonical(act)),
        act_sha256=digest(act),
        at=at,
        kind=act.kind,
        person=person.id,
        reason=reason.strip(),
    )
    return dsse.sign(msgspec.json.encode(said), key, person.id)


def approvals_of(proposal: Proposal, people: Mapping[str, Person], now: datetime) -> tuple[Approval, ...]:
    """The approvals that count at `now`, each person and each key once, in the order in which they were given."""
    return _judged(proposal, people, now)[0]


def enough(proposal: Proposal, people: Mapping[str, Person], now: datetime, count: int) -> bool:
    """Whether at least `count` people approved it, as far as they count at `now`."""
    return len(approvals_of(proposal, people, now)) >= count


def require(proposal: Proposal, people: Mapping[str, Person], now: datetime, count: int) -> tuple[Approval, ...]:
    """The approvals, where at least `count` people gave theirs. Raises ConfigurationError, which says who approved, why
    each other envelope does not count, and who may still approve."""
    approvals, refused = _judged(proposal, people, now)
    if len(approvals) >= count:
        return approvals
    given = {each.person for each in approvals}
    left = [name for name, person in sorted(people.items()) if name not in given and not _not_enrolled(person, now)]
    says = f"this {proposal.act.kind} needs {count} people, and {', '.join(sorted(given)) or 'nobody'} approved it"
    for each in refused:
        says += f"; one approval does not count: {each}"
    missing = count - len(approvals)
    if len(left) < missing:
        remedy = "Too few people are enrolled: make more with `ringfence approver create`."
    else:
        remedy = f"{missing} more of {', '.join(left)} must approve it with `ringfence approve`."
    raise ConfigurationError(says, remedy=remedy)


def with_approval(proposal: Proposal, envelope: Envelope, people: Mapping[str, Person], now: datetime) -> Proposal:
    """The proposal with one more envelope. Raises ConfigurationError where it would not count."""
    after = Proposal(proposal.act, (*proposal.approvals, envelope))
    if len(approvals_of(after, people, now)) <= len(approvals_of(proposal, people, now)):
        refused = _judged(after, people, now)[1]
        raise ConfigurationError(f"the approval does not count: {refused[-1]}", remedy=_REMEDY)
    return after


def _judged(proposal: Proposal, people: Mapping[str, Person], now: datetime) -> tuple[tuple[Approval, ...], list[str]]:
    """What counts, and why each other envelope does not."""
    wanted = digest(proposal.act)
    given: dict[bytes, Approval] = {}
    refused: list[str] = []
    for envelope in proposal.approvals:
        found = _one(envelope, people, wanted, now)
        if isinstance(found, str):
            refused.append(found)
        elif raw_key(people[found.person]) in given:
            refused.append(f"{found.person} has approved it already")
        else:
            given[raw_key(people[found.person])] = found
    return tuple(given.values()), refused


def _one(envelope: Envelope, people: Mapping[str, Person], wanted: str, now: datetime) -> Approval | str:
    """The approval in one envelope, or why it does not count."""
    if len(envelope.signatures) != 1:
        return "an envelope has one signature"
    name = envelope.signatures[0].keyid
    person = people.get(name)
    if person is None:
        return f"{name[:80]!r} is not enrolled"
    payload = dsse.opened(envelope, name, raw_key(person))
    if payload is None:
        return f"the signature is not made with {name}'s key"
    said = _said(payload)
    if said is None or said.person != name:
        return f"what {name} signed is no approval of theirs"
    if said.act_sha256 != wanted or _digest_shown(said) != wanted:
        return f"{name} approved another act"
    for moment in (said.at, now):
        if why := _not_enrolled(person, moment):
            return why
    if said.at > now + _SKEW:
        return f"{name}'s approval is dated in the future"
    return Approval(person.id, person.name, person.role, wanted, said.at, said.reason)


def _said(payload: bytes) -> _Said | None:
    try:
        said = msgspec.json.decode(payload, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return said if _is_a_moment(said.at) and said.reason.strip() else None


def _is_a_moment(at: datetime) -> bool:
    """It knows its zone, and is one in UTC, too: the first and last years have hours that are not."""
    try:
        return at.tzinfo is not None and bool(at.astimezone(UTC))
    except OverflowError:
        return False


def _digest_shown(said: _Said) -> str:
    """Of the act as the envelope shows it; empty where that is no act of the kind it names."""
    try:
        plain: Any = msgspec.json.decode(said.act)
        act = msgspec.convert(plain, Act)
        return digest(act) if act.kind == said.kind and plain.keys() == {"kind", "body"} else ""
    except (msgspec.MsgspecError, ConfigurationError, RecursionError):
        return ""


def _not_enrolled(person: Person, moment: datetime) -> str:
    """Why the person may not approve at that moment; empty where they may. Days are days in UTC."""
    day = moment.astimezone(UTC).date()
    if day < person.since:
        return f"{person.id} is enrolled only from {person.since} on"
    if person.until and day > person.until:
        return f"{person.id} is no longer enrolled since {person.until}"
    return ""
