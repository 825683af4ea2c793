"""Outside anchors in a bundle: whether they hold, and how much of the log they hold fast."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from ringfence.evidence.bundle.archive import Archive, problem
from ringfence.evidence.bundle.layout import ANCHOR_KEYS, ANCHORS, encode
from ringfence.ledger.anchors.anchor import Anchor, Trust
from ringfence.ledger.anchors.check import check
from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.report import Notes
from ringfence.ledger.tiles import HashTiles
from ringfence.ledger.tree import Frontier
from ringfence.vocabulary.errors import ConfigurationError, LedgerError

_MOST_BYTES = 64 << 20  # of all anchors; one is a few KiB
_FILE = re.compile(rf"{ANCHORS}(\d{{20}})/.+")


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    witnesses: tuple[str, ...]
    timestamp_roots: tuple[str, ...]


def sizes_of(names: Iterable[str]) -> set[int]:
    """The sizes of the trees that have anchors."""
    return {int(match[1]) for match in map(_FILE.fullmatch, names) if match}


def check_anchors(
    archive: Archive, verifier: Verifier, trust: Trust | None, tiles: HashTiles, notes: Notes
) -> list[Anchor]:
    """Step 17: the anchors that hold and whose tree is a beginning of the newest one.

    `trust` None: whom the bundle names is believed, which its maker could have chosen (a finding). Raises LedgerCorrupt
    where a member can't be read.
    """
    notes.begin(17)
    names = sorted(name for name in archive.members if name.startswith(ANCHORS) and name != ANCHOR_KEYS)
    if sum(archive.members[name].size for name in names) > _MOST_BYTES:
        raise problem(f"its anchors have more than {_MOST_BYTES} bytes")
    files = {name.removeprefix(ANCHORS): archive.read(name) for name in names}
    believed = _believed(archive, notes)
    if trust is None:
        trust = believed
        if files:
            notes.find(17, "No authority or witness was given, so those that the bundle names were believed.")
    good = []
    for anchor in check(files, verifier, trust):
        where = f"{anchor.kind} of {anchor.size} records by {anchor.by or 'somebody'}"
        if anchor.wrong:
            notes.fail(17, f"{where}: {anchor.says}.")
        elif not _is_ours(anchor, tiles):
            notes.fail(17, f"{where}: it anchors another history than this log's.")
        elif not anchor.holds:
            notes.find(17, f"{where}: {anchor.says}.")
        else:
            good.append(anchor)
    if not good:
        notes.find(17, "There is no outside anchor that these files prove.")
    return good


def _believed(archive: Archive, notes: Notes) -> Trust:
    try:
        data = archive.read(ANCHOR_KEYS)
        keys = msgspec.json.decode(data, type=_Keys)
        if encode(keys) != data:
            raise problem(f"{ANCHOR_KEYS} is not as it was written")
        return Trust.of([pem.encode() for pem in keys.timestamp_roots], keys.witnesses)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise problem(f"{ANCHOR_KEYS} can't be read ({error})") from None
    except ConfigurationError as error:
        notes.fail(17, f"{ANCHOR_KEYS}: {error.message}")
        return Trust()


def _is_ours(anchor: Anchor, tiles: HashTiles) -> bool:
    try:
        return Frontier(anchor.size, tiles.frontier(anchor.size)).root().hex() == anchor.root
    except LedgerError:
        return False
