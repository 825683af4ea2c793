"""The archive is read only in the one form in which it is written; hostile ones are refused, and cost little."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.bundle.site import Site, contents
from ringfence.evidence.bundle import archive as archives
from ringfence.evidence.bundle import layout, zipform
from ringfence.evidence.bundle.archive import Archive, Writer
from ringfence.evidence.bundle.zipform import Member
from ringfence.vocabulary.errors import LedgerCorrupt

GOOD = {"README.md": b"read me", "records.ndjson": b"{}\n" * 1000, "manifest.json": b"{}"}


def any_name(name: str) -> int:
    return 1 << 40


def written(path: Path, members: dict[str, bytes]) -> Path:
    with Writer(path) as writer:
        for name, data in members.items():
            writer.add(name, data)
    return path


def refused(path: Path, why: str) -> None:
    with pytest.raises(LedgerCorrupt, match=why):
        contents(path)


def test_other_tools_read_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == GOOD
        assert {info.date_time for info in other.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert contents(path) == GOOD


def test_a_large_member_has_its_sizes_in_64_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipform, "ZIP64_FROM", 2000)
    path = written(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path) as other:
        assert {name: other.read(name) for name in other.namelist()} == GOOD
    assert contents(path) == GOOD
    assert struct.pack("<HHQ", 1, 16, 3000) in path.read_bytes()


def test_many_members_and_far_ones_have_a_wide_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(zipform, "_FULL16", 2)
    path = written(tmp_path / "a.zip", GOOD)
    monkeypatch.undo()
    directory = path.read_bytes()[-98:]
    assert directory.startswith(b"PK\x06\x06")
    with zipfile.ZipFile(path) as other:
        assert other.namelist() == list(GOOD)
    far = zipform.encode_directory([Member("a", 1 << 33, 5, 5, 0)], (1 << 33) + 40)
    assert struct.pack("<HHQ", 1, 8, 1 << 33) in far


def test_reading_gives_back_what_was_written_in_any_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(b"%d and some text\n" % number for number in range(5000)) + bytes(100_000)
    for piece in (1, 7, 1024, 1 << 18):
        monkeypatch.setattr(archives, "_PIECE_BYTES", piece if piece > 1 else 3)
        path = written(tmp_path / "a.zip", {"summary.json": data, "manifest.json": b"{}"})
        assert contents(path)["summary.json"] == data


def test_lines_are_bounded(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", {"records.ndjson": b"a\nbcd\n\nlong!\n", "manifest.json": b"{}"})
    with Archive(path, layout.most_bytes) as archive:
        assert list(archive.lines("records.ndjson", 5)) == [b"a", b"bcd", b"", b"long!"]
        with pytest.raises(LedgerCorrupt, match="line of more than 4"):
            list(archive.lines("records.ndjson", 4))
    path = written(tmp_path / "a.zip", {"records.ndjson": b"a\nb", "manifest.json": b"{}"})
    with Archive(path, layout.most_bytes) as archive, pytest.raises(LedgerCorrupt, match="ends within"):
        list(archive.lines("records.ndjson", 5))


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "log/../../evil",
        "C:\\evil",
        "log/tile/0/000/",
        "policies/short.json",
        "log/tile/64/000",
        "log/tile/0/x1000/000",
        "anchors/1/checkpoint",
        "anchors/00000000000000000001/../x",
        "approvers/.json",
        "records.ndjson\n",
        "README.MD",
        "",
    ],
)
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    refused(written(tmp_path / "a.zip", {name: b"x", "manifest.json": b"{}"}), "which no bundle has")


def test_names_beyond_ascii_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", {"README.md": b"x", "manifest.json": b"{}"})
    path.write_bytes(path.read_bytes().replace(b"README.md", "READM\xe9.md".encode("latin-1")[:9]))
    refused(path, "not the form")


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with Writer(tmp_path / "a.zip") as writer:
        for _ in range(2):
            writer.add("README.md", b"x")
        writer.add("manifest.json", b"{}")
    refused(tmp_path / "a.zip", "twice")


def test_the_manifest_must_be_last(tmp_path: Path) -> None:
    refused(written(tmp_path / "a.zip", {"manifest.json": b"{}", "README.md": b"x"}), "as its last")
    refused(written(tmp_path / "a.zip", {"README.md": b"x"}), "as its last")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    refused(written(tmp_path / "a.zip", GOOD), "more than 2 members")


def of_zipfile(members: dict[str, bytes], **options: int) -> bytes:
    """As another program would write it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as other:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for option, value in options.items():
                setattr(info, option, value)
            other.writestr(info, data)
    return file.getvalue()


HOSTILE = {
    "a symlink": lambda: of_zipfile(GOOD, external_attr=0o120777 << 16),
    "a folder's attributes": lambda: of_zipfile(GOOD, external_attr=0o40755 << 16 | 0x10),
    "stored, not deflated": lambda: of_zipfile(GOOD, compress_type=zipfile.ZIP_STORED),
    "an extra field": lambda: of_zipfile(GOOD, extra=b"\x99\x99\x00\x00"),  # type: ignore[arg-type]
    "a comment": lambda: of_zipfile(GOOD, comment=b"hello"),  # type: ignore[arg-type]
    "something before": lambda: b"#!/bin/sh\n" + of_zipfile(GOOD),
    "something after": lambda: of_zipfile(GOOD) + b"\0",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_other_forms_are_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(HOSTILE[what]())
    refused(path, "not an evidence bundle")


def test_a_gap_between_members_is_refused(tmp_path: Path) -> None:
    data = written(tmp_path / "a.zip", GOOD).read_bytes()
    with Archive(tmp_path / "a.zip", any_name) as archive:
        at = archive.members["records.ndjson"].offset
    (tmp_path / "a.zip").write_bytes(data[:at] + b"\0" + data[at:])
    refused(tmp_path / "a.zip", "last member")


def test_data_behind_a_deflated_stream_is_refused(tmp_path: Path) -> None:
    """Bytes that inflate leaves over could hide anything."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    stored = deflate.compress(b"read me") + deflate.flush() + b"hidden"
    member = Member("README.md", 0, len(stored), 7, zlib.crc32(b"read me"))
    manifest = zlib.compressobj(6, zlib.DEFLATED, -15)
    end = manifest.compress(b"{}") + manifest.flush()
    last = Member("manifest.json", member.end, len(end), 2, zlib.crc32(b"{}"))
    body = zipform.encode_local(member) + stored + zipform.encode_local(last) + end
    path = tmp_path / "a.zip"
    path.write_bytes(body + zipform.encode_directory([member, last], len(body)))
    refused(path, "README.md is not what its header says")


@pytest.mark.parametrize("wrong", [{"crc": 1}, {"size": 6}, {"size": 8}])
def test_contents_that_are_not_what_their_header_says_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    stored = deflate.compress(b"read me") + deflate.flush()
    given = {"size": 7, "crc": zlib.crc32(b"read me")} | wrong
    member = Member("README.md", 0, len(stored), given["size"], given["crc"])
    last = Member("manifest.json", member.end, 2, 0, 0)
    body = zipform.encode_local(member) + stored + zipform.encode_local(last) + b"\x03\x00"
    path = tmp_path / "a.zip"
    path.write_bytes(body + zipform.encode_directory([member, last], len(body)))
    refused(path, "README.md is not what its header says")


@pytest.mark.parametrize("stated", [10, 50 << 20])
def test_a_bomb_costs_little(tmp_path: Path, stated: int) -> None:
    """A stream of a gigabyte of zeros behind a header that states less."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    stored = b"".join([*(deflate.compress(zeros) for _ in range(256)), deflate.flush()])
    member = Member("summary.json", 0, len(stored), stated, 0)
    last = Member("manifest.json", member.end, 2, 0, 0)
    body = zipform.encode_local(member) + stored + zipform.encode_local(last) + b"\x03\x00"
    path = tmp_path / "a.zip"
    path.write_bytes(body + zipform.encode_directory([member, last], len(body)))
    tracemalloc.start()
    begun = time.monotonic()
    with Archive(path, layout.most_bytes) as archive, pytest.raises(LedgerCorrupt):
        given = 0
        for piece in archive.pieces("summary.json"):
            given += len(piece)
            assert given <= stated
    assert time.monotonic() - begun < 5
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_line_without_end_stops_at_once(site: Site) -> None:
    """Records that are one endless line: 65,535 bytes are read of it, and a piece."""
    site.small().bundle()
    members = contents(site.root / "bundle.zip")
    members[layout.RECORDS] = bytes(40 << 20)
    with Writer(site.root / "bomb.zip") as writer:
        for name, data in members.items():
            writer.add(name, data)
    tracemalloc.start()
    found = site.verify(site.root / "bomb.zip")
    assert not found.ok
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_failed_export_leaves_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", GOOD)
    before = path.read_bytes()

    def pieces() -> Iterator[bytes]:
        yield b"some"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), Writer(path) as writer:
        writer.stream("records.ndjson", 10, pieces())
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]
    with pytest.raises(LedgerCorrupt, match="changed under"), Writer(path) as writer:
        writer.stream("records.ndjson", 10, [b"some"])
    assert path.read_bytes() == before
