"""`ringfence review`: repeat the classification of a sample of kept requests."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click
import msgspec

from ringfence.cli.common import home_of, json_option
from ringfence.cli.explain import dry_stations
from ringfence.cli.opening import private_key
from ringfence.cli.output import as_json, table
from ringfence.evidence.affected.text import plain
from ringfence.evidence.review import Found, Population, Reviewed, Verdict, population, review, sample, totals
from ringfence.gateway import boot, reviewing
from ringfence.sidecar.content import Contents, Kept
from ringfence.vocabulary.errors import RequestError, SidecarError

_LINES = "\n\t"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--key", required=True, type=_FILE, help="The reviewer's private key.")
@click.option("--passphrase-file", type=_FILE, help="File with its passphrase. None: asked for.")
@click.option("--n", "count", type=click.IntRange(1), default=50, show_default=True, help="How many to draw.")
@click.option("--seed", required=True, help="Any text; who uses the same one draws the same records.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the result there, as JSON.")
@click.option("--show", is_flag=True, help="Print each request, too. It is what the client sent, identifiers and all.")
@json_option
@click.pass_context
def command(
    context: click.Context,
    key: Path,
    passphrase_file: Path | None,
    count: int,
    seed: str,
    out: Path | None,
    show: bool,
    json_: bool,
) -> int:
    """Draw from the requests that the content vault kept, and classify them with the detectors of today. Exit code 1
    where one of them does not agree with its record."""
    home = home_of(context)
    reader, contents = boot.reader(home), Contents(home.content)
    private = private_key(key, passphrase_file)
    whole = population(reader, contents.indexes())
    stations = dry_stations(home)

    def again(kept: Kept) -> Found:
        try:
            classification, counts = reviewing.again(kept, stations)
        except RequestError as error:
            raise SidecarError(f"It can't be classified any more: {error.message}") from error
        labels = tuple(sorted(classification.labels))
        return Found(labels, counts, classification.completeness, classification.names_searched)

    reviewed: list[Reviewed] = []
    with contextlib.closing(stations):
        for index in sample(whole.kept, count, seed):
            found, kept = review(reader, index, lambda each: contents.open(each, private), again)
            reviewed.append(found)
            if show and kept is not None:
                click.echo(f"--- record {index}")
                click.echo(plain(kept.body.decode(errors="replace"), keep=_LINES))
    result = {"seed": seed, "population": whole, "totals": totals(reviewed), "records": reviewed}
    if out is not None:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    if json_:
        as_json(result)
    else:
        _print(whole, reviewed)
    return 0 if all(each.verdict is Verdict.AGREE for each in reviewed) else 1


def _print(whole: Population, reviewed: list[Reviewed]) -> None:
    click.echo(
        f"{whole.drawn} of {whole.decided} requests were drawn to be kept; {len(whole.kept)} are there, "
        f"{whole.too_long} were too long, {len(whole.missing)} expired, were forgotten or lost, "
        "or are at another gateway."
    )
    rows = [
        (
            each.index,
            each.bytes,
            each.verdict,
            " ".join(
                [
                    *(f"+{n} {name}" for name, n in each.more.items()),
                    *(f"-{n} {name}" for name, n in each.fewer.items()),
                    each.why,
                ]
            ),
        )
        for each in reviewed
    ]
    if rows:
        table(("RECORD", "BYTES", "VERDICT", "AGAINST THE RECORD"), rows)
    found = totals(reviewed)
    said = ", ".join(f"{verdict} {n}" for verdict, n in found["verdicts"].items()) or "nothing to review"
    click.echo(f"{found['reviewed']} reviewed: {said}")
