"""Reads `ringfence.toml` and the secrets it refers to."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ringfence.settings.anchors import check_anchors
from ringfence.settings.model import Settings
from ringfence.vocabulary.errors import ConfigurationError


class Secret(str):
    """A credential. Prints as stars, so that it can't slip into a log through a repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def load(path: Path) -> Settings:
    """The settings in `path`; the defaults where there is no such file.

    Raises ConfigurationError: not TOML, an unknown key, or a value of the wrong type, with the path of the key.
    """
    if not path.exists():
        return Settings()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}", remedy="Correct the file.") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read: {error.strerror}", remedy="Check its permissions.") from error
    try:
        settings = msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        remedy = "Compare it with `ringfence init --print`, where every setting is listed."
        raise ConfigurationError(f"{path}: {error}", remedy=remedy) from error
    _check(settings, path)
    return settings


def _check(settings: Settings, path: Path) -> None:
    """Rules that span several keys."""
    private = settings.private
    if private.engine == "url" and not (private.url and private.model):
        raise ConfigurationError(f'{path}: [private] engine = "url" needs `url` and `model`', remedy="Set both.")
    if private.model_path and private.engine != "embedded":
        raise ConfigurationError(
            f'{path}: [private] model_path is used by engine = "embedded" only', remedy="Remove one of the two."
        )
    if private.engine == "url" and private.own_host is None:
        raise ConfigurationError(
            f'{path}: [private] engine = "url" does not say who runs the machine',
            remedy='Set own_host = true where you run it yourself, else own_host = false and host = "the company".',
        )
    _check_sidecars(settings, path)
    check_anchors(settings, path)
    posture = settings.posture
    if settings.account and posture.interval_s >= posture.lifetime_s:
        raise ConfigurationError(
            f"{path}: [posture] interval_s is not below lifetime_s, so each probe would expire before the next",
            remedy="Lower interval_s.",
        )
    vendors = [account.vendor for account in settings.account]
    for vendor in vendors:
        if vendors.count(vendor) > 1:
            raise ConfigurationError(f"{path}: [[account]] names {vendor} twice", remedy="Keep one; list its scopes.")
    services = [upstream.service for upstream in settings.upstream]
    for service in services:
        if services.count(service) > 1:
            raise ConfigurationError(f"{path}: [[upstream]] names {service} twice", remedy="Keep one of them.")


_SIX_YEARS_DAYS = 2_192
"""45 CFR 164.316(b)(2)(i): documentation is kept for six years."""


def _check_sidecars(settings: Settings, path: Path) -> None:
    """The stores beside the ledger, and what is forgotten by itself."""
    if settings.content.share > 0 and not settings.content.reviewer:
        raise ConfigurationError(
            f"{path}: [content] share is above 0, but no reviewer is named",
            remedy="Name the reviewer's public key file, made with `ringfence custodian create`.",
        )
    if len(settings.subjects.custodians) == 1:
        raise ConfigurationError(
            f"{path}: [subjects] names one custodian, who would open the entries alone",
            remedy="Name the public key files of at least two people, or none.",
        )
    if 0 < settings.retention.commitments_days < _SIX_YEARS_DAYS:
        raise ConfigurationError(
            f"{path}: [retention] commitments_days is below {_SIX_YEARS_DAYS} days, six years",
            remedy="Raise it (45 CFR 164.316(b)(2)(i)), or set 0; `ringfence ledger forget` erases younger ones.",
        )


def resolve_secret(reference: str, environ: Mapping[str, str] = os.environ) -> Secret:
    """The value behind `env:NAME` or `file:PATH`; "" where the variable is unset.

    Raises ConfigurationError: another form (a secret written into the file itself is refused), or no such file.
    """
    if not reference:
        return Secret("")
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        return Secret(environ.get(name, "").strip())
    if kind == "file" and name:
        try:
            return Secret(Path(name).expanduser().read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"secret file {name} can't be read", remedy="Check path and permissions."
            ) from error
    raise ConfigurationError(
        "a secret stands in ringfence.toml itself, or its reference is unknown",
        remedy="Write env:NAME or file:PATH, and change the secret: files in git are read by many.",
    )
