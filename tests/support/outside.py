"""The machines outside that anchor a ledger: a time-stamping authority, a witness and a bucket, on loopback."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rfc3161_client._rust import parse_timestamp_request

from ringfence.ledger.anchors.cosignature import Cosigner
from ringfence.ledger.anchors.witness import Witness
from ringfence.ledger.checkpoint import Verifier
from support.object_lock import KEY_ID, SECRET, ObjectLock
from support.tsa import Authority

COSIGNER = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@dataclass
class Outside:
    """Use as a context manager. `broken`: "tsa" or "witness" answers 503; `hanging` the same names: never answers."""

    folder: Path
    broken: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    witness: Witness | None = None

    def __enter__(self) -> Outside:
        self.folder.mkdir(exist_ok=True)
        self.tsa, self.s3 = Authority(), ObjectLock()
        self.s3.__enter__()
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        (self.folder / "roots.pem").write_bytes(self.tsa.pem)
        (self.folder / "s3.key").write_text(f"{KEY_ID}:{SECRET}")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self.s3.__exit__()
        if self.witness:
            self.witness.close()

    def watch(self, vkey: Path) -> None:
        """The witness learns of the log whose public line stands in `vkey`."""
        log = Verifier.from_key_line(vkey.read_text().strip())
        self.witness = Witness(self.folder / "witness", COSIGNER, [log], time.time)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def settings(self) -> str:
        return f"""
[[timestamp]]
url = "{self.url}/tsa"
certificates = "{self.folder / "roots.pem"}"

[[witness]]
url = "{self.url}/witness"
key = "{COSIGNER.public.key_line}"

[[worm]]
bucket = "anchors"
region = "us-east-1"
days = 30
endpoint = "{self.s3.url}"
credential = "file:{self.folder / "s3.key"}"
"""

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        name = path.split("/")[1]
        if name in self.hanging:
            self._stop.wait(60)
        if name in self.broken:
            return 503, "text/plain", b"later"
        if path == "/tsa":
            request = parse_timestamp_request(body)
            made = self.tsa.stamp(request.message_imprint.message, request.nonce)
            return 200, "application/timestamp-reply", made
        if path == "/witness/add-checkpoint" and self.witness:
            answer = self.witness.add_checkpoint(body)
            return answer.status, answer.content_type, answer.body
        return 404, "text/plain", b""


def _handler(outside: Outside) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, kind, reply = outside.answer(self.path, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler
