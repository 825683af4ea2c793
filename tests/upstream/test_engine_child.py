"""The child program's own parts, where the system refuses what it asks for."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ringfence.upstream import engine_child


def test_it_imports_nothing_of_ringfence() -> None:
    """Little is loaded into the process that holds prompts; and it needs no package on its path."""
    code = f"import runpy, sys; runpy.run_path({engine_child.__file__!r}); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in loaded if name.split(".")[0] in ("ringfence", "msgspec", "xllamacpp", "httptools")]


def test_a_system_without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace())
    assert engine_child.leave_network() == (False, "this system has no network namespaces")


def test_a_system_that_refuses_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(flags: int) -> int:
        asked.append(flags)
        ctypes.set_errno(1)
        return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(unshare=refuse))
    isolated, how = engine_child.leave_network()
    assert not isolated and "refused" in how and "not permitted" in how
    assert asked == [engine_child.CLONE_NEWUSER | engine_child.CLONE_NEWNET, engine_child.CLONE_NEWNET]


def test_a_namespace_with_an_interface_is_not_called_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    libc = SimpleNamespace(unshare=lambda _: 0, prctl=lambda *_: 0, capset=lambda *_: 0)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: libc)
    monkeypatch.setattr(engine_child, "_map_user", lambda *_: None)
    monkeypatch.setattr(engine_child, "_interfaces", lambda: ["eth0", "lo"])
    assert engine_child.leave_network() == (False, "the new network namespace has interfaces")


def test_a_probe_that_gets_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: where there is a network, the same probe says so."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = listener.getsockname()
        inside = ("tcp", socket.AF_INET, socket.SOCK_STREAM, address)
        datagram = ("udp", socket.AF_INET, socket.SOCK_DGRAM, address)
        monkeypatch.setattr(engine_child, "PROBES", (inside, datagram))
        assert engine_child.probe_network() == [("tcp", "OPEN"), ("udp", "OPEN")]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()
    monkeypatch.setattr(engine_child, "PROBES", (("tcp", socket.AF_INET, socket.SOCK_STREAM, closed),))
    assert engine_child.probe_network() == [("tcp", "ECONNREFUSED")]


def test_a_probe_that_is_not_answered_counts_as_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A packet left, even if nothing came back."""
    with socket.socket() as listener:  # its queue of one is filled, so that a further connection is not answered
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        probe = ("tcp", socket.AF_INET, socket.SOCK_STREAM, listener.getsockname())
        monkeypatch.setattr(engine_child, "PROBES", (probe,))
        monkeypatch.setattr(engine_child, "PROBE_TIMEOUT_S", 0.05)
        assert engine_child.probe_network() == [("tcp", "OPEN")]
        for filler in fillers:
            filler.close()


def test_our_parent_is_known() -> None:
    """`exit_with_parent` compares with the number that the parent gave."""
    code = f"import runpy; runpy.run_path({engine_child.__file__!r})['exit_with_parent'](1)"
    ended = subprocess.run([sys.executable, "-I", "-c", code], stdin=subprocess.PIPE, timeout=10, check=False)
    assert ended.returncode == 0
    assert os.getpid() != 1
