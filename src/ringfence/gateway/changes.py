"""Changes of what decides, put on record: what changed, by whom, approved by whom, from which digest to which."""

from __future__ import annotations

import contextlib
import hashlib
import pwd
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from ringfence import approvals
from ringfence.gateway.differences import PARTS, differences
from ringfence.gateway.home import Home
from ringfence.gateway.keys import KeyStore, public
from ringfence.gateway.lastrun import LastRun
from ringfence.gateway.state import State
from ringfence.ledger.snapshots import Snapshots
from ringfence.vocabulary.approval import Envelope, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerError
from ringfence.vocabulary.record import Phase, Receipt, Record

UNKNOWN = "unknown"
"""Who did it can't be told: a file that is gone has no owner."""

CLOCK = "clock"
"""It was time: an exception began or ended."""

PROBE = "probe"
"""An account was read, or is due to be read again."""

CHANGE_KINDS = {"register_change": "register_digest", "policy_change": "policy_digest", "key_change": "keys_digest"}
"""Acts that approve a change before it is made, and the member whose digest they name."""

CHANGES_FOLDER = "changes"
"""Beside the approvers: proposals of changes."""


class InForce(msgspec.Struct, frozen=True):
    """The contents in force, by part; and all digests, by the member that names each in a record."""

    contents: dict[str, bytes]
    digests: dict[str, str]


def in_force(state: State, keys: KeyStore) -> InForce:
    """What decides now. `keys_digest` is of the file of keys, `keys_listed_digest` of what is kept of it: no secret's
    digest among it."""
    listed = msgspec.json.encode({key.id: public(key) for key in keys.all()}, order="sorted")
    contents = {
        "register": state.register.content,
        "policy": state.policy.content,
        "keys": listed,
        "exceptions": state.exceptions.content,
    }
    digests = {
        "register_digest": state.register.digest,
        "policy_digest": state.policy.digest,
        "keys_digest": keys.digest,
        "keys_listed_digest": hashlib.sha256(listed).hexdigest(),
        "exceptions_digest": state.exceptions.digest,
    }
    return InForce(contents, digests)


_MEMBER = {
    "register": "register_digest",
    "policy": "policy_digest",
    "keys": "keys_listed_digest",
    "exceptions": "exceptions_digest",
}


class Changes:
    """Remembers what was on record last, and says what is new. `append` makes a record durable; one that fails is let
    go, because a failed ledger has said so already and stops the process."""

    def __init__(
        self,
        home: Home,
        append: Callable[[Record], Awaitable[Receipt]],
        snapshots: Snapshots,
        first: InForce,
        now: Callable[[], datetime],
    ) -> None:
        self._home, self._append, self._snapshots, self._now = home, append, snapshots, now
        self._contents: dict[str, bytes | None] = dict(first.contents)
        self._digests = dict(first.digests)
        self._excepting: frozenset[str] = frozenset()

    def digests(self) -> dict[str, str]:
        """Those that were last put on record."""
        return dict(self._digests)

    def keep(self, contents: Mapping[str, bytes]) -> None:
        """INVARIANT: what decides is kept before the first record that names its digest. Raises OSError."""
        for part, content in contents.items():
            if content:
                self._snapshots.keep(part, content)

    async def begin(self, last: LastRun | None, state: State) -> None:
        """At the start: what changed since this gateway was last heard of, and which exceptions are in force."""
        self._excepting = self._ids(state)
        if last is None:
            return
        now = InForce({part: content for part, content in self._contents.items() if content}, self._digests)
        changed: dict[str, Any] = {}
        before = {name: last.digests.get(name, "") for name in now.digests}
        for part, content in now.contents.items():
            if before[_MEMBER[part]] not in ("", now.digests[_MEMBER[part]]):
                changed |= differences(part, self._kept(part, before[_MEMBER[part]]), content)
        if changed:
            since = datetime.fromisoformat(last.time).timestamp()
            paths = [path for path in self._watched() if _modified_s(path) > since]
            await self._put("changed_while_stopped", changed, before, now.digests, paths)

    async def look(self, event: str, parts: Sequence[str], now: InForce, paths: Iterable[Path]) -> None:
        """Puts `event` on record with what changed in `parts`, which are then known."""
        before = dict(self._digests)
        changed: dict[str, Any] = {}
        for part in parts:
            changed |= differences(part, self._contents[part], now.contents[part])
            self._contents[part] = now.contents[part]
            self._digests[_MEMBER[part]] = now.digests[_MEMBER[part]]
        if "keys" in parts:
            self._digests["keys_digest"] = now.digests["keys_digest"]
        await self._put(event, changed, before, dict(self._digests), _within(paths, self._folders(parts)))

    async def exceptions(self, state: State, paths: Iterable[Path]) -> None:
        """People, exceptions, and those of them that began or ended by the clock. Asked every second, so it looks at
        nothing else."""
        now = state.exceptions
        ids = self._ids(state)
        begun, ended = sorted(ids - self._excepting), sorted(self._excepting - ids)
        if now.content == self._contents["exceptions"] and not begun and not ended:
            return
        before, old = dict(self._digests), self._contents["exceptions"]
        paths = _within(paths, self._folders(("exceptions",)))
        changed = differences("exceptions", old, now.content)
        clock = {name: names for name, names in (("in_force", begun), ("no_longer", ended)) if names}
        if clock:
            changed["exceptions"] = {**changed.get("exceptions", {}), **clock}
        self._excepting, self._contents["exceptions"] = ids, now.content
        self._digests["exceptions_digest"] = now.digest
        event = "people_changed" if "people" in changed else "exceptions_changed"
        by_clock = before == self._digests
        await self._put(event, changed, before, dict(self._digests), None if by_clock else paths)

    async def _put(
        self,
        event: str,
        changed: Mapping[str, Any],
        before: Mapping[str, str],
        after: Mapping[str, str],
        paths: Iterable[Path] | None,
    ) -> None:
        """`paths` None: nobody did it, it was time."""
        approvers, envelopes = self._approved(before, after, changed)
        body = {
            "event": event,
            "instance": self._home.settings.ledger.instance,
            "actor": CLOCK if paths is None else self._actor(list(paths)),
            "approvers": approvers,
            "envelopes": msgspec.to_builtins(envelopes),
            "changed": dict(changed),
            "before": {name: digest for name, digest in before.items() if digest != after.get(name)},
            **after,
        }
        with contextlib.suppress(LedgerError):
            await self._append(Record("", Phase.NOTICE, body))

    def _actor(self, paths: Sequence[Path]) -> str:
        """What reading an account found is nobody's change: its own record says what was read."""
        probed = bool(paths) and all(path.is_relative_to(self._home.posture) for path in paths)
        return PROBE if probed else owner(paths)

    def _approved(
        self, before: Mapping[str, str], after: Mapping[str, str], changed: Mapping[str, Any]
    ) -> tuple[list[str], list[Envelope]]:
        """Who approved just this: a proposal of a change to the very digest that came into force, or the exceptions
        that came. INVARIANT: people and exceptions are those that were read, not what their files are by now."""
        known = msgspec.json.decode(self._contents["exceptions"] or b"{}")
        people = msgspec.convert(known.get("people", {}), dict[str, Person])
        who: list[str] = []
        envelopes: list[Envelope] = []
        for proposal in self._proposals(changed):
            member = CHANGE_KINDS.get(proposal.act.kind)
            if member is None or (
                after.get(member) != before.get(member) and proposal.act.body.get("digest") == after.get(member)
            ):
                counted = {each.person for each in approvals.approvals_of(proposal, people, self._now())}
                who += sorted(counted)
                envelopes += [each for each in proposal.approvals if {one.keyid for one in each.signatures} & counted]
        return list(dict.fromkeys(who)), envelopes

    def _proposals(self, changed: Mapping[str, Any]) -> Iterable[Proposal]:
        files = [*(self._home.approvers / CHANGES_FOLDER).glob("[!.]*.json")]
        new = changed.get("exceptions", {})
        fresh = {*new.get("added", ()), *new.get("changed", ())}
        for path in sorted(files):
            with contextlib.suppress(ConfigurationError):
                proposal = approvals.read_proposal(path)
                if proposal.act.kind in CHANGE_KINDS:
                    yield proposal
        known = msgspec.json.decode(self._contents["exceptions"] or b"{}") if fresh else {}
        for _, plain in sorted(known.get("exceptions", {}).items()):
            if plain["act"]["body"].get("id") in fresh:
                yield msgspec.convert(plain, Proposal)

    def _folders(self, parts: Sequence[str]) -> list[Path]:
        home = self._home
        folders = {
            "register": (home.register, home.demonstration, home.posture),
            "policy": (home.policies,),
            "keys": (home.folder / "keys.json",),
            "exceptions": (home.approvers, home.exceptions),
        }
        return [folder for part in parts for folder in folders[part]]

    def _ids(self, state: State) -> frozenset[str]:
        return frozenset(each.id for each in state.exceptions.in_force(self._now()))

    def _kept(self, part: str, digest: str) -> bytes | None:
        try:
            return self._snapshots.read(part, digest)
        except (LedgerCorrupt, OSError):
            return None

    def _watched(self) -> Iterable[Path]:
        for folder in self._folders(PARTS):
            yield from [folder] if folder.is_file() else folder.rglob("*")


def owner(paths: Iterable[Path]) -> str:
    """`os:<user>` of each file that is still there, in the order of their names. That is who holds the file, and so who
    wrote it as far as the system knows; one of several who may write it is not told from another."""
    users = set()
    for path in paths:
        with contextlib.suppress(OSError):
            users.add(user(path.lstat().st_uid))
    return ", ".join(sorted(users)) or UNKNOWN


def user(uid: int) -> str:
    """`os:<name>`, or `os:<number>` where the system has no name for it."""
    try:
        return f"os:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"os:{uid}"


def _within(paths: Iterable[Path], folders: Sequence[Path]) -> list[Path]:
    return [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]


def utc_now() -> datetime:
    return datetime.now(UTC)


def _modified_s(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
