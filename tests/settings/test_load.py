"""`ringfence.toml`: what is refused, and how it says so."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from ringfence.settings import Secret, Settings, load, render, resolve_secret
from ringfence.settings.template import LISTS, rows
from ringfence.vocabulary.errors import ConfigurationError

URL = 'engine = "url"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\n'


def _load(folder: Path, text: str | bytes) -> Settings:
    path = folder / "ringfence.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path / "none.toml")
    assert settings == Settings()
    assert (settings.gateway.host, settings.gateway.port) == ("127.0.0.1", 8400)
    assert settings.private.engine == "embedded"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1", "unknown field `x`"),
        ("[gatway]\nport = 1", "unknown field `gatway`"),
        ("[gateway]\nprot = 1", r"unknown field `prot` - at `\$\.gateway`"),
        ('[gateway]\nport = "8400"', r"Expected `int`, got `str` - at `\$\.gateway\.port`"),
        ("[gateway]\nport = 0", r"\$\.gateway\.port"),
        ("[gateway]\nport = 65536", r"\$\.gateway\.port"),
        ("[gateway]\nport = 84.5", r"\$\.gateway\.port"),
        ("[gateway]\nmax_body_bytes = 10", r"\$\.gateway\.max_body_bytes"),
        ("[gateway]\nread_timeout_s = 0", r"\$\.gateway\.read_timeout_s"),
        ("[gateway]\nallowed_hosts = 'localhost'", r"\$\.gateway\.allowed_hosts"),
        ("[gateway]\nport = 1\nport = 2", "not valid TOML"),
        ("[organisation]\nrole = 'hospital'", r"\$\.organisation\.role"),
        ("[organisation]\nregimes = ['hippa']", r"\$\.organisation\.regimes"),
        ("[private]\nengine = 'vllm'", r"\$\.private\.engine"),
        ("[masking]\nlifetime_s = 5", r"\$\.masking\.lifetime_s"),
        ("[[upstream]]\nbase_url = 'https://x'", "service"),
        ("[upstream]\nservice = 'a/b'", r"\$\.upstream"),
        ("[[upstream]]\nservice = 'a/b'\n[[upstream]]\nservice = 'a/b'", "names a/b twice"),
        ("[private]\nengine = 'url'", "needs `url` and `model`"),
        (f"[private]\n{URL}", "does not say who runs the machine"),
        (f"[private]\n{URL}own_host = true\nmodel_path = 'x'", "model_path is used by"),
        ("[content]\nshare = 0.5", "no reviewer is named"),
        ("[content]\nshare = 1.5", r"\$\.content\.share"),
        ("[subjects]\ncustodians = ['a.pub']", "names one custodian"),
        ("[retention]\ncommitments_days = 2191", "below 2192 days"),
        ("[retention]\ncommitments_days = -1", r"\$\.retention\.commitments_days"),
        (b"\xff", "not valid TOML"),
        ("=", "not valid TOML"),
    ],
)
def test_what_is_refused_with_its_place(text: str | bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        _load(tmp_path, text)
    assert str(tmp_path / "ringfence.toml") in caught.value.message
    assert caught.value.remedy


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        f"[private]\n{URL}own_host = true",
        f"[private]\n{URL}own_host = false\nhost = 'gpu.example'",
        "[private]\nengine = 'none'",
        "[private]\nmodel_path = '/models/llama.gguf'",
        "[[upstream]]\nservice = 'a/b'\n[[upstream]]\nservice = 'a/c'",
        "[organisation]\nrole = 'covered_entity'\nregimes = ['hipaa', 'glba']",
    ],
)
def test_what_is_taken(text: str, tmp_path: Path) -> None:
    assert isinstance(_load(tmp_path, text), Settings)


# The template


def _uncommented() -> str:
    """The template with every default in force, but for [[account]] and [[upstream]], which have none."""
    lines = []
    for line in render().splitlines():
        if line == "# [[account]]":
            break
        bare = line.removeprefix("# ")
        is_setting = line.startswith("# ") and bare.split(" = ")[0].isidentifier() and " = " in bare
        lines.append(bare if is_setting else line)
    return "\n".join(line for line in lines if line != "own_host = false")


def test_template_as_written_is_the_defaults(tmp_path: Path) -> None:
    assert _load(tmp_path, render()) == Settings()


def test_every_line_of_the_template_may_be_uncommented(tmp_path: Path) -> None:
    text = _uncommented()
    assert _load(tmp_path, text) == Settings()
    written = {f"{table}.{key}" for table, keys in tomllib.loads(text).items() for key in keys}
    listed = {f"{row.table}.{row.key}" for row in rows() if row.table not in LISTS}
    assert written == listed - {"private.own_host"}


def test_every_setting_says_what_it_does() -> None:
    names = [(row.table, row.key) for row in rows()]
    assert len(names) == len(set(names))
    assert all(row.says.endswith(".") and row.kind for row in rows())
    tables = {field.name for field in msgspec.structs.fields(Settings)}
    assert {row.table for row in rows()} == tables


# Secrets


def test_secret_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-file\n")
    assert resolve_secret("env:KEY", {"KEY": " sk-env\n"}) == "sk-env"
    assert resolve_secret("env:KEY", {}) == ""
    assert resolve_secret(f"file:{tmp_path}/key") == "sk-file"
    assert resolve_secret("") == ""


@pytest.mark.parametrize("reference", ["sk-live-123", "env:", "file:", "vault:x", "ENV:X", "file:/no/such/file"])
def test_reference_that_can_not_be_used_is_not_repeated_as_a_secret(reference: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve_secret(reference, {})
    assert caught.value.remedy
    assert "sk-live-123" not in caught.value.message


def test_secret_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="can't be read"):
        resolve_secret(f"file:{tmp_path}/key")


def test_secret_prints_as_stars() -> None:
    secret = Secret("sk-1")
    assert repr(secret) == repr([secret])[1:-1] == "'***'"
    assert f"{[secret]}" == "['***']"
    assert str(secret) == "sk-1"
