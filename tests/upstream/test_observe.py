"""Reading a process's network from /proc, by hand-made trees and by the real one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ringfence.upstream.embedded import _judge
from ringfence.upstream.observe import Network, network_of

HEAD = "Inter-|   Receive  |  Transmit\n face |bytes  |bytes\n"
ROUTE_HEAD = "Iface\tDestination\tGateway\n"
REFUSED = (("tcp 1.1.1.1:53", "ENETUNREACH"),)


def tree(
    root: Path,
    namespaces: tuple[str, ...] = ("net:[2]", "net:[2]"),
    interfaces: tuple[str, ...] = ("lo",),
    routes: str = "",
    routes6: str = "",
) -> Path:
    """A /proc with us in net:[1] and process 9 with one thread for each of `namespaces`."""
    (root / "self/ns").mkdir(parents=True)
    (root / "self/ns/net").symlink_to("net:[1]")
    for number, namespace in enumerate(namespaces):
        (root / f"9/task/{number}/ns").mkdir(parents=True)
        (root / f"9/task/{number}/ns/net").symlink_to(namespace)
    (root / "9/net").mkdir()
    (root / "9/net/dev").write_text(HEAD + "".join(f"{name:>6}: 0 0\n" for name in interfaces))
    (root / "9/net/route").write_text(ROUTE_HEAD + routes)
    (root / "9/net/ipv6_route").write_text(routes6)
    return root


def test_a_closed_namespace(tmp_path: Path) -> None:
    loopback = "00000000000000000000000000000001 80 00 00 00 00 lo\n"
    network = network_of(9, proc=tree(tmp_path, routes6=loopback))
    assert network == Network(True, ("lo",), ()) and network.closed


@pytest.mark.parametrize(
    "options",
    [
        {"namespaces": ("net:[1]", "net:[1]")},
        {"namespaces": ("net:[2]", "net:[1]")},
        {"namespaces": ("net:[2]", "net:[3]")},
        {"interfaces": ("lo", "eth0")},
        {"routes": "eth0\t00000000\t0101A8C0\n"},
        {"routes6": "0 00 0 00 0 0 0 0 0 eth0\n"},
    ],
)
def test_every_way_out_counts(tmp_path: Path, options: dict[str, object]) -> None:
    network = network_of(9, proc=tree(tmp_path, **options))
    assert network is not None and not network.closed
    verdict, how = _judge(True, "namespace", network, REFUSED)
    assert verdict == "unproven" and "way out" in how


def test_a_process_that_is_gone(tmp_path: Path) -> None:
    assert network_of(8, proc=tree(tmp_path)) is None
    assert _judge(True, "namespace", None, REFUSED)[0] == "not observed"


def test_the_verdict_needs_the_engines_word_and_the_probes_too(tmp_path: Path) -> None:
    network = network_of(9, proc=tree(tmp_path))
    assert _judge(True, "namespace", network, REFUSED)[0] == "proven"
    assert _judge(False, "switched off", network, ())[0] == "unproven"
    assert _judge(True, "namespace", network, (*REFUSED, ("udp 1.1.1.1:53", "OPEN")))[0] == "unproven"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_our_own_process_is_not_isolated_from_itself() -> None:
    network = network_of(os.getpid())
    assert network is not None and not network.own_namespace and "lo" in network.interfaces
