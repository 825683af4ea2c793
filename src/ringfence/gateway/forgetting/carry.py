"""Checks an order to forget, and carries it out once its record is durable.

In this order, each step as often as needed: 1. the list of indexes, by its digest; 2. the order in the pending folder;
3. its NOTICE record; 4. salts, requests for the reviewer and sealed subjects are erased; 5. the NOTICE that it is done;
6. the pending file goes. A crash leaves a list that nobody uses (1), or a pending file (2 to 6), from which the next
start or command goes on at 3: the record then stands twice, with the same order, and erasing twice erases nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from ringfence import approvals
from ringfence.gateway.forgetting.comparing import compare
from ringfence.gateway.forgetting.holds import RELEASE_ACT, RELEASED_EVENT, Holds
from ringfence.gateway.forgetting.order import (
    DONE_EVENT,
    ORDERED_EVENT,
    Order,
    Ranges,
    notice_of,
    of_notice,
    read_ranges,
)
from ringfence.gateway.forgetting.rules import kept_since, rules
from ringfence.gateway.forgetting.selection import held_among, indexes_of, ranges_of
from ringfence.ledger.reader import Reader
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.approval import Act, Approval, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Phase

EVENTS = (ORDERED_EVENT, RELEASED_EVENT)
"""Notices from which something follows."""


class Places(msgspec.Struct, frozen=True):
    """The folders and the file that forgetting works on."""

    lists: Path
    holds: Path
    content: Path
    subjects: Path


def approved(order: Order, proposal: Proposal, people: Mapping[str, Person], now: datetime) -> tuple[Approval, ...]:
    """The approvals of an order: at least two where one of its records is young, else those that are there.

    Raises ConfigurationError, which names who may still approve.
    """
    if order.last_time >= kept_since(now):
        return approvals.require(proposal, people, now, rules().people)
    return approvals.approvals_of(proposal, people, now)


def check(
    body: Mapping[str, Any],
    lists: Path,
    reader: Callable[[], Reader],
    people: Mapping[str, Person],
    now: datetime,
) -> dict[str, Any]:
    """The notice as it goes on record. Raises ConfigurationError, LedgerError.

    INVARIANT: no order is put on record, by whichever process, that is not what its list and the log say, or that lacks
    the approvals that it needs; and `approvers` are those whose approvals hold, not those whom a file names.
    """
    actor, instance = str(body.get("actor", "")), str(body.get("instance", ""))
    if body.get("event") == ORDERED_EVENT:
        order, proposal = of_notice(dict(body))
        ranges = read_ranges(lists, order)
        compare(reader(), order, ranges)
        return notice_of(order, ranges, actor, instance, proposal, approved(order, proposal, people, now))
    proposal = released(body)
    given = approvals.require(proposal, people, now, rules().people)
    return release_of(proposal, actor, instance, given)


def released(body: Mapping[str, Any]) -> Proposal:
    """The proposal behind the release of a hold. Raises ConfigurationError."""
    act = Act(RELEASE_ACT, {"hold": body.get("hold", ""), "reason": body.get("reason", "")})
    try:
        return msgspec.convert({"act": act, "approvals": body.get("envelopes", ())}, Proposal)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"the release of a hold can't be read: {error}", remedy="Give it again.") from error


def release_of(proposal: Proposal, actor: str, instance: str, given: Sequence[Approval]) -> dict[str, Any]:
    """The body of the NOTICE record after which a hold ends."""
    return {
        "event": RELEASED_EVENT,
        "hold": str(proposal.act.body.get("hold", "")),
        "reason": str(proposal.act.body.get("reason", "")),
        "actor": actor,
        "approvers": [each.person for each in given],
        "envelopes": msgspec.to_builtins(proposal.approvals),
        "instance": instance,
    }


def refuse_held(reader: Reader, holds: Path, order: Order, ranges: Ranges) -> None:
    """Raises ConfigurationError where a hold keeps one of the records."""
    selections = [hold.selection for hold in Holds(holds).in_force(reader).values()]
    held = held_among(reader, selections, set(indexes_of(ranges)))
    if held:
        raise ConfigurationError(
            f"{len(held)} of the {order.requests} requests are under legal hold by now, so nothing is forgotten",
            remedy="See them with `ringfence ledger hold list`, and give the order again.",
        )


def carry_out(body: Mapping[str, Any], reader: Reader, places: Places) -> list[dict[str, Any]]:
    """Does what an order on record says, and returns the body of the NOTICE that it is done. Records that a hold keeps
    by now stay. Raises LedgerError, ConfigurationError, OSError: then it is to be tried again."""
    if body.get("event") == RELEASED_EVENT:
        Holds(places.holds).remove(str(body.get("hold", "")))
    if body.get("event") != ORDERED_EVENT:
        return []
    order, _ = of_notice(dict(body))
    ranges = read_ranges(places.lists, order)
    holds = [hold.selection for hold in Holds(places.holds).in_force(reader).values()]
    wanted = set(indexes_of(ranges))
    held = _with_ends(reader, held_among(reader, holds, wanted), order.first_index)
    gone = sorted(wanted - held)
    reader.erase(ranges_of(gone))
    done = {
        "event": DONE_EVENT,
        "order": order.order,
        "records": len(gone),
        "held": len(wanted & held),
        "contents": Contents(places.content).erase(gone),
        "subjects": Subjects(places.subjects).erase(gone),
        "actor": body.get("actor", ""),
        "approvers": body.get("approvers", []),
        "instance": body.get("instance", ""),
    }
    return [done]


def _with_ends(reader: Reader, held: set[int], start: int) -> set[int]:
    """Held requests with their ENDED records."""
    if not held:
        return held
    ends = {
        entry.index
        for entry in reader.entries(start)
        if entry.fields.phase is Phase.ENDED and msgspec.json.decode(entry.fields.body).get("decided") in held
    }
    return held | ends
