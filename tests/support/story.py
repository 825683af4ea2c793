"""Everything that a log an outsider checks is made with, on loopback: homes of one log, the people, the machines
outside, a model of the house's own; and `ringfence` as it is typed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringfence.cli import main
from support import admin_apis, surfaces
from support.admin_apis import AdminApi, wait
from support.client import Client, Got
from support.gateway import GatewayProcess, free_port
from support.outside import Outside
from support.postgres import Cluster
from support.scripted_model import obey
from support.vendor import ScriptedVendor

WORDS = "a passphrase that nobody guesses"
APPROVERS = ("a.okafor", "b.lind")
_SETTINGS = """
[detection]
names = false

[folders]
register = "../config/register"
approvers = "../config/approvers"
exceptions = "../config/exceptions"

[content]
share = 1.0
reviewer = "../config/rev.pub"

[subjects]
custodians = ["../config/anna.pub", "../config/bert.pub"]

[posture]
interval_s = 0.5
lifetime_s = 600

[[account]]
vendor = "openai"
base_url = "{account}"
credential = "file:{root}/account.key"
scopes = ["proj_a"]

[anchors]
timeout_s = 5

[[timestamp]]
url = "{outside}/tsa"
certificates = "{root}/outside/roots.pem"

[[witness]]
url = "http://127.0.0.1:{witness_port}"
key = "{witness}"

[[worm]]
bucket = "anchors"
region = "us-east-1"
days = 30
endpoint = "{bucket}"
credential = "file:{root}/outside/s3.key"

[ledger]
"""


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def well(self) -> Ran:
        assert self.code == 0, self.out + self.err
        return self


def ringfence(*arguments: str | Path, environ: dict[str, str]) -> Ran:
    """One command in this process, with no other RINGFENCE variables than those of `environ`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("RINGFENCE")]:
        del os.environ[name]
    os.environ.update(environ)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main([str(each) for each in arguments])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os.environ.clear()
        os.environ.update(before)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    assert "Traceback" not in texts[1], texts[1]
    return Ran(code, *texts)


@dataclass
class Story:
    """One log. `homes` are its gateways' (several where the store takes several); `said` is all that commands
    printed."""

    root: Path
    homes: list[Path]
    gateways: list[GatewayProcess]
    vendor: ScriptedVendor
    house: ScriptedVendor
    account: AdminApi
    outside: Outside
    cluster: Cluster | None
    witness_line: str
    witness_port: int
    said: list[str] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def key_line(self) -> str:
        return (self.homes[0] / "ledger.vkey").read_text().strip()

    def run(self, *arguments: str | Path, home: int = 0) -> Ran:
        """As the operator, at one of the gateways."""
        return self._ran(*arguments, environ={"RINGFENCE_HOME": str(self.homes[home])})

    def opened(self, *arguments: str | Path, home: int = 0) -> Ran:
        """As `run`, by those who hold the keys: what it prints is theirs alone, so it is not among `said`."""
        return ringfence(*arguments, environ={"RINGFENCE_HOME": str(self.homes[home])})

    def auditor(self, *arguments: str | Path) -> Ran:
        """On a machine without a home."""
        return self._ran(*arguments, environ={"HOME": str(self.root / "nowhere")})

    def _ran(self, *arguments: str | Path, environ: dict[str, str]) -> Ran:
        ran = ringfence(*arguments, environ=environ)
        self.said += [ran.out, ran.err]
        return ran

    def start(self, number: int) -> None:
        self.gateways[number].start()

    def key(self, client: str, *handles: str, home: int = 0, options: Sequence[str] = ()) -> str:
        """The text of a new key for requests for `client`."""
        given = [option for each in handles for option in ("--handles", each)]
        command = ["keys", "create", "--client", client, "--purpose", "letters", *given, *options, "--json"]
        return str(self.run(*command, home=home).well().json["key"])

    def approve(self, file: Path, who: str) -> Ran:
        words = self.root / "words"
        key = self.root / f"{who}.pem"
        return self.run(
            *("approve", file, "--as", who, "--key", key, "--reason", "read it", "--yes", "--passphrase-file", words)
        ).well()

    def ask(self, key: str, body: dict[str, Any], *, home: int = 0, path: str = "/v1/chat/completions") -> Got:
        client = Client(self.gateways[home].port, key)
        try:
            headers = {"anthropic-version": "2023-06-01"} if path.endswith("/messages") else {}
            return client.post(body, headers, path)
        finally:
            client.close()

    def records(self) -> list[dict[str, Any]]:
        """All of the log, as `ringfence ledger show` prints it."""
        ran = ringfence(
            *("ledger", "show", "0", "--count", "100000", "--json"),
            environ={"RINGFENCE_HOME": str(self.homes[0])},
        )
        found: list[dict[str, Any]] = ran.well().json
        return found

    def notices(self, event: str) -> list[dict[str, Any]]:
        return [each["body"] for each in self.records() if each["body"].get("event") == event]

    def wait_for(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """The notices of an event, once there are so many."""
        wait(lambda: len(self.notices(event)) >= count, 30)
        return self.notices(event)

    def files(self) -> Iterator[Path]:
        """All that anybody wrote here: homes, bundles, reports, what processes said."""
        yield from (path for path in self.root.rglob("*") if path.is_file())


@contextlib.contextmanager
def story(root: Path, stores: Sequence[str], cluster: Cluster | None) -> Iterator[Story]:
    """One gateway for each of `stores`, which are the lines of its [ledger]. They share `config`, and the first one's
    key goes to the others once it has made it. None is started yet."""
    with ExitStack() as stack:
        vendor, house = (stack.enter_context(ScriptedVendor(obey)) for _ in range(2))
        account = stack.enter_context(AdminApi(admin_apis.openai()))
        outside = stack.enter_context(Outside(root / "outside"))
        (root / "words").write_text(WORDS + "\n")
        (root / "account.key").write_text("sk-admin-very-secret")
        port = free_port()
        line = ringfence("witness", "key", root / "witness.pem", "--name", "w.example/1", environ={}).well().out.strip()
        surfaces.write(root / "config", vendor.port, house.port)
        base = (root / "config" / "ringfence.toml").read_text()
        (root / "config" / "ringfence.toml").unlink()
        more = _SETTINGS.format(
            account=account.url,
            root=root,
            outside=outside.url,
            witness_port=port,
            witness=line,
            bucket=outside.s3.url,
        )
        homes = []
        for number, store in enumerate(stores):
            home = root / f"home{number}"
            home.mkdir(mode=0o700)
            (home / "ringfence.toml").write_text(f"{base}{more}{store}\n")
            homes.append(home)
        gateways = [GatewayProcess(home) for home in homes]
        made = Story(root, homes, gateways, vendor, house, account, outside, cluster, line, port)
        for gateway in gateways:
            stack.callback(_stop, gateway)
        yield made


def _stop(gateway: GatewayProcess) -> None:
    if hasattr(gateway, "process"):
        gateway.stop()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def witness(made: Story) -> Iterator[None]:
    """The witness as a process of its own, which knows the log's public line and nothing else of it."""
    vkey = made.root / "carried.vkey"
    shutil.copy(made.homes[0] / "ledger.vkey", vkey)
    state, key = made.root / "witness-state", made.root / "witness.pem"
    command = [sys.executable, "-m", "ringfence", "witness", "run", "--listen", f"127.0.0.1:{made.witness_port}"]
    command += ["--state", str(state), "--key", str(key), "--log", str(vkey)]
    with (made.root / "witness.out").open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=made.root)
    try:
        wait(lambda: _answers(made.witness_port), 30)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
