"""The embedded engine, as a program of its own: started by file path, it imports nothing of Ringfence.

    python -I engine_child.py '{"model": ..., "socket": ..., ...}'

stdin is the lifeline: when it ends, or the parent is gone, the engine exits. (PR_SET_PDEATHSIG is not used: it fires
when the *thread* that started the child ends.) stdout carries one JSON object per line to the parent, in this order:

    {"isolated": bool, "how": str, "probes": [[what, result], ...]}      before anything of the engine is loaded
    {"serving": "unix:///..."}  or  {"failed": str}
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import select
import socket
import sys
import threading
from typing import Any

# https://man7.org/linux/man-pages/man2/unshare.2.html
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
# https://man7.org/linux/man-pages/man2/prctl.2.html
PR_SET_NO_NEW_PRIVS = 38
# https://man7.org/linux/man-pages/man2/capget.2.html
CAPABILITY_VERSION_3 = 0x20080522

LIFELINE_PERIOD_S = 1.0
PROBE_TIMEOUT_S = 0.5

# One way out of each kind. Sent only from inside a namespace that was seen to have no interface but loopback.
PROBES = (
    ("tcp 1.1.1.1:53", socket.AF_INET, socket.SOCK_STREAM, ("1.1.1.1", 53)),
    ("udp 1.1.1.1:53", socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    ("tcp [2606:4700:4700::1111]:443", socket.AF_INET6, socket.SOCK_STREAM, ("2606:4700:4700::1111", 443)),
    ("tcp 169.254.169.254:80", socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    ("tcp 127.0.0.1:53", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 53)),
)


def main() -> None:
    config = json.loads(sys.argv[1])
    report = os.dup(1)
    os.dup2(2, 1)  # what the engine prints while it loads goes to the parent's log file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold prompts
    os.umask(0o177)  # the socket becomes 0600
    isolated, how = leave_network() if config["isolate"] else (False, "switched off in the settings")
    tell(report, isolated=isolated, how=how, probes=[list(probe) for probe in probe_network()] if isolated else [])
    threading.Thread(target=exit_with_parent, args=(config["parent"],), daemon=True).start()
    try:
        server = serve(config)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        # The only errors up to here are about the model file and the socket: no prompt has come yet.
        tell(report, failed=f"{type(error).__name__}: {error}")
        os._exit(3)
    # INVARIANT: no prompt comes before the parent knows that we serve, and from here on nothing that the engine
    # prints goes anywhere.
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    tell(report, serving=str(server.listening_address))
    threading.Event().wait()


def tell(report: int, **line: Any) -> None:
    os.write(report, json.dumps(line).encode() + b"\n")


def exit_with_parent(parent: int) -> None:
    """Ends this process when stdin ends, or when the parent is another one than at the start."""
    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], LIFELINE_PERIOD_S)
        if readable and not os.read(0, 1):
            break
    os._exit(0)


def leave_network() -> tuple[bool, str]:
    """Move this process, still of one thread, into a network namespace of its own. (Done?, how or why not.)

    As an unprivileged user this needs a user namespace as well. Afterwards every capability is given up, so that the
    engine can't even bring up the loopback interface of its namespace.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        return False, "this system has no network namespaces"
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        how = "network namespace of its own, by way of a user namespace"
        _map_user(uid, gid)
    elif libc.unshare(CLONE_NEWNET) == 0:  # root, where user namespaces are switched off
        how = "network namespace of its own"
    else:
        return False, f"the system refused a network namespace ({os.strerror(ctypes.get_errno()).lower()})"
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())
    if _interfaces() != ["lo"]:
        return False, "the new network namespace has interfaces"
    return True, how


def probe_network() -> list[tuple[str, str]]:
    """Try every way out. Each result is an errno name, or "OPEN" where a packet could leave."""
    results = []
    for what, family, kind, address in PROBES:
        try:
            with socket.socket(family, kind) as attempt:
                attempt.settimeout(PROBE_TIMEOUT_S)
                attempt.connect(address)
                attempt.send(b"\0")
            results.append((what, "OPEN"))
        except TimeoutError:
            results.append((what, "OPEN"))  # no answer is not a refusal: a packet may have left
        except OSError as error:
            results.append((what, errno.errorcode.get(error.errno or 0, "ERROR")))
    return results


def serve(config: dict[str, Any]) -> Any:
    """Load the model and listen. Returns the running server; raises where the model or the socket can't be used."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = config["model"]
    params.model_alias = {config["alias"]}  # else replies name the model by its path on this machine
    params.hostnames = [config["socket"]]  # a name ending in .sock is a Unix socket; there is no TCP port beside it
    params.n_parallel = config["parallel"]
    params.n_ctx = config["context_tokens"] * config["parallel"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = config["threads"]
    params.fit_params = False
    params.warmup = False
    params.offline = True
    # INVARIANT: no page, endpoint or file shows one client's prompt to another or to an operator.
    params.ui = params.endpoint_slots = params.endpoint_metrics = params.endpoint_props = False
    params.slot_save_path = params.path_prompt_cache = params.path_prompts_log_dir = params.media_path = ""
    # A prompt kept for the next request would show in that request's timing and token counts.
    params.cache_prompt = params.cache_idle_slots = False
    params.cache_ram_mib = 0
    params.slot_prompt_similarity = 0.0
    return xllamacpp.Server(params)


def _map_user(uid: int, gid: int) -> None:
    """Stay the same user inside. Ubuntu's AppArmor rule may refuse: the process then works on as the overflow user."""
    with contextlib.suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")


def _interfaces() -> list[str]:
    with open("/proc/self/net/dev", encoding="ascii") as file:  # noqa: PTH123  (no need of pathlib in here)
        return sorted(line.split(":")[0].strip() for line in file.readlines()[2:])


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(text)


if __name__ == "__main__":
    main()
