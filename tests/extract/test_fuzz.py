"""Seeded: truncated, mutated and random files. Each is read or refused inside the bounds, and the worker lives on."""

from __future__ import annotations

import gzip
import io
import random
import time
import zipfile

import making
import pytest

from ringfence.extract import Extractor
from ringfence.vocabulary.text import Completeness

FILES = {
    "docx": making.docx_with_everything(),
    "xlsx": making.xlsx_with_everything(),
    "pdf": making.pdf_with_everything(),
    "eml": bytes(making.message()),
    "html": making.HTML,
    "csv": b'Name,MRN,DOB\nMara Quinn,7261554,1950-01-02\n"Tom ""T"" B","1\n2",\n',
    "json": b'{"patient": {"name": "Mara", "ids": [1, 2.5e3, "a\\u0041"]}, "x": null}',
    "xml": b"<?xml version='1.0'?><r a='1'><p>Mara <b>Q</b></p><!-- c --><x>1</x></r>",
    "rtf": b"{\\rtf1\\ansi Mara \\b Quinn\\b0\\par \\u8211? \\'e9}",
    "txt": "Mara Quinn – Straße\n".encode("utf-16"),
    "gz": gzip.compress(b"Name,MRN\nMara,7\n" * 20),
    "zip": making.zipped({"a.txt": "Mara", "b/c.csv": "Name,MRN\nTom,5\n"}),
}
SLOWEST_S = 8.0


def check(extractor: Extractor, data: bytes, name: str) -> None:
    began_s = time.monotonic()
    read = extractor.extract(data, name)
    assert time.monotonic() - began_s < SLOWEST_S
    assert (read.completeness is Completeness.PARTIAL) == bool(read.reasons)
    late = [reason for reason in read.reasons if "PermissionError" in reason or "NotImplementedError" in reason]
    assert not late, "something was imported too late, or is a defect of ours"
    assert not any("Mara" in reason or "Quinn" in reason for reason in read.reasons)


@pytest.mark.parametrize("kind", FILES)
def test_truncated_files(tight: Extractor, kind: str, scale: int) -> None:
    data = FILES[kind]
    chosen = random.Random(20).sample(range(len(data)), min(len(data), 12 * scale))
    for length in sorted(chosen):
        check(tight, data[:length], f"a.{kind}")


@pytest.mark.parametrize("kind", FILES)
def test_mutated_files(tight: Extractor, kind: str, scale: int) -> None:
    chance = random.Random(21)
    for _ in range(30 * scale):
        data = bytearray(FILES[kind])
        for _ in range(chance.choice((1, 2, 8, 40))):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 40)]
                case 2:
                    data[at:at] = data[at : at + chance.randrange(1, 40)]
                case _:
                    data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"9999", b"<<<<", b'"""{'))
            data = data or bytearray(b"x")
        check(tight, bytes(data), chance.choice((f"a.{kind}", "")))


def test_random_bytes(tight: Extractor, scale: int) -> None:
    chance = random.Random(22)
    heads = [
        b"",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"{",
        b"<html>",
        b"<?xml?>",
        making.OLE,
        b"From: a\nTo: b\n\n",
        b"{\\rtf1",
    ]
    for _ in range(60 * scale):
        data = chance.choice(heads) + chance.randbytes(chance.choice((0, 1, 50, 2000, 100_000)))
        check(tight, data, chance.choice(("", "a.csv", "a.json", "a.html", "a.eml", "a.txt", "a.xml", "a.pdf")))


def test_mutated_parts_inside_a_sound_package(tight: Extractor, scale: int) -> None:
    """A zip's checksum hides its parts from mutations of the whole; here the XML itself is mutated."""
    chance = random.Random(23)
    for kind in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(FILES[kind])) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for _ in range(20 * scale):
            name = chance.choice(list(parts))
            part = bytearray(parts[name])
            for _ in range(chance.choice((1, 3, 10))):
                at = chance.randrange(len(part))
                part[at : at + chance.randrange(3)] = chance.choice(
                    (b"<", b">", b"&", b"-1", b"99999999", b"\0", b"</w:tc>")
                )
            check(tight, making.zipped(parts | {name: bytes(part)}), "")
