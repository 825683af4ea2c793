"""What a start finds on disk: everything acknowledged, perhaps one commit more, perhaps a torn one.

The cost does not grow with the log. Reading begins where the oldest request began that had not ended (Head), and the
tree goes on from the frontier that the highest signed checkpoint proves. What lies before is only looked at through
the segments' headers and lengths; `verify` reads all of it.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ringfence.ledger.checkpoint import Verifier, open_note, read_note
from ringfence.ledger.files import read_at, sync_folder, write_all
from ringfence.ledger.highest import Head
from ringfence.ledger.log import Decided, Tail
from ringfence.ledger.salts import blank_beyond
from ringfence.ledger.segments import (
    CHECKPOINT,
    HEADER_BYTES,
    Commit,
    Header,
    Scan,
    check_chain,
    create_segment,
    decode_header,
    encode_frame,
    segment_firsts,
    segment_path,
)
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt
from ringfence.vocabulary.record import Phase


class Recovered(msgspec.Struct, frozen=True):
    """What a start found: the log's size, the requests without an ENDED record (oldest first, with the index of the
    DECIDED one), how many records stood beyond the highest checkpoint and were kept, and how many bytes of a torn
    commit were cut off."""

    size: int
    unended: dict[str, int]
    adopted: int
    cut_bytes: int


class _Phases(msgspec.Struct):
    """The members of a leaf that tell which requests are open."""

    request_id: str
    phase: Phase


_decoder = msgspec.json.Decoder(_Phases)


def recover(folder: Path, head: Head, verifier: Verifier) -> tuple[Tail, Recovered]:
    """Find the end of the log, cut off what was never completed, and make the rest durable again.

    A commit beyond the highest checkpoint is kept where it is whole, though nobody was told of it: its signature may
    have been seen, and a log never signs two histories. Its salts need nothing, because entries are written only after
    the salts' fdatasync succeeded, and the next commit, which every start makes, moves the highest checkpoint past it.

    Raises LedgerCorrupt, naming file and offset, where anything at or below the highest signed checkpoint is missing
    or does not follow from it.
    """
    signed = head.checkpoint(verifier).size
    firsts = _whole_segments(folder, signed)
    last_length = check_chain(folder, firsts)
    _check_head(folder, head, signed, firsts)

    tail = Tail(Frontier(signed, head.peaks), head.note, head.segment, head.end)
    for first in firsts[firsts.index(head.open_segment) :]:
        _read_segment(folder, first, head, tail, verifier, last=first == firsts[-1])

    adopted, cut_bytes = tail.frontier.size - signed, last_length - tail.end
    _settle(folder, firsts, head, tail)
    blank_beyond(folder, tail.frontier.size)
    tail.fd = os.open(segment_path(folder, tail.segment), os.O_RDWR)
    unended = {request_id: decided.index for request_id, decided in tail.unended.items()}
    return tail, Recovered(tail.frontier.size, unended, adopted, cut_bytes)


def _whole_segments(folder: Path, signed: int) -> list[int]:
    """First indexes of the segments, without a last one whose header a crash tore, with the first one made if none is
    there. INVARIANT: a file is removed only where every index that it could hold is beyond the signed ones."""
    firsts = segment_firsts(folder)
    if firsts and firsts[-1] >= signed:
        path = segment_path(folder, firsts[-1])
        with path.open("rb") as file:
            header = decode_header(file.read(HEADER_BYTES))
        if header is None:
            path.unlink()
            sync_folder(path.parent)
            firsts.pop()
    if not firsts:
        if signed:
            raise LedgerCorrupt(f"{folder / 'segments'} is empty, but {signed} records were signed.", where=str(folder))
        os.close(create_segment(folder, Header(0, 0, 0)))
        firsts.append(0)
    return firsts


def _check_head(folder: Path, head: Head, signed: int, firsts: list[int]) -> None:
    """The commit of the highest checkpoint must end where the slot says. Raises LedgerCorrupt."""
    path = segment_path(folder, head.segment)
    if head.segment not in firsts or head.open_segment not in firsts:
        raise LedgerCorrupt(f"{path} is missing, but {signed} records were signed.", where=f"{path}@0")
    frame = encode_frame(CHECKPOINT, head.note) if signed else b""
    fd = os.open(path, os.O_RDONLY)
    try:
        found = read_at(fd, len(frame), head.end - len(frame))
        length = os.fstat(fd).st_size
    finally:
        os.close(fd)
    if length < head.end or found != frame:
        raise LedgerCorrupt(
            f"{path} does not hold the highest signed checkpoint (size {signed}), which ends at offset {head.end} of "
            f"now {length} bytes: the log was cut, rolled back or damaged.",
            where=f"{path}@{min(length, head.end)}",
        )


def _read_segment(folder: Path, first: int, head: Head, tail: Tail, verifier: Verifier, *, last: bool) -> None:
    """Follow the commits of one segment: those up to the highest checkpoint for their open requests only."""
    path = segment_path(folder, first)
    begin = head.open_offset if first == head.open_segment else HEADER_BYTES
    if first > head.segment:
        if first != tail.frontier.size:
            raise LedgerCorrupt(f"{path} stands beyond the end of the log at {tail.frontier.size}.", where=f"{path}@0")
        tail.segment, tail.end = first, HEADER_BYTES
    with path.open("rb") as file:
        file.seek(begin)
        scan = Scan(file.read(), begin)
    for commit in scan:
        try:
            _follow(commit, first, tail)
            if (first, commit.end) > (head.segment, head.end):
                _extend(commit, tail, verifier)
        except (LedgerCorrupt, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            where = f"{path}@{commit.begin}"
            raise LedgerCorrupt(f"The commit at {where} is not the log's: {error}", where=where) from None
    # A torn tail is what a crash leaves, but only at the very end, and only beyond what was signed.
    if scan.problem and (not last or (first, scan.end) < (head.segment, head.end)):
        where = f"{path}@{scan.problem_offset}"
        raise LedgerCorrupt(f"{path} has {scan.problem} at offset {scan.problem_offset}.", where=where)


def _follow(commit: Commit, segment: int, tail: Tail) -> None:
    size = read_note(commit.note).checkpoint.size
    for index, leaf in enumerate(commit.leaves, size - len(commit.leaves)):
        phases = _decoder.decode(leaf)
        if phases.phase is Phase.DECIDED:
            tail.unended[phases.request_id] = Decided(index, segment, commit.begin)
        elif phases.phase is Phase.ENDED:
            tail.unended.pop(phases.request_id, None)


def _extend(commit: Commit, tail: Tail, verifier: Verifier) -> None:
    """Take in a commit beyond the highest checkpoint: whole by its checksums, it must also be ours by its signature."""
    for leaf in commit.leaves:
        tail.frontier.append(leaf_hash(leaf))
    checkpoint = open_note(commit.note, verifier)
    if (checkpoint.size, checkpoint.root) != (tail.frontier.size, tail.frontier.root()):
        raise LedgerCorrupt(f"its checkpoint of size {checkpoint.size} does not match its entries.")
    tail.note, tail.end = commit.note, commit.end


def _settle(folder: Path, firsts: list[int], head: Head, tail: Tail) -> None:
    """Cut the torn commit off, and write what is kept beyond the highest checkpoint once more.

    Why again: after a failed fdatasync the kernel may show bytes that are not on the disk and count them as clean, so
    that a later fdatasync reports success without writing them. Bytes written again are written.
    A crash here leaves the same tail, or a shorter torn one; the next start does this again.
    """
    for first in firsts[firsts.index(head.segment) :]:
        # A header is durable with the first signed commit of its file.
        begin = head.end if first == head.segment and head.end > HEADER_BYTES else 0
        fd = os.open(segment_path(folder, first), os.O_RDWR)
        try:
            end = tail.end if first == tail.segment else os.fstat(fd).st_size
            write_all(fd, read_at(fd, end - begin, begin), begin)
            os.ftruncate(fd, end)
            os.fsync(fd)
        finally:
            os.close(fd)
    sync_folder(folder / "segments")
