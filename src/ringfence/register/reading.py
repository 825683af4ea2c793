"""TOML files -> typed structs, with errors that name the file, the field and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from ringfence.vocabulary.errors import ConfigurationError

T = TypeVar("T")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_REMEDY = "Correct the field; docs/reference/register-documents.md lists every field."

# An identifier of a document, a service or a vendor. Slashes stand between a vendor and its service.
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}(?:/[a-z0-9][a-z0-9._-]{0,79})?")
# Globs know one wildcard, `*`: `[` and `?` would make a pattern match more than a reader sees.
GLOB = re.compile(r"[A-Za-z0-9._:/@+*-]{1,160}")
# Words that stand where a fact should: a document that holds one has not been filled in.
_PLACEHOLDER = re.compile(
    r"(?i)(todo|tbd|xxx+|n/?a|none|unknown|placeholder|example|name|change[-_ ]?me|fill[-_ ]?in|your\b.*|<.*>|\?+|\.+)"
)


def problem(where: str, field: str, what: str, remedy: str = _REMEDY) -> ConfigurationError:
    """The error for one field of one file; `where` is the file, `field` its dotted path ("" for the whole file)."""
    place = f"{where}: {field}" if field else where
    return ConfigurationError(f"{place}: {what}", remedy=remedy, where=place)


def is_placeholder(text: str) -> bool:
    """True where a text is empty or a stand-in such as `TODO` or `<name>`."""
    return not text.strip() or _PLACEHOLDER.fullmatch(text.strip()) is not None


def decode(text: str, kind: type[T], where: str) -> T:
    """Parses TOML into a struct. Raises ConfigurationError for broken TOML, wrong types and unknown keys."""
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise problem(where, "", f"not valid TOML: {error}", "Correct the file at that line.") from error
    except msgspec.ValidationError as error:
        match = _AT.match(str(error))
        what, path = (match["what"], match["path"] or "") if match else (str(error), "")
        if unknown := _UNKNOWN.search(what):
            path = f"{path}.{unknown['name']}" if path else unknown["name"]
        raise problem(where, path, what) from error


def is_blank(path: Path) -> bool:
    """True where a file holds comments only, such as the examples of `ringfence init`."""
    try:
        return all(not line.strip() or line.lstrip().startswith(b"#") for line in path.read_bytes().splitlines())
    except OSError:
        return False


def read(path: Path, kind: type[T]) -> T:
    """Reads one file. Raises ConfigurationError where it can't be read or is not UTF-8, and as `decode`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise problem(str(path), "", f"can't be read: {error}", "Make it a readable UTF-8 file.") from error
    return decode(text, kind, str(path))


def shipped(folder: str) -> Iterator[tuple[str, str]]:
    """The package's own data files of a folder, in the order of their names: (name for messages, text)."""
    for entry in sorted(files("ringfence.register").joinpath(folder).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield f"shipped {folder}/{entry.name}", entry.read_text(encoding="utf-8")


def shipped_file(name: str) -> str:
    """The text of one data file of the package."""
    return files("ringfence.register").joinpath(name).read_text(encoding="utf-8")
