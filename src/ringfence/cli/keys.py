"""`ringfence keys`: make, list and disable API keys."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time

import click

from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot, onrecord
from ringfence.gateway import home as homes
from ringfence.gateway.changes import user
from ringfence.gateway.home import Home
from ringfence.gateway.keys import Key, KeyStore, public
from ringfence.gateway.prober import Prober
from ringfence.vocabulary.errors import ConfigurationError, LedgerError
from ringfence.vocabulary.labels import Label


def _stated(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """It stands in every record, so it must say something."""
    if not value.strip():
        raise click.BadParameter("must not be empty")
    return value


@click.group()
def command() -> None:
    """API keys: who calls, for which client and purpose, and what they handle."""


@command.command("create")
@click.option(
    "--client", required=True, callback=_stated, help="Whose data it is: a customer, or a department of yours."
)
@click.option("--purpose", required=True, callback=_stated, help="What it is used for; recorded with every request.")
@click.option(
    "--handles",
    multiple=True,
    type=click.Choice([label.value for label in Label]),
    help="Kind of data. None: treated as anything.",
)
@click.option("--source", "sources", multiple=True, help="A source tag for all of its requests, such as ehr.")
@click.option("--model", "models", multiple=True, help="Model names it may use, * as wildcard. None: all.")
@click.option("--needs-identity", is_flag=True, help="The purpose needs to know the person: don't mask where covered.")
@click.option(
    "--on-uncovered",
    type=click.Choice(["reroute", "deny"]),
    default="reroute",
    show_default=True,
    help="Where the model's service may not get a request: send it to the private model, or deny it.",
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@json_option
@click.pass_context
def create(context: click.Context, /, expires: datetime | None, json_: bool, **fields: object) -> None:
    """Make a key. Its text is shown once."""
    home = home_of(context)
    homes.create(home)
    until = datetime.combine(expires.date(), time.max, UTC) if expires else None
    key, text = KeyStore(home.folder).create(expires=until, **fields)
    _put(home, "key_created", key)
    if json_:
        as_json({"key": text, **public(key)})
        return
    click.echo(f"export RINGFENCE_KEY={text}")
    click.echo(f"Shown once; only a keyed digest is kept. Key {key.id} handles {handles(key)}.", err=True)


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List the keys."""
    keys = KeyStore(home_of(context).folder).all()
    if json_:
        as_json([public(key) for key in keys])
        return
    rows = [
        (key.id, state(key, datetime.now(UTC).date()), key.client, handles(key), key.on_uncovered, key.purpose)
        for key in keys
    ]
    table(("KEY", "STATE", "CLIENT", "HANDLES", "UNCOVERED", "PURPOSE"), rows)


@command.command("disable")
@click.argument("key_id")
@click.pass_context
def disable(context: click.Context, key_id: str) -> None:
    """Disable a key at once; a running gateway notices within a second."""
    home = home_of(context)
    key = KeyStore(home.folder).disable(key_id)
    _put(home, "key_disabled", key)
    click.echo(f"Key {key.id} is disabled.")


def _put(home: Home, event: str, key: Key) -> None:
    """Who ran the command goes on record: at once where that is possible, else with the gateway's next look. The key is
    made or disabled all the same: that must never wait for a ledger."""
    said = {"event": event, "key": key.id, "client": key.client, "actor": user(os.getuid()), "approvers": []}
    body = {**said, "instance": home.settings.ledger.instance}
    try:
        if boot.reader_or_none(home) is not None:
            onrecord.put(home, Prober(home), [body])
        else:
            onrecord.leave(home, body)
    except (LedgerError, ConfigurationError) as error:
        onrecord.leave(home, body)
        click.echo(f"It is not on record yet, and will be when the gateway runs: {error.message}", err=True)


def handles(key: Key) -> str:
    """What a key declares, in words."""
    return ", ".join(key.handles) or "anything (declares nothing)"


def state(key: Key, today: date) -> str:
    """Whether the key can be used."""
    if key.disabled:
        return "disabled"
    return "expired" if key.expires and key.expires.date() < today else "in use"
