from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from ringfence.approvals import check_people, load_people, write_person
from ringfence.vocabulary.approval import Person
from ringfence.vocabulary.errors import ConfigurationError
from support.people import person


def _put(folder: Path, who: Person, **changed: object) -> Path:
    return write_person(folder, msgspec.structs.replace(who, **changed))


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    ann = msgspec.structs.replace(person("ann", until=date(2032, 1, 1)), name='A "quoted" \\ Ännä \x7f')
    _put(tmp_path, ann)
    _put(tmp_path, person("ben"))
    (tmp_path / ".ann.toml.swp.toml").write_text("not read")
    assert load_people(tmp_path) == {"ann": ann, "ben": person("ben")}


def test_no_folder_is_nobody(tmp_path: Path) -> None:
    assert load_people(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("untill = 2032-01-01", "untill"),
        ("until = 2030-12-31", "until"),
        ('until = "never"', "until"),
        ('name = " "', "name"),
        ('role = ""', "role"),
        ('public_key = "AAAA"', "public_key"),
        ('public_key = "*"', "public_key"),
        ('id = "ben"', "id"),
        ("since = 7", "since"),
        ("broken", ""),
    ],
)
def test_an_error_names_the_file_and_the_field(tmp_path: Path, text: str, field: str) -> None:
    path = _put(tmp_path, person("ann"))
    name = text.split(" ")[0]
    kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{name} =")]
    path.write_text("\n".join([*kept, text]))
    with pytest.raises(ConfigurationError) as caught:
        load_people(tmp_path)
    assert caught.value.where == (f"{path}: {field}" if field else str(path))


@pytest.mark.parametrize("name", ["name", "role", "public_key", "since", "id"])
def test_every_member_but_until_is_needed(tmp_path: Path, name: str) -> None:
    path = _put(tmp_path, person("ann"))
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith(f"{name} =")))
    with pytest.raises(ConfigurationError, match=f"`{name}`"):
        load_people(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ann.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_people(tmp_path)


def test_two_ids_with_one_key_are_refused(tmp_path: Path) -> None:
    _put(tmp_path, person("ann"))
    _put(tmp_path, person("ben"), public_key=person("ann").public_key)
    with pytest.raises(ConfigurationError, match="ann and ben have one and the same"):
        load_people(tmp_path)
    check_people([person("ann"), person("ben")])


def test_nobody_gets_a_second_key(tmp_path: Path) -> None:
    before = _put(tmp_path, person("ann")).read_bytes()
    with pytest.raises(ConfigurationError, match="there already"):
        _put(tmp_path, person("ann"), public_key=person("ben").public_key)
    assert (tmp_path / "ann.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["Ann", "", "../ann", "a" * 65, "ann\n"])
def test_an_id_is_a_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="id"):
        write_person(tmp_path / "in", msgspec.structs.replace(person("ann"), id=name))
    assert not (tmp_path / "in").exists()
