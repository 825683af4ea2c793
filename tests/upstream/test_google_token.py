"""Access tokens are fetched, renewed before they expire, and missed in a plain sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import google_account
import pytest
from google_account import claim, grants, token
from scripted_service import Exchange, ScriptedService, reply

from ringfence.upstream.google_token import ENDPOINT, SCOPE, TOKEN_URL, AccessToken
from ringfence.upstream.target import check
from ringfence.vocabulary.errors import ConfigurationError
from support.google_key import EMAIL, key_file

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
async def google() -> AsyncIterator[ScriptedService]:
    async with ScriptedService() as running:
        yield running


@asynccontextmanager
async def kept(google: ScriptedService, clock: Clock, **options: float) -> AsyncIterator[AccessToken]:
    settings = {"retry_s": 0.01, "poll_s": 0.01} | options
    access = AccessToken(key_file(), endpoint=google_account.endpoint(google), **settings)
    keeper = asyncio.create_task(access.keep(clock))
    try:
        yield access
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def bearer(access: AccessToken, clock: Clock) -> str:
    [(name, value)] = access.headers("POST", "h", "/p", b"", clock())
    assert name == "authorization"
    return value


async def test_a_token_is_fetched_with_a_signed_grant(google: ScriptedService) -> None:
    clock = Clock()
    grants(google, token("ya29.first"))
    async with kept(google, clock) as access:
        assert access.why_not(clock()) == "its access token has not been fetched yet"
        await until(lambda: not access.why_not(clock()))
        assert bearer(access, clock) == "Bearer ya29.first"
        await asyncio.sleep(0.05)
    [asked] = google.seen
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in asked.headers
    head, said = claim(asked)
    assert head == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    issued = int(BEGIN.timestamp())
    assert said == {"iss": EMAIL, "scope": SCOPE, "aud": TOKEN_URL, "iat": issued, "exp": issued + 3600}


async def test_it_is_renewed_before_it_expires(google: ScriptedService) -> None:
    clock = Clock()
    grants(google, token("ya29.first", 3600), token("ya29.second", 3600))
    async with kept(google, clock) as access:
        await until(lambda: not access.why_not(clock()))
        clock.goes_on(minutes=54, seconds=59)
        await asyncio.sleep(0.05)
        assert bearer(access, clock) == "Bearer ya29.first"
        clock.goes_on(seconds=1)
        await until(lambda: bearer(access, clock) == "Bearer ya29.second")
        assert access.why_not(clock()) == ""
    assert len(google.seen) == 2


async def test_an_expired_token_is_not_used(google: ScriptedService) -> None:
    clock = Clock()
    grants(google, token("ya29.first", 600), reply(b"{}", status="503 No"))
    async with kept(google, clock, retry_s=30.0) as access:
        await until(lambda: not access.why_not(clock()))
        clock.goes_on(seconds=599)
        await until(lambda: len(google.seen) == 2)
        assert access.why_not(clock()) == ""  # the one at hand is still good
        clock.goes_on(seconds=1)
        assert "answered with the status 503" in access.why_not(clock())


async def test_a_short_lived_token_is_no_reason_for_a_storm(google: ScriptedService) -> None:
    clock = Clock()
    grants(google, token("ya29.first", 60))
    async with kept(google, clock) as access:
        await until(lambda: not access.why_not(clock()))
        await asyncio.sleep(0.05)
        assert len(google.seen) == 1
        clock.goes_on(seconds=31)
        await until(lambda: len(google.seen) == 2)


REFUSED = b'{"error":"invalid_grant","error_description":"ZEBRA-MARK"}'


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (reply(REFUSED, status="400 Bad Request"), "answered with the status 400"),
        (reply(REFUSED, status="401 No"), "answered with the status 401"),
        (reply(b"{}", "location: https://elsewhere.example/token", status="307 Moved"), "redirect"),
        (reply(b"ZEBRA-MARK"), "sent no access token"),
        (reply(b'{"access_token":"a b","expires_in":5}'), "sent no access token"),
        (reply(b'{"access_token":"a\\r\\nx: y","expires_in":5}'), "sent no access token"),
        (reply(b'{"access_token":"","expires_in":5}'), "sent no access token"),
        (reply(b'{"access_token":"a","expires_in":0}'), "sent no access token"),
        (reply(b'{"access_token":"a","expires_in":"5"}'), "sent no access token"),
        (reply(b'{"access_token":"' + b"a" * 70_000 + b'","expires_in":5}'), "more than 65536 bytes"),
        (b"", "silent"),
    ],
)
async def test_a_failure_is_a_reason_and_no_secret(google: ScriptedService, answer: bytes, says: str) -> None:
    clock = Clock()
    grants(google, answer)
    async with kept(google, clock, retry_s=60.0) as access:
        await until(lambda: says in access.why_not(clock()))
        assert "ZEBRA" not in access.why_not(clock())
        await asyncio.sleep(0.05)
    assert len(google.seen) == 1


async def test_failures_are_tried_again_ever_more_slowly(
    google: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    clock = Clock()

    async def sleep(seconds: float) -> None:
        if seconds:  # closing a connection waits too, for nothing
            waits.append(seconds)
            clock.goes_on(seconds=seconds)
        if len(waits) == 9:
            raise asyncio.CancelledError

    grants(google, *[reply(b"{}", status="500 No")] * 7, token("ya29.at-last"))
    access = AccessToken(key_file(), endpoint=google_account.endpoint(google))
    with monkeypatch.context() as patched:
        patched.setattr("ringfence.upstream.google_token.asyncio.sleep", sleep)
        with pytest.raises(asyncio.CancelledError):
            await access.keep(clock)
    assert waits == [30.0, 60.0, 120.0, 240.0, 480.0, 600.0, 600.0, 30.0, 30.0]
    assert len(google.seen) == 8


async def test_it_comes_back_by_itself(google: ScriptedService) -> None:
    clock = Clock()
    grants(google, reply(b"{}", status="500 No"), token("ya29.second"))
    async with kept(google, clock) as access:
        await until(lambda: not access.why_not(clock()))
        assert bearer(access, clock) == "Bearer ya29.second"
    assert len(google.seen) == 2


async def test_a_connection_that_breaks(google: ScriptedService) -> None:
    clock = Clock()

    async def hang_up(exchange: Exchange) -> None:
        exchange.writer.close()

    google.scripts["/token"] = hang_up
    async with kept(google, clock, retry_s=60.0) as access:
        await until(lambda: "closed the connection" in access.why_not(clock()))
    assert len(google.seen) == 1


def test_the_grant_goes_to_google_over_tls_only() -> None:
    address = check(ENDPOINT)
    assert (address.tls, address.host, address.port, address.path) == (True, "oauth2.googleapis.com", 443, "")
    for elsewhere in ("https://oauth2.googleapis.com.example.net/token", "http://oauth2.googleapis.com/token", ""):
        with pytest.raises(ConfigurationError, match="another token endpoint"):
            AccessToken(key_file(token_uri=elsewhere))


@pytest.mark.parametrize(
    "text",
    ["", "sk-1", "{}", "[]", key_file(private_key="none"), key_file(private_key=7), '{"type":"authorized_user"}'],
    ids=["empty", "a key", "nothing in it", "no object", "no PEM", "no text", "a person's"],
)
def test_what_is_no_service_account(text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        AccessToken(text)
    assert "PRIVATE" not in f"{raised.value!r}{vars(raised.value)}" and "sk-1" not in f"{raised.value}"


def test_a_key_that_is_not_rsa() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ConfigurationError, match="no RSA key"):
        AccessToken(key_file(private_key=pem.decode()))


def test_no_secret_is_shown() -> None:
    access = AccessToken(key_file())
    assert "PRIVATE" not in repr(access) and EMAIL not in repr(access)
