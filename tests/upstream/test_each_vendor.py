"""Each surface of each vendor against a scripted service: what leaves, and that nothing is sent twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import each_vendor
import pytest
from each_vendor import NAMED, REACHED, SIGNING_KEY, SURFACES, at
from google_account import grants, token
from scripted_service import CHUNKED, Exchange, ScriptedService, chunk, reply

from ringfence.upstream import Target, Upstreams, Vendor
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamError

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CLIENT = {
    "Authorization": "Bearer rf-client-key",
    "X-API-Key": "rf-client-key",
    "Api-Key": "rf-client-key",
    "X-Goog-Api-Key": "rf-client-key",
    "X-Amz-Date": "20200101T000000Z",
    "X-Amz-Security-Token": "rf-client-token",
    "OpenAI-Organization": "org-theirs",
    "OpenAI-Beta": "assistants=v2",
    "Anthropic-Version": "2023-06-01",
    "Anthropic-Beta": "interleaved-thinking-2025-05-14,context-1m-2025-08-07",
    "Anthropic-Dangerous-Direct-Browser-Access": "true",
    "HTTP-Referer": "https://intranet.example.org",
    "X-Title": "case 4471992",
    "Cookie": "session=1",
    "User-Agent": "OpenAI/Python",
    "Accept": "text/event-stream",
    "Content-Type": "application/json",
}


@pytest.fixture
async def google() -> AsyncIterator[ScriptedService]:
    async with ScriptedService() as running:
        grants(running, token("ya29.token"))
        yield running


@asynccontextmanager
async def opened(*targets: Target) -> AsyncIterator[Upstreams]:
    upstreams = Upstreams(targets, now=lambda: NOW)
    await upstreams.open()
    try:
        async with asyncio.timeout(5):
            while any(upstreams.why_not(target.service_id) for target in targets):  # noqa: ASYNC110
                await asyncio.sleep(0.005)  # a token is being fetched
        yield upstreams
    finally:
        await upstreams.close()


def whole_path(vendor: Vendor, interface: str) -> str:
    return urlsplit(each_vendor.address(vendor)).path + vendor.paths[interface]


def proof(vendor: Vendor) -> dict[str, str]:
    """The one header that says who sends."""
    if vendor.service == "google/vertex-chat-completions":
        return {"authorization": "Bearer ya29.token"}
    return {vendor.auth_header: vendor.auth_prefix + "sk-vendor-secret"}


@pytest.mark.parametrize(("vendor", "interface"), SURFACES, ids=NAMED)
async def test_what_leaves(service, google, vendor: Vendor, interface: str) -> None:
    path = whole_path(vendor, interface)
    service.scripts[path] = lambda exchange: exchange.write(reply(b"{}"))
    body = b'{"model":"m-1","input":"x"}'
    async with opened(at(service, each_vendor.target(vendor), google)) as upstreams:
        asked = upstreams.path(vendor.service, interface)
        async with upstreams.send(vendor.service, asked, body, CLIENT) as answer:
            assert await answer.read(10) == b"{}"
    [sent] = service.seen
    headers = sent.headers
    assert headers.pop("user-agent").startswith("ringfence/")
    of_messages = interface in ("messages", "count_tokens")
    assert headers == {
        "host": f"127.0.0.1:{service.port}",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "accept": "text/event-stream",
        "content-length": str(len(body)),
        **({"anthropic-version": CLIENT["Anthropic-Version"]} if of_messages else {}),
        **({"anthropic-beta": CLIENT["Anthropic-Beta"]} if of_messages else {}),
        **proof(vendor),
    }
    assert sent.head.startswith(f"POST {path} HTTP/1.1\r\n".encode())
    assert sent.body == body
    assert b"rf-client" not in sent.head + sent.body


@pytest.mark.parametrize("vendor", [v for v in REACHED if v.signing_env], ids=lambda vendor: vendor.service)
async def test_requests_are_signed(service, vendor: Vendor) -> None:
    from ringfence.upstream.sigv4 import SigV4

    [interface, *_] = vendor.paths
    path = whole_path(vendor, interface)
    service.scripts[path] = lambda exchange: exchange.write(reply(b"{}"))
    address = each_vendor.address(vendor)
    built = vendor.target(vendor.service, SIGNING_KEY, base_url=address)
    async with opened(at(service, built)) as upstreams:
        for body in (b"{}", b'{"a":1}'):
            async with upstreams.send(vendor.service, vendor.paths[interface], body, CLIENT) as answer:
                await answer.read(10)
    region, name = ("us-east-1", "bedrock-mantle") if "mantle" in address else ("eu-west-1", "bedrock")
    key_id, secret, session = SIGNING_KEY.split()
    ours = SigV4(key_id, secret, session, region=region, service=name)
    for sent in service.seen:
        expected = dict(ours.headers("POST", sent.headers["host"], path, sent.body, NOW))
        assert {header: sent.headers[header] for header in expected} == expected
        assert sent.head.lower().count(b"authorization:") == sent.head.lower().count(b"x-amz-security-token:") == 1
        assert secret.encode() not in sent.head


PLAIN = reply(b'{"id":"1","usage":{"total_tokens":5}}', "x-request-id: r1")
STREAM = CHUNKED + chunk(b"data: 1\n\n") + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


@pytest.mark.parametrize(("vendor", "interface"), SURFACES, ids=NAMED)
async def test_a_service_that_breaks_at_any_byte_gets_one_request(
    service, google, vendor: Vendor, interface: str, scale: int
) -> None:
    """No retry and no fallback: whatever a second try would need to know, the first may have been read."""
    path, source = whole_path(vendor, interface), random.Random(f"{vendor.service} {interface}")
    cuts = [(whole, cut) for whole in (PLAIN, STREAM) for cut in {0, 1, len(whole) - 1, source.randrange(len(whole))}]
    cuts += [(source.choice((PLAIN, STREAM)), source.randrange(len(STREAM) - 1)) for _ in range(4 * (scale - 1))]
    left: list[tuple[bytes, bool]] = []

    async def breaks(exchange: Exchange) -> None:
        said, abort = left.pop()
        await exchange.write(said)
        if abort:
            exchange.writer.transport.abort()
        else:
            exchange.writer.close()

    service.scripts[path] = breaks
    others = ScriptedService()
    async with (
        others,
        opened(
            at(service, each_vendor.target(vendor), google),
            Target(service_id="other", base_url=f"http://127.0.0.1:{others.port}", allow_insecure_loopback=True),
        ) as upstreams,
    ):
        for number, (whole, cut) in enumerate(cuts, 1):
            left.append((whole[: min(cut, len(whole) - 1)], source.random() < 0.5))
            with pytest.raises(UpstreamBroken):
                async with upstreams.send(vendor.service, vendor.paths[interface], b'{"prompt":"x"}') as answer:
                    async for _ in answer.chunks():
                        pass
            assert len(service.seen) == number
        await asyncio.sleep(0.02)
        assert len(service.seen) == len(cuts)
        assert others.seen == []


@pytest.mark.parametrize("status", [301, 307, 308, 429, 500, 502, 503, 529])
@pytest.mark.parametrize("vendor", REACHED, ids=lambda vendor: vendor.service)
async def test_an_answer_that_asks_for_another_try_gets_none(service, google, vendor: Vendor, status: int) -> None:
    [interface, *_] = vendor.paths
    elsewhere = f"location: http://127.0.0.1:{service.port}/elsewhere"
    answer = reply(b"{}", elsewhere, "retry-after: 0", "x-should-retry: true", status=f"{status} Again")
    service.scripts[whole_path(vendor, interface)] = lambda exchange: exchange.write(answer)
    async with opened(at(service, each_vendor.target(vendor), google)) as upstreams:
        try:
            async with upstreams.send(vendor.service, vendor.paths[interface], b"{}") as got:
                assert got.status == status >= 400
                await got.read(10)
        except UpstreamError as error:
            assert status < 400 and "redirect" in error.message
        await asyncio.sleep(0.01)
    assert len(service.seen) == 1


@pytest.mark.parametrize("vendor", REACHED, ids=lambda vendor: vendor.service)
def test_no_secret_of_a_target_is_shown(vendor: Vendor) -> None:
    keys = [each_vendor.credential(vendor), *([SIGNING_KEY] if vendor.signing_env else [])]
    for key in keys:
        shown = repr(vendor.target(vendor.service, key, base_url=each_vendor.address(vendor)))
        assert not [part for part in key.split() if len(part) > 8 and part in shown]


async def test_a_token_that_cannot_be_fetched_closes_the_service(service, google) -> None:
    grants(google, reply(b"{}", status="403 No"))
    vendor = next(vendor for vendor in REACHED if vendor.service == "google/vertex-chat-completions")
    upstreams = Upstreams([at(service, each_vendor.target(vendor), google)], now=lambda: NOW)
    assert "not been fetched yet" in upstreams.why_not(vendor.service)
    await upstreams.open()
    async with asyncio.timeout(5):
        while "403" not in upstreams.why_not(vendor.service):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert not upstreams.configured(vendor.service)
    with pytest.raises(UpstreamError, match="403"):
        upstreams.send(vendor.service, "/chat/completions", b"{}")
    await upstreams.close()
    assert service.seen == [] and len(google.seen) == 1
