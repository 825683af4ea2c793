"""Checking anchors from files alone, as an auditor does who holds a bundle, the log's key and their own trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from ringfence.ledger.anchors import timestamp
from ringfence.ledger.anchors.anchor import LATEST_S, Anchor, Kind, Trust
from ringfence.ledger.anchors.cosignature import signature_line, time_cosigned
from ringfence.ledger.anchors.store import CHECKPOINT, is_size
from ringfence.ledger.anchors.worm import Copy
from ringfence.ledger.checkpoint import Note, Verifier, check_note, read_note
from ringfence.vocabulary.errors import AnchorError, AnchorUntrusted, LedgerCorrupt


def check(files: Mapping[str, bytes], verifier: Verifier, trusted: Trust) -> list[Anchor]:
    """Every anchor in `files` (`store.anchors_of`, or the same part of a bundle), by size. `verifier` is the log's
    key. An anchor of a checkpoint that the log's key did not sign anchors nothing: it does not hold, and is wrong.

    Whether the log leads to what is anchored is another question: `contradictions`. Raises nothing for what it finds.
    """
    folders: dict[str, dict[str, bytes]] = {}
    for name, data in sorted(files.items()):
        folder, _, file = name.rpartition("/")
        if is_size(folder.rpartition("/")[2]):
            folders.setdefault(folder, {})[file] = data
    return [anchor for name, inside in folders.items() for anchor in _folder(name, inside, verifier, trusted)]


def newest(anchors: Iterable[Anchor], kind: Kind | None = None) -> Anchor | None:
    """The anchor of the largest checkpoint, then the latest, among those that hold (of one kind)."""
    good = [each for each in anchors if each.holds and kind in (None, each.kind)]
    return max(good, key=lambda each: (each.size, each.time or datetime.min.replace(tzinfo=UTC)), default=None)


def _folder(name: str, files: Mapping[str, bytes], verifier: Verifier, trusted: Trust) -> list[Anchor]:
    try:
        note = read_note(files.get(CHECKPOINT, b""))
        check_note(note, verifier)
        if name.rpartition("/")[2] != f"{note.checkpoint.size:020d}":
            raise LedgerCorrupt("The checkpoint is kept under another size.")
    except LedgerCorrupt as error:
        size = int(name[-20:])
        kinds = [Kind(start) for start in ("timestamp", "worm") for file in files if file.startswith(start)]
        return [
            Anchor(kind, size, "", None, "", False, error.message.removesuffix("."), wrong=True)
            for kind in kinds or [Kind.WITNESS]
        ]
    found = [_witnessed(note, *line, trusted) for line in note.signatures if line[:2] != _own(verifier)]
    for file, data in files.items():
        if file.startswith("timestamp-") and file.endswith(".tsr"):
            found.append(_stamped(note, data, trusted))
        elif file.startswith("worm-") and file.endswith(".json"):
            found.append(_copied(note, data))
    return found


def _own(verifier: Verifier) -> tuple[str, bytes]:
    return verifier.name, verifier.key_id


def _witnessed(note: Note, name: str, key_id: bytes, signature: bytes, trusted: Trust) -> Anchor:
    checkpoint = note.checkpoint
    key = next((each for each in trusted.witnesses if (each.name, each.key_id) == (name, key_id)), None)
    if key is None:
        says = "not a witness whose key is trusted here"
        return Anchor(Kind.WITNESS, checkpoint.size, checkpoint.root.hex(), None, name, False, says)
    one = msgspec.structs.replace(note, signatures=[(name, key_id, signature)])
    try:
        time_s = time_cosigned(one, key)
    except LedgerCorrupt as error:
        return Anchor(
            Kind.WITNESS,
            checkpoint.size,
            checkpoint.root.hex(),
            None,
            name,
            False,
            error.message.removesuffix("."),
            wrong=True,
        )
    when = datetime.fromtimestamp(min(time_s or 0, LATEST_S), UTC)
    says = "the witness says that it saw the log grow to this, and never another past"
    return Anchor(Kind.WITNESS, checkpoint.size, checkpoint.root.hex(), when, name, True, says)


def _stamped(note: Note, answer: bytes, trusted: Trust) -> Anchor:
    checkpoint = note.checkpoint
    if not trusted.roots:
        says = "no root certificate of a time-stamping authority is trusted here"
        return Anchor(Kind.TIMESTAMP, checkpoint.size, checkpoint.root.hex(), None, "", False, says)
    try:
        stamp = timestamp.check(answer, note.text, trusted.roots)
    except AnchorError as error:
        wrong = not isinstance(error, AnchorUntrusted)
        return Anchor(
            Kind.TIMESTAMP,
            checkpoint.size,
            checkpoint.root.hex(),
            None,
            "",
            False,
            error.message.removesuffix("."),
            wrong=wrong,
        )
    says = "the tree of just these records existed by then"
    return Anchor(Kind.TIMESTAMP, checkpoint.size, checkpoint.root.hex(), stamp.time, stamp.by, True, says)


def _copied(note: Note, receipt: bytes) -> Anchor:
    checkpoint = note.checkpoint
    root = checkpoint.root.hex()
    try:
        copy = msgspec.json.decode(receipt, type=Copy)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Anchor(Kind.WORM, checkpoint.size, root, None, "", False, "the receipt can't be read", wrong=True)
    if not copy.key.endswith(f"{checkpoint.size:020d}-{root}") or copy.sha256 not in _digests(note):
        says = "the receipt is of another checkpoint"
        return Anchor(Kind.WORM, checkpoint.size, root, copy.stored_at, copy.bucket, False, says, wrong=True)
    says = f"said to be locked until {copy.until:%Y-%m-%d}: only the bucket itself can prove it"
    return Anchor(Kind.WORM, checkpoint.size, root, copy.stored_at, copy.bucket, False, says)


def _digests(note: Note) -> set[str]:
    """SHA-256 of the note with its first lines only, for each number of lines: cosignatures may have followed."""
    data, digests = note.text + b"\n", set()
    for line in note.signatures:
        data += signature_line(*line)
        digests.add(sha256(data).hexdigest())
    return digests
