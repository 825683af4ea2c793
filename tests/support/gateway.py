"""`ringfence up` as a process of its own, as a user runs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

START_TIMEOUT_S = 60.0


class GatewayProcess:
    """Use as a context manager. `wrap` goes before the command (strace ...); `env` adds variables; `options` replaces
    those of `ringfence up`."""

    def __init__(
        self,
        home: Path,
        *,
        wrap: Sequence[str] = (),
        env: dict[str, str] | None = None,
        options: Sequence[str] = ("--no-demonstration",),
    ) -> None:
        self.home, self._wrap, self._env, self._options = home, wrap, env or {}, options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "gateway.out"
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> GatewayProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it and waits until /ready says so. Raises AssertionError with its output where it ends before."""
        environ = {**os.environ, "RINGFENCE_HOME": str(self.home), "SCRIPTED_VENDOR_KEY": "sk-scripted", **self._env}
        environ.pop("RINGFENCE_CONFIG", None)
        command = [*self._wrap, sys.executable, "-m", "ringfence", "up", *self._options, "--port", str(self.port)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, env=environ, stdout=out, stderr=out)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the gateway ended with {self.process.returncode}:\n{self.log.read_text()}")
            try:
                with urllib.request.urlopen(f"{self.url}/ready", timeout=2) as reply:
                    if reply.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the gateway was not ready in {START_TIMEOUT_S:g} s:\n{self.log.read_text()}")

    def stop(self, timeout_s: float = 30.0) -> int:
        """Asks it to stop and waits; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
