"""A file system that is really full, and a disk that never answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger import ledger as door
from ringfence.vocabulary.errors import LedgerUnavailable
from support import filling

SIZE_KIB = 400
# With no arguments but these, in a mount namespace of its own: nobody else sees the small file system.
MOUNT = 'mount -t tmpfs -o size={size}k none "$0" && head -c 50000 /dev/zero > "$0/ballast" && exec "$@"'


def test_a_full_file_system_loses_nothing(tmp_path: Path) -> None:
    trial = ["unshare", "-m", "sh", "-c", MOUNT.format(size=SIZE_KIB), str(tmp_path)]
    # Not `need`: a machine of CI may forbid mounts. RLIMIT_FSIZE (tests/fault/test_disk.py) runs everywhere.
    if sys.platform != "linux" or subprocess.run([*trial, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace may be made here: needs root on Linux")
    done = subprocess.run(
        [*trial, sys.executable, filling.__file__ or "", str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert "No space left on device" in said["why"]
    assert said["told"] > 100
    assert said["segments"] > 3
    assert (said["lost"], said["ok"], said["unended"]) == ([], True, 0)


def test_a_disk_that_never_answers_denies_and_closes_within_their_bounds(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = box.open()
    released = threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda fd: released.wait(60))
    monkeypatch.setattr(door, "CLOSE_TIMEOUT_S", 0.3)
    try:
        for _ in range(3):
            began_s = time.monotonic()
            with pytest.raises(LedgerUnavailable, match=r"not durable within 0\.2 s"):
                ledger.append_blocking(box.decided("never"), 0.2)
            assert 0.2 <= time.monotonic() - began_s < 1
        began_s = time.monotonic()
        with pytest.raises(LedgerUnavailable):
            ledger.close()
        assert time.monotonic() - began_s < 2, "once for the stop, once for the writer"
    finally:
        released.set()
