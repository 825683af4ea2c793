"""How model files lie on disk: a line that names the format, the SHA-256 of the rest, and the rest."""

from __future__ import annotations

import hashlib

from ringfence.vocabulary.errors import ConfigurationError

_DIGEST = 32


def sealed(magic: bytes, body: bytes) -> bytes:
    return magic + hashlib.sha256(body).digest() + body


def opened(data: bytes, magic: bytes, what: str, where: str) -> bytes:
    """The body. Raises ConfigurationError for anything that `sealed` did not make with this `magic`."""
    start = len(magic) + _DIGEST
    body = data[start:]
    if not data.startswith(magic) or hashlib.sha256(body).digest() != data[len(magic) : start]:
        raise ConfigurationError(
            f"{what} is damaged or of another release.",
            where=where,
            remedy="Install the package again, or write the file again with `make train`.",
        )
    return body
