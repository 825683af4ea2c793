"""A vendor that takes a request, says a little or nothing, and then only notes when its connection closes."""

from __future__ import annotations

import socket
import threading
import time
from typing import Self

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


class SilentVendor:
    """`says` are the bytes that it answers at once. `asked`: the request is there. `closed_at` is time.monotonic()."""

    def __init__(self, says: bytes = b"") -> None:
        self._says = says
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.asked = threading.Event()
        self.closed = threading.Event()
        self.closed_at = 0.0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        connection, _ = self._server.accept()
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            connection.sendall(self._says)
            self.asked.set()
            try:
                while connection.recv(65536):
                    pass
            except ConnectionError:
                pass
            self.closed_at = time.monotonic()
            self.closed.set()
