"""What digests in records stand for: the snapshots of rules and register in a bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from ringfence import approvals
from ringfence.evidence.bundle.archive import Archive, problem
from ringfence.evidence.bundle.bodies import Decided
from ringfence.evidence.bundle.layout import MOST_SNAPSHOT_BYTES, SNAPSHOTS
from ringfence.evidence.bundle.registered import documents, rule_ids
from ringfence.ledger.report import Notes
from ringfence.vocabulary.approval import Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError

_OURS = frozenset({"policy-error", "nothing-permits", "no-candidate"})  # policy/rule.py: reasons that are no rules


_MOST_NAMES = 1_000_000
"""Of rules and documents, over all snapshots: about 150 MiB. What is beyond is not compared, and told."""

_EXCEPTION_BYTES = 100  # of a list of exceptions count as one name: it is kept whole


class Excepted(msgspec.Struct, frozen=True):
    """A list of exceptions as it was in force: proposals by the id of the exception, and the people enrolled then."""

    proposals: dict[str, Proposal]
    people: dict[str, Person]


class _Exceptions(msgspec.Struct, frozen=True):
    exceptions: dict[str, Proposal]
    people: dict[str, Person]


def excepted(snapshot: bytes) -> Excepted:
    """Raises msgspec.MsgspecError where it is no list of exceptions."""
    read = msgspec.json.decode(snapshot, type=_Exceptions)
    try:
        approvals.check_people(read.people.values())
        for each in read.exceptions.values():
            approvals.digest(each.act)
    except ConfigurationError as error:
        raise msgspec.ValidationError(error.message) from None
    return Excepted({str(each.act.body.get("id")): each for each in read.exceptions.values()}, read.people)


class Named:
    """The snapshots of a bundle, read once. `present` are their digests by kind, `documents` those on file."""

    def __init__(self, archive: Archive, notes: Notes) -> None:
        """Step 12, first half: each is what its name says. Raises LedgerCorrupt where one can't be read."""
        self.present: dict[str, set[str]] = {kind: set() for kind in SNAPSHOTS}
        self.documents: dict[str, dict[str, str]] = {}
        self.excepted: dict[str, Excepted] = {}
        self._rules: dict[str, frozenset[str]] = {}
        self._on_file: dict[str, frozenset[str]] = {}
        self._names = 0
        notes.begin(12)
        folders = tuple(SNAPSHOTS.values())
        if sum(each.size for name, each in archive.members.items() if name.startswith(folders)) > MOST_SNAPSHOT_BYTES:
            raise problem(f"its snapshots have more than {MOST_SNAPSHOT_BYTES} bytes")
        for name in sorted(archive.members):
            kind = next((kind for kind, folder in SNAPSHOTS.items() if name.startswith(folder)), None)
            if kind is None:
                continue
            named, data = name.removeprefix(SNAPSHOTS[kind]).removesuffix(".json"), archive.read(name)
            if archive.digests[name] != named:
                notes.fail(12, f"{name} is not what its name says.")
                continue
            self.present[kind].add(named)
            try:
                self._take(kind, named, data)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                notes.find(12, f"{name} can't be read by this version: {error}.")

    def compare(self, named: Mapping[str, set[str]], notes: Notes) -> dict[str, list[str]]:
        """Step 12, second half: those that records name and the bundle lacks, by kind. One that no record names does
        not belong there."""
        missing = {}
        for kind, digests in named.items():
            for digest in sorted(self.present[kind] - digests):
                notes.fail(12, f"No record names {SNAPSHOTS[kind]}{digest}.json.")
            if absent := sorted(digests - self.present[kind]):
                missing[kind] = absent
            for digest in absent:
                notes.find(12, f"A record names the {kind} {digest}, which is not in the bundle.")
        return missing

    def contradictions(self, decided: Decided) -> Iterator[str]:
        """What a decision names that its rules and its register do not have. Nothing where they are not there."""
        rules = self._rules.get(decided.policy_digest)
        if rules is not None and (unknown := set(decided.rules) - rules - _OURS):
            yield f"its policy has no rule {', '.join(sorted(unknown))}"
        on_file = self._on_file.get(decided.register_digest)
        relied_on = {id_ for cover in decided.coverage for id_ in cover.documents}
        if on_file is not None and (unknown := relied_on - on_file):
            yield f"its register has no document {', '.join(sorted(unknown))}"

    def _take(self, kind: str, named: str, data: bytes) -> None:
        if kind == "policy":
            self._rules[named] = self._kept(rule_ids(data))
        elif kind == "register":
            found = documents(data)
            self._on_file[named] = self._kept(frozenset(found))
            self.documents |= found
        elif kind == "exceptions":
            self._names += len(data) // _EXCEPTION_BYTES
            self._kept(frozenset())
            self.excepted[named] = excepted(data)

    def _kept(self, names: frozenset[str]) -> frozenset[str]:
        self._names += len(names)
        if self._names > _MOST_NAMES:
            raise msgspec.ValidationError(f"all together name more than {_MOST_NAMES} rules and documents")
        return names
