"""Writes a bundle: one file that holds all that an outsider needs to check a period of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.archive import Writer
from ringfence.evidence.bundle.bodies import read_body, read_line
from ringfence.evidence.bundle.layout import Manifest, SignedAt
from ringfence.evidence.bundle.observing import Observing, not_observed
from ringfence.evidence.bundle.period import Period
from ringfence.evidence.bundle.readme import readme
from ringfence.evidence.bundle.registered import documents
from ringfence.evidence.bundle.selecting import Selected, select
from ringfence.evidence.bundle.summing import Summing, whole_summary
from ringfence.evidence.bundle.tiling import member_name, tiles_for
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.reader import Reader, Signed
from ringfence.ledger.tiles import CHECKPOINT, WIDTH, HashTiles, Tile, tile_path
from ringfence.ledger.tree import leaf_hash
from ringfence.vocabulary.approval import Person
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

_HASH_BYTES = 32
_ANCHORS_AFTER = 24
"""Of the anchors after the period the first so many sizes go into a bundle: each one covers all of the period."""


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bundle's parts come from. `tiles` reads a file of the log's tiles by its path (ledger/tiles/), which
    cover all that is to be exported. `anchors` is the folder of outside answers. `witnesses` are public lines,
    `timestamp_roots` PEM texts, both as the settings name them."""

    reader: Reader
    tiles: Callable[[str], bytes | None]
    anchors: Path
    people: Mapping[str, Person]
    witnesses: Sequence[str] = ()
    timestamp_roots: Sequence[str] = ()


class Exported(msgspec.Struct, frozen=True):
    """A bundle that was written: what it is about, its SHA-256 (hex), its length in bytes, and the digests of
    snapshots that records name and nobody kept, by kind."""

    manifest: Manifest
    sha256: str
    size: int
    missing: dict[str, list[str]]

    def notice(self, actor: str, instance: str) -> dict[str, Any]:
        """The body of the NOTICE record that tells of this export."""
        return {
            "event": "evidence_exported",
            "actor": actor,
            "approvers": [],
            "instance": instance,
            "from": self.manifest.from_,
            "to": self.manifest.to,
            "first": self.manifest.first,
            "records": self.manifest.records,
            "size": self.manifest.size,
            "sha256": self.sha256,
        }


def export(sources: Sources, period: Period, path: Path) -> Exported:
    """Write the bundle of `period` to `path`, whole or not at all; beside a running gateway too.

    Reads the log twice, streaming. Equal logs, periods and sources give equal bytes (under one version of zlib); the
    newest checkpoint and the right edge of the tiles differ between two exports where the log grew in between.
    Raises LedgerCorrupt where log, tiles and checkpoint do not agree, OSError.
    """
    note = sources.tiles(CHECKPOINT)
    if note is None:
        raise LedgerCorrupt("The tiles have no checkpoint.", remedy="Run `ringfence ledger fsck --repair`.")
    newest = open_note(note, Verifier.from_key_line(sources.reader.key_line))
    selected = select(sources.reader, period, newest.size)
    manifest = Manifest(
        version=1,
        origin=newest.origin,
        from_=period.first,
        to=period.last,
        first=selected.first,
        records=selected.records,
        size=newest.size,
        files={},
        sha256="",
    )
    with Writer(path) as writer:
        run = _Run(sources, writer, manifest, newest, selected)
        run.write(note)
        manifest = msgspec.structs.replace(manifest, files=dict(writer.listed))
        writer.add(layout.MANIFEST, layout.sealed(manifest))
    with path.open("rb") as file:
        digest, size = sha256(), 0
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return Exported(manifest, digest.hexdigest(), size, run.missing)


class _Run:
    """One export. Members are written in one order, which is that of the methods below."""

    def __init__(
        self, sources: Sources, writer: Writer, manifest: Manifest, newest: Checkpoint, selected: Selected
    ) -> None:
        self.sources, self.writer, self.manifest = sources, writer, manifest
        self.newest, self.selected = newest, selected
        self.tiles = HashTiles(sources.tiles, newest.size)
        self.summing, self.observing = Summing(), Observing()
        self.missing: dict[str, list[str]] = {}
        self.documents: dict[str, dict[str, str]] = {}

    def write(self, note: bytes) -> None:
        if self.tiles.root() != self.newest.root:
            raise LedgerCorrupt(
                "The tiles do not lead to their signed root.", remedy="Run `ringfence ledger fsck --repair`."
            )
        self.writer.add(layout.README, readme(self.manifest))
        self._log(note)
        self._anchors()
        self.writer.stream(layout.RECORDS, self.selected.size, self._records())
        for person in self.sources.people.values():
            self.writer.add(f"{layout.PEOPLE}{person.id}.json", layout.encode(person))
        self._snapshots()
        self.writer.add(layout.SUMMARY, layout.encode(self._summary()))

    def _log(self, note: bytes) -> None:
        self.writer.add(layout.KEY, self.sources.reader.key_line.encode() + b"\n")
        self.writer.add(layout.NEWEST, note)
        first, reader = self.manifest.first, self.sources.reader
        if first:
            before = next(reader.checkpoints(first - 1), None)
            if before is None or before.size != first:
                raise LedgerCorrupt(f"The log has no checkpoint of size {first}, where the period begins.")
            self.writer.add(layout.BEFORE, before.note)
            peaks = [peak.hex() for peak in self.tiles.frontier(first)]
            self.writer.add(layout.FRONTIER, "".join(f"{peak}\n" for peak in peaks).encode())
        self.writer.stream(layout.CHECKPOINTS, sum(map(len, self._checkpoints())), self._checkpoints())
        for name, edge in ((layout.EDGE_BEFORE, self.selected.before), (layout.EDGE_AFTER, self.selected.after)):
            if edge is not None:
                self.writer.add(name, edge)
        if self.selected.sign:
            index, leaf = self.selected.sign
            self.writer.add(layout.SIGN_AFTER, layout.encode(layout.Sign(index, leaf.decode())))

    def _checkpoints(self) -> Iterator[bytes]:
        def within(signed: Signed) -> bool:
            return signed.size <= self.manifest.next

        for signed in takewhile(within, self.sources.reader.checkpoints(self.manifest.first)):
            yield layout.encode(SignedAt(signed.size, signed.note.decode()))

    def _anchors(self) -> None:
        """Those within the period, and the first ones after it; and the tiles that lead to their checkpoints."""
        found = sorted(int(each.name) for each in self.sources.anchors.glob("[0-9]" * 20) if each.is_dir())
        fitting = [size for size in found if self.manifest.first < size <= self.manifest.size]
        after = [size for size in fitting if size >= self.manifest.next]
        sizes = [size for size in fitting if size < self.manifest.next] + after[:_ANCHORS_AFTER]
        sign = self.selected.sign
        for tile in tiles_for(self.manifest, sizes, sign[0] if sign else -1):
            self.writer.add(member_name(tile), self._tile(tile))
        for size in sizes:
            for path in sorted((self.sources.anchors / f"{size:020d}").iterdir()):
                name = f"{layout.ANCHORS}{size:020d}/{path.name}"
                if path.suffix != ".new":  # what a crash left of a file half written
                    self.writer.add(name, path.read_bytes())
        keys = {"witnesses": list(self.sources.witnesses), "timestamp_roots": list(self.sources.timestamp_roots)}
        self.writer.add(layout.ANCHOR_KEYS, layout.encode(keys))

    def _tile(self, tile: Tile) -> bytes:
        """A partial tile may be gone once the full one is there, which begins with the same hashes."""
        data = self.sources.tiles(tile.path)
        if data is None and tile.width < WIDTH:
            data = self.sources.tiles(tile_path(tile.level, tile.n))
        if data is None:
            raise LedgerCorrupt(f"The tile {tile.path} is missing.", remedy="Run `ringfence ledger fsck --repair`.")
        return data[: tile.width * _HASH_BYTES]

    def _records(self) -> Iterator[bytes]:
        reader, end = self.sources.reader, self.manifest.next
        for entry in reader.entries(self.manifest.first) if self.manifest.records else ():
            if leaf_hash(entry.leaf) != self.tiles.leaf_hash(entry.index) or b"\n" in entry.leaf:
                raise LedgerCorrupt(
                    f"Record {entry.index} is not the one that was signed.", remedy="Run `ringfence ledger verify`."
                )
            line = read_line(entry.leaf)
            body = read_body(line)
            self.summing.record(entry.index, line, body)
            self.observing.record(line, body)
            yield entry.leaf + b"\n"
            if entry.index + 1 == end:
                return

    def _snapshots(self) -> None:
        """What the digests in records stand for. One that was never kept is listed: what it said stays unproven."""
        whole = 0
        for kind, digests in self.summing.digests.items():
            for digest in sorted(digests):
                data = self.sources.reader.snapshots.read(kind, digest)
                if data is None:
                    self.missing.setdefault(kind, []).append(digest)
                    continue
                name = f"{layout.SNAPSHOTS[kind]}{digest}.json"
                whole += len(data)
                if len(data) > layout.most_bytes(name) or whole > layout.MOST_SNAPSHOT_BYTES:
                    raise LedgerError(
                        f"The snapshots of this period, up to {name}, are more than a bundle holds.",
                        remedy="Export a shorter period.",
                    )
                self.writer.add(name, data)
                if kind == "register":
                    self.documents |= documents(data)

    def _summary(self) -> dict[str, Any]:
        if self.selected.sign:
            self.observing.record(line := read_line(self.selected.sign[1]), read_body(line))
        spans = self.observing.spans(self.manifest.from_, self.manifest.to)
        return whole_summary(self.summing, not_observed(spans), self.documents, self.missing, self.writer.listed)
