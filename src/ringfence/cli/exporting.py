"""`ringfence ledger export`: requests on record as events for a SIEM, a collector or a broker."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from ringfence import __version__
from ringfence.cli.common import home_of
from ringfence.evidence.bundle.period import Period, period
from ringfence.evidence.exports.format import Source
from ringfence.evidence.exports.formats import FORMATS, lines
from ringfence.evidence.exports.requests import Requests
from ringfence.gateway import boot

_POLL_S = 1.0
_EVER, _NEVER = "0001-01-01", "9999-12-31"


@click.command("export")
@click.option("--format", "format_", type=click.Choice(sorted(FORMATS)), required=True, help="What to write.")
@click.option("--from", "from_", help="Only what ended at this time or later: 2026-01-31, or RFC 3339.")
@click.option("--to", help="Only what ended at this time or before; a day is meant with all of it.")
@click.option("--since-index", type=click.IntRange(0), default=0, help="Go on at this record: what the last run named.")
@click.option("--follow", is_flag=True, help="Go on with what ends from now on, until Ctrl-C.")
@click.option("--no-names", is_flag=True, help="Leave out the names of client and purpose; the key's id stays.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Into this file, which is replaced.")
@click.pass_context
def command(
    context: click.Context,
    format_: str,
    from_: str | None,
    to: str | None,
    since_index: int,
    follow: bool,
    no_names: bool,
    out: Path | None,
) -> None:
    """Write one JSON line for each request that ended, in the order in which they ended. No content."""
    within = period(from_ or _EVER, to or _NEVER) if from_ or to else None
    reader = boot.reader(home_of(context))
    requests = Requests(reader, since_index)
    source = Source(origin=reader.key_line.split("+")[0], version=__version__)
    count = 0
    try:
        with _opened(out) as file:
            while True:
                for line in lines(requests, FORMATS[format_], source, within, names=not no_names):
                    file.write(line)
                    count += 1
                file.flush()
                if not follow:
                    break
                time.sleep(_POLL_S)
    except KeyboardInterrupt:
        if not follow:
            raise
    click.echo(_summary(count, requests, within), err=True)


def _summary(count: int, requests: Requests, within: Period | None) -> str:
    where = f" between {within.first} and {within.last}" if within else ""
    return (
        f"{count} requests that ended{where}; {requests.open} of those read had not ended. Next: --since-index "
        f"{requests.following}"
    )


@contextlib.contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    """The file, readable by its owner only, or standard output."""
    if out is None:
        yield sys.stdout.buffer
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
