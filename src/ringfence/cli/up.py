"""`ringfence up`: the gateway, the embedded private model and the demonstration vendor, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from datetime import UTC, datetime

import click
import uvloop

from ringfence import register
from ringfence.cli import welcome
from ringfence.cli.common import home_of
from ringfence.cli.demo_vendor import DemoVendor
from ringfence.cli.init import write
from ringfence.gateway import address
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.gateway.keys import KeyStore, write_private
from ringfence.gateway.running import Running
from ringfence.vocabulary.errors import LedgerUnavailable

# The ledger's writer is a thread beside the event loop; at Python's 5 ms a busy loop would keep it waiting that long,
# and every request with it.
_SWITCH_S = 0.0005
_LIVE_S = 0.02


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Instead of [gateway] port.")
@click.option("--no-demonstration", is_flag=True, help="Don't start the demonstration vendor of `ringfence tour`.")
@click.pass_context
def command(context: click.Context, port: int | None, no_demonstration: bool) -> None:
    """Start the gateway. The first start makes what it needs: settings, register, policies, a key, a ledger."""
    home = home_of(context)
    homes.create(home)
    if home.config.parent == home.folder and not home.config.exists():
        write(home.folder)
        home = home_of(context)
    sys.setswitchinterval(_SWITCH_S)
    uvloop.run(_up(home, port or home.settings.gateway.port, demonstration=not no_demonstration))


async def _up(home: Home, port: int, *, demonstration: bool) -> None:
    vendor = DemoVendor() if demonstration else None
    if vendor:
        await vendor.start()
        _demonstration_register(home)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        running = await Running.start(
            home, port, demonstration_port=vendor.port if vendor else 0, live=_Live(), log=_log, on_fatal=_fatal
        )
        try:
            _tell(home, port, vendor)
            welcome.show(home, running, port, _first_key(running.keys))
            await stopping.wait()
            _say("stopping: requests under way may finish", err=True)
        finally:
            await running.stop()
    finally:
        if vendor:
            await vendor.stop()


def _demonstration_register(home: Home) -> None:
    """Writes the demonstration vendor's services and example documents, dated around today."""
    for name, text in register.demonstration(datetime.now(UTC).date()).items():
        write_private(home.demonstration / name, text.encode())


def _tell(home: Home, port: int, vendor: DemoVendor | None) -> None:
    """Where `ringfence tour` finds both. Only now: the files of another gateway on this home stay as they are."""
    write_private(home.run / "gateway.url", address.url(home.settings.gateway.host, port).encode())
    if vendor:
        write_private(home.run / "demonstration.port", str(vendor.port).encode())
    else:
        (home.run / "demonstration.port").unlink(missing_ok=True)


def _first_key(keys: KeyStore) -> str:
    """The text of a first key, where there is none yet. It declares nothing, so its traffic stays private."""
    if any(not key.demonstration for key in keys.all()):
        return ""
    return keys.create(client="default", purpose="first steps")[1]


class _Live:
    """Prints the line of each request. Lines that come together are written together: a write for
    each request would cost more than its decision."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __call__(self, line: str) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(_LIVE_S, self._print)
        self._lines.append(f"{datetime.now(UTC):%H:%M:%S} {line}")

    def _print(self) -> None:
        lines, self._lines = self._lines, []
        _say("\n".join(lines))


def _log(line: str) -> None:
    _say(f"{datetime.now(UTC):%H:%M:%S} {line}", err=True)


def _say(text: str, *, err: bool = False) -> None:
    """Prints, if anybody still reads: whoever closed the pipe, or the full disk under a log, stops no request."""
    with contextlib.suppress(OSError):
        click.echo(text, err=err)


def _fatal(error: LedgerUnavailable) -> None:
    """The ledger's writer calls this from its own thread: nothing can be recorded any more, so nothing may be sent.

    A failed fsync may have dropped the pages it failed on, so trying again would lie; only a fresh start, which reads
    what is really on the disk, can go on.
    """
    with contextlib.suppress(OSError):
        sys.stderr.write(f"error: {error.message}\nremedy: {error.remedy}\n")
        sys.stderr.flush()
    os._exit(4)
