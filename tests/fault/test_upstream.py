"""The vendor breaks off or is slow, and the client goes away: each ends promptly, on both sides, and on record."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fault.silent import HEAD, SilentVendor, chunk
from support import home, startup, vendor
from support.client import PATH, Client, Got, chat
from support.gateway import GatewayProcess
from support.place import Place, place
from support.vendor import ScriptedVendor

PROMPT_S = 1.0
FIRST_BYTE_S = 0.6
REPLY_S = 1.0
HALF = vendor.event({"content": "half"})


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A gateway that gives its vendor 0.6 s to begin, 0.6 s between two pieces and 1 s for the whole reply."""
    times = f"first_byte_timeout_s = {FIRST_BYTE_S}\nread_timeout_s = {FIRST_BYTE_S}\nreply_timeout_s = {REPLY_S}\n"
    with place(tmp_path_factory.mktemp("quick"), upstream=times) as made:
        yield made


def slow(pause_s: float, *pieces: bytes) -> vendor.Answer:
    return vendor.stream([*pieces, HALF], pause_s=pause_s)


BROKEN: dict[str, tuple[vendor.Answer, bool, int, str]] = {
    "reset in a plain reply": (vendor.stream([b'{"choices":['], end=False), False, 502, "ringfence_upstream_broken"),
    "reset before the first event": (vendor.stream([], end=False), True, 200, "ringfence_upstream_broken"),
    "reset in a stream": (vendor.stream([HALF, HALF], end=False), True, 200, "ringfence_upstream_broken"),
    "end without its last event": (vendor.stream([HALF, HALF]), True, 200, "ringfence_upstream_broken"),
    "silent in a stream": (slow(3.0, HALF), True, 200, "ringfence_upstream_timeout"),
    "silent in a plain reply": (slow(3.0, b"{"), False, 504, "ringfence_upstream_timeout"),
    "a stream without an end": (slow(0.1, *[HALF] * 60), True, 200, "ringfence_upstream_timeout"),
    "a plain reply without an end": (slow(0.1, *[b" "] * 60), False, 504, "ringfence_upstream_timeout"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_vendor_that_breaks_off_ends_the_reply_at_once(name: str, quick: Place) -> None:
    quick.vendor.answer, stream, status, code = BROKEN[name]
    began_s = time.monotonic()
    got = Client(quick.gateway.port, quick.keys["general"], 10).post(chat("Hello.", stream=stream))
    took_s = time.monotonic() - began_s
    assert got.status == status
    assert took_s < REPLY_S + PROMPT_S, "the client waits for a reply that has ended"
    last = got.body.split(b"\n\n")[-2].removeprefix(b"data: ") if stream else got.body
    assert json.loads(last)["error"]["code"] == code
    assert b"[DONE]" not in got.body
    assert quick.wait_ended(got.headers["x-ringfence-record"])["outcome"] == "upstream_failed"


def leave(connection: socket.socket, how: str) -> None:
    """Closes, or breaks off with a reset."""
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


SAYS = {"nothing yet": b"", "a stream begun": HEAD + chunk(HALF)}


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("says", SAYS)
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "plain"])
def test_a_client_that_left_frees_a_silent_vendor_at_once(how: str, says: str, stream: bool, tmp_path: Path) -> None:
    with SilentVendor(SAYS[says]) as service:
        home.write(tmp_path, service.port)
        key = home.key(tmp_path, "general")
        with GatewayProcess(tmp_path) as gateway:
            with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
                connection.sendall(wire(key, chat("Hello.", stream=stream)))
                assert service.asked.wait(10)
                time.sleep(0.1)
                leave(connection, how)
            left_s = time.monotonic()
            assert service.closed.wait(10), "the vendor was left to work for nobody"
            assert service.closed_at - left_s < PROMPT_S
    outcomes = [record["body"]["outcome"] for record in home.records(tmp_path) if record["phase"] == "ended"]
    assert outcomes == ["client_left"]


def wire(key: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
    return f"{head}content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data


def test_a_gateway_that_stops_waits_for_a_reply_and_takes_no_more(tmp_path: Path) -> None:
    with place(tmp_path / "home") as own:
        own.vendor.answer = vendor.stream([*[HALF] * 10, vendor.event({}, "stop"), vendor.DONE], pause_s=0.15)
        with socket.create_connection(("127.0.0.1", own.gateway.port)) as connection:
            connection.sendall(wire(own.keys["general"], chat("Hello.", stream=True)))
            got = connection.recv(65536)
            own.gateway.process.terminate()
            time.sleep(0.3)
            with pytest.raises(OSError):
                Client(own.gateway.port, own.keys["general"], 5).post(chat("Too late."))
            while piece := connection.recv(65536):
                got += piece
        assert got.count(b"half") == 10
        assert b"[DONE]" in got
        assert own.gateway.process.wait(20) == 0
    assert not any(b"Too late." in received.body for received in own.vendor.received)


def test_a_gateway_that_stops_cuts_off_what_takes_too_long_and_records_it(tmp_path: Path) -> None:
    impatient = startup.environment(
        tmp_path / "site", "ringfence.cli.welcome", "from ringfence.gateway import running\nrunning._DRAIN_S = 0.5"
    )
    got: list[Got] = []
    with ScriptedVendor(vendor.stream([HALF] * 200, pause_s=0.05)) as service:
        folder = home.write(tmp_path / "home", service.port)
        key = home.key(folder, "general")
        with GatewayProcess(folder, env=impatient) as gateway:

            def ask(stream: bool) -> None:
                got.append(Client(gateway.port, key, 30).post(chat("Hello.", stream=stream)))

            threads = [threading.Thread(target=ask, args=(stream,)) for stream in (True, False)]
            for thread in threads:
                thread.start()
            while len(service.received) < len(threads):
                time.sleep(0.02)
            began_s = time.monotonic()
            gateway.process.terminate()
            assert gateway.process.wait(20) == 0
            assert time.monotonic() - began_s < 5
            for thread in threads:
                thread.join(10)
    plain, streamed = sorted(got, key=lambda each: each.status != 502)
    assert plain.status == 502
    assert b"ringfence_upstream_broken" in streamed.body
    assert b"[DONE]" not in streamed.body
    outcomes = [each["body"]["outcome"] for each in home.records(folder) if each["phase"] == "ended"]
    assert outcomes == ["upstream_failed", "upstream_failed"]
