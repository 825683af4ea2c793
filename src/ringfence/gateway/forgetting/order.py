"""An order to forget: the act that two people approve, and the NOTICE records before and after it is carried out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ringfence.gateway.forgetting.selection import Chosen, Selection, ranges_of
from ringfence.posture.store import write
from ringfence.vocabulary.approval import Act, Approval, Proposal
from ringfence.vocabulary.errors import ConfigurationError

ORDERED_EVENT, DONE_EVENT = "forget_ordered", "forget_done"
FORGET_ACT = "forget"

MAX_LISTED = 1_000
"""Ranges in one record, which must stay below the ledger's bound; a longer list stands in a file, by its digest."""

Ranges = list[tuple[int, int]]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be forgotten, and why. `ranges_sha256` is of the canonical JSON list of ranges of indexes, both ends
    inclusive; `first_time` and `last_time` are those of the records."""

    order: str
    selection: Selection
    reason: str
    requests: int
    records: int
    first_index: int
    last_index: int
    first_time: str
    last_time: str
    ranges_sha256: str


def make(order_id: str, selection: Selection, reason: str, chosen: Chosen) -> tuple[Order, Ranges]:
    """The order for chosen records, of which there is at least one."""
    ranges = ranges_of(chosen.indexes)
    order = Order(
        order=order_id,
        selection=selection,
        reason=reason,
        requests=chosen.requests,
        records=len(chosen.indexes),
        first_index=chosen.indexes[0],
        last_index=chosen.indexes[-1],
        first_time=chosen.first_time,
        last_time=chosen.last_time,
        ranges_sha256=hashlib.sha256(_list(ranges)).hexdigest(),
    )
    return order, ranges


def act_of(order: Order) -> Act:
    """What two people sign: all of the order, down to the records."""
    return Act(FORGET_ACT, msgspec.to_builtins(order))


def order_of(act: Act) -> Order:
    """The order in an act. Raises ConfigurationError."""
    try:
        if act.kind == FORGET_ACT:
            return msgspec.convert(act.body, Order)
    except msgspec.ValidationError:
        pass
    raise ConfigurationError(f"this is no order to forget but {act.kind[:40]!r}", remedy="Name the proposal's file.")


def notice_of(
    order: Order, ranges: Ranges, actor: str, instance: str, proposal: Proposal, approvals: Sequence[Approval]
) -> dict[str, Any]:
    """The body of the NOTICE record that stands before anything is erased."""
    listed = {"ranges": ranges} if len(ranges) <= MAX_LISTED else {}
    return {
        "event": ORDERED_EVENT,
        **msgspec.to_builtins(order),
        **listed,
        "actor": actor,
        "approvers": [approval.person for approval in approvals],
        "envelopes": msgspec.to_builtins(proposal.approvals),
        "instance": instance,
    }


def of_notice(body: dict[str, Any]) -> tuple[Order, Proposal]:
    """The order in such a body, and the proposal that was approved. Raises ConfigurationError."""
    fields = {name: body[name] for name in Order.__struct_fields__ if name in body}
    try:
        order = msgspec.convert(fields, Order)
        return order, msgspec.convert({"act": act_of(order), "approvals": body.get("envelopes", ())}, Proposal)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"an order to forget can't be read: {error}", remedy="Give it again.") from error


def keep_ranges(folder: Path, ranges: Ranges) -> None:
    """Writes the list under its digest, where both the command and the gateway find it. It names indexes only."""
    data = _list(ranges)
    write(folder / f"{hashlib.sha256(data).hexdigest()}.json", data)


def read_ranges(folder: Path, order: Order) -> Ranges:
    """The list of an order. Raises ConfigurationError where it is not there, or not what was ordered."""
    path = folder / f"{order.ranges_sha256}.json"
    try:
        data = path.read_bytes()
        ranges: Ranges = msgspec.json.decode(data, type=Ranges)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path}: the list of records can't be read", remedy="Give the order again."
        ) from error
    if hashlib.sha256(data).hexdigest() != order.ranges_sha256:
        raise ConfigurationError(f"{path} is not the list that was ordered", remedy="Give the order again.")
    return ranges


def _list(ranges: Ranges) -> bytes:
    return msgspec.json.encode(ranges)
