"""`ringfence evidence replay`: every decision of a bundle derived anew by an engine that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.common import json_option
from ringfence.cli.output import as_json, plain
from ringfence.evidence.replay.engine import find_engine
from ringfence.evidence.replay.replaying import Replay, replay_bundle


@click.command("replay")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cedar-wasm",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of npm's @cedar-policy/cedar-wasm (else node_modules here or above).",
)
@json_option
def command(bundle: Path, cedar_wasm: Path | None, json_: bool) -> int:
    """Derive every decision in BUNDLE anew from its logged facts, with npm's cedar-wasm under Node.js.

    Exit code 1 where one does not match, or could not be replayed.
    """
    done = replay_bundle(bundle, find_engine(cedar_wasm, Path.cwd()))
    if json_:
        as_json({"ok": done.ok, "replay": done})
    else:
        _print(done)
    return 0 if done.ok else 1


def _print(done: Replay) -> None:
    click.echo(plain(f"Engine: {done.engine}"))
    for used in done.policies:
        click.echo(plain(f"Policy {used.digest[:16]} (Cedar {used.cedar or 'unknown'}): {used.decisions} decisions"))
    for each in done.mismatches:
        click.echo(plain(f"MISMATCH in record {each.index}: {each.says}"))
    if done.mismatched and len(done.mismatches) < done.mismatched:
        click.echo("(and more, which are counted below and not listed)")
    for why, count in done.unproven_because.items():
        click.echo(plain(f"UNPROVEN: {count} decisions. {why}"))
    for limit in done.limits:
        click.echo(plain(limit))
    click.echo(
        f"{'REPLAYED' if done.ok else 'NOT REPLAYED'}: {done.matched} of {done.decisions} decisions match, "
        f"{done.mismatched} do not, {done.unproven} unproven"
    )
