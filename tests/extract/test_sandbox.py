"""The worker is shut in: each way out is tried, from Python and from native code, with and without each guard."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from support.needs import need

pytestmark = pytest.mark.linux
need(sys.platform == "linux", "the guards of Linux")

# Every way out, each with what came of it: an error's name, or "DONE".
ATTEMPTS = """
import ctypes, errno, json, os, socket, subprocess, sys
from ringfence.extract import sandbox, syscalls
{switch}
opened = os.open("/proc/self/status", os.O_RDONLY)
network = os.open("/proc/self/net/dev", os.O_RDONLY)
isolated, guards = sandbox.shut_in(256 << 20)
done = {{}}

def python(name, call):
    try:
        call()
        done[name] = "DONE"
    except BaseException as error:
        done[name] = type(error).__name__

def native(name, *arguments):
    result = getattr(LIBC, name)(*arguments)
    if name == "fork" and result == 0:
        os._exit(0)
    done["native " + name] = "DONE" if result >= 0 else errno.errorcode[ctypes.get_errno()]

def connect():
    with socket.socket() as way:
        way.settimeout(1)
        way.connect(("1.1.1.1", 53))

python("connect", connect)
python("resolve", lambda: socket.getaddrinfo("example.test", 80))
python("read a file", lambda: open("/etc/hostname").read())
python("write a file", lambda: open("/tmp/ringfence-sandbox-test", "w").write("x"))
python("run a program", lambda: subprocess.run(["true"]))
python("system", lambda: os.system("true"))
python("fork", os.fork)
python("list a folder", lambda: os.listdir("/"))
python("take memory", lambda: bytearray(300 << 20))
native("socket", 2, 1, 0)
native("open", b"/etc/hostname", 0)
native("fork")
native("kill", os.getpid(), 0)
native("unlink", b"/tmp/ringfence-sandbox-test")
native("memfd_create", b"x", 0)
status = os.read(opened, 4096).decode()
os.lseek(opened, 0, 0)
status = os.read(opened, 8192).decode()
fields = dict(line.split(":", 1) for line in status.splitlines())
done["no new privileges"] = fields["NoNewPrivs"].strip()
done["capabilities"] = fields["CapEff"].strip()
done["isolated"], done["guards"] = isolated, guards
os.write(1, json.dumps(done).encode())
"""


def attempts(switch: str = "") -> dict[str, Any]:
    code = ATTEMPTS.format(switch=f"LIBC = ctypes.CDLL(None, use_errno=True)\n{switch}")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert run.returncode == 0, run.stderr.decode()
    done: dict[str, Any] = json.loads(run.stdout)
    return done


NO_NAMESPACE = "sandbox.leave_network = lambda: (False, 'no network namespace: refused')"
NO_FILTER = "sandbox.refuse_system_calls = lambda: ''"
PYTHON = ("connect", "resolve", "read a file", "write a file", "run a program", "system", "fork", "list a folder")


def test_each_way_out_is_refused_twice() -> None:
    done = attempts()
    assert all(done[name] == "PermissionError" for name in PYTHON), done
    native = {name: result for name, result in done.items() if name.startswith("native")}
    assert len(native) == 6
    assert set(native.values()) == {"EPERM"}
    assert done["take memory"] == "MemoryError"
    assert (done["no new privileges"], int(done["capabilities"], 16)) == ("1", 0)
    assert done["isolated"] is True
    assert len(done["guards"]) == 5


def test_where_the_kernel_refuses_a_namespace_the_filter_keeps_the_network_out() -> None:
    done = attempts(NO_NAMESPACE)
    assert done["isolated"] is True
    assert done["native socket"] == "EPERM"
    assert "no network namespace: refused" in done["guards"]


def test_where_the_kernel_refuses_everything_the_hook_stays_and_that_is_said() -> None:
    done = attempts(f"{NO_NAMESPACE}; {NO_FILTER}")
    assert all(done[name] == "PermissionError" for name in PYTHON), done
    assert done["native open"] == "DONE"  # it can't reach native code, which is why it is not called isolated
    assert done["isolated"] is False
    assert done["guards"][-1] == "no network namespace: refused"


def test_without_the_filter_the_namespace_keeps_the_network_out() -> None:
    code = (
        "import ctypes, socket; from ringfence.extract import sandbox; print(sandbox.leave_network()[0])\n"
        "try:\n    socket.create_connection(('1.1.1.1', 53), 2)\nexcept OSError as error: print(error.errno)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    need(run.stdout.startswith("True"), "this kernel gives network namespaces")
    assert run.stdout.split() == ["True", "101"]  # ENETUNREACH
