"""One HTTP/1.1 connection by hand: sends any bytes, and reads what comes back."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """One reply."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The members of the error, in OpenAI's shape; it must have a message, a code and a remedy."""
        error: dict[str, Any] = json.loads(self.body)["error"]
        assert {"message", "type", "param", "code", "remedy"} <= set(error)
        assert error["remedy"]
        assert error["remedy"] in error["message"]
        return error


class Wire:
    """Use as a context manager."""

    def __init__(self, port: int, timeout_s: float = 10.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self._buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Sends bytes as they are; a peer that has closed already is no error here."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(data)

    def finish(self) -> None:
        """Says that no more comes, and still listens."""
        self._socket.shutdown(socket.SHUT_WR)

    def read(self, *, head: bool = False) -> Answer | None:
        """The next reply, or None where the connection ended instead. `head`: of a HEAD request, without a body."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                assert self._buffer == b"", "a reply that was cut off"
                return None
        first, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lines = first.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        if status == 100:
            return self.read(head=head)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        length = 0 if head else int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            assert self._more(), "a reply that was cut off"
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Answer(status, headers, body)

    def is_closed(self) -> bool:
        """Whether the peer ends the connection now, within the time-out."""
        try:
            return not self._more()
        except TimeoutError:
            return False

    def _more(self) -> bool:
        try:
            piece = self._socket.recv(65536)
        except ConnectionError:
            return False
        self._buffer += piece
        return bool(piece)


def ask(port: int, data: bytes, *, head: bool = False) -> Answer | None:
    """One request on a connection of its own."""
    with Wire(port) as wire:
        wire.send(data)
        return wire.read(head=head)
