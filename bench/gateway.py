"""The gateway against nginx, side by side in one run: requests per second at 64 clients, added latency at one, memory.

    python bench/gateway.py [--rounds 3] [--seconds 5]

Needs nginx and wrk (Debian packages). The server under test has CPU 0 for itself; upstream and load are on CPU 1.
Everything stays on loopback and is bounded in time. Prints ratios; absolute figures are those of this machine today.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support import home
from support.gateway import GatewayProcess, free_port
from support.vendor import completion

TEXT = "The quick brown fox reads the delivery plan and writes a short summary of it. " * 40
REPLY = json.dumps(completion({"content": "A short answer. " * 48})).encode()

_NGINX = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log {folder}/{name}.err crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {upstream}
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ {location} }} }} }}
"""

_WRK = """
wrk.method = "POST"
wrk.body = [==[{body}]==]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {key}"
"""


def main() -> None:
    """Runs the rounds and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    for tool in ("nginx", "wrk", "taskset"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed (Debian packages: nginx-light, wrk, util-linux)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        upstream, proxy = free_port(), free_port()
        nginx_upstream = _nginx(
            folder, "upstream", upstream, f"default_type application/json; return 200 '{REPLY.decode()}';", cpu=1
        )
        nginx_proxy = _nginx(
            folder,
            "proxy",
            proxy,
            "proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection '';",
            upstream=f"upstream up {{ server 127.0.0.1:{upstream}; keepalive 128; }}",
            cpu=0,
        )
        try:
            where = home.write(folder / "home", upstream)
            key = home.key(where, "general")
            script = folder / "post.lua"
            script.write_text(_WRK.format(body=_body(), key=key))
            with GatewayProcess(where, wrap=("taskset", "-c", "0")) as gateway:
                _measure(options, script, upstream, proxy, gateway)
        finally:
            for process in (nginx_proxy, nginx_upstream):
                process.terminate()
                process.wait()


def _body() -> str:
    request = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": ""}]}
    request["messages"] = [{"role": "user", "content": TEXT[: 2048 - len(json.dumps(request))]}]
    return json.dumps(request)


def _measure(options: argparse.Namespace, script: Path, upstream: int, proxy: int, gateway: GatewayProcess) -> None:
    servers = {"nginx proxy_pass": proxy, "ringfence": gateway.port}
    rates: dict[str, list[float]] = {name: [] for name in servers}
    medians: dict[str, list[float]] = {name: [] for name in [*servers, "upstream alone"]}
    cpu: list[float] = []
    for _ in range(options.rounds):
        for name, port in servers.items():
            before = _cpu_s(gateway.process.pid)
            rate, _p50, _p99, count = _wrk(script, port, 64, options.seconds)
            rates[name].append(rate)
            if name == "ringfence":
                cpu.append((_cpu_s(gateway.process.pid) - before) / count * 1e6)
        for name, port in {**servers, "upstream alone": upstream}.items():
            medians[name].append(_wrk(script, port, 1, max(2, options.seconds // 2))[1])
    alone = statistics.median(medians["upstream alone"])
    base, base_added = (
        statistics.median(rates["nginx proxy_pass"]),
        statistics.median(medians["nginx proxy_pass"]) - alone,
    )
    print(
        f"{time.strftime('%Y-%m-%d')}, {_machine()}, {options.rounds} rounds of {options.seconds} s, body 2,048 bytes"
    )
    print(f"{'':20}{'rps at 64':>12}{'of nginx':>10}{'added p50 at 1, us':>20}{'x nginx':>9}")
    for name in servers:
        rate, added = statistics.median(rates[name]), statistics.median(medians[name]) - alone
        print(f"{name:20}{rate:>12,.0f}{rate / base:>10.1%}{added:>20,.0f}{added / base_added:>9.1f}")
    used, memory = statistics.median(cpu), _rss_mb(gateway.process.pid)
    print(f"ringfence: {used:,.0f} us CPU a request (all threads), RSS {memory:,.0f} MB")


def _nginx(
    folder: Path, name: str, port: int, location: str, *, upstream: str = "", cpu: int
) -> subprocess.Popen[bytes]:
    config = folder / f"{name}.conf"
    config.write_text(_NGINX.format(folder=folder, name=name, port=port, location=location, upstream=upstream))
    process = subprocess.Popen(["taskset", "-c", str(cpu), "nginx", "-e", str(folder / "start.err"), "-c", str(config)])
    time.sleep(0.5)
    return process


def _wrk(script: Path, port: int, clients: int, seconds: int) -> tuple[float, float, float, int]:
    """(requests a second, p50 in us, p99 in us, requests). Fails where a reply was not 2xx."""
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", str(script)]
    out = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/v1/chat/completions"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in out:
        sys.exit(f"replies were not 2xx:\n{out}")
    percentile = {found[0]: _us(found[1], found[2]) for found in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", out)}
    count = int(re.search(r"(\d+) requests in", out)[1])  # type: ignore[index]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), percentile["50"], percentile["99"], count  # type: ignore[index]


def _us(value: str, unit: str) -> float:
    return float(value) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def _machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores {model[1] if model else ''}, Python {sys.version.split()[0]}"


if __name__ == "__main__":
    main()
