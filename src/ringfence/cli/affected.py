"""`ringfence incident affected`: whose data an incident or a period concerns, and what follows from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from ringfence.cli.common import home_of, json_option
from ringfence.cli.opening import custodians, opened
from ringfence.cli.output import as_json
from ringfence.evidence.affected.report import report
from ringfence.evidence.affected.requests import Request, requests
from ringfence.evidence.affected.text import lines
from ringfence.gateway import boot
from ringfence.gateway.home import Home
from ringfence.ledger.record import rfc3339
from ringfence.posture import Store
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.errors import ConfigurationError

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command("affected")
@click.argument("incident", required=False)
@click.option("--from", "first", type=_DATE, help="Instead of INCIDENT: requests from this day on (UTC).")
@click.option("--to", "last", type=_DATE, help="The last day (UTC).")
@click.option("--service", "services", multiple=True, help="Services of that period, * as wildcard. None: all.")
@click.option("--discovered", type=_DATE, help="The day on which it was discovered, for deadlines. None: today.")
@custodians
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    incident: str | None,
    first: datetime | None,
    last: datetime | None,
    services: tuple[str, ...],
    discovered: datetime | None,
    json_: bool,
    **keys: Any,
) -> None:
    """Who was affected by INCIDENT, with which data, where, under which documents; by when whom to tell; and the draft
    of a risk assessment. Two custodians' keys show the subjects; without them, all but those."""
    home = home_of(context)
    if incident is not None and (first or last or services):
        raise click.UsageError("Name INCIDENT, or a period and services.")
    if incident is None and not (first or last):
        raise click.UsageError("Name INCIDENT, or a period with --from and --to.")
    about, found = _found(home, incident, first, last, services)
    sealed = Subjects(home.subjects)
    made = report(
        found,
        boot.snapshots(home),
        about=about,
        discovered=_day(discovered) or datetime.now(UTC).date(),
        role=home.settings.organisation.role,
        sealed=sealed.indexes(),
        opened=opened(home, **keys),
        problems=sealed.problems(),
    )
    if json_:
        as_json(made)
        return
    for line in lines(made):
        click.echo(line)


def _found(
    home: Home, incident: str | None, first: datetime | None, last: datetime | None, services: tuple[str, ...]
) -> tuple[str, tuple[Request, ...]]:
    reader = boot.reader(home)
    if incident is None:
        until = _day(last)
        about = f"{_day(first) or 'ever'} to {until or 'now'}, {', '.join(services) or 'all services'}"
        after = until + timedelta(days=1) if until else None
        return about, requests(reader, since=_start(_day(first)), before=_start(after), services=services)
    kept = Store(home.posture, home.incidents).all_incidents()
    found = next((each for each in kept if incident in (each.id, each.drift)), None)
    if found is None:
        raise ConfigurationError(f"no incident {incident}", remedy="List them with `ringfence incident list`.")
    return f"{found.id}: {found.says}", requests(reader, only=[each.index for each in found.requests])


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _start(day: date | None) -> str:
    """Midnight UTC as records write times; "" for no bound."""
    return rfc3339(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) if day else ""
