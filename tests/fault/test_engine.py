"""The embedded engine is killed: a clear error meanwhile, and then it is back."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.client import Client, Got, chat
from support.needs import need, need_trial_model
from support.place import Place, place

RECOVERY_S = 60.0


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    need_trial_model()
    need(Path("/proc/self/task").is_dir(), "there is no /proc to find the engine's process in")
    with place(tmp_path_factory.mktemp("engine"), engine="embedded") as made:
        yield made


def engine_pid(at: Place) -> int:
    """The gateway's child that runs the engine."""
    pid = at.gateway.process.pid
    children = {
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    }
    [engine] = [child for child in children if b"engine_child.py" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return engine


def ask(at: Place, max_tokens: int = 4, stream: bool = False) -> Got:
    """`ignore_eos` is llama.cpp's own: the reply has all its tokens, so that it takes its time."""
    client = Client(at.gateway.port, at.keys["undeclared"], RECOVERY_S)
    return client.post(chat("Count to a thousand.", max_tokens=max_tokens, stream=stream, ignore_eos=True))


def wait_until_back(at: Place) -> None:
    deadline_s = time.monotonic() + RECOVERY_S
    while ask(at).status != 200:
        assert time.monotonic() < deadline_s, "the engine did not come back"
        time.sleep(0.2)


def test_a_killed_engine_comes_back_and_says_so_meanwhile(embedded: Place) -> None:
    assert ask(embedded).effect == "REROUTE"
    os.kill(engine_pid(embedded), signal.SIGKILL)
    time.sleep(0.1)
    got = ask(embedded)
    assert got.status in (403, 502), got.body
    said = json.loads(got.body)["error"]["message"]
    assert "private/embedded" in said
    wait_until_back(embedded)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "plain"])
def test_an_engine_killed_in_mid_reply_ends_the_reply_with_an_error(stream: bool, embedded: Place) -> None:
    wait_until_back(embedded)
    pid = engine_pid(embedded)
    kill = threading.Timer(0.7, os.kill, (pid, signal.SIGKILL))
    kill.start()
    began_s = time.monotonic()
    got = ask(embedded, max_tokens=3500, stream=stream)
    assert time.monotonic() - began_s < 10
    last = got.body.split(b"\n\n")[-2].removeprefix(b"data: ") if stream else got.body
    assert json.loads(last)["error"]["code"] == "ringfence_upstream_broken"
    assert embedded.wait_ended(got.headers["x-ringfence-record"])["outcome"] == "upstream_failed"
    wait_until_back(embedded)
