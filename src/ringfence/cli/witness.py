"""`ringfence witness`: a witness for somebody's ledgers, on a machine that their operator does not hold. No home."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import uvloop
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ringfence.cli.common import json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway.witnessing import serve
from ringfence.ledger.anchors import keys
from ringfence.ledger.anchors.cosignature import Cosigner, CosignerKey
from ringfence.ledger.anchors.witness import Witness, kept
from ringfence.ledger.checkpoint import Verifier, read_note
from ringfence.ledger.keys import publish_key_line
from ringfence.vocabulary.errors import ConfigurationError

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Cosign the checkpoints of ledgers, on a machine of its own: what it has seen can't be rewritten unnoticed."""


@command.command("key")
@click.argument("file", type=_FILE)
@click.option("--name", required=True, help="The witness's name in notes, such as witness.example.com/w1.")
@click.option(
    "--ml-dsa-44", "ml_dsa", is_flag=True, help="Not Ed25519: withstands quantum computers, 2.4 kB a signature."
)
def key(file: Path, name: str, ml_dsa: bool) -> None:
    """Make the witness's private key in FILE, or read the one that is there, and print its public line."""
    private = keys.load(file) if file.exists() else keys.create(file, ml_dsa=ml_dsa)
    if ml_dsa and not isinstance(private, MLDSA44PrivateKey):
        raise ConfigurationError(f"{file} holds a key of another type.", remedy="Make this one in a file of its own.")
    line = Cosigner(name, private).public.key_line
    publish_key_line(file.with_suffix(".vkey"), line)
    click.echo(line)


@command.command("run")
@click.option("--listen", default="127.0.0.1:8500", show_default=True, help="Address and port. TLS belongs in front.")
@click.option("--state", type=_FOLDER, required=True, help="Where it keeps what it has seen. Never put back a copy.")
@click.option("--key", "key_file", type=_FILE, required=True, help="The file that `ringfence witness key` made.")
@click.option("--log", "logs", multiple=True, required=True, help="A ledger's public line, or its .vkey file.")
def run(listen: str, state: Path, key_file: Path, logs: tuple[str, ...]) -> None:
    """Serve until it is stopped."""
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.BadParameter("write address and port, such as 127.0.0.1:8500", param_hint="--listen")
    verifiers = [_log(each) for each in logs]
    witness = Witness(state, _cosigner(key_file), verifiers, time.time)
    try:
        for each in verifiers:
            click.echo(f"witness for {each.name}")
        click.echo(f"listening on {listen}: POST /add-checkpoint")
        uvloop.run(_serve(witness, host.strip("[]"), int(port)))
    finally:
        witness.close()


@command.command("show")
@click.option("--state", type=_FOLDER, required=True, help="The folder of `ringfence witness run`.")
@click.option(
    "--notes", is_flag=True, help="Print the cosigned notes themselves, for `ringfence ledger anchors --note`."
)
@json_option
def show(state: Path, notes: bool, json_: bool) -> None:
    """Show the last checkpoint of each ledger that was cosigned; beside a running witness too."""
    if not (state / "logs").is_dir():
        raise ConfigurationError(
            f"{state} is no folder of a witness that has cosigned anything.",
            remedy="Give the --state of `ringfence witness run`.",
        )
    found = kept(state)
    if notes:
        for note in found:
            click.echo(note, nl=False)
        return
    rows = []
    for note in found:
        read = read_note(note)
        time_s = int.from_bytes(read.signatures[-1][2][:8], "big")  # the cosignature is the last line
        rows.append(
            {
                "origin": read.checkpoint.origin,
                "size": read.checkpoint.size,
                "root": read.checkpoint.root.hex(),
                "cosigned_at": datetime.fromtimestamp(time_s, UTC).isoformat(),
            }
        )
    if json_:
        as_json(rows)
    else:
        table(
            ("ORIGIN", "SIZE", "COSIGNED (UTC)", "ROOT"),
            [(r["origin"], r["size"], r["cosigned_at"], r["root"]) for r in rows],
        )


async def _serve(witness: Witness, host: str, port: int) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await serve(witness, host, port, _say, stopping)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads any more
        click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}", err=True)


def _cosigner(file: Path) -> Cosigner:
    """The key, under the name in the public line beside it."""
    line_file = file.with_suffix(".vkey")
    try:
        line = line_file.read_text().strip()
    except FileNotFoundError:
        raise ConfigurationError(
            f"{line_file} is missing: what the witness is called is not known.",
            remedy=f"Run `ringfence witness key {file} --name NAME`.",
        ) from None
    cosigner = Cosigner(CosignerKey.from_key_line(line).name, keys.load(file))
    if cosigner.public.key_line != line:
        raise ConfigurationError(f"{line_file} is not the public line of {file}.", remedy="Put the right one back.")
    return cosigner


def _log(given: str) -> Verifier:
    path = Path(given)
    return Verifier.from_key_line(path.read_text().strip() if path.is_file() else given)
