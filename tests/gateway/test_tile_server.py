"""Tiles over HTTP: what is served, how it may be kept, and that nothing else is."""

from __future__ import annotations

import gzip
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ringfence.gateway.tile_server import LOOPBACK, TileServer
from ringfence.ledger.tiles.tiler import Tiler
from support.tiles import served

FULL, PARTIAL, BUNDLE = "/tile/0/000", "/tile/0/001.p/44", "/tile/entries/001.p/44"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("served") / "tiles"

    def put(path: str, data: bytes) -> None:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)

    tiler = Tiler(put)
    for index in range(300):
        tiler.add(b"leaf %d" % index)
    tiler.finish()
    put("checkpoint", b"a note \xe2\x80\x94\n")
    put("lock", b"")
    put("tile/0/002.new", b"x")
    (place.parent / "secret").write_bytes(b"secret")
    return place


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[str]:
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def with_entries(folder: Path) -> Iterator[str]:
    with served(folder, entries=True) as url:
        yield url


def ask(url: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request(method, path, headers=headers)
    reply = connection.getresponse()
    found = reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    connection.close()
    return found


def test_checkpoint(plain: str) -> None:
    status, headers, body = ask(plain, "/checkpoint")
    assert (status, body) == (200, b"a note \xe2\x80\x94\n")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["cache-control"] == "max-age=2"


@pytest.mark.parametrize("path", [FULL, PARTIAL, "/tile/1/000.p/1"])
def test_hash_tiles(path: str, plain: str, folder: Path) -> None:
    status, headers, body = ask(plain, path)
    assert (status, body) == (200, (folder / path[1:]).read_bytes())
    assert headers["content-type"] == "application/octet-stream"
    assert "immutable" in headers["cache-control"]
    assert "public" in headers["cache-control"]


@pytest.mark.parametrize("path", ["/checkpoint", FULL])
def test_head(path: str, plain: str) -> None:
    status, headers, body = ask(plain, path, "HEAD")
    assert (status, body) == (200, b"")
    assert headers["content-length"] == str(len(ask(plain, path)[2]))


def test_head_sends_no_body(plain: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(plain).port or 0), timeout=10) as wire:
        wire.sendall(b"HEAD /checkpoint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        reply = b"".join(iter(lambda: wire.recv(4096), b""))
    assert b"content-length: 11\r\n" in reply.lower()
    assert reply.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tile",
        "/tile/0",
        "/tile/0/002",
        "/tile/0/001",
        "/tile/0/001.p/43",
        "/tile/0/002.new",
        "/lock",
        "/tile/0/000/",
        "//tile/0/000",
        "/tile/0/../0/000",
        "/../secret",
        "/tile/../../secret",
        "/%2e%2e/secret",
        "/tile/%2e%2e/%2e%2e/secret",
        "/tile/0/..%2f..%2f..%2fsecret",
        "/tile/0/000%00",
        "/checkpoint/",
        "/checkpoint%0a",
    ],
)
def test_nothing_else_is_served(path: str, plain: str, with_entries: str) -> None:
    for url in (plain, with_entries):
        status, headers, body = ask(url, path)
        assert status in (400, 404)
        assert b"secret" not in body
        if status == 404:
            assert headers["cache-control"] == "no-store"


def test_entries_only_where_asked_for(plain: str, with_entries: str, folder: Path) -> None:
    assert ask(plain, BUNDLE)[0] == 404
    status, headers, body = ask(with_entries, BUNDLE)
    assert (status, body) == (200, (folder / BUNDLE[1:]).read_bytes())
    assert "private" in headers["cache-control"]
    assert "content-encoding" not in headers
    assert ask(with_entries, FULL)[0] == 200


@pytest.mark.parametrize("accepts", ["gzip", "br, GZIP;q=0.5", "identity, gzip ; q=1"])
def test_entries_are_compressed_for_who_can_read_it(accepts: str, with_entries: str, folder: Path) -> None:
    status, headers, body = ask(with_entries, BUNDLE, **{"accept-encoding": accepts})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == (folder / BUNDLE[1:]).read_bytes()
    assert len(body) < len(gzip.decompress(body))


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0", "gzip; q=0.000", "xgzip"])
def test_and_for_nobody_else(accepts: str, with_entries: str) -> None:
    assert "content-encoding" not in ask(with_entries, BUNDLE, **{"accept-encoding": accepts})[1]
    assert "content-encoding" not in ask(with_entries, FULL, **{"accept-encoding": "gzip"})[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods(method: str, plain: str) -> None:
    status, headers, _ = ask(plain, "/checkpoint", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_web_page_does_not_get_through_a_browser(with_entries: str) -> None:
    assert ask(with_entries, BUNDLE, Host="evil.example")[0] == 421
    assert ask(with_entries, BUNDLE, Host="localhost:8402")[0] == 200


class _Scope:
    method, path, authority = "GET", "/checkpoint", None

    def __init__(self, host: str) -> None:
        self.headers = {"host": host}


def test_by_any_name_where_it_serves_the_network(folder: Path) -> None:
    assert TileServer(folder, entries=False, hosts=()).answer(_Scope("ledger.example"))[0] == 200
    assert TileServer(folder, entries=False, hosts=LOOPBACK).answer(_Scope("ledger.example"))[0] == 421


def test_a_new_checkpoint_is_served_at_once(folder: Path, plain: str) -> None:
    kept = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(b"newer\n")
    assert ask(plain, "/checkpoint")[2] == b"newer\n"
    (folder / "checkpoint").write_bytes(kept)
