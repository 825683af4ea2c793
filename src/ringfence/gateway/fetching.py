"""GET from a vendor's own interface for its settings: TLS verified, no redirect, no proxy, bounded in size and time."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from urllib.parse import SplitResult, urlsplit

from ringfence import __version__
from ringfence.posture import Get, NoReply, Reply
from ringfence.upstream.target import is_loopback_name, tls_context

MOST_BYTES = 8 * 1024 * 1024
"""Of one answer; a page of settings or of a month's counts is far smaller."""
_PIECE = 65_536


def getter(timeout_s: float) -> Get:
    """A client for `posture`. Each answer must be whole within `timeout_s`, however slowly its bytes come."""
    tls = tls_context()

    def get(url: str, headers: dict[str, str]) -> Reply:
        try:
            return _get(url, headers, tls, time.monotonic() + timeout_s)
        except TimeoutError:
            raise NoReply(f"no whole answer came within {timeout_s:g} s") from None
        except ssl.SSLCertVerificationError:
            raise NoReply("the vendor's TLS certificate is not valid") from None
        except socket.gaierror:
            raise NoReply("the vendor's host name can't be resolved") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoReply(f"no answer came ({type(error).__name__})") from None

    return get


def _get(url: str, headers: dict[str, str], tls: ssl.SSLContext, deadline: float) -> Reply:
    """Raises TimeoutError, OSError, HTTPException, and NoReply for what must not be asked or is too long."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback_name(host):
        raise NoReply("the address is plain http to another machine")
    make = (
        http.client.HTTPConnection(host, parts.port, timeout=_left(deadline))
        if parts.scheme == "http"
        else http.client.HTTPSConnection(host, parts.port, timeout=_left(deadline), context=tls)
    )
    watch: threading.Timer | None = None
    try:
        make.connect()
        # A socket's time-out begins anew with every byte; this one ends a vendor that sends them one by one.
        watch = threading.Timer(_left(deadline), _cut, (make.sock,))
        watch.daemon = True
        watch.start()
        reply = _ask(make, parts, headers)
    except (OSError, http.client.HTTPException):
        _left(deadline)  # cut off: the time is what ended it
        raise
    finally:
        if watch:
            watch.cancel()
        make.close()
    _left(deadline)
    return reply


def _ask(make: http.client.HTTPConnection, parts: SplitResult, headers: dict[str, str]) -> Reply:
    # `connection: close`, so that no reply outlives its request.
    sent = {**headers, "user-agent": f"ringfence/{__version__}", "connection": "close"}
    make.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=sent)
    reply = make.getresponse()
    body = bytearray()
    while piece := reply.read1(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise NoReply(f"the answer is longer than {MOST_BYTES} bytes")
    if reply.length:  # fewer bytes came than were announced
        raise NoReply("the answer broke off")
    return Reply(reply.status, bytes(body))


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
