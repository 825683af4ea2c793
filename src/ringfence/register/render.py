"""A document as TOML text, for `ringfence register add`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from ringfence.register import reading
from ringfence.register.documents import Document, check_document
from ringfence.register.kinds import Kind, load_kinds
from ringfence.register.standing import missing
from ringfence.vocabulary.errors import ConfigurationError

_TABLES = ("dates", "scope", "report", "limits", "method", "file", "review")


def new_document(
    kind: str,
    *,
    id: str,  # the name of the field in the file
    subject: str,
    title: str = "",
    demonstration: bool = False,
    parties: Iterable[Mapping[str, str]] = (),
    **tables: Mapping[str, Any],
) -> str:
    """The text of `documents/<id>.toml`. `tables` are those of the file: dates, scope, report, limits, method, file,
    review; values are strings, dates, booleans, numbers and lists of them.

    What the kind must state and was not given stands in the text as comments. Raises ConfigurationError for an unknown
    kind or field, and for whatever the loader would refuse.
    """
    where = f"new {kind}"
    stated = {name: table for name, table in tables.items() if table}
    members = {"kind": kind, "id": id, "subject": subject, "title": title, "demonstration": demonstration}
    try:
        document = msgspec.convert({**members, "parties": list(parties), **stated}, Document)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}", remedy=f"kinds: {', '.join(Kind)}.", where=where) from error
    check_document(document, load_kinds()[document.kind], where)
    return render(document)


def render(document: Document) -> str:
    """TOML that reads back as the same document; fields left at their defaults are left out."""
    rules = load_kinds()[document.kind]
    gaps = missing(document, rules)
    lines = [f"# {rules.title}: {rules.says}", f"# Source: {rules.source}", ""]
    for name in ("kind", "id", "subject", "title", "demonstration"):
        if value := getattr(document, name):
            lines.append(f"{name} = {_value(value)}")
    for party in document.parties:
        lines += ["", "[[parties]]", f"name = {_value(party.name)}", f"role = {_value(party.role)}"]
    lines += _comments(gap for gap in gaps if gap.startswith("parties"))
    for table in _TABLES:
        body = list(_table(msgspec.to_builtins(getattr(document, table), builtin_types=(date,)), table))
        notes = _comments(gap.removeprefix(f"{table}.") for gap in gaps if gap.startswith(f"{table}."))
        if body or notes:
            # The comments stand before any [[sub-table]], where a line that loses its `#` still means what it says.
            plain = [line for line in body if not line.startswith(("[[", "  "))]
            lines += ["", f"[{table}]", *plain, *notes, *body[len(plain) :]]
    return "\n".join(lines) + "\n"


def _table(members: dict[str, Any], table: str) -> Iterator[str]:
    nested = {name: value for name, value in members.items() if _is_tables(value)}
    for name, value in members.items():
        if name not in nested:
            yield f"{name} = {_value(value)}"
    for name, rows in nested.items():
        for row in rows:
            yield f"[[{table}.{name}]]"
            yield from (f"  {key} = {_value(value)}" for key, value in row.items())


def _is_tables(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], dict)


def _comments(gaps: Iterable[str]) -> list[str]:
    return [f"# {gap} =    # missing: until it is stated, this document does not count" for gap in gaps]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, date)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(each) for each in value)}]"
    return quoted(str(value))


def quoted(text: str) -> str:
    """A TOML basic string. JSON's escapes are all TOML's too; only DEL must be escaped in addition (TOML 1.0, String).

    Raises ConfigurationError for text that is not Unicode.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise reading.problem("new document", "", "a value is not valid Unicode text") from error
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
