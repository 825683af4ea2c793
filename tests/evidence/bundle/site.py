"""A place with a ledger, its tiles, snapshots, people and anchors; and bundles of it, also forged ones."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.approvals import approve, public_text
from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.archive import Archive, Listed, Writer
from ringfence.evidence.bundle.export import Exported, Sources, export
from ringfence.evidence.bundle.outcome import Verified
from ringfence.evidence.bundle.period import Period, period
from ringfence.evidence.bundle.verify import verify
from ringfence.ledger.anchors.cosignature import Cosigner
from ringfence.ledger.anchors.store import AnchorStore
from ringfence.ledger.checkpoint import read_note
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.tiles import build, folder_tiles
from ringfence.policy import Policy, decide
from ringfence.vocabulary.approval import Act, Person, Proposal
from ringfence.vocabulary.decision import Coverage, Facts, Form
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.record import Phase, Record
from ringfence.vocabulary.text import Completeness

START = datetime(2031, 5, 6, 8, 0, 0, tzinfo=UTC)
DAY = period("2031-05-06", "2031-05-06")
PAPER = sha256(b"the agreement").hexdigest()
REGISTER = msgspec.json.encode(
    {
        "documents": {"test-baa": {"kind": "baa", "file": {"sha256": PAPER}}},
        "services": {"openai/chat": {}, "private/own": {}},
    }
)
_RULES = files("ringfence.policy") / "rules"
POLICY = Policy.load(
    {"ringfence.cedar": (_RULES / "ringfence.cedar").read_text("utf-8")},
    (_RULES / "ringfence.cedarschema").read_text("utf-8"),
)


class Site:
    """`now` is the ledger's clock; each append moves it by a second."""

    def __init__(self, root: Path, origin: str = "test.example/ringfence") -> None:
        self.root, self.origin = root, origin
        self.now = START
        self.people: dict[str, Person] = {}
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.witness: Cosigner | None = None
        self.folder = root / "log"
        self.highest = root / "highest"
        self.anchors = root / "anchors"
        self.ledger: Ledger
        self._numbers = count()

    # ---- the ledger

    def open(self) -> Site:
        self.root.mkdir(exist_ok=True)
        start = {
            "instance": "a",
            "heartbeat_s": 60.0,
            "register_digest": sha256(REGISTER).hexdigest(),
            "policy_digest": POLICY.digest,
        }
        self.ledger = Ledger.open(
            self.folder,
            key_path=self.root / "ledger.key",
            highest_path=self.highest,
            origin=self.origin,
            clock=lambda: self.now.timestamp(),
            random_bytes=lambda size: bytes(size),
            start_body=start,
        )
        reader = self.reader
        reader.snapshots.keep("register", REGISTER)
        reader.snapshots.keep("policy", POLICY.content)
        return self

    def close(self) -> None:
        self.now += timedelta(seconds=1)
        self.ledger.close({"instance": "a"})

    @property
    def reader(self) -> SegmentsReader:
        return SegmentsReader(self.folder, self.highest)

    @property
    def key_line(self) -> str:
        return self.reader.key_line

    def append(self, record: Record) -> int:
        self.now += timedelta(seconds=1)
        return self.ledger.append_blocking(record, 20.0).index

    def notice(self, event: str, **body: Any) -> int:
        return self.append(Record("", Phase.NOTICE, {"event": event, **body}))

    def heartbeat(self, **body: Any) -> int:
        return self.notice("heartbeat", instance="a", heartbeat_s=60.0, **body)

    def request(self, **more: Any) -> int:
        """A request that was decided and ended; the index of its decision."""
        index, name = self.decided(**more)
        self.ended(index, name)
        return index

    def decided(self, **more: Any) -> tuple[int, str]:
        name = f"request-{next(self._numbers)}"
        contents = {"received": name.encode(), "leaving": name.encode()}
        return self.append(Record(name, Phase.DECIDED, body(self.now, **more), contents)), name

    def ended(self, index: int, name: str) -> int:
        return self.append(Record(name, Phase.ENDED, {"decided": index, "outcome": "completed", "status": 200}))

    def small(self, requests: int = 3) -> Site:
        """A day with a few requests, closed."""
        self.open()
        for number in range(requests):
            self.request(covered=number % 2 == 0)
        self.heartbeat()
        self.close()
        return self

    # ---- people and anchors

    def enrol(self, *names: str) -> None:
        for name in names:
            self.keys[name] = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
            self.people[name] = Person(
                id=name,
                name=name.title(),
                role="officer",
                public_key=public_text(self.keys[name]),
                since=date(2031, 1, 1),
            )

    def approved(self, act: Act, *names: str) -> dict[str, Any]:
        """The members of a notice that names approvers."""
        given = [approve(act, self.keys[name], self.people[name], at=self.now, reason="it must be") for name in names]
        return {"approvers": list(names), "envelopes": msgspec.to_builtins(given), **act.body}

    def excepting(self, *names: str, **body: Any) -> str:
        """Keeps a list with one exception, approved by these people, and everybody as they are enrolled now; returns
        its digest."""
        terms = {"id": "e1", "starts": "2031-05-06T00:00:00Z", "expires": "2031-05-07T00:00:00Z", **body}
        act = Act("exception", terms)
        given = tuple(approve(act, self.keys[n], self.people[n], at=self.now, reason="needed") for n in names)
        content = {"exceptions": {"e1.json": Proposal(act, given)}, "people": self.people}
        return self.reader.snapshots.keep("exceptions", msgspec.json.encode(content, order="sorted"))

    def anchor(self) -> None:
        """A witness cosigns the newest checkpoint."""
        self.witness = self.witness or Cosigner(
            "witness.example/w", Ed25519PrivateKey.from_private_bytes(sha256(b"witness").digest())
        )
        note = self.reader.checkpoint()
        line = self.witness.line(read_note(note).text, int(self.now.timestamp()))
        AnchorStore(self.anchors).add_cosignature(note, line)

    # ---- bundles

    def sources(self) -> Sources:
        build(self.reader, self.root / "tiles")
        return Sources(
            reader=self.reader,
            tiles=folder_tiles(self.root / "tiles"),
            anchors=self.anchors,
            people=self.people,
            witnesses=[self.witness.public.key_line] if self.witness else [],
        )

    def export(self, wanted: Period = DAY, name: str = "bundle.zip") -> Exported:
        return export(self.sources(), wanted, self.root / name)

    def bundle(self, wanted: Period = DAY) -> Path:
        self.export(wanted)
        return self.root / "bundle.zip"

    def verify(self, path: Path | None = None, **options: Any) -> Verified:
        return verify(path or self.root / "bundle.zip", **{"public_key": self.key_line, **options})


def body(now: datetime, *, covered: bool = True, label: Label = Label.PHI, **members: Any) -> dict[str, Any]:
    """The body of a DECIDED record: the vendor first, then the private service."""
    labels = (label,)
    common: dict[str, Any] = {
        "client": "us",
        "purpose": "tests",
        "labels": labels,
        "declared": labels,
        "completeness": Completeness.COMPLETE,
        "names_searched": True,
    }
    uncovered = () if covered else labels
    vendor = Facts(
        service="openai/chat",
        vendor="openai",
        private=False,
        rerouted=False,
        form=Form.AS_REQUESTED,
        uncovered=uncovered,
        **common,
    )
    private = Facts(
        service="private/own",
        vendor="private",
        private=True,
        own_host=True,
        rerouted=True,
        form=Form.AS_REQUESTED,
        uncovered=(),
        **common,
    )
    coverage = (
        Coverage(label, "openai/chat", covered, ("test-baa",) if covered else (), reasons=() if covered else ("No.",)),
        Coverage(label, "private/own", True),
    )
    decision = decide(POLICY, (vendor, private), coverage, sha256(REGISTER).hexdigest(), now)
    made = {
        "key": "k1",
        "client": "us",
        "purpose": "tests",
        "dialect": "openai",
        "labels": list(labels),
        "effect": decision.effect,
        "service": decision.service,
        "form": decision.form,
        "rules": list(decision.determining_rules),
        "candidates": [
            {
                "facts": msgspec.to_builtins(verdict.facts),
                "allowed": verdict.allowed,
                "rules": [reason.rule for reason in verdict.reasons],
            }
            for verdict in decision.verdicts
        ],
        "coverage": msgspec.to_builtins(decision.coverage),
        "asked_at": now.isoformat(timespec="seconds"),
        "policy_digest": decision.policy_digest,
        "register_digest": decision.register_digest,
    }
    return made | members


# ---- forging


def contents(path: Path) -> dict[str, bytes]:
    """Every member of a bundle, in order."""
    with Archive(path, layout.most_bytes) as archive:
        return {name: archive.read(name) for name in archive.members}


def rewritten(path: Path, members: Mapping[str, bytes], name: str = "forged.zip", *, honest: bool = False) -> Path:
    """A bundle in the right form with these members; `honest`: its manifest fits them."""
    out = path.with_name(name)
    manifest = members[layout.MANIFEST]
    if honest:
        read = msgspec.json.decode(manifest, type=layout.Manifest)
        listed = {
            member: Listed(sha256(data).hexdigest(), len(data))
            for member, data in members.items()
            if member != layout.MANIFEST
        }
        manifest = layout.sealed(msgspec.structs.replace(read, files=listed))
    with Writer(out) as writer:
        for member, data in members.items():
            if member != layout.MANIFEST:
                writer.add(member, data)
        writer.add(layout.MANIFEST, manifest)
    return out


def changed(path: Path, name: str, change: Callable[[bytes], bytes], *, honest: bool = True) -> Path:
    """A bundle in which one member says something else."""
    members = contents(path)
    members[name] = change(members[name])
    return rewritten(path, members, honest=honest)


def failed(found: Verified) -> set[int]:
    """The steps that failed."""
    return {step.number for step in found.steps if step.status == "failed"}


def verdicts(found: Verified) -> dict[str, str]:
    return {claim.id: str(claim.verdict) for claim in found.claims}


def flips(data: bytes, every: int) -> Iterator[tuple[int, bytes]]:
    """Each byte XORed with another value than 0, one at a time."""
    for at in range(0, len(data), every):
        yield at, data[:at] + bytes([data[at] ^ (1 + at % 255)]) + data[at + 1 :]


def deflated(data: bytes) -> bytes:
    return zlib.compress(data)


def lines(data: bytes) -> Sequence[bytes]:
    return data.splitlines(keepends=True)
