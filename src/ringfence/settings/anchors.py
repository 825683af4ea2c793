"""What the tables of anchors must hold, beyond their types."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from ringfence.settings.model import Settings
from ringfence.vocabulary.errors import ConfigurationError

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{2,40}")
_PREFIX = re.compile(r"[A-Za-z0-9._=-][A-Za-z0-9._=/-]{0,199}|")
# A byte of type and an Ed25519 key of 32 bytes, or an ML-DSA-44 one of 1,312, in Base64.
_KEY_LINE = re.compile(r"[^\s+]{1,200}\+[0-9a-f]{8}\+(?:[A-Za-z0-9+/]{44}|[A-Za-z0-9+/]{1751}=)")


def check_anchors(settings: Settings, path: Path) -> None:
    """Raises ConfigurationError."""
    for stamp in settings.timestamp:
        _check_url(stamp.url, f"{path}: [[timestamp]] url")
        if not (path.parent / stamp.certificates).is_file():
            raise ConfigurationError(
                f"{path}: [[timestamp]] certificates: {path.parent / stamp.certificates} is no file",
                remedy="Put the authority's root certificates there, in PEM.",
            )
    for witness in settings.witness:
        _check_url(witness.url, f"{path}: [[witness]] url")
        if not _KEY_LINE.fullmatch(witness.key):
            raise ConfigurationError(
                f"{path}: [[witness]] key is no public line (name+key id+key)",
                remedy="Give the line that `ringfence witness key` prints.",
            )
    for worm in settings.worm:
        if worm.endpoint:
            _check_url(worm.endpoint, f"{path}: [[worm]] endpoint")
        dots = "." in worm.bucket and not worm.endpoint  # no certificate of Amazon's covers such a name
        if not _BUCKET.fullmatch(worm.bucket) or dots:
            raise ConfigurationError(f"{path}: [[worm]] bucket can't be the name of one", remedy="Correct it.")
        if not _REGION.fullmatch(worm.region):
            raise ConfigurationError(f"{path}: [[worm]] region can't be the name of one", remedy="Correct it.")
        if not _PREFIX.fullmatch(worm.prefix):
            raise ConfigurationError(
                f"{path}: [[worm]] prefix has other characters than letters, digits and ._=/- or begins with a slash",
                remedy="Correct it.",
            )


def _check_url(url: str, where: str) -> None:
    """https, or http to this machine; no secret in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("https", "http") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigurationError(f"{where} is no plain https URL", remedy="Write https://host/path.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(
            f"{where} is plain http to another machine", remedy="Use https; http is for this machine only."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
