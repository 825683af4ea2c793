"""Asking a witness for its cosignature, https://c2sp.org/tlog-witness#add-checkpoint."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import msgspec

from ringfence.ledger.anchors.anchor import Http
from ringfence.ledger.anchors.cosignature import CosignerKey, signature_line, time_cosigned
from ringfence.ledger.checkpoint import Checkpoint, Note, read_note
from ringfence.ledger.proof import Subtree, consistency_path
from ringfence.vocabulary.errors import AnchorContradicted, AnchorError, LedgerCorrupt

SIZE_TYPE = "text/x.tlog.size"
_TRIES = 4
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_HEADERS = {"content-type": "text/plain; charset=utf-8"}


class Tree(msgspec.Struct, frozen=True):
    """The log as it is now: its newest checkpoint (a signed note), and the hashes for proofs up to that size."""

    note: bytes
    subtree: Subtree


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
                    f"The witness {witness.name} cosigned another tree of {size} records than this ledger's: it was "
                    "forked or rewritten."
                )
            size = said
            continue
        raise _refused(reply.status, witness, size, note.checkpoint.size)
    if size > note.checkpoint.size:
        raise AnchorContradicted(
            f"The witness {witness.name} cosigned {size} records, this ledger has {note.checkpoint.size}: it was "
            "rolled back."
        )
    raise AnchorError(f"The witness {witness.name} named another size each time it was asked.")


def _request(old: int, checkpoint: Checkpoint, tree: Tree) -> bytes:
    path = consistency_path(old, checkpoint.size, tree.subtree) if old else []
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
    for name, key_id, signature in answer.signatures:
        if (name, key_id) == (witness.name, witness.key_id) and int.from_bytes(signature[:8], "big") == time_s:
            return Cosigned(note, signature_line(name, key_id, signature), time_s)
    raise AssertionError  # time_cosigned found it


def _refused(status: int, witness: CosignerKey, old: int, size: int) -> AnchorError:
    if status == 422:
        return AnchorContradicted(
            f"The {old} records that the witness {witness.name} cosigned do not lead to the {size} of this ledger: its "
            "past was rewritten."
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
