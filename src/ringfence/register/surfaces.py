"""What vendors offer beside the interfaces that the gateway serves: endpoints that keep data, by name and with why.

`surfaces.toml` holds them. The gateway refuses each by its name, so that a client learns what is missing and why; and
clients that can't be pointed at a gateway are named there too.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

import msgspec

from ringfence.register import reading
from ringfence.register.globs import any_matches


class Surface(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A family of endpoints. `paths` are globs (`*`: any characters) of what a client calls; `keeps` is what stays.

    `zdr`: whether the vendor offers it under zero data retention; `hipaa`: under its BAA. "unknown" is a no.
    """

    id: str
    vendor: str
    title: str
    paths: tuple[str, ...]
    keeps: str
    why: str
    zdr: Literal["yes", "no", "unknown"] = "no"
    hipaa: Literal["yes", "no", "unknown"] = "unknown"
    source: str
    reviewed_on: date


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program that people point at a gateway, and whether regulated data may go through it."""

    id: str
    title: str
    suitable: bool
    speaks: tuple[str, ...]
    why: str
    source: str
    reviewed_on: date


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    reviewed_on: date
    expires_on: date
    surfaces: tuple[Surface, ...]
    clients: tuple[Client, ...]


@cache
def _file() -> _File:
    return reading.decode(reading.shipped_file("surfaces.toml"), _File, "shipped surfaces.toml")


def surfaces() -> tuple[Surface, ...]:
    """Every family of endpoints that the gateway does not serve, OpenAI's first."""
    return _file().surfaces


def clients() -> tuple[Client, ...]:
    """Programs that people point at a gateway."""
    return _file().clients


def surface_at(path: str) -> Surface | None:
    """The first family that a request's path (`/v1/files/f1`, without query) belongs to, or None.

    Vendors share some paths (`/v1/files`): the answer is then the first vendor's, and `surfaces_at` has all.
    """
    return next(iter(surfaces_at(path)), None)


def surfaces_at(path: str) -> tuple[Surface, ...]:
    """Every family that a path belongs to."""
    return tuple(surface for surface in surfaces() if any_matches(surface.paths, path))
