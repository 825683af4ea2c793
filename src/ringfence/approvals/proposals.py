"""Proposals as files: JSON that people pass on, and that `ringfence approve` adds envelopes to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from ringfence.approvals.acts import canonical
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.errors import ConfigurationError

_REMEDY = "Make it again with the command that proposes it."


def read_proposal(path: Path) -> Proposal:
    """Raises ConfigurationError where it can't be read or is no proposal."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{path}: {error.strerror}", remedy="Name a proposal's file.", where=str(path)
        ) from None
    return parse_proposal(data, str(path))


def parse_proposal(data: bytes, where: str) -> Proposal:
    """A proposal from its file's bytes. A member beside the act and its approvals is refused: people would read it,
    and nobody would have signed it. Raises ConfigurationError."""
    try:
        plain: Any = msgspec.json.decode(data)
        proposal = msgspec.convert(plain, Proposal)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{where}: no proposal: {error}", remedy=_REMEDY, where=where) from None
    strange = (plain.keys() - {"act", "approvals"}) | (plain["act"].keys() - {"kind", "body"})
    if strange:
        names = ", ".join(sorted(repr(name) for name in strange))
        raise ConfigurationError(f"{where}: unknown members: {names}", remedy=_REMEDY, where=where)
    canonical(proposal.act)
    return proposal


def write_proposal(path: Path, proposal: Proposal) -> None:
    """Put a whole file at `path`, durably. A crash leaves the file of before, or this one, and perhaps a hidden `.new`
    file beside it, which the next call overwrites. Raises OSError."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(proposal), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
