"""AWS Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

Own code, because the packages that do it bring 12 MB (awscrt) or 30 MB (botocore) along, or an HTTP client. Tests
compare it with botocore and with AWS's published vectors.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"
ENVIRONMENT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Where AWS's own tools look for a key; the last only for temporary ones."""


class SigV4:
    """Signs for one service in one Region. See `signer.Signer` for the methods."""

    __slots__ = ("_key_id", "_region", "_secret", "_service", "_session_token")

    def __init__(self, key_id: str, secret: str, session_token: str, *, region: str, service: str) -> None:
        self._key_id, self._secret, self._session_token = key_id, secret, session_token
        self._region, self._service = region, service

    def __repr__(self) -> str:
        return f"SigV4(region={self._region!r}, service={self._service!r})"

    def headers(self, method: str, host: str, path: str, body: bytes, now: datetime) -> tuple[tuple[str, str], ...]:
        """For a request without a query to any service but S3."""
        target = quote(path, safe="/-_.~") or "/"  # a second time, as every service but S3 wants it
        ours = self._dated(now)
        proof = self._proof(method, (target, ""), {"host": host, **ours}, hashlib.sha256(body).hexdigest())
        return (*ours.items(), ("authorization", proof))

    def s3_headers(
        self, method: str, host: str, target: tuple[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> dict[str, str]:
        """For S3: all of `headers` (names in lower case) are signed and returned with ours. `target` is path and query
        as they are sent, encoded, the query's members in order.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
        """
        digest = hashlib.sha256(body).hexdigest()
        ours = {**headers, "x-amz-content-sha256": digest, **self._dated(now)}
        return {**ours, "authorization": self._proof(method, target, {"host": host, **ours}, digest)}

    def _dated(self, now: datetime) -> dict[str, str]:
        ours = {"x-amz-date": now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")}
        if self._session_token:
            ours["x-amz-security-token"] = self._session_token
        return ours

    def _proof(self, method: str, target: tuple[str, str], signed: Mapping[str, str], digest: str) -> str:
        """The authorization header. `digest` is the hex SHA-256 of the body."""
        listed = sorted(signed.items())  # in the order of their names, as the canonical form wants them
        names, stamp = ";".join(name for name, _ in listed), signed["x-amz-date"]
        canonical = [method, *target, *(f"{name}:{value}" for name, value in listed), "", names, digest]
        scope = f"{stamp[:8]}/{self._region}/{self._service}/aws4_request"
        told = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256("\n".join(canonical).encode()).hexdigest()])
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, told.encode(), "sha256").hex()
        return f"{_ALGORITHM} Credential={self._key_id}/{scope}, SignedHeaders={names}, Signature={signature}"

    def why_not(self, now: datetime) -> str:
        return ""

    async def keep(self, now: Callable[[], datetime]) -> None:
        return None
