"""One request over HTTP, for what is no model: TLS verified, no redirect, no proxy, bounded in size and in time."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import msgspec

from ringfence import __version__
from ringfence.upstream.target import is_loopback_name

_PIECE = 65_536


class NoAnswer(Exception):
    """Why no whole answer came: a sentence without names and contents."""


class Asked(msgspec.Struct, frozen=True):
    """What to ask, and the bound on the answer in bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    most_bytes: int = 8 * 1024 * 1024


class Answer(msgspec.Struct, frozen=True):
    """Header names are in lower case; of one that came twice, the last."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(asked: Asked, tls: ssl.SSLContext, timeout_s: float) -> Answer:
    """The answer, whole within `timeout_s`, however slowly its bytes come. Blocks. Raises NoAnswer."""
    try:
        return _ask(asked, tls, time.monotonic() + timeout_s)
    except TimeoutError:
        raise NoAnswer(f"no whole answer came within {timeout_s:g} s") from None
    except ssl.SSLCertVerificationError:
        raise NoAnswer("its TLS certificate is not valid") from None
    except socket.gaierror:
        raise NoAnswer("its host name can't be resolved") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"no answer came ({type(error).__name__})") from None


def _ask(asked: Asked, tls: ssl.SSLContext, deadline: float) -> Answer:
    """Raises TimeoutError, OSError, HTTPException, and NoAnswer for what must not be asked or is too long."""
    parts = urlsplit(asked.url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback_name(host):
        raise NoAnswer("the address is plain http to another machine")
    make = (
        http.client.HTTPConnection(host, parts.port, timeout=_left(deadline))
        if parts.scheme == "http"
        else http.client.HTTPSConnection(host, parts.port, timeout=_left(deadline), context=tls)
    )
    watch: threading.Timer | None = None
    try:
        make.connect()
        # A socket's time-out begins anew with every byte; this one ends a service that sends them one by one.
        watch = threading.Timer(_left(deadline), _cut, (make.sock,))
        watch.daemon = True
        watch.start()
        answer = _exchange(make, parts, asked)
    except (OSError, http.client.HTTPException, NoAnswer):
        _left(deadline)  # cut off: the time is what ended it
        raise
    finally:
        if watch:
            watch.cancel()
        make.close()
    _left(deadline)
    return answer


def _exchange(make: http.client.HTTPConnection, parts: SplitResult, asked: Asked) -> Answer:
    # `connection: close`, so that no reply outlives its request.
    sent = {**asked.headers, "user-agent": f"ringfence/{__version__}", "connection": "close"}
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    make.request(asked.method, target, body=asked.body or None, headers=sent)
    reply = make.getresponse()
    body = bytearray()
    while piece := reply.read1(_PIECE):
        body += piece
        if len(body) > asked.most_bytes:
            raise NoAnswer(f"the answer is longer than {asked.most_bytes} bytes")
    if reply.length:  # fewer bytes came than were announced
        raise NoAnswer("the answer broke off")
    return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, bytes(body))


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
