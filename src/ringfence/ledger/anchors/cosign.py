"""Asking a witness for its cosignature, https://c2sp.org/tlog-witness#add-checkpoint."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import msgspec

from ringfence.ledger.anchors.anchor import LATEST_S, Http
from ringfence.ledger.anchors.cosignature import CosignerKey, signature_line, time_cosigned
from ringfence.ledger.checkpoint import Checkpoint, Note, read_note
from ringfence.ledger.proof import Subtree, consistency_holds, consistency_path
from ringfence.ledger.tiles.hashes import REPAIR
from ringfence.vocabulary.errors import AnchorContradicted, AnchorError, LedgerCorrupt

SIZE_TYPE = "text/x.tlog.size"
_TRIES = 4
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_HEADERS = {"content-type": "text/plain; charset=utf-8"}


class Tree(msgspec.Struct, frozen=True):
    """The log as far as proofs can be made now: a checkpoint (a signed note), and the hashes up to that size.
    `log_size` is how many records the log itself has, where that may be more."""

    note: bytes
    subtree: Subtree
    log_size: int = 0


class Cosigned(msgspec.Struct, frozen=True):
    """The note that was sent, the witness's line under it, and when it cosigned (Unix seconds)."""

    note: bytes
    line: bytes
    time_s: int


def cosign(http: Http, prefix: str, witness: CosignerKey, newest: Callable[[], Tree], known_size: int) -> Cosigned:
    """Have the witness at `prefix` cosign the newest checkpoint. `known_size` is what it cosigned last as far as is
    known here; it says itself where that is another one.

    Raises AnchorContradicted where what it cosigned before does not lead to this log, else AnchorError.
    """
    url, size = prefix.rstrip("/") + "/add-checkpoint", known_size
    for _ in range(_TRIES):
        tree = newest()  # each time anew: another gateway may have had a larger one cosigned meanwhile
        note = read_note(tree.note)
        if size > note.checkpoint.size:
            continue
        reply = http("POST", url, _request(size, note.checkpoint, tree), _HEADERS)
        if reply.status == 200:
            return _cosigned(tree.note, reply.body, witness)
        if reply.status == 409:
            said = _size(reply.headers.get("content-type", ""), reply.body)
            if said == size == note.checkpoint.size:
                raise AnchorContradicted(
                    f"The witness {witness.name} says that it cosigned another tree of {size} records than this "
                    "ledger's: it was forked or rewritten."
                )
            size = said
            continue
        raise _refused(reply.status, witness, size, note.checkpoint.size)
    if note.checkpoint.size < size <= tree.log_size:
        raise AnchorError("The tiles that proofs are made from are behind the log.", remedy="Try again.")
    if size > note.checkpoint.size:
        raise AnchorContradicted(
            f"The witness {witness.name} says that it cosigned {size} records, this ledger has "
            f"{note.checkpoint.size}: it was rolled back."
        )
    raise AnchorError(f"The witness {witness.name} named another size each time it was asked.")


def _request(old: int, checkpoint: Checkpoint, tree: Tree) -> bytes:
    path = consistency_path(old, checkpoint.size, tree.subtree) if old else []
    # A damaged tile must not read as a rewritten log: what is sent leads to the signed root from here on.
    if old and not consistency_holds(old, tree.subtree(0, old), checkpoint.size, checkpoint.root, path):
        raise AnchorError("The tiles that proofs are made from do not lead to the log's signed root.", remedy=REPAIR)
    proof = b"".join(base64.b64encode(each) + b"\n" for each in path)
    return b"old %d\n" % old + proof + b"\n" + tree.note


def _size(content_type: str, body: bytes) -> int:
    found = _SIZE.fullmatch(body)
    if content_type.partition(";")[0].strip().lower() != SIZE_TYPE or not found:
        raise AnchorError("The witness sees a conflict and does not say what size it has.")
    return int(found[1])


def _cosigned(note: bytes, lines: bytes, witness: CosignerKey) -> Cosigned:
    try:
        answer: Note = read_note(note + lines)
        time_s = time_cosigned(answer, witness)
    except LedgerCorrupt as error:
        raise AnchorError(f"The witness {witness.name} gave no cosignature: {error.message}") from None
    if time_s is None:
        raise AnchorError(f"The witness {witness.name} cosigned with another key than the settings name.")
    if time_s > LATEST_S:
        raise AnchorError(f"The witness {witness.name} cosigned at a time beyond the calendar.")
    for name, key_id, signature in answer.signatures:
        if (name, key_id) == (witness.name, witness.key_id) and int.from_bytes(signature[:8], "big") == time_s:
            return Cosigned(note, signature_line(name, key_id, signature), time_s)
    raise AssertionError  # time_cosigned found it


def _refused(status: int, witness: CosignerKey, old: int, size: int) -> AnchorError:
    if status == 422:
        return AnchorContradicted(
            f"The witness {witness.name} says that the {old} records that it cosigned do not lead to the {size} of "
            "this ledger: its past was rewritten."
        )
    why = {
        403: "it knows the log, but not the key that signs it",
        404: "it does not know this log",
        400: "it can't read the request",
    }.get(status, f"status {status}")
    return AnchorError(
        f"The witness {witness.name} did not cosign: {why}.",
        remedy="Give its operator the line in ledger.vkey." if status in (403, 404) else "",
    )
