"""`ringfence ledger prove`, `check-proof`, `fsck` and `serve`, as their users run them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Cli
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.files import lock
from ringfence.vocabulary.record import Outcome, Phase, Record
from support.gateway import free_port

REQUESTS = 150


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger holds a start, requests and a stop."""
    folder = tmp_path_factory.mktemp("filled")
    ledger = boot.open_ledger(homes.find(folder, None), lambda _error: None, {"version": "tests"})

    async def one(number: int) -> None:
        body = {"effect": "ALLOW", "service": "openai/x", "labels": ["general"]}
        receipt = await ledger.append(Record(f"r{number}", Phase.DECIDED, body, {"received": b"in"}), 20)
        await ledger.append(
            Record(f"r{number}", Phase.ENDED, {"decided": receipt.index, "outcome": Outcome.COMPLETED}), 20
        )

    async def fill() -> None:
        await asyncio.gather(*(one(number) for number in range(REQUESTS)))

    asyncio.run(fill())
    ledger.close()
    return folder


@pytest.fixture
def kept(filled: Path, cli: Cli) -> Cli:
    """A command line on a copy of it."""
    for path in filled.iterdir():
        target = cli.home / path.name
        shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
    return cli


def key(kept: Cli) -> str:
    return (kept.home / "ledger.vkey").read_text().strip()


def grow(kept: Cli) -> None:
    ledger = boot.open_ledger(homes.find(kept.home, None), lambda _error: None, {})
    ledger.close()


def test_a_record_is_proved_and_checked(kept: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = tmp_path / "record-5.tlog-proof"
    written = kept("ledger", "prove", "5", "--output", str(proof))
    assert written.code == 0
    assert f"record 5 is in ringfence.local/ledger of {2 * REQUESTS + 2} records" in written.err
    assert kept("ledger", "prove", "5").out == proof.read_text()
    line = key(kept)
    # The auditor's machine has neither home nor ledger.
    monkeypatch.setenv("RINGFENCE_HOME", str(tmp_path / "nowhere"))
    checked = kept("ledger", "check-proof", str(proof), "--public-key", line)
    assert checked.code == 0
    says, record = checked.out.splitlines()
    assert says == f"HOLDS: record 5 is in ringfence.local/ledger of {2 * REQUESTS + 2} records."
    assert json.loads(record)["version"] == 1
    assert not (tmp_path / "nowhere").exists()
    document = kept("ledger", "check-proof", str(proof), "--public-key", line, "--json").json
    assert (document["holds"], document["index"]) == (True, 5)


def test_a_proof_as_json(kept: Cli) -> None:
    document = kept("ledger", "prove", "7", "--json").json
    assert set(document) == {"index", "leaf", "leaf_hash", "origin", "size", "root", "path", "checkpoint", "key"}
    assert document["key"] == key(kept)
    assert json.loads(document["leaf"])["version"] == 1
    older = kept("ledger", "prove", "--from", "7", "--json").json
    assert (older["old_size"], older["size"]) == (7, document["size"])


def test_a_log_that_only_grew(kept: Cli, tmp_path: Path) -> None:
    kept("ledger", "prove", "0")
    old, proof = tmp_path / "checkpoint", tmp_path / "proof"
    shutil.copy(kept.home / "ledger-tiles/checkpoint", old)
    grow(kept)
    size = old.read_text().split("\n")[1]
    kept("ledger", "prove", "--from", size, "--output", str(proof))
    arguments = ("ledger", "check-proof", str(proof), "--public-key", key(kept))
    checked = kept(*arguments, "--old", str(old))
    assert checked.code == 0
    assert f"begins with the {size} records of the older checkpoint" in checked.out
    kept(*arguments).fails(2, "give that one with --old")
    newer = tmp_path / "newer"
    shutil.copy(kept.home / "ledger-tiles/checkpoint", newer)
    assert kept(*arguments, "--old", str(newer)).code == 1
    old.write_bytes(old.read_bytes().replace(b"\n" + size.encode(), b"\n1" + size.encode()))
    forged = kept(*arguments, "--old", str(old))
    assert forged.code == 1
    assert "DOES NOT HOLD" in forged.out


SPOIL: dict[str, Any] = {
    "another index": lambda text: text.replace("index 5\n", "index 6\n"),
    "another record": lambda text: text.replace("extra ey", "extra eX"),
    "a hash less": lambda text: text.replace(text.split("\n")[3] + "\n", ""),
    "another size": lambda text: text.replace("\n302\n", "\n303\n"),
    "cut": lambda text: text[:200],
    "empty": lambda text: "",
}


@pytest.mark.parametrize("what", SPOIL)
def test_proofs_that_do_not_hold(what: str, kept: Cli, tmp_path: Path) -> None:
    text = kept("ledger", "prove", "5").out
    assert SPOIL[what](text) != text
    (tmp_path / "proof").write_text(SPOIL[what](text))
    arguments = ("ledger", "check-proof", str(tmp_path / "proof"), "--public-key", key(kept))
    checked = kept(*arguments)
    assert checked.code == 1
    assert checked.out.startswith("DOES NOT HOLD: ")
    assert kept(*arguments, "--json").json["holds"] is False


def test_only_the_trusted_key_proves(kept: Cli, tmp_path: Path) -> None:
    kept("ledger", "prove", "5", "--output", str(tmp_path / "proof"))
    other = Verifier("ringfence.local/ledger", bytes(32)).key_line
    result = kept("ledger", "check-proof", str(tmp_path / "proof"), "--public-key", other)
    assert result.code == 1
    assert "is not signed by" in result.out
    kept("ledger", "check-proof", str(tmp_path / "proof"), "--public-key", "x").fails(3, "not the public key")
    kept("ledger", "check-proof", str(tmp_path / "proof")).fails(2, "--public-key")


@pytest.mark.parametrize("arguments", [(), ("5", "--from", "3"), ("x",), ("-1",), ("--from", "0")])
def test_wrong_arguments(arguments: tuple[str, ...], kept: Cli) -> None:
    kept("ledger", "prove", *arguments).fails(2)


def test_what_the_log_does_not_have(kept: Cli) -> None:
    kept("ledger", "prove", "999").fails(4, "no record 999")
    kept("ledger", "prove", "--from", "999").fails(4, "extends no tree of 999", "second line")


@pytest.mark.parametrize("command", [("prove", "0"), ("fsck",), ("fsck", "--repair"), ("serve",)])
def test_no_ledger_yet(command: tuple[str, ...], cli: Cli) -> None:
    cli("ledger", *command).fails(4, "there is no ledger here", "ringfence up")
    assert not (cli.home / "ledger-tiles").exists()


def test_proofs_while_the_gateway_makes_tiles(kept: Cli) -> None:
    kept("ledger", "prove", "0")
    grow(kept)
    with (kept.home / "ledger-tiles/lock").open() as held:
        lock(held.fileno(), "held")
        assert "\nindex 5\n" in kept("ledger", "prove", "5").out
        kept("ledger", "prove", str(2 * REQUESTS + 2)).fails(4, "published tree has 302 records", "within seconds")
        (kept.home / "ledger-tiles/checkpoint").unlink()
        kept("ledger", "prove", "5").fails(4, "no checkpoint yet", "Try again")


def test_fsck_of_a_sound_ledger(kept: Cli) -> None:
    first = kept("ledger", "fsck")
    assert first.code == 1
    assert "There are no tiles with a checkpoint yet." in first.out
    assert "fsck --repair" in first.out
    assert kept("ledger", "fsck", "--repair").code == 0
    result = kept("ledger", "fsck", "--public-key", key(kept))
    assert result.code == 0
    assert "SOUND: tiles of 302 records, the log has 302" in result.out.splitlines()[-1]
    report = kept("ledger", "fsck", "--json").json
    assert (report["ok"], report["size"], report["wrong"], report["repaired"]) == (True, 302, [], [])


def test_fsck_names_and_repairs_tiles(kept: Cli) -> None:
    kept("ledger", "prove", "0")
    tile, bundle = kept.home / "ledger-tiles/tile/0/000", kept.home / "ledger-tiles/tile/entries/001.p/46"
    tile.write_bytes(bytes(8192))
    bundle.unlink()
    found = kept("ledger", "fsck")
    assert found.code == 1
    assert {"wrong: tile/0/000", "wrong: tile/entries/001.p/46"} <= set(found.out.splitlines())
    assert "NOT SOUND" in found.out
    kept("ledger", "prove", "5").fails(4, "tiles do not lead to this record", "fsck --repair")
    kept("ledger", "prove", "--from", "5").fails(4, "tiles do not lead to their signed root", "fsck --repair")
    repaired = kept("ledger", "fsck", "--repair")
    assert repaired.code == 0
    assert {"repaired: tile/0/000", "repaired: tile/entries/001.p/46"} <= set(repaired.out.splitlines())
    assert kept("ledger", "fsck").code == 0


def test_fsck_puts_the_public_line_back(kept: Cli) -> None:
    line = kept.home / "ledger/log.vkey"
    before = line.read_bytes()
    line.unlink()
    kept("ledger", "fsck").fails(4, "log.vkey can't be read")
    repaired = kept("ledger", "fsck", "--repair")
    assert repaired.code == 0
    assert f"repaired: {line}" in repaired.err
    assert line.read_bytes() == before


def test_fsck_puts_no_other_line_there(kept: Cli) -> None:
    line = kept.home / "ledger/log.vkey"
    line.unlink()
    other = Verifier("ringfence.local/ledger", bytes(32)).key_line
    (kept.home / "ledger.vkey").write_text(other + "\n")
    kept("ledger", "fsck", "--repair").fails(4, "not signed by")
    assert not line.exists()


def test_fsck_repairs_nothing_from_a_broken_log(kept: Cli) -> None:
    kept("ledger", "prove", "0")
    [segment] = (kept.home / "ledger/segments").iterdir()
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    before = (kept.home / "ledger-tiles/checkpoint").read_bytes()
    found = kept("ledger", "fsck", "--repair")
    assert found.code == 1
    assert "compare both with copies" in found.out
    assert (kept.home / "ledger-tiles/checkpoint").read_bytes() == before


def test_fsck_says_what_can_not_be_made_again(kept: Cli) -> None:
    kept("ledger", "prove", "0")
    (kept.home / "ledger/salts").unlink()
    found = kept("ledger", "fsck", "--repair")
    assert found.code == 1
    assert "put back what is missing from a copy" in found.out


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as reply:
        found: bytes = reply.read()
        return found


@pytest.mark.parametrize("entries", [False, True])
def test_serve(entries: bool, kept: Cli) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "ringfence", "ledger", "serve", "--port", str(port)]
    environ = {**os.environ, "RINGFENCE_HOME": str(kept.home)}
    process = subprocess.Popen(
        command + ["--entries"] * entries, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"{url}/checkpoint")
        assert get(f"{url}/checkpoint").split(b"\n")[1] == b"302"
        assert len(get(f"{url}/tile/0/001.p/46")) == 46 * 32
        if entries:
            assert b"openai/x" in get(f"{url}/tile/entries/000")
        else:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get(f"{url}/tile/entries/000")
        grow(kept)  # and the tiles follow
        deadline = time.monotonic() + 20
        while get(f"{url}/checkpoint").split(b"\n")[1] != b"304":
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert ("confidential" in errors or "clients and purposes" in errors) == entries


def test_serve_on_a_port_in_use(kept: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        kept("ledger", "serve", "--port", str(taken.getsockname()[1])).fails(3, "is in use", "another --port")
    kept("ledger", "serve", "--host", "nonsense").fails(3, "not an IP address", "--host")
