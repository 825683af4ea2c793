"""`ringfence ledger`: verify and read the tamper-evident record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from ringfence.cli import anchors, exporting, forget, hold, proving
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, progress, table
from ringfence.gateway import boot
from ringfence.gateway.anchored import judge, lines
from ringfence.gateway.home import Home
from ringfence.ledger.read import Match
from ringfence.ledger.reader import check_content
from ringfence.ledger.report import Report
from ringfence.ledger.verify import verify
from ringfence.ledger.verify_reader import verify_reader


@click.group()
def command() -> None:
    """Verify and read the tamper-evident record."""


for _each in (*proving.COMMANDS, *anchors.COMMANDS, exporting.command, forget.command, hold.command):
    command.add_command(_each)


@command.command("verify")
@click.option("--public-key", help="Verifier key line that you trust (ledger.vkey, kept elsewhere).")
@json_option
@click.pass_context
def verify_(context: click.Context, public_key: str | None, json_: bool) -> int:
    """Check every record, the tree and every signature. Exit code 1 where something is wrong."""
    home = home_of(context)
    report = verified(home, public_key)
    progress("")
    judged = judge(home, key_line=public_key) if report.ok else None
    good = report.ok and judged is not None and judged.sound
    if json_:
        as_json({**msgspec.to_builtins(report), "anchors": judged})
        return 0 if good else 1
    for step in report.steps:
        click.echo(f"{step.number:>3}. {step.status:<8} {step.title}")
        for detail in step.details:
            click.echo(f"{'':14}{detail}")
    click.echo(
        f"{'VERIFIED' if good else 'NOT VERIFIED'}: {report.size} records, {report.decided} decided, "
        f"{report.ended} ended, {len(report.unended)} open, root {report.root[:16]}"
    )
    for line in lines(judged, report.size, datetime.now(UTC)) if judged else ():
        click.echo(line)
    return 0 if good else 1


def verified(home: Home, public_key: str | None) -> Report:
    """Verify the ledger of this home, whichever store holds it. Raises LedgerError where there is none."""
    log = boot.reader(home)
    if home.settings.ledger.store == "postgres":
        return verify_reader(
            log,
            highest_path=home.ledger_highest,
            public_key=public_key,
            progress=lambda done, whole: progress(f"verified {done} of {whole} records"),
        )
    return verify(
        home.ledger,
        highest_path=home.ledger_highest,
        public_key=public_key,
        progress=lambda done, whole: progress(f"verified {done >> 20} of {whole >> 20} MiB"),
    )


@command.command("show")
@click.argument("first", type=click.IntRange(0), default=0)
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="How many records.")
@json_option
@click.pass_context
def show(context: click.Context, first: int, count: int, json_: bool) -> None:
    """Print records from index FIRST on. They hold no content."""
    rows, documents = [], []
    for entry in boot.reader(home_of(context)).entries(first):
        if entry.index >= first + count:
            break
        fields = msgspec.json.decode(entry.leaf)
        documents.append({"index": entry.index, **fields})
        body = fields["body"]
        said = body.get("effect") or body.get("outcome") or body.get("event") or ""
        more = ", ".join(body.get("labels", ())) or (f"of #{body['decided']}" if "decided" in body else "")
        rows.append((entry.index, fields["time"], fields["phase"], said, body.get("service", ""), more))
    if json_:
        as_json(documents)
    else:
        table(("INDEX", "TIME", "PHASE", "WHAT", "SERVICE", "LABELS"), rows)


@command.command("check")
@click.argument("index", type=click.IntRange(0))
@click.argument("name", type=click.Choice(["received", "leaving"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def check(context: click.Context, index: int, name: str, file: Path) -> int:
    """Whether FILE holds the very bytes that record INDEX committed to. Exit code 1 where it does not."""
    match = check_content(boot.reader(home_of(context)), index, name, file.read_bytes())
    click.echo(match)
    return 0 if match is Match.SAME else 1
