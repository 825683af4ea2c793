"""Which files are searched: links, pipes, loops, doubles, large ones, and what can't be entered."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ringfence.scanning import walk
from ringfence.scanning.results import Passed, Unit
from ringfence.scanning.walk import Choice, units


def walked(*paths: Path | str, **choice: object) -> tuple[list[str], dict[str, tuple[str, bool]]]:
    """Names of the files to search, and why others are not: (why, whether by a known rule)."""
    found, passed = [], {}
    for unit in units([str(path) for path in paths], Choice(**choice)):
        if isinstance(unit, Passed):
            passed[Path(unit.path).name] = (unit.why, unit.left_out)
        else:
            found.append(Path(unit.path).name)
    return found, passed


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.txt", "a/c.txt", "a/d.log", "node_modules/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def test_files_in_the_order_of_their_names(tree):
    assert walked(tree) == (["b.txt", "c.txt", "d.log", "e.txt"], {})
    assert walked(tree / "b.txt", tree / "a") == (["b.txt", "c.txt", "d.log"], {})


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("*.txt", ["d.log"]),
        ("a", ["b.txt", "e.txt"]),
        ("a/*", ["b.txt", "e.txt"]),
        ("a/*.log", ["b.txt", "c.txt", "e.txt"]),
        ("node_*", ["b.txt", "c.txt", "d.log"]),
        ("*.TXT", ["b.txt", "c.txt", "d.log", "e.txt"]),
    ],
)
def test_exclude(tree, glob, left):
    found, passed = walked(tree, exclude=(glob,))
    assert found == left
    assert all(why == ("excluded", True) for why in passed.values())


def test_max_size(tree):
    (tree / "b.txt").write_text("12345")
    assert walked(tree / "b.txt", max_bytes=5)[0] == ["b.txt"]
    assert walked(tree / "b.txt", max_bytes=4) == ([], {"b.txt": ("larger than --max-size (5 bytes)", True)})


def test_links_are_not_followed_and_loops_end(tree):
    (tree / "a/loop").symlink_to(tree)
    (tree / "out.txt").symlink_to("/etc/hostname")
    (tree / "gone").symlink_to("nowhere")
    found, passed = walked(tree)
    assert found == ["b.txt", "c.txt", "d.log", "e.txt"]
    assert passed == dict.fromkeys(("loop", "out.txt", "gone"), ("a link, which is not followed", True))


def test_a_link_named_by_hand_is_followed(tree):
    (tree / "to_a").symlink_to(tree / "a")
    assert walked(tree / "to_a")[0] == ["c.txt", "d.log"]


def test_pipes_sockets_and_devices_are_not_opened(tree):
    os.mkfifo(tree / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tree / "s"))
        assert walked(tree)[1] == {"pipe": ("a pipe, no file", True), "s": ("a socket, no file", True)}
    assert walked(tree / "pipe")[1] == {"pipe": ("a pipe, no file", False)}
    assert walked("/dev/null")[1] == {"null": ("a device, no file", False)}


def test_a_file_is_searched_once(tree):
    os.link(tree / "b.txt", tree / "z.txt")
    found, passed = walked(tree, tree / "a", tree / "b.txt", f"{tree}/a/../b.txt")
    assert found == ["b.txt", "c.txt", "d.log", "e.txt"]
    assert passed == {"z.txt": ("the same file as one before, by another name", True)}


def test_a_folder_that_may_not_be_entered_is_a_failure(tree, monkeypatch):
    """By a pretended refusal: root may enter everywhere."""
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert walked(tree) == (["b.txt", "e.txt"], {"a": ("permission denied", False)})


def test_a_missing_path_is_a_failure(tmp_path):
    assert walked(tmp_path / "nowhere") == ([], {"nowhere": ("no such file or directory", False)})


def test_long_plain_text_is_cut_into_parts_that_lie_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setattr(walk, "PART_BYTES", 10)
    monkeypatch.setattr(walk, "LARGEST_BYTES", 60)
    for name, data in {
        "a.txt": b"x" * 45, "b.csv": b"x" * 45, "c.csv": b"x" * 65, "d.bin": b"\0" * 65, "e.txt": b"x" * 40,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
    found = list(units([str(tmp_path)], Choice()))
    parts = {
        name: [u for u in found if u.path.endswith(name)] for name in ("a.txt", "b.csv", "c.csv", "d.bin", "e.txt")
    }
    assert [(u.start, u.end) for u in parts["a.txt"]] == [(0, 10), (10, 20), (20, 30), (30, 40), (40, 45)]
    assert [(u.start, u.end) for u in parts["b.csv"]] == [(0, None)]  # its readers take it as a whole
    assert len(parts["c.csv"]) == 7  # too large for them, but text
    assert parts["d.bin"] == [Passed(str(tmp_path / "d.bin"), "larger than 0 MiB, and no plain text")]
    assert parts["e.txt"] == [Unit(str(tmp_path / "e.txt"), 40)]
