"""Makes damaged or missing tiles again from the log, once the log is known to be the one that was signed."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.files import make_folder, replace_file
from ringfence.ledger.reader import Reader
from ringfence.ledger.tiles.build import CHECKPOINT, alone, check_order, published, write_tile
from ringfence.ledger.tiles.hashes import folder_tiles
from ringfence.ledger.tiles.partials import leftovers
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt


def repair(reader: Reader, folder: Path) -> list[str]:
    """Write every tile that is missing or differs, and the checkpoint; the paths of what was written or removed.
    Reads the log twice: nothing is written before its records have led to the signed roots. A crash leaves some tiles
    repaired; repair again.

    Raises LedgerLocked, OSError, and LedgerCorrupt where the log is shorter than the tiles' own signed checkpoint, or
    leads to another root: then the tiles may be the better copy, and stay as they are.
    """
    verifier = Verifier.from_key_line(reader.key_line)
    make_folder(folder)
    read, written = folder_tiles(folder), list[str]()
    with alone(folder):
        note = reader.checkpoint()
        new = open_note(note, verifier)
        try:
            old = published(read, verifier)
        except LedgerCorrupt:
            old = None  # damaged, so it is no evidence of anything
        if old:
            check_order(old, new, folder)
        _check_log(reader, [new, *([old] if old else [])])

        def put(path: str, data: bytes) -> None:
            if read(path) != data:
                write_tile(folder, path, data)
                written.append(path)

        tiler = Tiler(put)
        for entry in islice(reader.entries(), new.size):
            tiler.add(entry.leaf)
        tiler.finish()
        for path, wrong in leftovers(folder, read, new.size):
            if wrong or path.endswith(".new"):
                (folder / path).unlink()
                written.append(path)
        if read(CHECKPOINT) != note:
            replace_file(folder / CHECKPOINT, note, 0o600)
            written.append(CHECKPOINT)
    return written


def _check_log(reader: Reader, signed: list[Checkpoint]) -> None:
    """The records must lead to each of the roots. Raises LedgerCorrupt."""
    frontier = Frontier()
    roots = {each.size: each.root for each in signed if each.size}
    for entry in islice(reader.entries(), max(roots, default=0)):
        frontier.append(leaf_hash(entry.leaf))
        if frontier.size in roots and frontier.root() != roots.pop(frontier.size):
            raise LedgerCorrupt(f"The log does not lead to the root that was signed for {frontier.size} records.")
    if roots:
        raise LedgerCorrupt(f"The log has {frontier.size} of the {max(roots)} records that were signed.")
