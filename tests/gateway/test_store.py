"""Which store the settings name, and what is said where it can't be used: never the URL. With a real server:
tests/ledger/postgres."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway import boot, store
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.ledger.reader import SegmentsReader
from ringfence.vocabulary.errors import ConfigurationError, LedgerUnavailable
from support.needs import need_package

SECRET = "pa55-of-somebody"
DOORS: list[Callable[[Home], Any]] = [
    boot.reader,
    boot.reader_or_none,
    lambda home: boot.open_ledger(home, lambda _: None, {}),
    lambda home: boot.open_ledger(home, lambda _: None, {}, command=True),
]


def _home(folder: Path, reference: str) -> Home:
    (folder / "ringfence.toml").write_text(f'[ledger]\nstore = "postgres"\npostgres = "{reference}"\n')
    return homes.find(folder)


def test_files_are_the_store_unless_settings_say_otherwise(tmp_path: Path) -> None:
    home = homes.find(tmp_path)
    assert not store.in_postgres(home)
    assert boot.reader_or_none(home) is None
    boot.open_ledger(home, lambda _: None, {}, command=True).close()
    assert isinstance(boot.reader(home), SegmentsReader)


@pytest.mark.parametrize("reference", ["", "env:NO_SUCH_VARIABLE_HERE"])
@pytest.mark.parametrize("door", [*DOORS, boot.snapshots])
def test_a_store_without_a_url_is_named(tmp_path: Path, reference: str, door: Callable[[Home], Any]) -> None:
    with pytest.raises(ConfigurationError, match="no connection URL") as caught:
        door(_home(tmp_path, reference))
    assert "env:NAME" in caught.value.remedy
    assert not (tmp_path / "ledger.key").exists()


@pytest.mark.parametrize("door", DOORS)
def test_a_server_that_is_away_is_named_without_its_url(
    tmp_path: Path, door: Callable[[Home], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    need_package("asyncpg")
    monkeypatch.setenv("LEDGER_URL", f"postgresql://ringfence:{SECRET}@127.0.0.1:1/ledger")
    with pytest.raises(LedgerUnavailable, match="can't be reached") as caught:
        door(_home(tmp_path, "env:LEDGER_URL"))
    assert SECRET not in f"{caught.value.message} {caught.value.remedy} {caught.value.where}"
    with pytest.raises(OSError, match="can't be reached"):
        boot.snapshots(_home(tmp_path, "env:LEDGER_URL")).keep("policy", b"{}")
