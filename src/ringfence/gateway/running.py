"""A running gateway: what is started, in which order, and how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server as Granian

from ringfence import __version__
from ringfence.gateway import address, boot
from ringfence.gateway.anchoring import Anchoring
from ringfence.gateway.anchors import anchorers
from ringfence.gateway.changes import Changes, in_force, utc_now
from ringfence.gateway.heartbeat import Heartbeat
from ringfence.gateway.home import Home
from ringfence.gateway.keeping import Keeping
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.lastrun import LastRun, last_run
from ringfence.gateway.limits import InFlight
from ringfence.gateway.prober import Prober
from ringfence.gateway.probing import Probing
from ringfence.gateway.server import Ports, Server
from ringfence.gateway.services import EMBEDDED, targets
from ringfence.gateway.serving import Serving
from ringfence.gateway.state import State, Watched
from ringfence.gateway.tiling import Tiling
from ringfence.ledger.ledger import Ledger
from ringfence.masking import Vault
from ringfence.register import Snapshot
from ringfence.upstream import EmbeddedEngine, Upstreams, find_model
from ringfence.vocabulary.errors import ConfigurationError, LedgerError, LedgerUnavailable, VaultError
from ringfence.vocabulary.record import Phase, Receipt, Record

_REFRESH_S = 1.0
_PURGE_S = 60.0
_DRAIN_S = 20.0
_END_S = 5.0  # for what was cut off to be recorded, and for its clients to be told
_HEAD_S = 10.0  # at most, for a client to send its request line and headers (slow-loris)


class Running:
    """The parts of a started gateway. Make one with `start`, end it with `stop`."""

    def __init__(self, home: Home, keys: KeyStore, ledger: Ledger, vault: Vault, log: Callable[[str], None]) -> None:
        self.home, self.keys, self.ledger, self.vault, self.log = home, keys, ledger, vault, log
        self.engine: EmbeddedEngine | None = None
        self.upstreams: Upstreams
        self.watched: Watched
        self.changes: Changes
        self.decided = 0
        self.in_flight = InFlight(home.settings.gateway.max_in_flight)
        self.names: Serving | None = None
        self.files = boot.open_files(home)
        self.sidecars = boot.open_sidecars(home)
        self._snapshots = boot.snapshots(home)
        self._anchorers, self._anchor_s = anchorers(home), home.settings.anchors.interval_s
        self._keys_broken = ""
        self._exception_problems: set[str] = set()
        self._granian: Granian
        self._beating: asyncio.Task[None]
        self._tasks: list[asyncio.Task[Any]] = []

    @classmethod
    async def start(
        cls,
        home: Home,
        port: int,
        *,
        demonstration_port: int,
        live: Callable[[str], None],
        log: Callable[[str], None],
        on_fatal: Callable[[LedgerUnavailable], None],
    ) -> Self:
        """Opens what must be sound before anything listens, then listens, then waits for the embedded model.

        Raises ConfigurationError, LedgerError or VaultError; then nothing is left running.
        """
        address.check(home.settings.gateway.host, port)
        keys = KeyStore(home.folder)
        first = boot.load_state(home, _nowhere)
        snapshot, deciding = first.register, in_force(first, keys)
        names = await asyncio.to_thread(boot.open_names, home)
        vault = boot.open_vault(home)
        async with contextlib.AsyncExitStack() as undo:
            undo.callback(vault.close)
            last = await asyncio.to_thread(_last_run, home)
            start = {
                "version": __version__,
                "instance": home.settings.ledger.instance,
                "heartbeat_s": home.settings.ledger.heartbeat_s,
                "last_time": last.time if last else "",
                "last_run": "none" if last is None else "stopped" if last.stopped else "not_stopped",
                **boot.sealed_to(home),
                **deciding.digests,
            }
            ledger = await asyncio.to_thread(boot.open_ledger, home, on_fatal, start)
            undo.callback(ledger.close, {"instance": home.settings.ledger.instance})
            self = cls(home, keys, ledger, vault, log)
            self.changes = Changes(home, self.append, self._snapshots, deciding, utc_now)
            self._beating = asyncio.create_task(self._heartbeat().run())  # also while a model loads
            undo.callback(self._beating.cancel)
            self.names = names
            undo.callback(self._close_searches)
            found = targets(home.settings, snapshot.services, demonstration_port)
            readiness = {}
            if home.settings.private.engine == "embedded":
                self.engine = self._engine()
                found.append(self.engine.target(EMBEDDED))
                readiness[EMBEDDED] = self.engine.why_not
            self.upstreams = Upstreams(found, readiness=readiness)
            await self.upstreams.open()
            undo.push_async_callback(self.upstreams.close)
            folders = [home.register, home.policies, home.demonstration, home.posture]
            self.watched = Watched(lambda: self._load(snapshot), folders, [home.approvers, home.exceptions])
            await self.changes.begin(last, self.watched.state)
            if self.engine:
                undo.push_async_callback(self.engine.stop)
                await self.engine.start()
            await self._listen(port, live)
            undo.pop_all()
        return self

    def _load(self, first: Snapshot) -> State:
        """INVARIANT: what documents say of a host holds for the address in use, which was checked at the start."""
        state = boot.load_state(self.home, self.upstreams.configured)
        self._keep(state)
        for service in state.register.services.values():
            if service.id in first.services and service.host != first.services[service.id].host:
                raise ConfigurationError(
                    f"{service.id} has another host than when the gateway started", remedy="Restart the gateway."
                )
        return state

    def _keep(self, state: State) -> None:
        """INVARIANT: what decides is kept under its digest before the first decision that names the digest."""
        try:
            self.changes.keep(in_force(state, self.keys).contents)
        except OSError as error:
            raise ConfigurationError(
                f"the register and policies in force can't be kept ({error.strerror})",
                remedy="Check the disk under the ledger.",
            ) from error

    def _probing(self) -> Probing:
        return Probing(Prober(self.home), lambda: self.watched.state.register, self.append, self.log)

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            self.append,
            instance=self.home.settings.ledger.instance,
            interval_s=self.home.settings.ledger.heartbeat_s,
            state=self.changes.digests,
            in_flight=lambda: self.in_flight.count,
            decided=lambda: self.decided,
            clock=time.time,
        )

    def _engine(self) -> EmbeddedEngine:
        private = self.home.settings.private
        return EmbeddedEngine(
            find_model(private.model_path),
            self.home.run,
            isolate=private.isolate,
            threads=private.threads,
            context_tokens=private.context_tokens,
            log=self.log,
        )

    async def _listen(self, port: int, live: Callable[[str], None]) -> None:
        gateway = self.home.settings.gateway
        stations = boot.stations(
            self.home,
            state=lambda: self.watched.state,
            sender=self.upstreams,
            book=self.vault.book,
            append=self.append,
            live=live,
            names=self.names,
            files=self.files,
            sidecars=self.sidecars,
        )
        ports = Ports(
            keys=self.keys,
            allowed_hosts=gateway.allowed_hosts,
            max_body_bytes=gateway.max_body_bytes,
            read_timeout_s=gateway.read_timeout_s,
            in_flight=self.in_flight,
            ready=self.ready,
        )
        self._granian = Granian(
            Server(stations, ports),
            address=gateway.host,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=round(min(_HEAD_S, gateway.read_timeout_s) * 1000)),
            websockets=False,
            log_enabled=False,
            backlog=1024,
        )
        self._tasks = [
            asyncio.create_task(self._granian.serve()),
            asyncio.create_task(self._refresh()),
            asyncio.create_task(self._purge()),
            asyncio.create_task(self._probing().run()),
            asyncio.create_task(Anchoring(self._anchorers, self.append, self.log, self._anchor_s).run()),
            asyncio.create_task(Keeping(self.home, self.sidecars, self.append, self.log).run()),
            asyncio.create_task(Tiling(lambda: boot.reader(self.home), self.home.tiles, self.log).run()),
        ]
        await asyncio.sleep(0.05)
        if self._tasks[0].done():
            self._tasks[0].result()

    async def append(self, record: Record) -> Receipt:
        """Makes a record durable. Raises LedgerUnavailable where that fails or outlasts [gateway] ledger_timeout_s."""
        receipt: Receipt = await self.ledger.append(record, self.home.settings.gateway.ledger_timeout_s)
        self.decided += record.phase is Phase.DECIDED
        return receipt

    def ready(self) -> dict[str, Any]:
        """What /ready says: whether requests can be served, and what is missing. No names, no paths."""
        state = self.watched.state
        engine = self.engine.status() if self.engine else None
        return {
            "ready": self.ledger.failed is None and (engine is None or engine.ready),
            "ledger": "failed" if self.ledger.failed else "ok",
            "private_model": engine.state if engine else self.home.settings.private.engine,
            "names": "off" if self.names is None else "stuck" if self.names.stuck else "ok",
            "register": "broken" if state.broken else "ok",
            "keys": "broken" if self._keys_broken else "ok",
            "register_digest": state.register.digest,
            "policy_digest": state.policy.digest,
        }

    async def _refresh(self) -> None:
        """Notices changed files for as long as the gateway runs."""
        while True:
            await asyncio.sleep(_REFRESH_S)
            try:
                await self._refresh_state()
                await self._refresh_keys()
            except Exception as error:
                # Whatever it is: what can't be watched may have changed, and a withdrawn document must not count on.
                before = self.watched.state.broken
                self.watched.close(f"the files can't be watched ({type(error).__name__})")
                if self.watched.state.broken != before:
                    self.log(f"vendors are closed: {self.watched.state.broken}")

    async def _refresh_state(self) -> None:
        """A change of what decides is a record, so that a reader can date it. What a probe read is one of its own,
        and a file that says the same as before is no change."""
        before = self.watched.state
        if self.watched.refresh() and _decides(before) != _decides(self.watched.state):
            after = self.watched.state
            if after.broken:
                self.log(f"the register or policies can't be used, vendors are closed: {after.broken}")
            await self._notice(
                "register_broken" if after.broken else "register_or_policy_read",
                ("register", "policy"),
                self.watched.changed,
            )
            if not after.broken and before.register.digest != after.register.digest:
                self.log("the register changed")
        state = self.watched.state
        await self.changes.exceptions(state, self.watched.changed)
        self._say_exceptions(state)

    def _say_exceptions(self, state: State) -> None:
        """Each that does not count, once: it opens nothing, and somebody may rely on it."""
        problems = {f"{each.file}: {each.problem}" for each in state.exceptions.entries if each.problem}
        for each in sorted(problems - self._exception_problems):
            self.log(f"an exception does not count: {each}")
        self._exception_problems = problems

    async def _refresh_keys(self) -> None:
        """Where the file can't be read, the keys stay as they were: said once, and shown by /ready."""
        try:
            changed, broken = self.keys.refresh(), ""
        except ConfigurationError as error:
            changed, broken = False, error.message
        if broken != self._keys_broken:
            self._keys_broken = broken
            self.log(
                f"the keys can't be read, those of before stay: {broken}" if broken else "the keys can be read again"
            )
        if changed:
            self.changes.keep({"keys": in_force(self.watched.state, self.keys).contents["keys"]})
            await self._notice("keys_changed", ("keys",), [self.keys.path])

    async def _notice(self, event: str, parts: tuple[str, ...], paths: Iterable[Path]) -> None:
        await self.changes.look(event, parts, in_force(self.watched.state, self.keys), paths)

    async def _purge(self) -> None:
        while True:
            await asyncio.sleep(_PURGE_S)
            try:
                await asyncio.to_thread(self.vault.purge)
            except VaultError as error:
                self.log(error.message)

    async def stop(self) -> None:
        """Stops listening, lets requests under way finish within a bound, then closes everything, ledger last.

        INVARIANT: the ledger outlives every request, so that each one that was decided also has its end on record.
        """
        self._granian.stop()  # type: ignore[no-untyped-call]
        for task in (self._beating, *self._tasks[1:]):
            task.cancel()
        await self._idle(_DRAIN_S)
        await self.upstreams.close()  # what is still under way breaks off here
        await self._idle(_END_S)
        await asyncio.wait(self._tasks[:1], timeout=_END_S)
        if self.engine:
            await self.engine.stop()
        self._close_searches()
        self.vault.close()
        await asyncio.to_thread(self.ledger.close, {"instance": self.home.settings.ledger.instance})

    def _close_searches(self) -> None:
        if self.sidecars:
            self.sidecars.close()
        self.files.close()
        if self.names:
            self.names.close()

    async def _idle(self, within_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.in_flight.idle.wait()


def _decides(state: State) -> tuple[str, str, str]:
    """What the files say, by their digests, or why they can't be used."""
    return state.register.digest, state.policy.digest, state.broken


def _nowhere(_: str) -> bool:
    """Before services are set up, none can be reached."""
    return False


def _last_run(home: Home) -> LastRun | None:
    """What the log last said of this gateway. A log that can't be read is named by opening it."""
    try:
        return last_run(boot.reader_or_none(home), home.settings.ledger.instance)
    except LedgerError:
        return None
