"""`ringfence change`: propose a change of the register, the policies or the keys, so that its record says who approved
it."""

from __future__ import annotations

import click

from ringfence import approvals
from ringfence.cli.common import home_of
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.changes import CHANGES_FOLDER
from ringfence.gateway.home import Home
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.state import load_policy
from ringfence.vocabulary.approval import Act, Proposal


@click.group()
def command() -> None:
    """Changes that people approve before they are made."""


@command.command("propose")
@click.argument("what", type=click.Choice(["register", "policy", "key"]))
@click.option("--reason", required=True, help="What the change is for.")
@click.pass_context
def propose(context: click.Context, what: str, reason: str) -> None:
    """Write a proposal of WHAT as its files are now, in approvers/changes. Run it on a copy of the configuration that
    has the change; once the same files are in force at the gateway, the record of the change names who approved it."""
    home = home_of(context)
    digest = _digest(home, what)
    path = home.approvers / CHANGES_FOLDER / f"{what}-{digest[:16]}.json"
    homes.create(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    approvals.write_proposal(path, Proposal(Act(f"{what}_change", {"digest": digest, "reason": reason})))
    click.echo(f"Proposed: {path}. People approve it: ringfence approve {path} --as ... --key ...")


def _digest(home: Home, what: str) -> str:
    if what == "register":
        return boot.load_register(home).digest
    return load_policy(home.policies).digest if what == "policy" else KeyStore(home.folder).digest
