"""How fast files become text through the worker: bytes handed over, read there, pieces handed back.

usage: python bench/extract.py [--megabytes N] [--rounds N]

Generated files of one size each. Prints megabytes of the file per second (best of the rounds), pieces per second, and
the time to start a worker. DOCX, XLSX and PDF are measured by what is inside of them, which is larger than the file.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import zipfile
import zlib
from collections.abc import Callable

from ringfence.extract import Extractor, Limits

_SENTENCE = "The team met on Thursday to go over the plan for the next quarter – and agreed on four measures. "


def _text(size: int, _chance: random.Random) -> bytes:
    line = (_SENTENCE * 2 + "\n").encode()
    return (line * (size // len(line) + 1))[:size]


def _csv(size: int, chance: random.Random) -> bytes:
    rows = ["Name,MRN,City,Note,Amount"]
    made = 0
    while made < size:
        name, record = f"Mara {chance.randrange(99)}", chance.randrange(10**8)
        rows.append(f"{name},{record},Springfield,{_SENTENCE[:60]},{chance.random():.2f}")
        made += len(rows[-1]) + 1
    return "\n".join(rows).encode()


def _lines(size: int, chance: random.Random) -> bytes:
    record = {"id": 1, "note": _SENTENCE, "patient": {"name": "Mara", "tags": ["a", "b"]}}
    lines = []
    made = 0
    while made < size:
        lines.append(json.dumps(record | {"id": chance.randrange(10**8)}))
        made += len(lines[-1]) + 1
    return "\n".join(lines).encode()


def _html(size: int, _chance: random.Random) -> bytes:
    block = f'<div class="a"><p id="p">{_SENTENCE}<b>{_SENTENCE}</b></p><a href="https://x.test/">link</a></div>\n'
    return ("<!doctype html>" + block * (size // len(block))).encode()


def _mail(size: int, _chance: random.Random) -> bytes:
    head = "From: a@x.test\nTo: b@x.test\nSubject: plan\nContent-Type: text/plain; charset=utf-8\n\n"
    return head.encode() + _text(size, _chance)


def _zipped(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def _docx(size: int, _chance: random.Random) -> bytes:
    run = f"<w:r><w:t>{_SENTENCE}</w:t></w:r>"
    one = f"<w:p><w:pPr><w:jc w:val='left'/></w:pPr>{run}{run}</w:p>"
    body = one * (size // len(one))
    return _zipped({"[Content_Types].xml": "<T/>", "word/document.xml": f"<w:d xmlns:w='w'>{body}</w:d>"})


def _xlsx(size: int, _chance: random.Random) -> bytes:
    rows = []
    made = 0
    while made < size:
        n = len(rows) + 1
        rows.append(
            f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Mara {n}</t></is></c><c r="B{n}"><v>{n}</v></c>'
            f'<c r="C{n}" t="inlineStr"><is><t>{_SENTENCE}</t></is></c></row>'
        )
        made += len(rows[-1])
    sheet = f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>"
    return _zipped({"[Content_Types].xml": "<T/>", "xl/worksheets/sheet1.xml": sheet})


def _pdf(size: int, _chance: random.Random) -> bytes:
    """Pages of fifty lines."""
    lines = f"BT /F1 9 Tf 40 800 Td 15 TL {f'({_SENTENCE[:60]}) Tj T* ' * 50} ET".encode()
    content = zlib.compress(lines)
    count = max(1, size // len(lines))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content))
    resources = b"/Resources << /Font << /F1 3 0 R >> >>"
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R %s >>" % resources] * count
    kids = b" ".join(b"%d 0 R" % n for n in range(5, 5 + count))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)
    made, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, data in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size_said = len(objects) + 1
    return bytes(
        made
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size_said, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size_said, len(made))
    )


_KINDS: dict[str, tuple[Callable[[int, random.Random], bytes], int]] = {
    "text": (_text, 1), "csv": (_csv, 1), "jsonl": (_lines, 1), "html": (_html, 2), "eml": (_mail, 1),
    "docx": (_docx, 2), "xlsx": (_xlsx, 2), "pdf": (_pdf, 4),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with Extractor(Limits(timeout_s=120.0)) as extractor:
        began = time.perf_counter()
        guards = extractor.protection().guards
        print(f"worker started in {1000 * (time.perf_counter() - began):.0f} ms, {len(guards)} guards")
        for kind, (make, share) in _KINDS.items():
            size = options.megabytes * 1_000_000 // share
            data = make(size, random.Random(1))
            best, pieces = float("inf"), 0
            for _ in range(options.rounds):
                began = time.perf_counter()
                read = extractor.extract(data, f"a.{kind}")
                best = min(best, time.perf_counter() - began)
                pieces = len(read.pieces)
                assert not read.reasons, read.reasons
                del read
            inside = "" if share == 1 or kind == "html" else f" ({len(data) / 1e6:.1f} MB packed)"
            print(f"{kind:6s} {size / 1e6 / best:7.1f} MB/s {pieces / best:10,.0f} pieces/s{inside}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
