"""A scripted service on a raw socket, both event loops, and a model small enough for every test."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from support.needs import need_package

# The helpers beside the tests are plain modules: importlib mode does not put them on the path.
sys.path.insert(0, str(Path(__file__).parent))

from scripted_service import ScriptedService

from ringfence.upstream import Target, Upstreams

HERE = Path(__file__).parent


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Each test runs on the loop that ships with Python and on the one that the gateway uses."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A reply that never ends fails its test, rather than the whole run."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.parent == HERE and inspect.iscoroutinefunction(item.obj):
            item.obj = bounded(item.obj)


def bounded(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(**fixtures: object) -> None:
        async with asyncio.timeout(60):
            await test(**fixtures)

    return run


@pytest.fixture
async def service() -> AsyncIterator[ScriptedService]:
    async with ScriptedService() as running:
        yield running


@pytest.fixture
async def reach(service: ScriptedService) -> AsyncIterator[Callable[..., Upstreams]]:
    """`reach(read_timeout_s=...)` gives Upstreams whose one target, "vendor", is the scripted service."""
    opened: list[Upstreams] = []

    async def build(**options: object) -> Upstreams:
        settings = {"base_url": f"http://127.0.0.1:{service.port}/v1", "credential": "sk-vendor-secret"} | options
        target = Target(service_id="vendor", allow_insecure_loopback=True, **settings)
        upstreams = Upstreams([target])
        await upstreams.open()
        opened.append(upstreams)
        return upstreams

    yield build
    for upstreams in opened:
        await upstreams.close()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file of 430 KB."""
    need_package("gguf")
    import tiny_gguf

    return tiny_gguf.write(tmp_path_factory.mktemp("model") / "tiny.gguf")
