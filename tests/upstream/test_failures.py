"""Services that fail in every way they can: what is reported, and that nothing is ever sent twice."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time

import pytest
from scripted_service import CHUNKED, Exchange, chunk, reply

from ringfence.upstream import Target, Upstreams
from ringfence.upstream.connection import Pool
from ringfence.upstream.target import Address
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamTimeout, UpstreamUnavailable

CHAT = "/chat/completions"
PROMPT = b'{"prompt":"ZEBRA-MARK"}'


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_refused(reach) -> None:
    upstreams = await reach(base_url=f"http://127.0.0.1:{closed_port()}/v1")
    with pytest.raises(UpstreamUnavailable, match="refused"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass


async def test_a_connection_that_never_opens_is_given_up(reach) -> None:
    with socket.socket() as listener:  # its queue of one is filled, so that a further connection is not answered
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        upstreams = await reach(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", connect_timeout_s=0.2)
        began = time.monotonic()
        with pytest.raises(UpstreamUnavailable, match=r"within 0\.2 s"):
            async with upstreams.send("vendor", CHAT, PROMPT):
                pass
        assert time.monotonic() - began < 1
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize("warm", [False, True])
async def test_closed_without_a_reply_is_not_sent_again(service, reach, warm: bool) -> None:
    """Also on a connection used before, where HTTP libraries like to try again."""
    service.answers("/warm", reply(b"{}"))

    @service.runs(CHAT)
    async def hang_up(exchange: Exchange) -> None:
        exchange.writer.close()

    upstreams = await reach()
    if warm:
        async with upstreams.send("vendor", "/warm", b"{}") as answer:
            await answer.read(10)
    with pytest.raises(UpstreamBroken, match="without a reply"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass
    await asyncio.sleep(0.05)
    assert [exchange.path for exchange in service.seen].count("/v1" + CHAT) == 1


@pytest.mark.parametrize("abort", [True, False])
async def test_reset_in_mid_stream(service, reach, abort: bool) -> None:
    @service.runs(CHAT)
    async def half(exchange: Exchange) -> None:
        await exchange.write(CHUNKED + chunk(b"data: 1\n\n"))
        await asyncio.sleep(0.05)
        if abort:
            exchange.writer.transport.abort()
        else:
            exchange.writer.close()

    upstreams = await reach()
    got = []
    with pytest.raises(UpstreamBroken, match="in the middle"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            async for piece in answer.chunks():
                got.append(piece)
    assert got == [b"data: 1\n\n"]
    assert len(service.seen) == 1


async def test_a_piece_that_came_with_the_failure_is_still_handed_out(service, reach) -> None:
    service.answers(CHAT, CHUNKED + chunk(b"data: 1\n\n") + b"not a chunk\r\n")
    upstreams = await reach()
    got = []
    with pytest.raises(UpstreamBroken, match=r"not an HTTP/1\.1 reply"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await asyncio.sleep(0.05)
            async for piece in answer.chunks():
                got.append(piece)
    assert got == [b"data: 1\n\n"]


async def test_a_body_cut_short(service, reach) -> None:
    @service.runs(CHAT)
    async def short(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        exchange.writer.close()

    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="in the middle"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1000)


async def test_a_body_without_a_length_cannot_be_told_from_one_cut_short(service, reach) -> None:
    @service.runs(CHAT)
    async def until_close(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n\r\n{}")
        exchange.writer.close()

    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="in the middle"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1000)


async def test_silence_before_the_reply(service, reach) -> None:
    gone = asyncio.get_running_loop().create_future()

    @service.runs(CHAT)
    async def silent(exchange: Exchange) -> None:
        gone.set_result(await exchange.gone())

    upstreams = await reach(first_byte_timeout_s=0.1, read_timeout_s=60)
    began = time.monotonic()
    with pytest.raises(UpstreamTimeout, match=r"silent for 0\.1 s before a reply"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass
    assert time.monotonic() - began < 1
    assert await gone


async def test_silence_in_mid_stream(service, reach) -> None:
    gone = asyncio.get_running_loop().create_future()

    @service.runs(CHAT)
    async def stuck(exchange: Exchange) -> None:
        await exchange.write(CHUNKED + chunk(b"data: 1\n\n"))
        gone.set_result(await exchange.gone())

    upstreams = await reach(first_byte_timeout_s=60, read_timeout_s=0.1)
    with pytest.raises(UpstreamTimeout, match=r"silent for 0\.1 s in the middle"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1000)
    assert await gone


async def test_a_slow_but_steady_stream_does_not_time_out(service, reach) -> None:
    @service.runs(CHAT)
    async def steady(exchange: Exchange) -> None:
        await exchange.write(CHUNKED)
        for _ in range(8):
            await asyncio.sleep(0.05)
            await exchange.write(chunk(b"x"))
        await exchange.write(b"0\r\n\r\n")

    upstreams = await reach(first_byte_timeout_s=0.2, read_timeout_s=0.2)
    async with upstreams.send("vendor", CHAT, PROMPT) as answer:
        assert await answer.read(100) == b"x" * 8


@pytest.mark.parametrize("taken", [True, False])
async def test_a_stream_that_never_ends_is_ended(service, reach, taken: bool) -> None:
    """However steadily it comes, and also where nobody takes it and the service is told to wait."""
    gone = asyncio.get_running_loop().create_future()

    @service.runs(CHAT)
    async def endless(exchange: Exchange) -> None:
        await exchange.write(CHUNKED)
        try:
            while not exchange.reader.at_eof():
                await exchange.write(chunk(b"x" * 100_000))
                await asyncio.sleep(0.01)
        finally:
            gone.set_result(True)

    upstreams = await reach(reply_timeout_s=0.3)
    began = time.monotonic()
    with pytest.raises(UpstreamTimeout, match=r"had not ended its reply after 0\.3 s"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await asyncio.sleep(0 if taken else 0.5)
            async for _ in answer.chunks():
                pass
    assert 0.2 < time.monotonic() - began < 2
    assert await asyncio.wait_for(gone, 2)


async def test_the_first_byte_has_no_longer_than_the_whole_reply(service, reach) -> None:
    @service.runs(CHAT)
    async def silent(exchange: Exchange) -> None:
        await exchange.gone()

    upstreams = await reach(reply_timeout_s=0.1)
    with pytest.raises(UpstreamTimeout, match=r"after 0\.1 s"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_redirect_is_neither_followed_nor_handed_on(service, reach, status: str) -> None:
    service.answers(CHAT, reply(b"", f"location: http://127.0.0.1:{service.port}/v1/elsewhere", status=status))
    service.answers("/elsewhere", reply(b"{}"))
    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="redirect"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass
    assert len(service.seen) == 1


async def test_a_compressed_reply_is_refused(service, reach) -> None:
    service.answers(CHAT, reply(gzip.compress(b"{}" * 1000), "Content-Encoding: gzip"))
    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="compressed"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass


@pytest.mark.parametrize("chunked", [True, False])
async def test_an_oversize_reply(service, reach, chunked: bool) -> None:
    big = b"x" * 100_000
    service.answers(CHAT, *([CHUNKED, chunk(big), b"0\r\n\r\n"] if chunked else [reply(big)]))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, PROMPT) as answer:
        assert len(await answer.read(100_000)) == 100_000
    with pytest.raises(UpstreamBroken, match="more than 99999 bytes"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(99_999)


async def test_an_endless_reply_stops_at_the_limit(service, reach) -> None:
    sent = 0

    @service.runs(CHAT)
    async def endless(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.write(CHUNKED)
        while True:
            await exchange.write(chunk(b"x" * 65536))
            sent += 65536

    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="more than"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1_000_000)
    await asyncio.sleep(0.05)
    assert sent < 40_000_000


async def test_a_service_waits_while_its_reply_is_not_taken(service, reach) -> None:
    """A slow client must not make the gateway hold the whole reply; and the wait is not the service's silence."""
    sent = 0

    @service.runs(CHAT)
    async def fast(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.write(CHUNKED)
        for _ in range(640):
            await exchange.write(chunk(b"x" * 65536))
            sent += 65536
        await exchange.write(b"0\r\n\r\n")

    upstreams = await reach(read_timeout_s=0.3)
    async with upstreams.send("vendor", CHAT, PROMPT) as answer:
        await asyncio.sleep(1.0)
        held = sent
        total = 0
        async for piece in answer.chunks():
            total += len(piece)
    assert held < 20_000_000
    assert total == 640 * 65536


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\nx: y\n\n",
        b"HTTP/1.1 200 OK\r\nx: a\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx y: a\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        CHUNKED + b"zz\r\n",
    ],
)
async def test_what_is_not_http(service, reach, junk: bytes) -> None:
    service.answers(CHAT, junk)
    upstreams = await reach(first_byte_timeout_s=2)
    with pytest.raises(UpstreamBroken, match="not an HTTP"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1000)
    await asyncio.sleep(0.02)
    assert len(service.seen) == 1


@pytest.mark.parametrize("flood", [b"x-a: " + b"b" * 1000 + b"\r\n", b"x" * 1000])
async def test_endless_headers(service, reach, flood: bytes) -> None:
    @service.runs(CHAT)
    async def endless(exchange: Exchange) -> None:
        await exchange.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            await exchange.write(flood)

    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="over 65536 bytes of headers"):
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass


async def test_endless_trailers(service, reach) -> None:
    @service.runs(CHAT)
    async def endless(exchange: Exchange) -> None:
        await exchange.write(CHUNKED + chunk(b"x") + b"0\r\n")
        while True:
            await exchange.write(b"x-a: b\r\n" * 100)

    upstreams = await reach()
    with pytest.raises(UpstreamBroken, match="over 65536 bytes of headers"):
        async with upstreams.send("vendor", CHAT, PROMPT) as answer:
            await answer.read(1000)


@pytest.mark.parametrize("surplus", [reply(b"forged"), b"junk", b"\x00"])
async def test_bytes_after_the_reply_are_never_the_next_reply(service, reach, surplus: bytes) -> None:
    service.answers(CHAT, reply(b"first") + surplus)
    service.answers("/next", reply(b"second"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, PROMPT) as answer:
        assert await answer.read(100) == b"first"
    async with upstreams.send("vendor", "/next", b"{}") as answer:
        assert await answer.read(100) == b"second"
    assert service.connections == 2


async def test_bytes_on_an_idle_connection_close_it(service, reach) -> None:
    @service.runs(CHAT)
    async def later(exchange: Exchange) -> None:
        await exchange.write(reply(b"first"))
        await asyncio.sleep(0.05)
        await exchange.write(reply(b"forged"))

    service.answers("/next", reply(b"second"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, PROMPT) as answer:
        assert await answer.read(100) == b"first"
    await asyncio.sleep(0.1)
    async with upstreams.send("vendor", "/next", b"{}") as answer:
        assert await answer.read(100) == b"second"
    assert service.connections == 2


async def test_a_reply_that_did_not_wait_for_the_request(reach) -> None:
    """The rest of the request is still ours to send: the next one must not follow it on the same connection."""
    connections = 0

    async def impatient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply(b"too long", status="413 Content Too Large"))
        await asyncio.sleep(0.5)
        writer.transport.abort()

    server = await asyncio.start_server(impatient, "127.0.0.1", 0)
    upstreams = await reach(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    for _ in range(2):
        async with upstreams.send("vendor", CHAT, b"x" * 30_000_000) as answer:
            assert answer.status == 413
            assert await answer.read(100) == b"too long"
    assert connections == 2
    server.close()


async def test_plain_http_stays_on_this_machine() -> None:
    """A name that resolves to another address than loopback is not written to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which address would be used
        except OSError:
            pytest.skip("this machine has no address but loopback")
        address = probe.getsockname()[0]
    heard = b""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        heard += await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, address, 0)
    port = server.sockets[0].getsockname()[1]
    target = Target(service_id="vendor", base_url="http://localhost", allow_insecure_loopback=True)
    reached = Address(host=address, port=port, tls=False, authority="localhost", path="", loopback_only=True)
    with pytest.raises(UpstreamUnavailable, match="not this machine"):
        await Pool(target, reached, asyncio.get_running_loop()).acquire()
    await asyncio.sleep(0.02)
    assert heard == b""
    server.close()


async def test_errors_hold_nothing_secret(service, reach) -> None:
    service.answers(CHAT, b"HTTP/1.1 200 OK\r\nsecret-of-the-service: VENDOR-MARK\r\n VENDOR-MARK\r\n\r\n")
    upstreams: Upstreams = await reach()
    with pytest.raises(UpstreamBroken) as raised:
        async with upstreams.send("vendor", CHAT, PROMPT):
            pass
    error: BaseException | None = raised.value
    while error is not None:
        shown = f"{error!r} {error} {vars(error)}"
        assert not any(mark in shown for mark in ("ZEBRA-MARK", "VENDOR-MARK", "sk-vendor-secret"))
        error = error.__context__
