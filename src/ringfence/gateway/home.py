"""Where Ringfence keeps its state, and where its configuration stands."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ringfence.settings import Settings, load
from ringfence.vocabulary.errors import ConfigurationError


class Home(msgspec.Struct, frozen=True):
    """`folder` (RINGFENCE_HOME) holds state: keys, ledger, vault. `config` is the `ringfence.toml` in use; the register
    and policies folders stand relative to it, so that they can live in a customer's git."""

    folder: Path
    config: Path
    settings: Settings

    @property
    def register(self) -> Path:
        return self.config.parent / self.settings.folders.register

    @property
    def policies(self) -> Path:
        return self.config.parent / self.settings.folders.policies

    @property
    def ledger(self) -> Path:
        return self.folder / self.settings.ledger.folder

    @property
    def ledger_highest(self) -> Path:
        return self.folder / self.settings.ledger.highest

    @property
    def ledger_key(self) -> Path:
        return self.folder / "ledger.key"

    @property
    def tiles(self) -> Path:
        return self.folder / self.settings.ledger.tiles

    @property
    def anchors(self) -> Path:
        return self.folder / self.settings.anchors.folder

    @property
    def approvers(self) -> Path:
        return self.config.parent / self.settings.folders.approvers

    @property
    def exceptions(self) -> Path:
        return self.config.parent / self.settings.folders.exceptions

    @property
    def content(self) -> Path:
        """Sealed requests for a reviewer."""
        return self.folder / "content"

    @property
    def subjects(self) -> Path:
        """Sealed entries on whose data was in a request."""
        return self.folder / "subjects"

    @property
    def holds(self) -> Path:
        """Legal holds: what must not be forgotten."""
        return self.folder / "holds.json"

    @property
    def forgets(self) -> Path:
        """Lists of records that were ordered to be forgotten, by their digests."""
        return self.folder / "forgets"

    @property
    def vault(self) -> Path:
        return self.folder / "vault.db"

    @property
    def vault_key(self) -> Path:
        return self.folder / "vault.key"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def posture(self) -> Path:
        """What reading the vendors' accounts found."""
        return self.folder / "posture"

    @property
    def incidents(self) -> Path:
        return self.folder / "incidents"

    @property
    def pending(self) -> Path:
        """What a command leaves for the running gateway to put on record."""
        return self.folder / "pending"

    @property
    def demonstration(self) -> Path:
        return self.folder / "demonstration"


def find(folder: Path | None = None, config: Path | None = None) -> Home:
    """The home from arguments, else RINGFENCE_HOME and RINGFENCE_CONFIG, else `~/.ringfence` and its own settings.

    Raises ConfigurationError where the settings can't be read.
    """
    folder = folder or Path(os.environ.get("RINGFENCE_HOME") or Path.home() / ".ringfence")
    folder = folder.expanduser().absolute()
    named = config or (Path(os.environ["RINGFENCE_CONFIG"]) if os.environ.get("RINGFENCE_CONFIG") else None)
    if named and not named.expanduser().exists():
        raise ConfigurationError(f"{named}: no such file", remedy="Make one with `ringfence init FOLDER`.")
    config = (named or folder / "ringfence.toml").expanduser().absolute()
    home = Home(folder=folder, config=config, settings=load(config))
    for name, path in (("register", home.register), ("policies", home.policies)):
        # The usual folders may be absent: what is shipped counts then. One that was named is meant.
        if getattr(home.settings.folders, name) != name and not path.is_dir():
            raise ConfigurationError(
                f"{config}: [folders] {name}: {path} is no folder",
                remedy="Make it with `ringfence init`, or correct it.",
            )
    return home


def create(home: Home) -> None:
    """Makes the state folder, readable by its owner only. Raises ConfigurationError."""
    try:
        home.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.run.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"{home.folder}: can't be made or used: {(error.strerror or 'unknown error').lower()}",
            remedy="Set RINGFENCE_HOME (or --home) to a folder that this user may write.",
        ) from error
