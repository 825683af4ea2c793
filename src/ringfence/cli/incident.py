"""`ringfence incident`: drifts, and the regulated requests that were sent before they were noticed."""

from __future__ import annotations

import click

from ringfence.cli import affected
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.posture import Store
from ringfence.vocabulary.errors import ConfigurationError


@click.group()
def command() -> None:
    """Drifts, and the regulated requests that were sent before they were noticed."""


command.add_command(affected.command)


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List every incident, oldest first."""
    store = _store(context)
    drifts = {drift.id: drift for drift in store.drifts()}
    incidents = store.all_incidents()
    rows = []
    for each in incidents:
        drift = drifts.get(each.drift)
        word = drift.acknowledged if drift else None
        state = f"acknowledged by {word.by}" if word else "open"
        rows.append((each.id, each.drift, f"{each.opened_at:%Y-%m-%d %H:%M}", len(each.requests), state, each.says))
    if json_:
        as_json([{"incident": each, "finding": drifts.get(each.drift)} for each in incidents])
    elif not rows:
        click.echo("There is no incident.")
    else:
        table(("INCIDENT", "FINDING", "OPENED (UTC)", "REQUESTS", "STATE", "WHAT"), rows)


@command.command("show")
@click.argument("incident")
@json_option
@click.pass_context
def show(context: click.Context, incident: str, json_: bool) -> None:
    """Show INCIDENT with every regulated request since all was last known to be well. No content."""
    found = next((each for each in _store(context).all_incidents() if incident in (each.id, each.drift)), None)
    if found is None:
        raise ConfigurationError(f"no incident {incident}", remedy="List them with `ringfence incident list`.")
    if json_:
        as_json(found)
        return
    click.echo(found.says)
    since = (
        f"since {found.since:%Y-%m-%d %H:%M} UTC, when all was last known to be well"
        if found.since
        else "ever: nothing was verified before"
    )
    click.echo(f"{len(found.requests)} regulated requests to {', '.join(found.services)} {since}.")
    if found.requests:
        rows = [(each.index, each.time, each.service, each.effect, ", ".join(each.labels)) for each in found.requests]
        table(("RECORD", "TIME", "SERVICE", "EFFECT", "LABELS"), rows)


def _store(context: click.Context) -> Store:
    home = home_of(context)
    return Store(home.posture, home.incidents)
