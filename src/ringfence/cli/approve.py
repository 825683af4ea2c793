"""`ringfence approve`: read what is proposed, and sign it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ringfence import approvals
from ringfence.cli.common import home_of
from ringfence.vocabulary.errors import ConfigurationError


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "who", required=True, metavar="ID", help="Who you are, as `ringfence approver list` names you.")
@click.option(
    "--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Your private key."
)
@click.option("--reason", required=True, help="Why you approve; it is signed with it and goes on record.")
@click.option("--yes", is_flag=True, help="Sign without asking. What is signed is printed all the same.")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the passphrase of your key. None: asked for.",
)
@click.pass_context
def command(
    context: click.Context, file: Path, who: str, key: Path, reason: str, yes: bool, passphrase_file: Path | None
) -> None:
    """Add your signed approval to the proposal in FILE. Needs no ledger: it works on your own machine, with the
    approvers folder beside your ringfence.toml."""
    people = approvals.load_people(home_of(context).approvers)
    proposal = approvals.read_proposal(file)
    if who not in people:
        raise ConfigurationError(f"{who} is not enrolled", remedy="See who is with `ringfence approver list`.")
    for line in approvals.words(proposal.act):
        click.echo(line)
    now = datetime.now(UTC)
    given = [each.person for each in approvals.approvals_of(proposal, people, now)]
    click.echo(f"digest: {approvals.digest(proposal.act)}")
    click.echo(f"approved so far by: {', '.join(given) or 'nobody'}")
    if not yes:
        click.confirm(f"Do you, {people[who].name}, approve exactly this?", abort=True)
    private = approvals.load_private_key(key, passphrase(passphrase_file))
    envelope = approvals.approve(proposal.act, private, people[who], at=now, reason=reason)
    after = approvals.with_approval(proposal, envelope, people, now)
    approvals.write_proposal(file, after)
    click.echo(f"Approved by {', '.join(each.person for each in approvals.approvals_of(after, people, now))}.")


def passphrase(file: Path | None, *, confirm: bool = False) -> str:
    """The passphrase in a file, less the line's end; asked for where none is named."""
    if file is None:
        asked: str = click.prompt("Passphrase of the private key", hide_input=True, confirmation_prompt=confirm)
        return asked
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{file}: can't be read as UTF-8", remedy="Put the passphrase there as text."
        ) from None
