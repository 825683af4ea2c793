"""A simulated S3 with Object Lock: what Amazon documents of it, as far as copies of checkpoints need it. No real bucket
was asked. Signatures are checked by botocore, which signs each request anew."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY_ID, SECRET = "AKIAEXAMPLE", "very/secret+key"
_LOCK = "x-amz-object-lock-"


@dataclass
class Version:
    id: str
    body: bytes | None  # None is a delete marker
    mode: str = ""
    until: str = ""


@dataclass
class ObjectLock:
    """Use as a context manager. `lies` may be "ignores the lock", "GOVERNANCE", "shorter", "other bytes" or "no
    versions": services that speak S3 and do not do what was asked."""

    bucket: str = "anchors"
    region: str = "us-east-1"
    locking: bool = True
    lies: str = ""
    token: str = ""
    page: int = 1000
    objects: dict[str, list[Version]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> ObjectLock:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def delete(self, key: str, version: str = "", *, now: datetime) -> int:
        """What an operator may try. Returns the status."""
        versions = self.objects[key]
        if not version:
            versions.append(Version(f"marker{len(versions)}", None))
            return 204
        [found] = [each for each in versions if each.id == version]
        if found.mode == "COMPLIANCE" and datetime.fromisoformat(found.until) > now:
            return 403
        versions.remove(found)
        return 204

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
        if not self._signed(method, target, headers, body):
            return _error(403, "SignatureDoesNotMatch")
        if bucket != self.bucket:
            return _error(404, "NoSuchBucket")
        if method == "PUT":
            return self._put(key, headers, body)
        if "versions" in query:
            return self._list(query)
        return self._get(key, query.get("versionId", ""))

    def _put(self, key: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        said = headers.get("x-amz-checksum-sha256")
        if said is not None and base64.b64decode(said) != hashlib.sha256(body).digest():
            return _error(400, "BadDigest")
        mode, until = headers.get(f"{_LOCK}mode", ""), headers.get(f"{_LOCK}retain-until-date", "")
        if mode and not self.locking:
            return _error(400, "InvalidRequest")
        if mode and said is None and "content-md5" not in headers:
            return _error(400, "InvalidRequest")
        if self.lies == "ignores the lock":
            mode = until = ""
        if self.lies == "GOVERNANCE":
            mode = "GOVERNANCE"
        if self.lies == "shorter":
            until = "2027-03-02T00:00:00Z"
        versions = self.objects.setdefault(key, [])
        versions.append(Version(f"v{len(versions)}.{key[-4:]}", body, mode, until))
        return 200, {} if self.lies == "no versions" else {"x-amz-version-id": versions[-1].id}, b""

    def _get(self, key: str, version: str) -> tuple[int, dict[str, str], bytes]:
        found = [each for each in self.objects.get(key, []) if version in ("", each.id)]
        if not found or found[-1].body is None:
            return _error(404, "NoSuchKey")
        last = found[-1]
        locked = {f"{_LOCK}mode": last.mode, f"{_LOCK}retain-until-date": last.until} if last.mode else {}
        return 200, locked, (last.body or b"") + (b"x" if self.lies == "other bytes" else b"")

    def _list(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        rows = [
            (key, each)
            for key in sorted(self.objects)
            if key.startswith(query.get("prefix", ""))
            for each in reversed(self.objects[key])
        ]
        if "key-marker" in query:
            at = [(key, each.id) for key, each in rows].index((query["key-marker"], query["version-id-marker"]))
            rows = rows[at + 1 :]
        page, more = rows[: self.page], rows[self.page :]
        entries = "".join(
            f"<{tag}><Key>{escape(key)}</Key><VersionId>{each.id}</VersionId><Owner><ID>me</ID></Owner></{tag}>"
            for key, each in page
            for tag in ["DeleteMarker" if each.body is None else "Version"]
        )
        next_ = (
            f"<NextKeyMarker>{escape(page[-1][0])}</NextKeyMarker>"
            f"<NextVersionIdMarker>{page[-1][1].id}</NextVersionIdMarker>"
            if more
            else ""
        )
        truncated = "true" if more else "false"
        text = f"<ListVersionsResult><Name>{self.bucket}</Name><IsTruncated>{truncated}</IsTruncated>{next_}{entries}"
        return 200, {}, f'<?xml version="1.0" encoding="UTF-8"?>{text}</ListVersionsResult>'.encode()

    def _signed(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bool:
        proof = headers.get("authorization", "")
        names = proof.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        needed = {"host", "x-amz-date", "x-amz-content-sha256"} | {
            name for name in headers if name.startswith("x-amz-")
        }
        if not needed <= set(names) or headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            return False
        own = {name: headers[name] for name in names if name != "x-amz-date"}
        request = AWSRequest(method, f"http://{headers['host']}{target}", headers=own, data=body)
        stamp = headers["x-amz-date"]
        request.context["timestamp"] = stamp
        credentials = Credentials(KEY_ID, SECRET, self.token or None)
        auth = botocore.auth.S3SigV4Auth(credentials, "s3", self.region)
        moment = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        with _frozen(moment):
            auth.add_auth(request)
        return request.headers["Authorization"] == proof


_clock = threading.Lock()


class _frozen:
    """botocore signs for the moment that the request names."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def __enter__(self) -> None:
        _clock.acquire()
        self._real = botocore.auth.get_current_datetime
        botocore.auth.get_current_datetime = lambda *_, **__: self._moment.replace(tzinfo=None)

    def __exit__(self, *_: object) -> None:
        botocore.auth.get_current_datetime = self._real
        _clock.release()


def _error(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    return status, {}, f"<Error><Code>{code}</Code><Message>simulated</Message></Error>".encode()


def _handler(service: ObjectLock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.asked.append(f"{self.command} {self.path}")
            status, extra, reply = service.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_PUT = _any

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler
