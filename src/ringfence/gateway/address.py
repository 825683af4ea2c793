"""Where the gateway listens, checked before anything is started."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from ringfence.vocabulary.errors import ConfigurationError


def check(host: str, port: int) -> None:
    """Raises ConfigurationError where nothing can listen there.

    INVARIANT: no second gateway shares a port. Granian listens with SO_REUSEPORT, so the system would let it, and
    clients would reach now one and now the other. The socket here does without, and is refused.
    """
    where = "[gateway] host"
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError as error:
        raise ConfigurationError(
            f"{where} is not an IP address", remedy="Write 127.0.0.1 for this machine, 0.0.0.0 for all.", where=where
        ) from error
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            busy = error.errno == errno.EADDRINUSE
            raise ConfigurationError(
                f"port {port} at {host} is in use"
                if busy
                else f"can't listen on port {port} at {host}: {os.strerror(error.errno or 0).lower()}",
                remedy="Stop what uses it, or set another [gateway] port (or `ringfence up --port`)."
                if busy
                else "Set [gateway] host and port to an address of this machine.",
                where="[gateway] port",
            ) from error


def url(host: str, port: int) -> str:
    """How a client on this machine calls the gateway: an address for all interfaces is reached by the loopback one."""
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        return f"http://127.0.0.1:{port}" if address.version == 4 else f"http://[::1]:{port}"
    return f"http://{host}:{port}" if address.version == 4 else f"http://[{host}]:{port}"
