"""`ringfence approver`: enrol people who may approve, and list them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.approvals import check_person, load_people, public_text, seal_private_key, write_person
from ringfence.cli.approve import passphrase
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import home as homes
from ringfence.vocabulary.approval import Person
from ringfence.vocabulary.errors import ConfigurationError


@click.group()
def command() -> None:
    """People who may approve what nobody should do alone."""


@command.command("create")
@click.argument("id_", metavar="ID")
@click.option("--name", required=True, help="Their name, as an auditor should read it.")
@click.option("--role", required=True, help="Their role, such as privacy officer.")
@click.option(
    "--key",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where their private key goes. Theirs alone: never on the gateway's machine for longer than this takes.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the passphrase. None: asked for.",
)
@click.pass_context
def create(
    context: click.Context,
    id_: str,
    name: str,
    role: str,
    key: Path,
    until: datetime | None,
    passphrase_file: Path | None,
) -> None:
    """Enrol a person: their public key goes to approvers/ID.toml, the sealed private key to --key."""
    home = home_of(context)
    private = Ed25519PrivateKey.generate()
    person = Person(
        id=id_,
        name=name,
        role=role,
        public_key=public_text(private),
        since=datetime.now(UTC).date(),
        until=until.date() if until else None,
    )
    check_person(person, id_)
    if id_ in load_people(home.approvers):
        raise ConfigurationError(f"{id_} is enrolled already", remedy="Choose another id; nobody gets a second key.")
    homes.create(home)
    seal_private_key(key, private, passphrase(passphrase_file, confirm=True))
    path = write_person(home.approvers, person)
    click.echo(f"{name} is enrolled: {path}. The private key is {key}: keep it where only {name} reads it.")


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List who may approve."""
    people = load_people(home_of(context).approvers)
    if json_:
        as_json(list(people.values()))
    elif not people:
        click.echo("Nobody is enrolled. Enrol people with `ringfence approver create`.")
    else:
        today = datetime.now(UTC).date()
        rows = [
            (
                each.id,
                "in use" if each.since <= today <= (each.until or today) else "not in use",
                each.since,
                each.until or "",
                f"{each.name}, {each.role}",
            )
            for each in people.values()
        ]
        table(("APPROVER", "STATE", "SINCE", "UNTIL", "WHO"), rows)
