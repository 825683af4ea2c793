"""Google access tokens, fetched with a service account's key and renewed before they expire.

The grant is RFC 7523: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
Own code over `cryptography`, which is here anyway: `google-auth` brings a second HTTP client and 3 MB.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ringfence.upstream.pool import Upstreams
from ringfence.upstream.target import Target
from ringfence.vocabulary.errors import ConfigurationError, UpstreamError

TOKEN_URL = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GRANT_S = 3600  # the longest that Google accepts
_MARGIN = timedelta(minutes=5)
_MAX_REPLY_BYTES = 65_536
_MAX_RETRY_S = 600.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")

# INVARIANT: the signed grant goes to this address only, whatever a key file says.
ENDPOINT = Target(
    service_id="Google's token endpoint",
    base_url=TOKEN_URL.removesuffix("/token"),
    first_byte_timeout_s=20.0,
    read_timeout_s=20.0,
    covered_host="oauth2.googleapis.com",
)


class _Account(msgspec.Struct, frozen=True):
    """The members of a key file that are used here."""

    client_email: str
    private_key: str
    private_key_id: str
    token_uri: str


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class AccessToken:
    """See `signer.Signer` for the methods. `key_file` is the JSON text of a service account's key.

    One request fetches a token. After a failure the next comes `retry_s` later, then twice as late each time, up to
    10 minutes; until then the service counts as not configured. Raises ConfigurationError where the text is no such
    key, or one for another token endpoint.
    """

    def __init__(
        self, key_file: str, *, endpoint: Target = ENDPOINT, retry_s: float = 30.0, poll_s: float = 30.0
    ) -> None:
        self._account, self._key = _parse(key_file)
        self._endpoint, self._retry_s, self._poll_s = endpoint, retry_s, poll_s
        self._token = ""
        self._until: datetime | None = None
        self._reason = "its access token has not been fetched yet"

    def __repr__(self) -> str:
        return f"AccessToken(endpoint={self._endpoint!r})"

    def headers(self, method: str, host: str, path: str, body: bytes, now: datetime) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self._token}"),)

    def why_not(self, now: datetime) -> str:
        if self._until is not None and now < self._until:
            return ""
        return self._reason

    async def keep(self, now: Callable[[], datetime]) -> None:
        renew_at: datetime | None = None
        retry_s = self._retry_s
        while True:
            wait_s = self._poll_s  # short, and by the clock on the wall, which a suspended machine does not stop
            if renew_at is None or now() >= renew_at:
                try:
                    granted = await self._fetch(now())
                except UpstreamError as error:
                    self._reason = f"its access token could not be fetched: {error.message}"
                    wait_s, retry_s = retry_s, min(retry_s * 2, _MAX_RETRY_S)
                else:
                    retry_s = self._retry_s
                    lifetime = timedelta(seconds=granted.expires_in)
                    self._token, self._until = granted.access_token, now() + lifetime
                    self._reason = "its access token has expired"
                    renew_at = self._until - min(_MARGIN, lifetime / 2)
            await asyncio.sleep(wait_s)

    async def _fetch(self, now: datetime) -> _Granted:
        """One grant. Raises UpstreamError, whose text holds nothing of the reply."""
        upstreams = Upstreams([self._endpoint])
        await upstreams.open()
        try:
            form = urlencode({"grant_type": _GRANT, "assertion": self._assertion(now)}).encode("ascii")
            content = (("content-type", "application/x-www-form-urlencoded"),)
            async with upstreams.send(self._endpoint.service_id, "/token", form, content) as reply:
                body = await reply.read(_MAX_REPLY_BYTES)
            if reply.status != 200:
                raise UpstreamError(f"{self._endpoint.service_id} answered with the status {reply.status}")
            granted = msgspec.json.decode(body, type=_Granted)
        except msgspec.DecodeError:
            raise UpstreamError(f"{self._endpoint.service_id} sent no access token") from None
        finally:
            await upstreams.close()
        if not _TOKEN.fullmatch(granted.access_token) or granted.expires_in <= 0:
            raise UpstreamError(f"{self._endpoint.service_id} sent no access token")
        return granted

    def _assertion(self, now: datetime) -> str:
        """A signed claim (RFC 7515, RS256) to be the service account."""
        issued_s = int(now.timestamp())
        head = {"alg": "RS256", "typ": "JWT", "kid": self._account.private_key_id}
        claim = {
            "iss": self._account.client_email,
            "scope": SCOPE,
            "aud": TOKEN_URL,
            "iat": issued_s,
            "exp": issued_s + _GRANT_S,
        }
        signed = f"{_encoded(head)}.{_encoded(claim)}"
        return f"{signed}.{_base64url(self._key.sign(signed.encode('ascii'), PKCS1v15(), SHA256()))}"


def _parse(key_file: str) -> tuple[_Account, RSAPrivateKey]:
    remedy = "Set api_key to file:PATH, where PATH is the JSON key file of a service account."
    try:
        account = msgspec.json.decode(key_file.encode("utf-8"), type=_Account)
        key = load_pem_private_key(account.private_key.encode("utf-8"), None)
    except (msgspec.DecodeError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError("The Google credential is not a service account's key", remedy=remedy) from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("The Google credential holds no RSA key", remedy=remedy)
    if account.token_uri != TOKEN_URL:
        raise ConfigurationError(f"The Google credential is for another token endpoint than {TOKEN_URL}", remedy=remedy)
    return account, key


def _encoded(value: dict[str, Any]) -> str:
    return _base64url(msgspec.json.encode(value))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
