"""Did each record reach the disk before its request reached the vendor? Answered from a trace of system calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ringfence.ledger.read import entries
from support.evidence import Commitments
from support.strace import Call

CALLS = ("fdatasync", "fsync", "pwrite64", "pwritev", "write", "writev", "sendto", "sendmsg", "sendmmsg", "sendfile")
_DECIDED = re.compile(rb'"phase":"decided","request_id":"([0-9a-f]+)"')


@dataclass(frozen=True)
class Send:
    """One request as it began to leave for the vendor."""

    body: bytes
    began: float


def sends(calls: Sequence[Call], vendor_port: int) -> list[Send]:
    """Every request that was written to the vendor's port, in order."""
    found = []
    for call in calls:
        if f"->127.0.0.1:{vendor_port}]" in call.arguments and not call.name.startswith("p"):
            head, blank, body = call.data.partition(b"\r\n\r\n")
            assert head.startswith(b"POST ") and blank, "a request leaves in one call"
            found.append(Send(body, call.began))
    return found


def durable(calls: Sequence[Call]) -> dict[str, float]:
    """Request id -> the line at which its DECIDED record was on the disk: the return of the first fdatasync of the
    segment that began after the record was written, and succeeded."""
    at: dict[str, float] = {}
    waiting: list[str] = []
    for call in sorted(calls, key=lambda call: call.began):
        if "/segments/" not in call.arguments:
            continue
        if call.name.startswith("pwrite"):
            waiting += [match.decode() for match in _DECIDED.findall(call.data)]
        elif call.name == "fdatasync" and call.result == 0:
            at |= dict.fromkeys(waiting, call.returned)
            waiting = []
    return at


def violations(calls: Sequence[Call], vendor_port: int, ledger: Path) -> list[str]:
    """Every request that left before its record was durable, or without one. The record is known by its commitment to
    the very bytes that left."""
    on_disk = durable(calls)
    commitments = Commitments(ledger, "leaving")
    ids = {entry.index: entry.fields.request_id for entry in entries(ledger)}
    found = []
    left = sends(calls, vendor_port)
    for number, send in enumerate(left):
        index = commitments.find(send.body)
        if index is None:
            found.append(f"request {number} left without a record")
        elif not on_disk.get(ids[index], float("inf")) < send.began:
            found.append(f"request {number} left at line {send.began:g}, before record {index} was durable")
        durable_by_then = sum(line < send.began for line in on_disk.values())
        if durable_by_then < number + 1:
            found.append(f"request {number} left when {durable_by_then} records were durable")
    return found
