"""`ringfence custodian`: keys of the people who open what is sealed beside the ledger."""

from __future__ import annotations

from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.cli.approve import passphrase
from ringfence.sidecar import people


@click.group()
def command() -> None:
    """People who open what is sealed beside the ledger: custodians of subjects, and the reviewer."""


@command.command("create")
@click.argument("id_", metavar="ID")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="Where both files go; here if left out.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the passphrase. None: asked for.",
)
def create(id_: str, folder: Path, passphrase_file: Path | None) -> None:
    """Make the key pair of one person, on their own machine: ID.pem is theirs alone, ID.pub goes to the gateway."""
    secret = passphrase(passphrase_file, confirm=True)
    private, public = people.create(folder, id_, secret, X25519PrivateKey.generate)
    click.echo(f"Private key: {private}. Keep it, and its passphrase, where only {id_} reads them.")
    click.echo(f"Public key: {public}. Name it in ringfence.toml: [subjects] custodians, or [content] reviewer.")
