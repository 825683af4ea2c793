"""`ringfence witness` as a process of its own, on a machine without a home."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.conftest import Cli
from cli.test_anchors import rewrite, write
from support.gateway import free_port


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    folder = tmp_path / "machine"
    folder.mkdir()
    return folder


def _environ(machine: Path) -> dict[str, str]:
    """Nothing of Ringfence's: no home, and a HOME that can't be one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RINGFENCE")}
    return {**kept, "HOME": str(machine / "nowhere")}


def _command(machine: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "ringfence", "witness", *arguments]
    done = subprocess.run(command, cwd=machine, env=_environ(machine), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running(machine: Path, vkey: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "ringfence", "witness", "run", "--listen", f"127.0.0.1:{port}"]
    command += ["--state", "state", "--key", "w.pem", "--log", str(vkey)]
    with (machine / "out").open("ab") as out:
        process = subprocess.Popen(command, cwd=machine, env=_environ(machine), stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                assert _ask(port, "GET", "/health")[0] == 200
                break
            except OSError:
                assert process.poll() is None, (machine / "out").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGKILL)
    assert not (machine / "nowhere").exists()


def _ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request(method, path, body)
    reply = client.getresponse()
    answer = reply.status, reply.read()
    client.close()
    return answer


def _use(cli: Cli, port: int, line: str) -> None:
    with (cli.home / "ringfence.toml").open("a") as settings:
        settings.write(f'\n[[witness]]\nurl = "http://127.0.0.1:{port}"\nkey = "{line}"\n')


@pytest.mark.parametrize("kind", [[], ["--ml-dsa-44"]], ids=["ed25519", "ml-dsa-44"])
def test_witness_on_its_own_machine(cli: Cli, machine: Path, kind: list[str]) -> None:
    """Made, started, asked; killed and started again; then the log is rewritten."""
    write(cli.home)
    vkey, port = cli.home / "ledger" / "log.vkey", free_port()
    line = _command(machine, "key", "w.pem", "--name", "w.example/1", *kind).strip()
    assert _command(machine, "key", "w.pem", "--name", "w.example/1").strip() == line
    assert (machine / "w.pem").stat().st_mode & 0o777 == 0o600
    _use(cli, port, line)
    with running(machine, vkey, port) as process:
        assert cli("ledger", "anchor").code == 0
        process.kill()
        process.wait()
        assert "no answer came" in cli("ledger", "anchor").out
    shown = _command(machine, "show", "--state", "state")
    assert "ringfence.local/ledger" in shown
    (machine / "notes").write_text(_command(machine, "show", "--state", "state", "--notes"))
    with running(machine, vkey, port):
        assert cli("ledger", "anchor").code == 0
        assert cli("ledger", "anchors").code == 0
        rewrite(cli.home, 40)
        assert "rewritten" in cli("ledger", "anchor").out
        assert cli("ledger", "anchors", "--note", str(machine / "notes")).code == 1
    assert list((machine / "state" / "unproven").iterdir())


def test_doors_of_the_server(cli: Cli, machine: Path) -> None:
    write(cli.home)
    port = free_port()
    _command(machine, "key", "w.pem", "--name", "w.example/1")
    with running(machine, cli.home / "ledger" / "log.vkey", port):
        assert _ask(port, "POST", "/add-checkpoint", b"old 0\n")[0] == 400
        assert _ask(port, "POST", "/add-checkpoint", b"x" * 200_000)[0] == 413
        assert _ask(port, "GET", "/add-checkpoint")[0] == 405
        assert _ask(port, "POST", "/elsewhere", b"")[0] == 404


def test_wrong_arguments_are_said(cli: Cli, machine: Path) -> None:
    cli("witness", "run", "--listen", "nowhere", "--state", str(machine), "--key", "k", "--log", "l").fails(
        2, "address"
    )
    key, run = str(machine / "w.pem"), ["witness", "run", "--state", str(machine / "state"), "--key"]
    write(cli.home)
    log = str(cli.home / "ledger" / "log.vkey")
    assert cli("witness", "key", key, "--name", "w.example/1").code == 0
    cli(*run, key, "--log", "nothing").fails(3, "not the public key of a ledger")
    cli(*run, str(machine / "other.pem"), "--log", log).fails(3, "other.vkey is missing")
    cli("witness", "key", key, "--name", "w.example/2").fails(3, "another public key")
    cli("witness", "key", key, "--name", "w.example/1", "--ml-dsa-44").fails(3, "another type")
    (machine / "w.pem").chmod(0o644)
    cli(*run, key, "--log", log).fails(3, "Others can read")
    (machine / "w.pem").chmod(0o600)
    (machine / "x.pem").write_text("nothing")
    (machine / "x.pem").chmod(0o600)
    cli("witness", "key", str(machine / "x.pem"), "--name", "w.example/1").fails(3, "no unencrypted")
    assert cli("witness", "key", str(machine / "v.pem"), "--name", "w.example/1").code == 0
    (machine / "w.vkey").write_bytes((machine / "v.vkey").read_bytes())
    cli(*run, key, "--log", log).fails(3, "not the public line")
