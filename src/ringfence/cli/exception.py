"""`ringfence exception`: propose, list and check what two people let through for a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click
import msgspec

from ringfence import approvals, register
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.exceptions.act import KIND, PEOPLE, RULES, Terms, problems, utc
from ringfence.gateway.exceptions.lifting import Entry, Exceptions
from ringfence.gateway.exceptions.loading import judged
from ringfence.gateway.home import Home
from ringfence.vocabulary.approval import Act, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label


@click.group()
def command() -> None:
    """What two people let through for a time. Never in the place of a business associate agreement."""


@command.command("propose")
@click.argument("id_", metavar="ID")
@click.option("--rule", type=click.Choice(RULES), help="The rule that it lifts.")
@click.option(
    "--label", type=click.Choice([each.value for each in Label]), help="Or: the kind of data that is not covered."
)
@click.option("--service", "services", multiple=True, required=True, help="Where to, * as wildcard.")
@click.option("--key", "keys", multiple=True, help="For which API keys, by id.")
@click.option("--client", "clients", multiple=True, help="Or: for which clients.")
@click.option("--purpose", default="", help="For this purpose of the key only.")
@click.option("--reason", required=True, help="Why; it stands in the record of every approval.")
@click.option("--by", "requested_by", required=True, help="Who asks for it.")
@click.option("--starts", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC). None: now.")
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="How long.")
@click.pass_context
def propose(context: click.Context, /, id_: str, starts: datetime | None, days: int, **fields: object) -> None:
    """Write exceptions/ID.json, which counts once two people have approved it."""
    home = home_of(context)
    begins = datetime.combine(starts.date(), time.min, UTC) if starts else datetime.now(UTC)
    stated = {name: value for name, value in fields.items() if value}
    body = {"id": id_, **stated, "starts": utc(begins), "expires": utc(begins + timedelta(days=days))}
    given = msgspec.convert(body, Terms)
    snapshot, organisation = _register(home)
    if found := problems(given, snapshot.needs, organisation, home.settings.exceptions.max_days):
        raise ConfigurationError(
            f"this exception would never count: {'; '.join(found)}",
            remedy="Correct it, or put the agreement on file (docs/how-to/make-an-exception.md).",
        )
    path = home.exceptions / f"{id_}.json"
    if path.exists():
        raise ConfigurationError(f"{path} is there already", remedy="Choose another id.")
    homes.create(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    approvals.write_proposal(path, Proposal(Act(KIND, body)))
    click.echo(f"Proposed: {path}. {PEOPLE} people must approve it: ringfence approve {path} --as ... --key ...")


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List every exception, and why one does not count."""
    now, found = datetime.now(UTC), _load(home_of(context))
    if json_:
        as_json([{"state": state(each, now), **msgspec.to_builtins(each)} for each in found.entries])
    elif not found.entries:
        click.echo("There is no exception.")
    else:
        rows = [(each.file, state(each, now), ", ".join(each.approved_by), _says(each)) for each in found.entries]
        table(("FILE", "STATE", "APPROVED BY", "WHAT"), rows)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def check(context: click.Context, file: Path) -> int:
    """Whether the exception in FILE counts now. Exit code 1 where it does not."""
    home, now = home_of(context), datetime.now(UTC)
    snapshot, organisation = _register(home)
    entry = judged(
        file.name,
        approvals.read_proposal(file),
        approvals.load_people(home.approvers),
        snapshot.needs,
        organisation,
        max_days=home.settings.exceptions.max_days,
        now=now,
    )
    for line in _lines(entry, now):
        click.echo(line)
    return 0 if entry.in_force(now) else 1


def state(entry: Entry, now: datetime) -> str:
    """One word or two."""
    if entry.problem or entry.terms is None:
        return "does not count"
    if entry.in_force(now):
        return "in force"
    return "not yet" if now < entry.terms.starts else "over"


def _says(entry: Entry) -> str:
    if entry.problem or entry.terms is None:
        return entry.problem
    terms = entry.terms
    whom, where = ", ".join((*terms.keys, *terms.clients)), ", ".join(terms.services)
    return f"{terms.rule or terms.label} at {where} for {whom} until {utc(entry.until or terms.expires)}"


def _lines(entry: Entry, now: datetime) -> Iterator[str]:
    yield f"{entry.file}: {state(entry, now)}"
    yield _says(entry)
    if entry.approved_by:
        yield f"approved by {', '.join(entry.approved_by)}"


def _register(home: Home) -> tuple[register.Snapshot, register.Organisation]:
    given = home.settings.organisation
    return boot.load_register(home), register.organisation(given.role, given.regimes, given.name)


def _load(home: Home) -> Exceptions:
    return boot.load_exceptions(home, *_register(home))
