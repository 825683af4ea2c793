"""What the operating system says about a process's network, read from /proc by its parent.

The engine's own word is not enough to call it isolated: the parent looks for itself, at every thread.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class Network(msgspec.Struct, frozen=True):
    """`own_namespace`: every thread is in one network namespace that is not ours. `interfaces` are those it has,
    `routes` the devices that any IPv4 or IPv6 route leads to, loopback aside."""

    own_namespace: bool
    interfaces: tuple[str, ...]
    routes: tuple[str, ...]

    @property
    def closed(self) -> bool:
        """No packet can leave: there is no interface to leave by."""
        return self.own_namespace and set(self.interfaces) <= {"lo"} and not self.routes


def network_of(pid: int, *, proc: Path = Path("/proc")) -> Network | None:
    """None where it can't be read: the process is gone, or this system has no /proc."""
    base = proc / str(pid)
    try:
        ours = (proc / "self/ns/net").readlink()
        theirs = {(thread / "ns/net").readlink() for thread in (base / "task").iterdir()}
        interfaces = [line.split(":")[0].strip() for line in _lines(base / "net/dev")[2:]]
        routes = {line.split()[0] for line in _lines(base / "net/route")[1:]}
        ipv6 = base / "net/ipv6_route"  # absent where the kernel has no IPv6
        routes |= {line.split()[-1] for line in (_lines(ipv6) if ipv6.exists() else [])}
    except (OSError, IndexError):
        return None
    return Network(
        own_namespace=len(theirs) == 1 and ours not in theirs,
        interfaces=tuple(sorted(interfaces)),
        routes=tuple(sorted(routes - {"lo"})),
    )


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("ascii").splitlines() if line.strip()]
