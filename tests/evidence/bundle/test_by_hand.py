"""An auditor without our code: what the README in a bundle says, done as it says it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from evidence.bundle.site import DAY, START, Site
from ringfence.evidence.bundle.period import Period, period
from support.needs import need


def unpacked(site: Site, wanted: Period) -> Path:
    """The bundle, unpacked by another tool, with the README's program beside it."""
    folder = site.root / "unpacked"
    with zipfile.ZipFile(site.bundle(wanted)) as archive:
        archive.extractall(folder)
    code = (folder / "README.md").read_text("utf-8").partition("\n    import ")[2]
    (folder / "check.py").write_text(textwrap.dedent("    import " + code), "utf-8")
    return folder


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "check.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture
def filled(site: Site) -> Site:
    site.open()
    for _ in range(20):
        site.request()
    site.close()
    return site


def moments(first: int, last: int) -> Period:
    return period((START + timedelta(seconds=first)).isoformat(), (START + timedelta(seconds=last)).isoformat())


@pytest.mark.parametrize("wanted", [DAY, moments(5, 9), moments(16, 60), period("2031-05-05", "2031-05-05")])
def test_the_program_accepts_and_so_does_openssl(filled: Site, wanted: Period) -> None:
    folder = unpacked(filled, wanted)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert filled.key_line in done.stdout
    need(shutil.which("openssl"), "openssl is not installed (scripts/tools.sh)")
    command = done.stdout.splitlines()[1].split()
    assert subprocess.run(command, cwd=folder, capture_output=True, timeout=60).returncode == 0
    (folder / "text").write_bytes((folder / "text").read_bytes() + b"x")
    assert subprocess.run(command, cwd=folder, capture_output=True, timeout=60).returncode == 1


@pytest.mark.parametrize("name", ["records.ndjson", "log/frontier", "log/before", "log/checkpoints.ndjson"])
def test_the_program_refuses_what_was_changed_along_with_the_manifest(filled: Site, name: str) -> None:
    folder = unpacked(filled, moments(5, 9))
    code = (folder / "check.py").read_text("utf-8")
    (folder / "check.py").write_text(code.replace("assert hashlib.sha256(read(name)).hexdigest() == ", "assert ", 1))
    assert run(folder).returncode == 0
    data = bytearray((folder / name).read_bytes())
    at = {"records.ndjson": 60, "log/frontier": 3, "log/before": 26, "log/checkpoints.ndjson": 40}[name]
    data[at] ^= 1
    (folder / name).write_bytes(data)
    assert run(folder).returncode == 1
