"""Serves checkpoint and tiles over HTTP, for anybody's tools: https://c2sp.org/tlog-tiles. Read-only, files only."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server as Granian

from ringfence.gateway import address
from ringfence.gateway.admit import check_host, headers_once
from ringfence.ledger.tiles import CHECKPOINT, ENTRIES, folder_tiles, parse
from ringfence.vocabulary.errors import RingfenceError

Headers = list[tuple[str, str]]

_PLAIN: Headers = [("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")]
_TILE: Headers = [("content-type", "application/octet-stream"), ("x-content-type-options", "nosniff")]
# https://c2sp.org/tlog-tiles#checkpoints: not beyond a few seconds; #merkle-tree: a tile never changes.
_SECONDS = ("cache-control", "max-age=2")
_FOR_EVER = ("cache-control", "public, max-age=31536000, immutable")
_FOR_EVER_PRIVATE = ("cache-control", "private, max-age=31536000, immutable")
_NO_STORE = ("cache-control", "no-store")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class TileServer:
    """The RSGI application. `entries`: whether bundles of records are served too, which say who sent what kind of data
    where. `hosts` are the names that it may be called by, none for any (a web page must not reach a loopback address
    through the browser)."""

    def __init__(self, folder: Path, *, entries: bool, hosts: tuple[str, ...]) -> None:
        self._read = folder_tiles(folder)
        self._entries, self._hosts = entries, hosts

    async def __call__(self, scope: Any, protocol: Any) -> None:
        status, headers, body = await asyncio.to_thread(self.answer, scope)
        # For HEAD the server sends the length and leaves the body out.
        protocol.response_bytes(status, [*headers, ("content-length", str(len(body)))], body)

    def answer(self, scope: Any) -> tuple[int, Headers, bytes]:
        """Status, headers and body. Blocks for a file."""
        try:
            headers = headers_once(scope.headers.items(), scope.headers.keys())
            if self._hosts:
                check_host({**headers, **({"host": scope.authority} if scope.authority else {})}, self._hosts)
        except RingfenceError as error:
            return error.http_status, [*_PLAIN, _NO_STORE], f"{error.message}\n".encode()
        if scope.method not in ("GET", "HEAD"):
            return 405, [*_PLAIN, _NO_STORE, ("allow", "GET, HEAD")], b"Only GET and HEAD are served.\n"
        path = scope.path.removeprefix("/")
        if path == CHECKPOINT:
            return self._file(path, [*_PLAIN, _SECONDS])
        # INVARIANT: only a tile's one spelling gets to the disk, so no path leads out of the folder.
        tile = parse(path)
        if tile is None or (tile.level == ENTRIES and not self._entries):
            return self._file("", [])
        if tile.level != ENTRIES:
            return self._file(path, [*_TILE, _FOR_EVER])
        status, found, body = self._file(path, [*_TILE, _FOR_EVER_PRIVATE, ("vary", "accept-encoding")])
        if status == 200 and _takes_gzip(headers.get("accept-encoding", "")):
            return status, [*found, ("content-encoding", "gzip")], gzip.compress(body, 6, mtime=0)
        return status, found, body

    def _file(self, path: str, headers: Headers) -> tuple[int, Headers, bytes]:
        """404 must not be kept: a tile that is not there may be there in a moment."""
        body = self._read(path) if path else None
        if body is None:
            return 404, [*_PLAIN, _NO_STORE], b"There is nothing here.\n"
        return 200, headers, body


async def serve(folder: Path, host: str, port: int, *, entries: bool, ready: Callable[[str], None]) -> None:
    """Until cancelled. `ready` is told the URL. Raises ConfigurationError where it can't listen there."""
    address.check(host, port)
    local = host in ("127.0.0.1", "::1")
    server = Granian(
        TileServer(folder, entries=entries, hosts=LOOPBACK if local else ()),
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.sleep(0.05)
        if not serving.done():
            ready(address.url(host, port))
        await asyncio.shield(serving)
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([serving], timeout=5)


def _takes_gzip(accepts: str) -> bool:
    """RFC 9110 section 12.5.3, as far as it goes here: named, and not with a weight of zero."""
    for each in accepts.lower().split(","):
        coding, _, weight = each.replace(" ", "").partition(";")
        if coding == "gzip":
            return weight.rstrip("0") not in ("q=", "q=0.")
    return False
