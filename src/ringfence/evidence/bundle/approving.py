"""Whether the approvals on record are what they are said to be: signed, by whom, of what."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from ringfence.approvals import approvals_of, check_people, digest
from ringfence.evidence.bundle.archive import Archive
from ringfence.evidence.bundle.bodies import Decided
from ringfence.evidence.bundle.layout import PEOPLE
from ringfence.evidence.bundle.named import Excepted
from ringfence.ledger.report import Notes
from ringfence.vocabulary.approval import Act, Envelope, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError

PEOPLE_FOR_AN_EXCEPTION = 2
"""docs/how-to/except-for-a-time.md: an exception counts with two people's approval, and never with fewer."""

_ORDERS = {"forget": "forget_ordered", "hold_release": "hold_released"}
"""Kinds of acts that approve what a record orders -> that record's event (gateway/forgetting/)."""

_DONE = "forget_done"
_ORDER = "order"  # the member by which a record of _DONE points to the one that was approved
_BESIDE = frozenset({"event", "actor", "approvers", "envelopes", "instance", "ranges"})
"""Members of a record of an order that are not part of what was approved; `ranges_sha256`, which is, stands for the
ranges."""

_DIGESTS = {"register_change": "register_digest", "policy_change": "policy_digest", "key_change": "keys_digest"}
"""Kinds of acts that approve what came into force -> the member of the record that names it."""


class _Payload(msgspec.Struct):
    act: Act


def people_of(archive: Archive, notes: Notes) -> dict[str, Person]:
    """The people in the bundle by id. Raises LedgerCorrupt where a file can't be read."""
    found: dict[str, Person] = {}
    for name in sorted(each for each in archive.members if each.startswith(PEOPLE)):
        try:
            person = msgspec.json.decode(archive.read(name), type=Person)
            check_people([*found.values(), person])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ConfigurationError) as error:
            notes.fail(14, f"{name}: {error}")
            continue
        if name != f"{PEOPLE}{person.id}.json":
            notes.fail(14, f"{name} is about {person.id!r}.")
        found[person.id] = person
    return found


class Approving:
    """Step 14, fed with each record that names approvers or exceptions, in order.

    `excepted` are the lists of exceptions by digest. Each holds the people as they were enrolled then, and its digest
    stands in signed records: they are believed before the people in the bundle's own folder.
    """

    def __init__(self, people: Mapping[str, Person], excepted: Mapping[str, Excepted], notes: Notes) -> None:
        self.checked = 0
        self._people, self._excepted, self._notes = people, excepted, notes
        self._orders: dict[str, tuple[str, ...]] = {}
        self._approvers: dict[tuple[str, str], frozenset[str]] = {}
        self._compared: set[str] = set()

    def exceptions(self, index: int, time: str, decided: Decided) -> None:
        """The exceptions that lifted something for a request: each approved by two people, and in force."""
        excepted = self._excepted.get(decided.exceptions_digest)
        if excepted is None:
            if decided.exceptions:
                self._notes.find(14, f"Record {index} used exceptions whose list is not in the bundle.")
            return
        now = datetime.fromisoformat(time)
        for id_ in decided.exceptions:
            proposal = excepted.proposals.get(id_)
            if proposal is None:
                self._notes.fail(14, f"Record {index} used the exception {id_}, which its list does not have.")
                continue
            self.checked += 1
            approvers = self._of_exception(decided.exceptions_digest, id_, proposal, now)
            if len(approvers) < PEOPLE_FOR_AN_EXCEPTION:
                self._notes.fail(14, f"Record {index} used the exception {id_}, approved by {len(approvers)} people.")
            if not _in_force(proposal.act, decided.asked_at or time):
                self._notes.fail(14, f"Record {index} used the exception {id_} outside of its time.")

    def notice(self, index: int, time: str, body: Mapping[str, Any], exceptions_digest: str) -> None:
        """`exceptions_digest` is the list of exceptions last named on record."""
        said = tuple(body.get("approvers") or ())
        envelopes = msgspec.convert(body.get("envelopes") or (), tuple[Envelope, ...])
        order = str(body.get(_ORDER, ""))
        if not envelopes:
            if said and (body.get("event") != _DONE or self._orders.get(order) != said):
                self._notes.find(14, f"Record {index} names approvers, and their signatures stand in no record here.")
            return
        self.checked += 1
        people = self._people_at(exceptions_digest)
        given: set[str] = set()
        proposals = _proposals(envelopes)
        for proposal in proposals:
            counted = approvals_of(proposal, people, datetime.fromisoformat(time))
            given |= {each.person for each in counted}
            self._compare(index, proposal.act, body)
        covered = {_DIGESTS.get(proposal.act.kind) for proposal in proposals}
        for member in sorted(set(_DIGESTS.values()) & _changed(body) - covered):
            self._notes.find(14, f"Record {index}: its approvers did not sign its new {member}.")
        for person in sorted(set(said) - given):
            self._notes.fail(14, f"Record {index} names {person}, whose key signed none of what stands there.")
        if order and said and given >= set(said) and body.get("event") == _ORDERS["forget"]:
            self._orders[order] = said

    def _of_exception(self, digest_: str, id_: str, proposal: Proposal, now: datetime) -> frozenset[str]:
        key = (digest_, id_)
        if key not in self._approvers:
            found = approvals_of(proposal, self._people_at(digest_), now)
            self._approvers[key] = frozenset(each.person for each in found)
        return self._approvers[key]

    def _people_at(self, exceptions_digest: str) -> Mapping[str, Person]:
        excepted = self._excepted.get(exceptions_digest)
        if excepted is None:
            return self._people
        if exceptions_digest not in self._compared:
            self._compared.add(exceptions_digest)
            for id_, person in excepted.people.items():
                if id_ in self._people and self._people[id_] != person:
                    self._notes.find(14, f"{PEOPLE}{id_}.json is not the person on record: the latter is believed.")
        return excepted.people

    def _compare(self, index: int, act: Act, body: Mapping[str, Any]) -> None:
        """Whether what was approved is what the record tells of."""
        if act.kind in _DIGESTS:
            if act.body.get("digest") != body.get(_DIGESTS[act.kind]):
                self._notes.fail(14, f"Record {index}: another {act.kind} was approved than came into force.")
            return
        if act.kind == "exception":
            if act.body.get("id") not in _exceptions_that_came(body):
                self._notes.fail(14, f"Record {index}: another exception was approved than came into force.")
            return
        if _ORDERS.get(act.kind) != body.get("event"):
            self._notes.fail(14, f"Record {index}: what was approved is {act.kind!r}, which this record is not.")
        ranges = body.get("ranges")
        if ranges is not None and sha256(msgspec.json.encode(ranges)).hexdigest() != body.get("ranges_sha256"):
            self._notes.fail(14, f"Record {index}: other records were approved than its ranges name.")
        for name in sorted((act.body.keys() | body.keys()) - _BESIDE):
            if act.body.get(name) != body.get(name):
                self._notes.fail(14, f"Record {index}: another {name} was approved.")


class _Came(msgspec.Struct, frozen=True):
    added: list[str] = []
    changed: list[str] = []


class _Changed(msgspec.Struct, frozen=True):
    exceptions: _Came = _Came()


def _changed(body: Mapping[str, Any]) -> set[str]:
    """The digests that a record of a change says are new."""
    before = body.get("before")
    return set(before) if isinstance(before, dict) else set()


def _exceptions_that_came(body: Mapping[str, Any]) -> list[str]:
    try:
        came = msgspec.convert(body.get("changed") or {}, _Changed).exceptions
    except msgspec.ValidationError:
        return []
    return came.added + came.changed


def _proposals(envelopes: tuple[Envelope, ...]) -> list[Proposal]:
    """One for each act that the envelopes show; whether it was signed is for `approvals_of`. An envelope that shows
    none approves nothing."""
    found: dict[str, Proposal] = {}
    for envelope in envelopes:
        try:
            payload = base64.b64decode(envelope.payload, validate=True)
            act = msgspec.json.decode(payload, type=_Payload).act
            shown = digest(act)
        except (ValueError, RecursionError, ConfigurationError):
            continue
        before = found.get(shown, Proposal(act))
        found[shown] = Proposal(act, (*before.approvals, envelope))
    return list(found.values())


def _in_force(act: Act, time: str) -> bool:
    try:
        starts, expires = (datetime.fromisoformat(str(act.body[name])) for name in ("starts", "expires"))
        return starts <= datetime.fromisoformat(time) < expires
    except (KeyError, ValueError, TypeError):
        return False
