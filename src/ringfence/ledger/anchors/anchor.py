"""What an anchor is, whom an auditor trusts for it, and the one way in which anchors reach the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self

import msgspec
from cryptography import x509

from ringfence.ledger.anchors.cosignature import CosignerKey
from ringfence.vocabulary.errors import ConfigurationError

LATEST_S = 253_402_300_799
"""Unix seconds: the end of the year 9999, where Python's calendar ends. A signature may name a later time."""


class Kind(StrEnum):
    """TIMESTAMP: an authority says when (RFC 3161). WITNESS: another machine says that the log only grew (C2SP).
    WORM: a copy that nobody can delete until a date."""

    TIMESTAMP = "timestamp"
    WITNESS = "witness"
    WORM = "worm"


class Anchor(msgspec.Struct, frozen=True):
    """One anchor of a checkpoint as read from files.

    `size` and `root` (hex) are those of the checkpoint, `by` is who vouches, `time` what they say. `holds` means that
    the files alone prove it to whom the `Trust` trusts. Where it does not hold, `says` tells why, and `wrong` sets what
    is false (another signature, another tree) apart from what these files can't show (a key that is not trusted, a
    copy that lies in a bucket).
    """

    kind: Kind
    size: int
    root: str
    time: datetime | None
    by: str
    holds: bool
    says: str
    wrong: bool = False


class Trust(msgspec.Struct, frozen=True):
    """Whom an auditor believes: certificates of time-stamping authorities' roots, and witnesses' keys."""

    roots: tuple[x509.Certificate, ...] = ()
    witnesses: tuple[CosignerKey, ...] = ()

    @classmethod
    def of(cls, pems: Iterable[bytes] = (), key_lines: Iterable[str] = ()) -> Self:
        """From PEM files and witnesses' public lines. Raises ConfigurationError."""
        roots = [root for pem in pems for root in read_roots(pem)]
        return cls(tuple(roots), tuple(CosignerKey.from_key_line(line) for line in key_lines))


class Reply(msgspec.Struct, frozen=True):
    """An answer over HTTP. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


Http = Callable[[str, str, bytes, Mapping[str, str]], Reply]
"""(method, url, body, headers) -> Reply, bounded in size and time. Raises AnchorError where no whole answer came."""


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM file. Raises ConfigurationError where there is none, or one that can't be read."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ConfigurationError(
            "The file of an authority's roots holds no certificates in PEM.",
            remedy="Put the root certificates there that the time-stamping authority publishes, in PEM.",
        ) from None
