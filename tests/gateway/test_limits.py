"""Bounds on bodies and on requests under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ringfence.gateway.limits import InFlight, read_body
from ringfence.vocabulary.errors import MalformedRequest, RequestTimeout, RequestTooLarge, TooManyRequests


async def _parts(*parts: bytes, pause_s: float = 0.0) -> AsyncIterator[bytes]:
    for part in parts:
        await asyncio.sleep(pause_s)
        yield part


async def _untouched() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize("declared", ["", "4"])
async def test_body_is_put_together(declared: str) -> None:
    assert await read_body(_parts(b"ab", b"", b"cd"), declared=declared, limit_bytes=4, timeout_s=5) == b"abcd"


async def test_declared_size_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(RequestTooLarge, match="larger than 4 bytes"):
        await read_body(_untouched(), declared="5", limit_bytes=4, timeout_s=5)


@pytest.mark.parametrize("declared", ["", "4", "-5", "5x", "٥"])
async def test_real_size_over_the_limit_is_refused(declared: str) -> None:
    with pytest.raises(RequestTooLarge):
        await read_body(_parts(b"abc", b"de"), declared=declared, limit_bytes=4, timeout_s=5)


@pytest.mark.parametrize("declared", ["3", "1"])
async def test_body_of_another_length_than_declared(declared: str) -> None:
    with pytest.raises(MalformedRequest, match="content-length"):
        await read_body(_parts(b"ab"), declared=declared, limit_bytes=4, timeout_s=5)


async def test_body_with_a_length_is_read_in_one() -> None:
    async def whole() -> bytes:
        return b"abcd"

    assert await read_body(_untouched(), declared="4", limit_bytes=4, timeout_s=5, whole=whole) == b"abcd"
    assert await read_body(_parts(b"ab"), declared="", limit_bytes=4, timeout_s=5, whole=whole) == b"ab"
    with pytest.raises(RequestTooLarge):
        await read_body(_untouched(), declared="5", limit_bytes=4, timeout_s=5, whole=whole)


async def test_body_in_one_that_never_comes_or_breaks_off() -> None:
    async def never() -> bytes:
        await asyncio.sleep(9)
        return b""

    async def breaks() -> bytes:
        raise RuntimeError("RSGI transport is closed")

    with pytest.raises(RequestTimeout):
        await read_body(_untouched(), declared="4", limit_bytes=4, timeout_s=0.01, whole=never)
    with pytest.raises(MalformedRequest, match="shorter"):
        await read_body(_untouched(), declared="4", limit_bytes=4, timeout_s=5, whole=breaks)


async def test_many_parts_take_no_time_in_the_square() -> None:
    size = 800_000
    started = asyncio.get_running_loop().time()
    body = await read_body(_ones(size), declared="", limit_bytes=size, timeout_s=30)
    assert len(body) == size
    assert asyncio.get_running_loop().time() - started < 5


async def _ones(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"a"


async def test_time_runs_for_the_whole_body() -> None:
    """Each part alone comes in time; together they don't."""
    with pytest.raises(RequestTimeout, match=r"within 0\.05 s"):
        await read_body(_parts(*[b"a"] * 9, pause_s=0.02), declared="", limit_bytes=99, timeout_s=0.05)


async def test_one_above_the_limit_is_refused_until_another_ends() -> None:
    limit = InFlight(2)
    with limit.one():
        with limit.one():
            with pytest.raises(TooManyRequests), limit.one():
                pass
            assert limit.count == 2
        with limit.one():
            assert not limit.idle.is_set()
    assert (limit.count, limit.idle.is_set()) == (0, True)


async def test_place_is_given_back_when_a_request_fails() -> None:
    limit = InFlight(1)
    with pytest.raises(KeyError), limit.one():
        raise KeyError
    assert (limit.count, limit.idle.is_set()) == (0, True)
