"""A ledger of a few hundred records with its tiles, and the verifiers of others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.conftest import Box
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.tiles import CHECKPOINT, HashTiles, build, folder_tiles
from support.needs import need

HERE = Path(__file__).parent
GOCODE = Path("/usr/share/gocode")  # where Debian's packages of Go libraries stand
RECORDS = 700
TIMEOUT_S = 120.0


class Log:
    """What an auditor is given, and what their older checkpoint was."""

    def __init__(self, root: Path) -> None:
        box = Box(root)
        ledger = box.open()
        self.tiles = root / "tiles"
        notes = []
        for number in range(RECORDS):
            ledger.append_blocking(box.decided(f"r{number}"), 20)
            if number in (2, 254, 255, 400):
                build(SegmentsReader(box.folder, box.highest_path), self.tiles)
                notes.append((self.tiles / CHECKPOINT).read_bytes())
        ledger.close()
        self.reader = SegmentsReader(box.folder, box.highest_path)
        build(self.reader, self.tiles)
        self.key = self.reader.key_line
        self.verifier = Verifier.from_key_line(self.key)
        self.leaves = [entry.leaf for entry in self.reader.entries()]
        self.older: list[Checkpoint] = [open_note(note, self.verifier) for note in notes]
        self.note = (self.tiles / CHECKPOINT).read_bytes()
        self.hashes = HashTiles(folder_tiles(self.tiles), len(self.leaves))


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return Log(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Runs the driver around golang.org/x/mod, built once."""
    need(shutil.which("go"), "the Go compiler (Debian: golang-go)")
    need((GOCODE / "src/golang.org/x/mod/sumdb/tlog").is_dir(), "x/mod (Debian: golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    environ = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GOCODE),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    program = folder / "verifier"
    built = subprocess.run(
        ["go", "build", "-o", program, "."], cwd=HERE / "go", env=environ, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr

    def run(*arguments: str, stdin: Any = None) -> str:
        done = subprocess.run(
            [program, *arguments], input=json.dumps(stdin), capture_output=True, text=True, timeout=TIMEOUT_S
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def sigstore() -> Callable[[Any], Any]:
    """Runs the driver around @sigstore/verify."""
    need(shutil.which("node"), "Node.js")
    need((HERE.parents[2] / "node_modules/@sigstore/verify").is_dir(), "the npm package @sigstore/verify")

    def run(job: Any) -> Any:
        done = subprocess.run(
            ["node", HERE / "npm/check.js"], input=json.dumps(job), capture_output=True, text=True, timeout=TIMEOUT_S
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
