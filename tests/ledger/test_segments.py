from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from ringfence.ledger.segments import (
    CHECKPOINT,
    ENTRY,
    HEADER_BYTES,
    Header,
    Scan,
    check_chain,
    create_segment,
    decode_header,
    encode_frame,
    encode_header,
    segment_firsts,
    segment_path,
)
from ringfence.vocabulary.errors import LedgerCorrupt

COMMITS = [([b"one", b""], b"note 1"), ([b"three"], b"note 2 is longer")]
DATA = b"".join(
    b"".join(encode_frame(ENTRY, leaf) for leaf in leaves) + encode_frame(CHECKPOINT, note) for leaves, note in COMMITS
)
FIRST_END = len(DATA) - len(encode_frame(ENTRY, b"three")) - len(encode_frame(CHECKPOINT, b"note 2 is longer"))


def test_a_frame_is_checksum_kind_length_payload() -> None:
    rest = b"\x01" + b"\x00\x00\x00\x05" + b"hello"
    assert encode_frame(ENTRY, b"hello") == zlib.crc32(rest).to_bytes(4, "big") + rest
    assert encode_frame(CHECKPOINT, b"hello")[4] == 2


def test_a_scan_finds_the_commits_and_where_they_stand() -> None:
    scan = Scan(DATA, 1000)
    commits = list(scan)
    assert [(commit.leaves, commit.note) for commit in commits] == COMMITS
    assert [(commit.begin, commit.end) for commit in commits] == [
        (1000, 1000 + FIRST_END),
        (1000 + FIRST_END, 1000 + len(DATA)),
    ]
    assert (scan.end, scan.problem) == (1000 + len(DATA), "")


def test_a_scan_can_skip_a_header() -> None:
    scan = Scan(b"h" * 40 + DATA, 40, 40)
    assert [(commit.begin, commit.note) for commit in scan] == [(40, b"note 1"), (40 + FIRST_END, b"note 2 is longer")]
    assert scan.end == 40 + len(DATA)


def test_a_cut_anywhere_leaves_whole_commits_and_says_where() -> None:
    for length in range(len(DATA)):
        scan = Scan(DATA[:length], 40)
        found = len(list(scan))
        assert found == (length >= FIRST_END)
        assert scan.end == 40 + (FIRST_END if found else 0)
        assert bool(scan.problem) == (length not in (0, FIRST_END))
        assert not scan.problem or scan.end <= scan.problem_offset <= 40 + length


def test_every_changed_bit_is_noticed() -> None:
    for at in range(len(DATA)):
        for bit in range(8):
            changed = bytearray(DATA)
            changed[at] ^= 1 << bit
            scan = Scan(bytes(changed), 0)
            assert len(list(scan)) == (at >= FIRST_END)
            assert scan.problem


@pytest.mark.parametrize("kind", [0, 3, 255])
def test_an_unknown_kind_stops_the_scan(kind: int) -> None:
    scan = Scan(DATA + encode_frame(kind, b"x"), 0)
    assert len(list(scan)) == 2
    assert "unknown kind" in scan.problem


@pytest.mark.parametrize("zeros", [1, 9, 4096])
def test_zeros_after_the_end_are_no_commit(zeros: int) -> None:
    scan = Scan(DATA + bytes(zeros), 0)
    assert len(list(scan)) == 2
    assert (scan.end, scan.problem_offset) == (len(DATA), len(DATA))
    assert scan.problem


def test_a_header_survives_and_any_changed_bit_spoils_it() -> None:
    header = Header(2**40, 77, 2**33)
    raw = encode_header(header)
    assert len(raw) == HEADER_BYTES
    assert decode_header(raw + b"more") == header
    for at in range(HEADER_BYTES):
        for bit in range(8):
            changed = bytearray(raw)
            changed[at] ^= 1 << bit
            assert decode_header(bytes(changed)) is None
    assert decode_header(raw[:-1]) is None


def chain(folder: Path) -> list[int]:
    (folder / "segments").mkdir()
    previous = Header(0, 0, 0)
    for first, length in ((0, 100), (5, 60), (9, 40)):
        fd = create_segment(folder, Header(first, previous.first, previous.previous_length))
        os.pwrite(fd, bytes(length - HEADER_BYTES), HEADER_BYTES)
        os.close(fd)
        previous = Header(first, 0, length)
    return segment_firsts(folder)


def test_a_whole_chain_is_accepted(tmp_path: Path) -> None:
    assert chain(tmp_path) == [0, 5, 9]
    assert check_chain(tmp_path, [0, 5, 9]) == 40
    assert segment_path(tmp_path, 5).name == "00000000000000000005.seg"


@pytest.mark.parametrize("spoil", ["first gone", "middle gone", "short", "long", "renamed", "header"])
def test_a_broken_chain_is_named(tmp_path: Path, spoil: str) -> None:
    chain(tmp_path)
    middle = segment_path(tmp_path, 5)
    if spoil == "first gone":
        segment_path(tmp_path, 0).unlink()
    elif spoil == "middle gone":
        middle.unlink()
    elif spoil in ("short", "long"):
        os.truncate(middle, 59 if spoil == "short" else 61)
    elif spoil == "renamed":
        middle.rename(segment_path(tmp_path, 6))
    else:
        middle.write_bytes(b"\xff" + middle.read_bytes()[1:])
    with pytest.raises(LedgerCorrupt) as caught:
        check_chain(tmp_path, segment_firsts(tmp_path))
    assert caught.value.where.endswith(".seg@0")


@pytest.mark.parametrize("name", ["1.seg", "0000000000000000000x.seg", "00000000000000000000.bak", "٠" * 20 + ".seg"])
def test_a_foreign_file_is_named(tmp_path: Path, name: str) -> None:
    chain(tmp_path)
    (tmp_path / "segments" / name).touch()
    with pytest.raises(LedgerCorrupt, match="no segment"):
        segment_firsts(tmp_path)


def test_a_segment_is_never_made_over_another(tmp_path: Path) -> None:
    chain(tmp_path)
    with pytest.raises(FileExistsError):
        create_segment(tmp_path, Header(5, 0, 100))
