"""Tables of anchors are checked when they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.settings import load
from ringfence.vocabulary.errors import ConfigurationError

KEY = "w.example/1+00000000+" + "A" * 44
SOUND = {
    "timestamp": {"url": "https://tsa.example/x", "certificates": "roots.pem"},
    "witness": {"url": "http://127.0.0.1:8500", "key": KEY},
    "worm": {"bucket": "my-anchors", "region": "eu-central-1", "days": 2192, "prefix": "ringfence/a="},
}


def _load(folder: Path, table: str, **changes: object) -> None:
    members = {**SOUND[table], **changes}
    lines = [f"{name} = {value if isinstance(value, int) else repr(value)}" for name, value in members.items()]
    (folder / "roots.pem").write_text("")
    (folder / "ringfence.toml").write_text("\n".join([f"[[{table}]]", *lines]))
    load(folder / "ringfence.toml")


@pytest.mark.parametrize("table", SOUND)
def test_sound_tables_load(table: str, tmp_path: Path) -> None:
    _load(tmp_path, table)


@pytest.mark.parametrize("url", ["http://localhost:1/x", "http://[::1]:1", "https://10.0.0.1/x"])
def test_http_is_for_this_machine(url: str, tmp_path: Path) -> None:
    _load(tmp_path, "witness", url=url)


@pytest.mark.parametrize(
    ("table", "member", "value", "says"),
    [
        ("timestamp", "url", "http://tsa.example/", "plain http to another machine"),
        ("timestamp", "url", "ftp://tsa.example/", "no plain https URL"),
        ("timestamp", "url", "https://user:pass@tsa.example/", "no plain https URL"),
        ("timestamp", "url", "https://tsa.example/?x=1", "no plain https URL"),
        ("timestamp", "url", "https://[broken", "no plain https URL"),
        ("timestamp", "url", "https://tsa.example:99999/", "no plain https URL"),
        ("timestamp", "url", "tsa.example", "no plain https URL"),
        ("timestamp", "certificates", "other.pem", "is no file"),
        ("witness", "url", "http://127.0.0.1.example.com/", "plain http to another machine"),
        ("witness", "key", "w.example/1", "no public line"),
        ("witness", "key", KEY + "A", "no public line"),
        ("worm", "bucket", "Upper", "bucket"),
        ("worm", "bucket", "with.dots", "bucket"),
        ("worm", "bucket", "a/b", "bucket"),
        ("worm", "region", "eu/central", "region"),
        ("worm", "prefix", "/x", "prefix"),
        ("worm", "prefix", "a b", "prefix"),
        ("worm", "endpoint", "http://minio.example", "plain http to another machine"),
        ("worm", "days", 0, "days"),
    ],
)
def test_what_cant_work_is_refused(table: str, member: str, value: object, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=says):
        _load(tmp_path, table, **{member: value})


def test_longer_keys_load(tmp_path: Path) -> None:
    _load(tmp_path, "witness", key="w.example/1+00000000+" + "A" * 1751 + "=")


def test_bucket_of_another_service_may_have_dots(tmp_path: Path) -> None:
    _load(tmp_path, "worm", bucket="with.dots", endpoint="https://s3.example")
