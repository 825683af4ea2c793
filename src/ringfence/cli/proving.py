"""`ringfence ledger prove`, `check-proof`, `fsck` and `serve`: what an auditor gets, and asks for."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

import click
import msgspec

from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, plain, progress
from ringfence.gateway import address, boot, tile_server
from ringfence.gateway.home import Home
from ringfence.gateway.tiling import Tiling
from ringfence.ledger import handout
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.fsck import Checked, fsck
from ringfence.ledger.handout import Extension, Inclusion
from ringfence.ledger.highest import decode_slots, newest
from ringfence.ledger.keys import publish_key_line
from ringfence.ledger.reader import Reader, entry
from ringfence.ledger.tiles import CHECKPOINT, HashTiles, build, folder_tiles
from ringfence.ledger.tiles.repair import repair
from ringfence.ledger.tree import leaf_hash
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerLocked

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("prove")
@click.argument("index", type=click.IntRange(0), required=False)
@click.option("--from", "old_size", type=click.IntRange(1), help="Prove that the log only grew since it had this size.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write a file.")
@json_option
@click.pass_context
def prove(context: click.Context, index: int | None, old_size: int | None, output: Path | None, json_: bool) -> None:
    """Prove that record INDEX is in the log, or with --from that nothing before a size was changed.

    The proof of a record carries the whole record. `ringfence ledger check-proof` checks it, and any tool that reads
    C2SP tlog-proof.
    """
    if (index is None) == (old_size is None):
        raise click.UsageError("Give INDEX or --from, one of them.")
    home = home_of(context)
    reader = boot.reader(home)
    verifier = Verifier.from_key_line(reader.key_line)
    proof: Inclusion | Extension
    leaf = entry(reader, index).leaf if index is not None else b""
    note, tiles = _published(home, reader, verifier)
    if index is not None:
        proof = handout.include(index, leaf, tiles, note, verifier)
    else:
        proof = handout.extend(old_size or 0, tiles, note, verifier)
    if output:
        output.write_bytes(handout.encode(proof))
        click.echo(f"{output}: {_claim(proof, open_note(note, verifier))}", err=True)
    if json_:
        as_json(_document(proof, open_note(note, verifier)) | {"key": reader.key_line})
    elif not output:
        click.echo(handout.encode(proof), nl=False)


@click.command("check-proof")
@click.argument("file", type=_FILE)
@click.option("--public-key", required=True, help="Verifier key line that you trust (ledger.vkey).")
@click.option("--old", type=_FILE, help="The older checkpoint that you kept, for a proof made with --from.")
@json_option
def check_proof(file: Path, public_key: str, old: Path | None, json_: bool) -> int:
    """Check a proof with nothing but the public line: no ledger, no network. Exit code 1 where it does not hold."""
    verifier = Verifier.from_key_line(public_key)
    text = _read(file)
    proof: Inclusion | Extension | None = None
    try:
        proof = handout.decode(text)
        if isinstance(proof, Inclusion):
            checkpoint = handout.check_inclusion(proof, verifier)
        elif old is None:
            raise click.UsageError(f"{file} is a proof from an older checkpoint: give that one with --old.")
        else:
            checkpoint = handout.check_extension(proof, open_note(_read(old), verifier), verifier)
    except LedgerCorrupt as error:
        if json_:
            as_json({"holds": False, "why": error.message})
        else:
            click.echo(f"DOES NOT HOLD: {error.message}")
            if proof is None:
                click.echo(error.remedy)
        return 1
    if json_:
        as_json({"holds": True} | _document(proof, checkpoint))
        return 0
    click.echo(f"HOLDS: {_claim(proof, checkpoint)}")
    if isinstance(proof, Inclusion):
        click.echo(plain(proof.leaf.decode(errors="replace")))
    return 0


@click.command("fsck")
@click.option("--repair", "repair_", is_flag=True, help="Make wrong and missing tiles again from the log.")
@click.option("--public-key", help="Verifier key line that you trust (ledger.vkey, kept elsewhere).")
@json_option
@click.pass_context
def fsck_(context: click.Context, repair_: bool, public_key: str | None, json_: bool) -> int:
    """Compare the tiles with the log, and look for what reading the log needs. Exit code 1 where something is wrong.

    `ringfence ledger verify` checks the log itself.
    """
    home = home_of(context)
    if repair_:
        _restore_key_line(home)
    reader = boot.reader(home)
    found, repaired = _check(reader, home, public_key), list[str]()
    if repair_ and not found.ok and found.repairable:
        repaired = repair(reader, home.tiles)
        found = _check(reader, home, public_key)
    if json_:
        as_json(msgspec.to_builtins(found) | {"repaired": repaired})
        return 0 if found.ok else 1
    for step in found.steps:
        click.echo(f"{step.number:>3}. {step.status:<8} {step.title}")
        for detail in step.details:
            click.echo(f"{'':14}{detail}")
    for path in found.wrong:
        click.echo(f"wrong: {path}")
    for path in repaired:
        click.echo(f"repaired: {path}")
    click.echo(f"{'SOUND' if found.ok else 'NOT SOUND'}: tiles of {found.size} records, the log has {found.log_size}")
    if not found.ok:
        click.echo(_what_to_do(found))
    return 0 if found.ok else 1


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8402, show_default=True)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at; the default is this machine."
)
@click.option("--entries", is_flag=True, help="Serve the records too. They name clients and purposes: confidential.")
@click.pass_context
def serve(context: click.Context, port: int, host: str, entries: bool) -> None:
    """Serve checkpoint and tiles over HTTP until stopped, read-only, as C2SP tlog-tiles says."""
    home = home_of(context)
    reader = boot.reader(home)
    _published(home, reader, Verifier.from_key_line(reader.key_line))
    try:
        address.check(host, port)
    except ConfigurationError as error:
        raise ConfigurationError(
            error.message, remedy="Give another --port, or an address of this machine as --host."
        ) from None
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_serve(home, host, port, entries))


async def _serve(home: Home, host: str, port: int, entries: bool) -> None:
    def ready(url: str) -> None:
        click.echo(f"{url}/checkpoint (Ctrl-C stops)")
        if entries:
            click.echo("Entries are served: whoever reaches this address reads clients and purposes.", err=True)

    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else lambda: None)
    tiling = asyncio.create_task(
        Tiling(lambda: boot.reader(home), home.tiles, lambda line: click.echo(line, err=True)).run()
    )
    try:
        await tile_server.serve(home.tiles, host, port, entries=entries, ready=ready)
    finally:
        tiling.cancel()


def _published(home: Home, reader: Reader, verifier: Verifier) -> tuple[bytes, HashTiles]:
    """The tiles, brought up to date unless the gateway is at it, and their checkpoint's note. Raises LedgerError."""
    with contextlib.suppress(LedgerLocked):
        build(reader, home.tiles)
    read = folder_tiles(home.tiles)
    note = read(CHECKPOINT)
    if note is None:
        raise LedgerCorrupt(f"{home.tiles} holds no checkpoint yet.", remedy="Try again in a few seconds.")
    return note, HashTiles(read, open_note(note, verifier).size)


def _check(reader: Reader, home: Home, public_key: str | None) -> Checked:
    found = fsck(
        reader,
        home.tiles,
        public_key=public_key,
        progress=lambda done, whole: progress(f"compared {done} of {whole} records"),
    )
    progress("")
    return found


def _restore_key_line(home: Home) -> None:
    """Put the public line back beside the log from the private key's own, if that signed the highest checkpoint."""
    copy, line = home.ledger_key.with_suffix(".vkey"), home.ledger / "log.vkey"
    if line.exists() or not home.ledger.is_dir() or not copy.exists() or not home.ledger_highest.exists():
        return
    verifier = Verifier.from_key_line(copy.read_text().removesuffix("\n"))
    newest(decode_slots(home.ledger_highest.read_bytes()), home.ledger_highest).checkpoint(verifier)
    publish_key_line(line, verifier.key_line)
    click.echo(f"repaired: {line}", err=True)


def _what_to_do(found: Checked) -> str:
    if not found.repairable:
        return "Keep log and tiles as they are, and compare both with copies: one of them is not what was signed."
    if found.wrong or not found.size:
        return "`ringfence ledger fsck --repair` makes the tiles again from the log."
    return "This can't be made again from the log: put back what is missing from a copy."


def _read(path: Path) -> bytes:
    """Of a file from elsewhere no more than it takes to see that it is too long."""
    with path.open("rb") as file:
        return file.read(handout.MAX_BYTES + 1)


def _claim(proof: Inclusion | Extension, checkpoint: Checkpoint) -> str:
    tree = f"{checkpoint.origin} of {checkpoint.size} records"
    if isinstance(proof, Inclusion):
        return f"record {proof.index} is in {tree}."
    return f"{tree} begins with the {proof.old_size} records of the older checkpoint, unchanged."


def _document(proof: Inclusion | Extension, checkpoint: Checkpoint) -> dict[str, object]:
    document: dict[str, object] = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "path": [each.hex() for each in proof.path],
        "checkpoint": proof.note.decode(),
    }
    if isinstance(proof, Extension):
        return document | {"old_size": proof.old_size}
    leaf = proof.leaf.decode(errors="replace")
    return {"index": proof.index, "leaf_hash": leaf_hash(proof.leaf).hex(), "leaf": leaf} | document


COMMANDS = (prove, check_proof, fsck_, serve)
