"""The embedded private model: a child process without network, reached over a Unix socket, kept alive.

The engine gets no credential (its environment is made anew), answers on one socket in a folder that only this user may
enter, and exits when the gateway does, also when the gateway is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ringfence.upstream import engine_child
from ringfence.upstream.models import ModelFile
from ringfence.upstream.observe import Network, network_of
from ringfence.upstream.runtime_dir import SOCKET, prepare, short_enough
from ringfence.upstream.target import Target

LOG = "engine.log"
STOP_TIMEOUT_S = 2.0
HEALTH_TIMEOUT_S = 5.0
# A crash: wait, doubling, and give up after this many in a row; a run of this length counts as sound again.
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0)
SOUND_RUN_S = 60.0
# Names of the dynamic linker, without which some Python builds do not start. Everything else stays behind.
KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class EngineStatus(msgspec.Struct, frozen=True):
    """`state` is stopped, starting, ready, restarting or failed, `reason` why it isn't ready (else "").

    `isolated` is "proven" (we read from /proc that no thread has an interface to leave by, and every probe from inside
    failed), "not observed" (the engine says so, and we can't look) or "unproven" (it shares this machine's network).
    `how` is a plain sentence, `probes` each way out that was tried and the error it met.
    """

    state: str
    ready: bool
    reason: str
    pid: int | None
    isolated: str
    how: str
    interfaces: tuple[str, ...]
    probes: tuple[tuple[str, str], ...]
    restarts: int
    model: str
    path: str
    note: str


class EmbeddedEngine:
    """Supervises one engine process. Lives on one event loop; nothing is started before `start`.

    `socket_dir` is created 0700; where its name is too long for a socket, a short one is used in its place.
    `threads` is lowered where the machine has no more cores than that. `log` receives one plain line for each change of
    state.
    """

    def __init__(
        self,
        model: ModelFile,
        socket_dir: Path,
        *,
        isolate: bool = True,
        threads: int = 1,
        context_tokens: int = 4096,
        parallel: int = 2,
        log: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._model = model
        self._dir = short_enough(socket_dir)
        self._options = {
            "model": str(model.path),
            "alias": model.name,
            "socket": str(self._dir / SOCKET),
            "isolate": isolate,
            "threads": min(threads, _spare_cores()),
            "context_tokens": context_tokens,
            "parallel": parallel,
        }
        self._log = log
        self._state = "stopped"
        self._reason = "the engine has not been started"
        self._restarts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._report: dict[str, Any] = {}
        self._supervisor: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    def target(self, service_id: str, *, first_byte_timeout_s: float = 300.0, read_timeout_s: float = 120.0) -> Target:
        """How `Upstreams` reaches this engine. Hand `why_not` in as its readiness."""
        return Target(
            service_id=service_id,
            base_url="http://localhost/v1",
            unix_socket=str(self._dir / SOCKET),
            first_byte_timeout_s=first_byte_timeout_s,
            read_timeout_s=read_timeout_s,
            # A connection for each request: llama.cpp's server closes it behind a stream without saying so (REST_S).
            idle_timeout_s=0.0,
        )

    async def start(self, timeout_s: float = 60.0) -> EngineStatus:
        """Start, and wait until the engine answers, has failed for good, or `timeout_s` has passed (it goes on then).

        Raises ConfigurationError where the socket's folder can't be made safe.
        """
        prepare(self._dir)
        self._settled.clear()
        self._supervisor = asyncio.create_task(self._supervise())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._settled.wait()
        return self.status()

    async def stop(self) -> None:
        """Stop the engine and wait until it is gone. SIGTERM, and SIGKILL after a bounded wait."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None
        self._to("stopped", "the engine has been stopped")

    def why_not(self) -> str:
        """Why the engine can't be sent to now, else ""."""
        return "" if self._state == "ready" else f"the embedded model is not ready: {self._reason}"

    def status(self) -> EngineStatus:
        """The state, with the network as it is read from /proc at this moment."""
        ready = self._state == "ready"
        pid = self._process.pid if ready and self._process is not None else None
        network = network_of(pid) if pid is not None else None
        probes = tuple((str(what), str(result)) for what, result in self._report.get("probes", ()))
        isolated, how = _judge(bool(self._report.get("isolated")), str(self._report.get("how", "")), network, probes)
        return EngineStatus(
            state=self._state,
            ready=ready,
            reason=self._reason,
            pid=pid,
            isolated=isolated if ready else "unproven",
            how=how if ready else self._reason,
            interfaces=network.interfaces if network is not None else (),
            probes=probes,
            restarts=self._restarts,
            model=self._model.name,
            path=str(self._model.path),
            note=self._model.note,
        )

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        crashes = 0
        while True:
            began_s = loop.time()
            self._to("starting", "the model is being loaded")
            try:
                ended, again = await self._run()
            finally:
                await self._end_process()
            crashes = 0 if loop.time() - began_s > SOUND_RUN_S else crashes + 1
            if not again or crashes > len(BACKOFF_S):
                self._to("failed", ended)
                self._settled.set()
                return
            self._to("restarting", ended)
            self._restarts += 1
            await asyncio.sleep(BACKOFF_S[max(crashes - 1, 0)])

    async def _run(self) -> tuple[str, bool]:
        """One life of the engine. Why it ended, and whether another try can end otherwise."""
        self._report = {}
        try:
            process = self._process = await self._spawn()
        except OSError as error:
            return f"its process could not be started: {os.strerror(error.errno or 0).lower()}", False
        assert process.stdout is not None
        async for line in process.stdout:
            self._report |= msgspec.json.decode(line, type=dict[str, Any])
            if "failed" in self._report:
                return f"the engine could not start: {self._report['failed']} ({self._dir / LOG} says more)", False
            if "serving" in self._report:
                break
        if "serving" in self._report:
            if not await self._healthy():
                return "the engine does not answer", True
            self._to("ready", "")
            self._settled.set()
        code = await process.wait()
        return f"the engine ended by itself ({_ending(code)})", True

    async def _spawn(self) -> asyncio.subprocess.Process:
        socket = self._dir / SOCKET
        socket.unlink(missing_ok=True)
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        environment |= {"LANG": "C.UTF-8", "HOME": str(self._dir), "GGML_NO_BACKTRACE": "1"}
        log = os.open(self._dir / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(Path(engine_child.__file__)),
                json.dumps(self._options | {"parent": os.getpid()}),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=self._dir,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches the gateway only, which lets requests finish first
            )
        finally:
            os.close(log)

    async def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()
        (self._dir / SOCKET).unlink(missing_ok=True)

    async def _healthy(self) -> bool:
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                reader, writer = await asyncio.open_unix_connection(str(self._dir / SOCKET))
                writer.write(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                answer = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return False
        return answer.startswith(b"HTTP/1.1 200 ")

    def _to(self, state: str, reason: str) -> None:
        if (state, reason) != (self._state, self._reason):
            self._state, self._reason = state, reason
            self._log(f"Embedded model {self._model.name}: {state}" + (f" ({reason})" if reason else ""))


def _judge(claimed: bool, how: str, network: Network | None, probes: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The verdict on isolation, and the sentence for it."""
    if not claimed:
        return "unproven", f"it shares this machine's network: {how}"
    open_ways = [what for what, result in probes if result == "OPEN"]
    if open_ways:
        return "unproven", f"a probe from inside was not refused: {', '.join(open_ways)}"
    if network is None:
        return "not observed", f"the engine reports a {how}, but /proc can't be read here"
    if not network.closed:
        return "unproven", "/proc shows a way out: " + ", ".join(network.interfaces + network.routes)
    return "proven", f"it runs in a {how}, without an interface; {len(probes)} probes from inside were refused"


def _spare_cores() -> int:
    """All cores but one. llama.cpp's threads spin while they wait for one another: with a thread on every core of a
    busy machine, 100 tokens of the trial model took 25 to 65 s in place of 2 (docs/explanation/private-model.md).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
