"""What leaves, what comes back, and which connection it uses."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest
from scripted_service import CHUNKED, Exchange, chunk, reply

from ringfence.upstream.connection import REST_S
from ringfence.upstream.headers import notes
from ringfence.vocabulary.errors import ConfigurationError, UpstreamUnavailable

CHAT = "/chat/completions"


async def test_the_body_leaves_byte_for_byte(service, reach, scale) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach()
    source = random.Random(3)
    for size in [0, 1, 2048, 300_000] + [source.randrange(200_000) for _ in range(10 * scale)]:
        body = source.randbytes(size)
        async with upstreams.send("vendor", CHAT, body) as answer:
            assert await answer.read(10) == b"{}"
        assert hashlib.sha256(service.seen[-1].body).digest() == hashlib.sha256(body).digest()


async def test_only_allowed_request_headers_leave(service, reach) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach(headers=(("openai-organization", "org-ours"),))
    client = {
        "Authorization": "Bearer rf-client-key",
        "X-API-Key": "rf-client-key",
        "Cookie": "session=1",
        "X-Ringfence-Source": "ehr",
        "X-Forwarded-For": "10.1.2.3",
        "User-Agent": "OpenAI/Python",
        "Accept-Encoding": "gzip",
        "Content-Length": "7",
        "Transfer-Encoding": "chunked",
        "Host": "elsewhere.example",
        "Connection": "close",
        "Accept": "text/event-stream",
        "Content-Type": "application/json; charset=utf-8",
    }
    async with upstreams.send("vendor", CHAT, b"{}", client) as answer:
        await answer.read(10)
    sent = service.seen[0].headers
    assert sent.pop("user-agent").startswith("ringfence/")
    assert sent == {
        "host": f"127.0.0.1:{service.port}",
        "accept-encoding": "identity",
        "authorization": "Bearer sk-vendor-secret",
        "openai-organization": "org-ours",
        "content-type": "application/json; charset=utf-8",
        "accept": "text/event-stream",
        "content-length": "2",
    }
    assert service.seen[0].head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nb", "", " a", "é", "a" * 300, "\x00"])
async def test_a_client_header_cannot_add_a_line(service, reach, value: str) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}", {"accept": value}) as answer:
        await answer.read(10)
    assert service.seen[0].headers["accept"] == "application/json"
    assert b"evil" not in service.seen[0].head


async def test_the_credential_goes_where_the_vendor_wants_it(service, reach) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach(auth_header="api-key", auth_prefix="")
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        await answer.read(10)
    assert service.seen[0].headers["api-key"] == "sk-vendor-secret"
    assert "authorization" not in service.seen[0].headers


async def test_without_a_credential_no_header_is_sent(service, reach) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach(credential="")
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        await answer.read(10)
    assert "authorization" not in service.seen[0].headers


async def test_reply_headers_are_filtered(service, reach) -> None:
    service.answers(
        CHAT,
        reply(
            b"{}",
            "X-Request-Id: req_1",
            "openai-processing-ms: 7",
            "openai-organization: org-ours",
            "retry-after: 3",
            "x-ratelimit-remaining-tokens: 9",
            "set-cookie: a=b",
            "server: nginx",
            "access-control-allow-origin: *",
            "location: https://elsewhere.example",
            status="429 Too Many Requests",
        ),
    )
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        assert answer.status == 429
        assert answer.headers == [
            ("content-type", "application/json"),
            ("x-request-id", "req_1"),
            ("openai-processing-ms", "7"),
            ("retry-after", "3"),
            ("x-ratelimit-remaining-tokens", "9"),
        ]


async def test_trailers_are_not_headers(service, reach) -> None:
    service.answers(CHAT, CHUNKED + chunk(b"{}") + b"0\r\nx-request-id: late\r\ncontent-encoding: gzip\r\n\r\n")
    upstreams = await reach()
    for _ in range(2):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            assert await answer.read(10) == b"{}"
            assert answer.headers == [("content-type", "text/event-stream")]
        await asyncio.sleep(REST_S * 1.5)
    assert service.connections == 1


async def test_cookies_are_never_sent_back(service, reach) -> None:
    service.answers(CHAT, reply(b"{}", "set-cookie: a=b"))
    upstreams = await reach()
    for _ in range(2):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            await answer.read(10)
    assert "cookie" not in service.seen[1].headers


async def test_one_connection_serves_many_requests(service, reach) -> None:
    service.answers(CHAT, reply(b"onetwo"))
    upstreams = await reach()
    for _ in range(5):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            assert await answer.read(100) == b"onetwo"
    assert service.connections == 1


async def test_an_unread_reply_that_came_whole_leaves_the_connection_usable(service, reach) -> None:
    service.answers(CHAT, reply(b"first"))
    upstreams = await reach()
    for _ in range(3):
        async with upstreams.send("vendor", CHAT, b"{}"):
            await asyncio.sleep(0.02)
    assert service.connections == 1


async def test_concurrent_requests_do_not_share_a_connection(service, reach) -> None:
    @service.runs(CHAT)
    async def echo(exchange: Exchange) -> None:
        await asyncio.sleep(0.01)
        await exchange.write(reply(exchange.body))

    upstreams = await reach()

    async def one(number: int) -> None:
        body = b"%d" % number * 50
        async with upstreams.send("vendor", CHAT, body) as answer:
            assert await answer.read(1000) == body

    await asyncio.gather(*(one(number) for number in range(60)))
    assert service.connections == 60
    await asyncio.gather(*(one(number) for number in range(60)))
    assert service.connections == 60


async def test_an_old_idle_connection_is_not_used_again(service, reach) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach(idle_timeout_s=0.05)
    for _ in range(2):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            await answer.read(10)
        await asyncio.sleep(0.1)
    assert service.connections == 2


async def test_a_connection_that_the_service_closed_is_not_used_again(service, reach) -> None:
    @service.runs(CHAT)
    async def once(exchange: Exchange) -> None:
        await exchange.write(reply(b"{}"))
        exchange.writer.close()

    upstreams = await reach()
    for _ in range(3):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            assert await answer.read(10) == b"{}"
        await asyncio.sleep(0.02)
    assert service.connections == 3


async def test_connection_close_is_obeyed(service, reach) -> None:
    service.answers(CHAT, reply(b"{}", "connection: close"))
    upstreams = await reach()
    for _ in range(2):
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            await answer.read(10)
    assert service.connections == 2


async def test_chunks_come_as_they_are_sent(service, reach) -> None:
    go_on = asyncio.Event()

    @service.runs(CHAT)
    async def slowly(exchange: Exchange) -> None:
        await exchange.write(CHUNKED + chunk(b"data: 1\n\n"))
        await asyncio.wait_for(go_on.wait(), 5)
        await exchange.write(chunk(b"data: 2\n\n") + b"0\r\n\r\n")

    upstreams = await reach()
    got = []
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        async for piece in answer.chunks():
            got.append(piece)
            go_on.set()
    assert got == [b"data: 1\n\n", b"data: 2\n\n"]


async def test_an_interim_reply_is_passed_over(service, reach) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nx-request-id: wrong\r\n\r\n"
    service.answers(CHAT, b"HTTP/1.1 100 Continue\r\n\r\n", early + reply(b"{}", "x-request-id: right"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        assert (answer.status, await answer.read(10)) == (200, b"{}")
        assert ("x-request-id", "right") in answer.headers
        assert ("x-request-id", "wrong") not in answer.headers


async def test_no_proxy_is_taken_from_the_environment(service, reach, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        assert await answer.read(10) == b"{}"


async def test_a_service_that_is_not_configured_says_why(reach) -> None:
    upstreams = await reach(missing="OPENAI_API_KEY is not set")
    assert not upstreams.configured("vendor")
    assert upstreams.why_not("vendor") == "OPENAI_API_KEY is not set"
    assert "no address" in upstreams.why_not("nobody")
    for service_id in ("vendor", "nobody"):
        with pytest.raises(UpstreamUnavailable):
            upstreams.send(service_id, CHAT, b"{}")


@pytest.mark.parametrize(
    "path",
    [
        *("", "chat", "/chat/../x", "/chat?x=1", "/chat completions", "//evil.example/x", "/a\r\nb", "/a\n", "/"),
        *("/.", "/..", "/a/..", "/.a", "/a%2", "/a%zz", "/a%2f", "/a#b", "/a;b", "/é", "/a/"),
    ],
)
async def test_a_path_is_an_api_path(reach, path: str) -> None:
    upstreams = await reach()
    with pytest.raises(ConfigurationError):
        upstreams.send("vendor", path, b"{}")


async def test_what_a_reply_says_of_retention_can_be_recorded(service, reach) -> None:
    service.answers(CHAT, reply(b"{}", "x-zero-data-retention: true", "set-cookie: a=b"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        assert notes(answer.headers) == (("x-zero-data-retention", "true"),)


async def test_headers_of_messages_go_to_its_paths_only(service, reach) -> None:
    paths = {"messages": "/messages", "count_tokens": "/messages/count_tokens", "chat_completions": CHAT}
    upstreams = await reach(paths=paths)
    for path in paths.values():
        service.answers(path, reply(b"{}"))
        async with upstreams.send("vendor", path, b"{}", {"anthropic-beta": "a,b"}) as answer:
            await answer.read(10)
    assert [exchange.headers.get("anthropic-beta") for exchange in service.seen] == ["a,b", "a,b", None]


async def test_a_path_for_each_interface(reach) -> None:
    upstreams = await reach(paths={"embeddings": "/embeddings", "chat_completions": "/m/chat"})
    assert upstreams.path("vendor", "embeddings") == "/embeddings"
    assert upstreams.path("vendor", "chat_completions") == "/m/chat"
    for service_id, interface in (("vendor", "responses"), ("vendor", ""), ("nobody", "embeddings")):
        with pytest.raises(UpstreamUnavailable, match="has no address"):
            upstreams.path(service_id, interface)
