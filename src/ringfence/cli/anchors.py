"""`ringfence ledger anchor` and `ringfence ledger anchors`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot, onrecord
from ringfence.gateway.anchored import Judged, age, judge, waited
from ringfence.gateway.anchoring import anchored, not_anchored
from ringfence.gateway.anchors import anchorers
from ringfence.gateway.prober import Prober
from ringfence.ledger.anchors.anchor import Anchor
from ringfence.vocabulary.errors import ConfigurationError, RingfenceError

_MOST_NOTES_BYTES = 16 * 1024 * 1024


@click.command("anchor")
@json_option
@click.pass_context
def anchor(context: click.Context, json_: bool) -> int:
    """Anchor the newest checkpoint now, by every anchor that the settings name. Exit code 1 where one fails."""
    home = home_of(context)
    found = anchorers(home)
    if not found:
        raise ConfigurationError(
            "No anchor is named in the settings.",
            remedy="Add [[timestamp]], [[witness]] or [[worm]] to ringfence.toml.",
        )
    boot.reader(home)
    bodies: list[dict[str, Any]] = []
    for each in found:
        try:
            made = each.make()
        except (RingfenceError, OSError) as error:
            bodies.append(not_anchored(each, error))
            remedy = getattr(error, "remedy", "")
            said = f"failed: {bodies[-1]['why']}" + (f"\n  remedy: {remedy}" if remedy else "")
        else:
            bodies.append(anchored(made))
            said = f"{made.size} records, {bodies[-1]['when']} by {made.by}"
        if not json_:
            click.echo(f"{each.kind} {each.where}: {said}")
    if json_:
        as_json(bodies)
    onrecord.put(home, Prober(home), bodies)
    return 1 if any(body["event"] != "anchored" for body in bodies) else 0


@click.command("anchors")
@click.option(
    "--note",
    "notes",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with signed checkpoints kept elsewhere, such as `ringfence witness show --notes` prints.",
)
@click.option("--bucket", is_flag=True, help="Compare with the copies in the buckets that the settings name.")
@click.option("--public-key", help="Verifier key line that you trust (ledger.vkey, kept elsewhere).")
@json_option
@click.pass_context
def anchors(context: click.Context, notes: tuple[Path, ...], bucket: bool, public_key: str | None, json_: bool) -> int:
    """List the anchors and whether the ledger leads to them. Exit code 1 where one is false or contradicts it."""
    home = home_of(context)
    judged = judge(home, notes=map(_read, notes), ask_buckets=bucket, key_line=public_key)
    if (notes or bucket) and not judged.elsewhere:
        raise ConfigurationError(
            "There is no checkpoint elsewhere to compare with.",
            remedy="Give a file of notes that is not empty; see that [[worm]] names the bucket and its prefix.",
        )
    if json_:
        as_json(
            {
                "anchors": judged.anchors,
                "contradictions": judged.contradictions,
                "covered": judged.covered,
                "waited": judged.waited,
            }
        )
    else:
        _print(judged, elsewhere=bool(notes) or bucket)
    return 0 if judged.sound else 1


def _print(judged: Judged, *, elsewhere: bool) -> None:
    table(
        ("KIND", "SIZE", "TIME (UTC)", "STATE", "BY", "WHAT"),
        [
            (
                each.kind,
                each.size,
                f"{each.time:%Y-%m-%d %H:%M:%S}" if each.time else "",
                _state(each),
                each.by,
                each.says,
            )
            for each in judged.anchors
        ],
    )
    for found in judged.contradictions:
        click.echo(f"The ledger was {found.how}: {found.says} Anchored root: {found.root}.")
    if elsewhere:
        click.echo(f"Compared with {judged.elsewhere} checkpoints kept elsewhere.")
    click.echo(f"{judged.covered} records are anchored; {age(judged.proven, datetime.now(UTC))}. {waited(judged)}")


def _state(each: Anchor) -> str:
    if each.holds:
        return "holds"
    return "FALSE" if each.wrong else "not proven here"


def _read(path: Path) -> bytes:
    """The file comes from elsewhere, so it may be anything. Raises ConfigurationError."""
    with path.open("rb") as file:
        data = file.read(_MOST_NOTES_BYTES + 1)
    if len(data) > _MOST_NOTES_BYTES:
        raise ConfigurationError(
            f"{path} is longer than {_MOST_NOTES_BYTES} bytes, so it holds no notes",
            remedy="Give the file that `ringfence witness show --notes` printed.",
        )
    return data


COMMANDS = (anchor, anchors)
