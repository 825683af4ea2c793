"""The shared format: what is read, and which rows are refused, without their content."""

from __future__ import annotations

import gzip

import pytest

from ringfence.scanning.spans import Gold, Predicted, Text, read, write
from ringfence.vocabulary.errors import ConfigurationError

ROW = '{"id": "a", "text": "Ann Lee", "spans": [[0, 3, "NAME", 1]]}'


def test_plain_and_gzipped_files_read_alike(tmp_path):
    (tmp_path / "a.jsonl").write_text(f"{ROW}\n\n{ROW}\n")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(f"{ROW}\n{ROW}".encode()))
    for name in ("a.jsonl", "a.jsonl.gz"):
        assert list(read(tmp_path / name, Gold)) == [Gold("a", "Ann Lee", ((0, 3, "NAME", 1),))] * 2
        assert list(read(tmp_path / name, Text)) == [Text("a", "Ann Lee")] * 2


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_what_was_written_is_read(tmp_path, name):
    rows = [Predicted("a", ((0, 3, "PERSON", 0.9, "tagger/1"),)), Predicted(7, ())]
    assert write(tmp_path / name, rows) == 2
    assert [(row.id, [tuple(span) for span in row.spans]) for row in read(tmp_path / name, Predicted)] == [
        (row.id, list(row.spans)) for row in rows
    ]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Gold, "{"),
        (Gold, "[1]"),
        (Gold, '{"id": "a", "spans": []}'),
        (Gold, '{"id": "a", "text": "secret", "spans": [[0, 99, "NAME", 1]]}'),
        (Gold, '{"id": "a", "text": "secret", "spans": [[3, 2, "NAME", 1]]}'),
        (Gold, '{"id": "a", "text": "secret", "spans": [[0, 2, "NAME"]]}'),
        (Predicted, '{"id": "a", "spans": [[0]]}'),
        (Predicted, '{"id": "a", "spans": [["0", "secret"]]}'),
        (Predicted, '{"id": "a", "spans": [[-1, 2]]}'),
        (Text, '{"id": "a", "text": 5}'),
    ],
)
def test_row_is_refused_with_its_line_and_without_content(tmp_path, kind, line):
    (tmp_path / "a.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(ConfigurationError) as caught:
        list(read(tmp_path / "a.jsonl", kind))
    assert "a.jsonl: line 2: " in caught.value.message
    assert "secret" not in caught.value.message
    assert caught.value.remedy


def test_cut_gzip_file_is_refused(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(ROW.encode() * 1000)[:-20])
    with pytest.raises(ConfigurationError, match="gzip"):
        list(read(tmp_path / "a.jsonl.gz", Gold))
