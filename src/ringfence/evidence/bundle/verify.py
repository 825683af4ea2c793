"""Offline verification of a bundle, on a machine that has nothing else: no home, no settings, no network."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.anchoring import check_anchors, sizes_of
from ringfence.evidence.bundle.approving import Approving, people_of
from ringfence.evidence.bundle.archive import Archive, problem
from ringfence.evidence.bundle.bodies import read_body, read_line
from ringfence.evidence.bundle.claims import claims_of
from ringfence.evidence.bundle.following import Following, open_requests
from ringfence.evidence.bundle.layout import Manifest, Sign
from ringfence.evidence.bundle.named import Named
from ringfence.evidence.bundle.observing import not_observed
from ringfence.evidence.bundle.outcome import STEPS, Replayed, Verified
from ringfence.evidence.bundle.readme import readme
from ringfence.evidence.bundle.summing import whole_summary
from ringfence.evidence.bundle.tiling import disagreement, member_name, tiles_for, tiles_of_archive
from ringfence.ledger.anchors.anchor import Anchor, Trust
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.proof import consistency_holds, consistency_path
from ringfence.ledger.report import Notes, Status
from ringfence.ledger.tiles import HashTiles
from ringfence.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerError


def verify(
    path: Path,
    *,
    public_key: str | None = None,
    trust: Trust | None = None,
    replayed: Replayed | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verified:
    """Verify the bundle at `path`, reading each of its files once; nothing is extracted.

    `public_key` is the log's key line that you trust, `trust` whom you believe as time-stamping authorities and
    witnesses; without them those in the bundle are believed, which its maker could have chosen (findings). `replayed`
    is the result of replaying this bundle. `progress` is called with records done and in all. Steps:

    1.  Check the archive's form and manifest, and at the end the SHA-256 of every file. A file that the manifest does
        not list, or a listed one that is missing, fails.
    2.  Read the public key: its key id must follow from its name and key, and the bundle must be of the same log.
    3.  Check the newest checkpoint: signature, log name, size.
    4.  Check the checkpoint before the period: signature, and the frontier's hashes must lead to its root.
    5.  Read each record: version, and the members that every record has.
    6.  Go on with the tree from the frontier, record by record: each checkpoint's size and root must follow.
    7.  Check each checkpoint's signature and log name.
    8.  Check the tiles: all that belong here and no others, each full one is in its parent, the right edge leads to the
        newest root, and the lowest ones hold the records' hashes.
    9.  Prove from the tiles that the period's last tree is the beginning of the newest one (RFC 6962, 2.1.2).
    10. Pair the records: an ENDED record needs its DECIDED one, here or before the period; requests without an end are
        listed.
    11. Compare times: all within the period, in order, and the records just outside of it dated outside of it.
    12. Check each snapshot against its name, and that each one that a record names is there (a missing one is a
        finding: what it said is unproven).
    13. Compare each decision with what stands beside it (judging.py, named.py).
    14. Check each approval on record: the signature, over just that act, of a person as enrolled then; and that each
        exception that was used had two people's approval and was in force.
    15. Lay the signs of life side by side (ledger/observed.py); a gap is a finding: nobody was looking.
    16. Make the summary anew from the records; it must be the same to the byte. A README of other words is a finding.
    17. Check each anchor against whom you believe, and against this log's tree.

    Raises nothing for what it finds; OSError where the file can't be read.
    """
    notes = Notes(STEPS)
    digest, size = _digest_of(path)
    run = _Run(notes, public_key, trust)
    notes.begin(1)
    try:
        with Archive(path, layout.most_bytes) as archive:
            run.check(archive, progress)
            run.compare_files(archive)
    except LedgerCorrupt as error:
        notes.fail(1, error.message)
    return run.verified(digest, size, replayed)


class _Run:
    """The state of all steps."""

    def __init__(self, notes: Notes, public_key: str | None, trust: Trust | None) -> None:
        self.notes, self.public_key, self.trust = notes, public_key, trust
        self.manifest: Manifest | None = None
        self.key_line = ""
        self.newest: Checkpoint | None = None
        self.following: Following | None = None
        self.sign: Sign | None = None
        self.anchors: list[Anchor] = []
        self.named: Named | None = None
        self.approving: Approving | None = None
        self.outcome = Verified(ok=False, steps=(), bundle_sha256="", bundle_size=0)

    def check(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        # Step 1.
        manifest = self.manifest = layout.read_manifest(archive.read(layout.MANIFEST))
        listed = {name: each.size for name, each in manifest.files.items()}
        there = {name: each.size for name, each in archive.members.items() if name != layout.MANIFEST}
        for name in sorted(listed.keys() ^ there.keys()):
            self.notes.fail(1, f"{name} is {'missing' if name in listed else 'not in the manifest'}.")
        for name in sorted(name for name in listed.keys() & there.keys() if listed[name] != there[name]):
            self.notes.fail(1, f"{name} has {there[name]} bytes instead of {listed[name]}.")
        verifier = self._read_key(archive, manifest)
        if verifier is None or not self._read_newest(archive, manifest, verifier):
            return
        frontier = self._read_before(archive, manifest, verifier)
        if frontier is None:
            return
        self.sign = _sign_after(archive, manifest)
        tiles = self._check_tiles(archive, manifest)
        self.notes.begin(14)
        self.named = Named(archive, self.notes)
        self.approving = Approving(people_of(archive, self.notes), self.named.excepted, self.notes)
        following = Following(archive, manifest, self.notes, frontier, self.named, self.approving)
        self.following = following
        followed = following.follow(verifier, tiles.leaf_hash if tiles else None, progress)
        if followed:
            self._check_consistency(frontier, tiles)
        self._check_rest(archive, manifest, following, verifier, tiles)

    def compare_files(self, archive: Archive) -> None:
        # Step 1, once all else was read: what was not, is read now.
        if self.manifest is None:
            return
        for name, listed in self.manifest.files.items():
            if name not in archive.members:
                continue
            if name not in archive.digests:
                for _ in archive.pieces(name):
                    pass
            if archive.digests[name] != listed.sha256:
                self.notes.fail(1, f"{name} is not the file that was exported: its SHA-256 is another one.")

    def _read_key(self, archive: Archive, manifest: Manifest) -> Verifier | None:
        # Step 2.
        self.notes.begin(2)
        try:
            inside = archive.read(layout.KEY).decode("ascii").removesuffix("\n")
            if self.public_key is None:
                self.notes.find(2, "No public key was given, so the one in the bundle was believed.")
            elif self.public_key != inside:
                self.notes.fail(2, "The bundle is of another log, or of another key, than the one that was given.")
            self.key_line = self.public_key or inside
            verifier = Verifier.from_key_line(self.key_line)
        except (ConfigurationError, UnicodeDecodeError) as error:
            self.notes.fail(2, str(error))
            return None
        if verifier.name != manifest.origin:
            self.notes.fail(2, f"The manifest is of the log {manifest.origin!r}, the key of {verifier.name!r}.")
        return verifier

    def _read_newest(self, archive: Archive, manifest: Manifest, verifier: Verifier) -> bool:
        # Step 3.
        self.notes.begin(3)
        try:
            self.newest = open_note(archive.read(layout.NEWEST), verifier)
        except LedgerCorrupt as error:
            self.notes.fail(3, error.message)
            return False
        if self.newest.size != manifest.size:
            self.notes.fail(3, f"It signs {self.newest.size} records, the manifest says {manifest.size}.")
            return False
        return True

    def _read_before(self, archive: Archive, manifest: Manifest, verifier: Verifier) -> Frontier | None:
        # Step 4.
        self.notes.begin(4)
        if not manifest.first:
            return Frontier()
        try:
            before = open_note(archive.read(layout.BEFORE), verifier)
            lines = archive.read(layout.FRONTIER).decode("ascii").split("\n")
            frontier = Frontier(manifest.first, [bytes.fromhex(line) for line in lines[:-1]])
        except (LedgerCorrupt, ValueError) as error:
            self.notes.fail(4, str(error))
            return None
        wrong_length = len(frontier.peaks) != manifest.first.bit_count() or any(len(p) != 32 for p in frontier.peaks)
        if before.size != manifest.first or lines[-1] or wrong_length or frontier.root() != before.root:
            self.notes.fail(4, f"The frontier does not lead to the signed root of size {before.size}.")
            return None
        return frontier

    def _check_tiles(self, archive: Archive, manifest: Manifest) -> HashTiles | None:
        # Step 8, but for the records' own hashes.
        self.notes.begin(8)
        assert self.newest is not None
        try:
            tiles = tiles_for(manifest, sizes_of(archive.members), self.sign.index if self.sign else -1)
        except LedgerError as error:
            self.notes.fail(8, error.message)
            return None
        expected = {member_name(tile) for tile in tiles}
        found = {name for name in archive.members if name.startswith(layout.TILES)}
        for name in sorted(expected ^ found):
            self.notes.fail(8, f"{name} {'is missing' if name in expected else 'does not belong here'}.")
        if not expected <= found:
            return None
        hashes = tiles_of_archive(archive, manifest.size)
        try:
            if problem := disagreement(hashes, tiles, self.newest):
                self.notes.fail(8, problem)
        except LedgerError as error:
            self.notes.fail(8, error.message)
            return None
        return hashes

    def _check_consistency(self, frontier: Frontier, tiles: HashTiles | None) -> None:
        # Step 9.
        self.notes.begin(9)
        assert self.newest is not None
        size, newest = frontier.size, self.newest
        if size == 0:
            holds = frontier.root() == EMPTY_ROOT
        elif tiles is None:
            return self.notes.fail(9, "Without the tiles there is no proof.")
        else:
            try:
                path = consistency_path(size, newest.size, tiles.subtree)
            except LedgerError as error:
                return self.notes.fail(9, error.message)
            holds = consistency_holds(size, frontier.root(), newest.size, newest.root, path)
        if not holds:
            self.notes.fail(9, f"The tree of {size} records is not the beginning of that of {newest.size}.")
        return None

    def _check_rest(
        self,
        archive: Archive,
        manifest: Manifest,
        following: Following,
        verifier: Verifier,
        tiles: HashTiles | None,
    ) -> None:
        edges = [
            self._proven(tiles, index, archive.read(name)) if name in archive.members else None
            for name, index in _edges(manifest)
        ]
        following.check_dates(*edges)
        sign = self._proven(tiles, self.sign.index, self.sign.leaf.encode()) if self.sign else None
        if sign is not None:
            following.observing.record(line := read_line(sign), read_body(line))
        assert self.named is not None
        missing = self.named.compare(following.summing.digests, self.notes)
        if following.summing.overflowed:
            self.notes.find(12, "Records name so many snapshots that not all were looked for.")
        # Step 15.
        self.notes.begin(15)
        spans = not_observed(following.observing.spans(manifest.from_, manifest.to))
        for span in spans:
            self.notes.find(15, f"Not observed from {span.start:%Y-%m-%d %H:%M:%S} to {span.end:%Y-%m-%d %H:%M:%S}.")
        # Step 16.
        self.notes.begin(16)
        summary = whole_summary(following.summing, spans, self.named.documents, missing, archive.members)
        if archive.read(layout.SUMMARY) != layout.encode(summary):
            self.notes.fail(16, "summary.json is not what the records say.")
        if archive.read(layout.README) != readme(manifest):
            self.notes.find(16, "README.md is not the text that this version writes: believe this report instead.")
        if tiles is not None:
            self.anchors = check_anchors(archive, verifier, self.trust, tiles, self.notes)
        self.outcome = msgspec.structs.replace(self.outcome, not_observed=tuple(spans), summary=summary)

    def _proven(self, tiles: HashTiles | None, index: int, leaf: bytes) -> bytes | None:
        """A record outside the period, where it is the one in the tree."""
        try:
            if tiles is None or not 0 <= index < tiles.size or tiles.leaf_hash(index) != leaf_hash(leaf):
                raise LedgerError(f"What stands for record {index}, outside of the period, is not that record.")
            read_line(leaf)
        except (LedgerError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self.notes.fail(11, str(error))
            return None
        return leaf

    def verified(self, digest: str, size: int, replayed: Replayed | None) -> Verified:
        """What was found."""
        steps = self.notes.steps()
        found = msgspec.structs.replace(
            self.outcome,
            ok=all(step.status in (Status.OK, Status.FINDING) for step in steps),
            steps=steps,
            bundle_sha256=digest,
            bundle_size=size,
            key_line=self.key_line,
            key_given=self.public_key is not None,
            trust_given=self.trust is not None,
            anchors=tuple(self.anchors),
        )
        if self.manifest is not None:
            manifest = self.manifest
            found = msgspec.structs.replace(
                found,
                origin=manifest.origin,
                from_=manifest.from_,
                to=manifest.to,
                first=manifest.first,
                records=manifest.records,
                size=manifest.size,
                root=self.newest.root.hex() if self.newest else "",
            )
        if self.following is not None:
            unended = self.following.unended
            found = msgspec.structs.replace(
                found,
                open=open_requests(unended),
                open_count=len(unended),
                contradicted=self.following.contradicted,
                unclear=tuple(self.following.unclear),
                approvals_checked=self.approving.checked if self.approving else 0,
            )
        return msgspec.structs.replace(found, claims=tuple(claims_of(found, replayed)))


def _edges(manifest: Manifest) -> tuple[tuple[str, int], tuple[str, int]]:
    return (layout.EDGE_BEFORE, manifest.first - 1), (layout.EDGE_AFTER, manifest.next)


def _sign_after(archive: Archive, manifest: Manifest) -> Sign | None:
    if layout.SIGN_AFTER not in archive.members:
        return None
    try:
        sign = msgspec.json.decode(archive.read(layout.SIGN_AFTER), type=Sign)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise problem(f"{layout.SIGN_AFTER} can't be read ({error})") from None
    if not manifest.next <= sign.index < manifest.size:
        raise problem(f"{layout.SIGN_AFTER} is of record {sign.index}, which is not after the period")
    return sign


def _digest_of(path: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
