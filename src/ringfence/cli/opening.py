"""Options of commands for which two custodians must be present, each with a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.cli.approve import passphrase
from ringfence.gateway.home import Home
from ringfence.sidecar.people import load_private
from ringfence.sidecar.subjects import Opened, Subjects
from ringfence.vocabulary.errors import ConfigurationError

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def custodians(function: F) -> F:
    """`--key-a`, `--key-b` and the files of their passphrases."""
    for option in (
        click.option("--passphrase-file-b", type=_FILE, help="Passphrase of --key-b. None: asked for."),
        click.option("--key-b", type=_FILE, help="Private key of another custodian."),
        click.option("--passphrase-file-a", type=_FILE, help="Passphrase of --key-a. None: asked for."),
        click.option("--key-a", type=_FILE, help="Private key of a custodian."),
    ):
        function = option(function)
    return function


def private_key(path: Path, passphrase_file: Path | None) -> X25519PrivateKey:
    """The key in a file. Raises ConfigurationError."""
    if passphrase_file is None:
        click.echo(f"{path}:", err=True)
    return load_private(path, passphrase(passphrase_file))


def opened(
    home: Home,
    *,
    key_a: Path | None,
    passphrase_file_a: Path | None,
    key_b: Path | None,
    passphrase_file_b: Path | None,
) -> Opened | None:
    """What the two custodians read; None where no key is named. Raises ConfigurationError, SidecarError."""
    if key_a is None and key_b is None:
        return None
    if key_a is None or key_b is None:
        raise ConfigurationError("one custodian opens nothing", remedy="Name both keys, --key-a and --key-b.")
    return Subjects(home.subjects).open(private_key(key_a, passphrase_file_a), private_key(key_b, passphrase_file_b))
