"""The embedded engine with a tiny random model: its life, its isolation, and what it must not keep."""

# A test may read /proc and wait in small steps while nothing else runs on its loop.
# ruff: noqa: ASYNC110, ASYNC220, ASYNC240

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from ringfence.upstream import EmbeddedEngine, EngineStatus, Upstreams, embedded, find_model
from ringfence.vocabulary.errors import UpstreamUnavailable
from support.needs import need_package

need_package("xllamacpp")
pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_factories=["uvloop"])]
BOTH_LOOPS = pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"])

CHAT = "/chat/completions"
SERVICE = "private/embedded"
Start = Callable[..., Awaitable[EmbeddedEngine]]


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture
async def start(tiny_model: Path, home: Path) -> AsyncIterator[Start]:
    engines: list[EmbeddedEngine] = []

    async def run(**options: object) -> EmbeddedEngine:
        settings = {"threads": 1, "context_tokens": 1024, "parallel": 2} | options
        engine = EmbeddedEngine(find_model(str(tiny_model)), home, **settings)
        engines.append(engine)
        await engine.start(20)
        return engine

    yield run
    for engine in engines:
        await engine.stop()


async def ask(engine: EmbeddedEngine, body: dict[str, object] | bytes) -> tuple[int, bytes]:
    upstreams = Upstreams([engine.target(SERVICE)], readiness={SERVICE: engine.why_not})
    await upstreams.open()
    try:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with upstreams.send(SERVICE, CHAT, data) as answer:
            return answer.status, await answer.read(1_000_000)
    finally:
        await upstreams.close()


def say(text: str = "hello", **more: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text}], "max_tokens": 8, "seed": 1} | more


def ready(engine: EmbeddedEngine) -> EngineStatus:
    status = engine.status()
    assert status.ready and status.pid is not None, status.reason
    return status


def isolated(engine: EmbeddedEngine) -> EngineStatus:
    status = ready(engine)
    if status.isolated == "unproven":
        pytest.skip(status.how)
    return status


def raw(path: Path, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(request)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        return answer


async def until(happened: Callable[[], bool], within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while not happened() and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return happened()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@BOTH_LOOPS
async def test_it_answers(start: Start) -> None:
    engine = await start()
    status, body = await ask(engine, say())
    reply = json.loads(body)
    assert status == 200
    assert reply["choices"][0]["message"]["role"] == "assistant"
    assert reply["model"] == "tiny"  # its name, not its path on this machine
    assert reply["usage"]["completion_tokens"] <= 8


async def test_it_streams(start: Start) -> None:
    engine = await start()
    status, body = await ask(engine, say(stream=True))
    assert status == 200
    assert body.endswith(b"data: [DONE]\n\n")
    assert body.count(b"data: ") >= 3


async def test_a_schema_is_obeyed(start: Start) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    schema["additionalProperties"] = False
    engine = await start()
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    for seed in range(5):
        _, body = await ask(engine, say(response_format=form, max_tokens=300, seed=seed))
        assert set(json.loads(json.loads(body)["choices"][0]["message"]["content"])) == {"ok"}


async def test_it_has_no_network(start: Start) -> None:
    """Seen from outside by /proc, and from inside by trying every way out."""
    status = isolated(await start())
    assert status.isolated == "proven", status.how
    assert status.interfaces == ("lo",)
    assert len(status.probes) >= 5
    assert all(result != "OPEN" for _, result in status.probes)
    assert {what.split()[0] for what, _ in status.probes} == {"tcp", "udp"}
    assert (Path(f"/proc/{status.pid}/ns/net")).readlink() != Path("/proc/self/ns/net").readlink()


async def test_it_has_no_capability(start: Start) -> None:
    status = isolated(await start())
    lines = dict(line.split(":\t") for line in Path(f"/proc/{status.pid}/status").read_text().splitlines())
    assert {lines[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert lines["NoNewPrivs"].strip() == "1"


async def test_without_isolation_it_says_so_and_listens_on_no_port(start: Start) -> None:
    status = ready(await start(isolate=False))
    assert status.isolated == "unproven"
    assert "switched off" in status.how and status.probes == ()
    owned = {os.readlink(entry) for entry in Path(f"/proc/{status.pid}/fd").iterdir()}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            assert f"socket:[{line.split()[9]}]" not in owned


async def test_it_gets_no_credential(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "RINGFENCE_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "SECRET-MARK")
    status = ready(await start())
    environment = Path(f"/proc/{status.pid}/environ").read_bytes()
    assert b"SECRET-MARK" not in environment
    names = {entry.split(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
    assert names <= {"LANG", "HOME", "GGML_NO_BACKTRACE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}


async def test_only_this_user_reaches_it(start: Start, home: Path) -> None:
    await start()
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "engine.sock").stat().st_mode & 0o777 == 0o600
    assert (home / "engine.log").stat().st_mode & 0o777 == 0o600


async def test_no_endpoint_shows_prompts(start: Start, home: Path) -> None:
    engine = await start()
    await ask(engine, say("ZEBRA-MARK"))
    for path in ("/slots", "/metrics", "/props", "/", "/index.html", "/v1/models"):
        answer = raw(home / "engine.sock", f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        assert b"ZEBRA-MARK" not in answer
        if path not in ("/props", "/v1/models"):
            assert not answer.startswith(b"HTTP/1.1 200")
    saved = raw(
        home / "engine.sock",
        b"POST /slots/0?action=save HTTP/1.1\r\nhost: x\r\ncontent-length: 18\r\nconnection: close\r\n\r\n"
        b'{"filename":"kept"}',
    )
    assert not saved.startswith(b"HTTP/1.1 200")
    assert sorted(entry.name for entry in home.iterdir()) == ["engine.log", "engine.sock"]


async def test_nothing_of_a_prompt_is_kept(start: Start, home: Path) -> None:
    """Failures included: llama.cpp prints a grammar that it can't use, and with it the client's schema."""
    engine = await start()
    written = (home / "engine.log").read_bytes()
    assert b"model loaded" in written  # what it prints while it loads is there to be read
    mark = "ZEBRA-MARK"
    form = {"type": "json_schema", "json_schema": {"name": mark, "schema": {"type": mark, "pattern": f"^({mark}"}}}
    bodies: list[dict[str, object] | bytes] = [
        say(mark),
        say(mark, stream=True),
        say(mark, response_format=form),
        say(mark, grammar=f'root ::= "{mark}" nowhere'),
        say(mark * 4000),
        say(tools=[{"type": "function", "function": {"name": mark, "parameters": {"type": mark}}}]),
        b'{"messages":[{"role":"user","content":' + mark.encode() + b"}]}",
        say([{"type": "image_url", "image_url": {"url": f"http://{mark}/x.png"}}]),
    ]
    statuses = [(await ask(engine, body))[0] for body in bodies]
    assert 200 in statuses and any(status >= 400 for status in statuses)
    pid = ready(engine).pid
    for entry in home.rglob("*"):
        assert not entry.is_file() or mark.encode() not in entry.read_bytes(), entry
    assert mark.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert (home / "engine.log").read_bytes() == written
    await engine.stop()
    assert mark.encode() not in b"".join(file.read_bytes() for file in home.iterdir())


async def test_a_prompt_does_not_show_in_the_next_request(start: Start) -> None:
    """A cached prefix would tell one client, by count or by time, what another has asked."""
    engine = await start(parallel=1)
    for _ in range(3):
        _, body = await ask(engine, say("the same long question, word for word " * 8))
        reply = json.loads(body)
        assert reply["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
        assert reply["timings"]["cache_n"] == 0


@BOTH_LOOPS
async def test_it_is_started_again_when_it_dies(start: Start) -> None:
    engine = await start()
    first = ready(engine)
    os.kill(first.pid, signal.SIGKILL)
    assert await until(lambda: not engine.status().ready)
    with pytest.raises(UpstreamUnavailable, match="not ready: the engine ended by itself"):
        await ask(engine, say())
    assert await until(lambda: engine.status().ready)
    second = ready(engine)
    assert second.pid != first.pid and second.restarts == 1
    assert (await ask(engine, say()))[0] == 200


async def test_it_is_given_up_when_it_keeps_dying(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "BACKOFF_S", (0.01, 0.01))
    lines: list[str] = []
    engine = await start(log=lines.append)
    for _ in range(3):
        assert await until(lambda: engine.status().ready)
        os.kill(ready(engine).pid, signal.SIGKILL)
        assert await until(lambda: not engine.status().ready)
    assert await until(lambda: engine.status().state == "failed")
    await asyncio.sleep(0.1)
    assert engine.status().state == "failed" and engine.status().restarts == 2
    assert "signal 9" in engine.why_not() and "failed" in lines[-1]


async def test_a_broken_model_fails_at_once_with_a_reason(home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\x00" * 100)
    engine = EmbeddedEngine(find_model(str(tmp_path / "broken.gguf")), home)
    began = time.monotonic()
    status = await engine.start(20)
    assert time.monotonic() - began < 10
    assert status.state == "failed" and not status.ready and status.pid is None
    assert "could not start" in status.reason and "engine.log" in status.reason
    assert engine.why_not()
    await engine.stop()


@BOTH_LOOPS
async def test_stopping_leaves_nothing_running(start: Start, home: Path) -> None:
    engine = await start()
    pid = ready(engine).pid
    await engine.stop()
    assert not alive(pid)
    assert not (home / "engine.sock").exists()
    assert engine.status().state == "stopped" and engine.why_not()


async def test_a_socket_left_by_a_crash_does_not_block_the_next_start(start: Start, home: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home / "engine.sock"))
    assert (await ask(await start(), say()))[0] == 200


PARENT = """
import asyncio, sys
from pathlib import Path
from ringfence.upstream import EmbeddedEngine, find_model
async def main():
    engine = EmbeddedEngine(find_model(sys.argv[1]), Path(sys.argv[2]), threads=1, context_tokens=256)
    print((await engine.start(20)).pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.asyncio(loop_factories=["asyncio"])
async def test_it_ends_with_a_gateway_that_is_killed(tiny_model: Path, home: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tiny_model), str(home)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert await until(lambda: not alive(pid), within_s=5)


async def test_one_core_is_left_to_the_gateway(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    status = ready(await start(threads=64))
    options = json.loads(Path(f"/proc/{status.pid}/cmdline").read_bytes().split(b"\0")[-2])
    assert options["threads"] == 2
