"""`approvers/*.toml`: who may approve, one file a person, named `<id>.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from ringfence.approvals.dsse import KEY_BYTES, decoded
from ringfence.vocabulary.approval import Person
from ringfence.vocabulary.errors import ConfigurationError

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_REMEDY = "Correct the field; docs/how-to/approve-with-two-people.md lists them all."
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file. Unknown members are refused: a misspelt `until` would let somebody approve for ever."""

    id: str
    name: str
    role: str
    public_key: str
    since: date
    until: date | None = None


def load_people(folder: Path) -> dict[str, Person]:
    """Everybody enrolled, by id; nobody where there is no folder. People whose time is over are there, too: what they
    approved while it lasted stays checkable. Raises ConfigurationError, which names the file and the field."""
    people = {}
    for path in sorted(folder.glob("[!.]*.toml")):
        person = _read(path)
        people[person.id] = person
    check_people(people.values())
    return people


def check_people(people: Iterable[Person]) -> None:
    """INVARIANT: one key belongs to one person, or one person could approve as two. Raises ConfigurationError."""
    owners: dict[bytes, str] = {}
    for person in people:
        raw = raw_key(person)
        if raw in owners:
            raise ConfigurationError(
                f"approvers {owners[raw]} and {person.id} have one and the same public_key",
                remedy="One person counts once: make a key of their own for each with `ringfence approver create`.",
            )
        owners[raw] = person.id


def raw_key(person: Person) -> bytes:
    """The 32 bytes of a person's key. Raises ConfigurationError."""
    raw = decoded(person.public_key)
    if raw is None or len(raw) != KEY_BYTES:
        raise ConfigurationError(
            f"approver {person.id}: public_key: not the Base64 of an Ed25519 key (32 bytes)", remedy=_REMEDY
        )
    return raw


def write_person(folder: Path, person: Person) -> Path:
    """Enrol a person. Raises ConfigurationError where the file is there already, or as `check_person`."""
    path = folder / f"{person.id}.toml"
    check_person(person, str(path))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_text(person))
    except FileExistsError:
        raise _problem(str(path), "", "is there already: nobody gets a second key") from None
    return path


def check_person(person: Person, where: str) -> None:
    """Raises ConfigurationError, which names `where` and the field."""
    if not ID.fullmatch(person.id):
        raise _problem(where, "id", "must be small letters, digits, dots and dashes, 64 at most")
    for name in ("name", "role"):
        if not getattr(person, name).strip():
            raise _problem(where, name, "must not be empty")
    if person.until and person.until < person.since:
        raise _problem(where, "until", "lies before since")
    try:
        raw_key(person)
    except ConfigurationError as error:
        raise _problem(where, "public_key", error.message) from None


def _text(person: Person) -> str:
    """Strings are written as JSON, whose escapes TOML's basic strings share."""
    rows = [
        (
            name,
            str(value) if isinstance(value, date) else msgspec.json.encode(value).decode().replace("\x7f", "\\u007f"),
        )
        for name, value in msgspec.structs.asdict(person).items()
        if value is not None
    ]
    return "".join(f"{name} = {value}\n" for name, value in rows)


def _read(path: Path) -> Person:
    try:
        fields = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        person = Person(**msgspec.structs.asdict(fields))
    except tomllib.TOMLDecodeError as error:
        raise _problem(str(path), "", f"not valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise _invalid(path, str(error)) from None
    except (OSError, UnicodeDecodeError):
        raise _problem(str(path), "", "can't be read as UTF-8") from None
    if person.id != path.stem:
        raise _problem(str(path), "id", f"the file must be named {person.id}.toml")
    check_person(person, str(path))
    return person


def _invalid(path: Path, error: str) -> ConfigurationError:
    match = _AT.match(error)
    what, field = (match["what"], match["path"] or "") if match else (error, "")
    unknown = _UNKNOWN.search(what)
    return _problem(str(path), unknown["name"] if unknown else field, what)


def _problem(where: str, field: str, what: str) -> ConfigurationError:
    place = f"{where}: {field}" if field else where
    return ConfigurationError(f"{place}: {what}", remedy=_REMEDY, where=place)
