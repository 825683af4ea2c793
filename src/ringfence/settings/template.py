"""Renders a commented `ringfence.toml` and the rows of the reference page from the settings' own types."""

from __future__ import annotations

import json
import textwrap
import typing
from typing import Any

import msgspec

from ringfence.settings.model import Account, Settings, Timestamp, Upstream, Witness, Worm

LISTS: dict[str, type[msgspec.Struct]] = {
    "account": Account,
    "upstream": Upstream,
    "timestamp": Timestamp,
    "witness": Witness,
    "worm": Worm,
}
"""Tables of which a file may hold several."""


class Row(msgspec.Struct, frozen=True):
    """One setting: its table and key, its type in words, its default as TOML, and what it does."""

    table: str
    key: str
    kind: str
    default: str
    says: str


def rows() -> list[Row]:
    """Every setting, in the file's order."""
    listed = []
    for field in msgspec.structs.fields(Settings):
        table, default = (LISTS[field.name], None) if field.name in LISTS else (field.type, field.default)
        hints = typing.get_type_hints(table, include_extras=True)
        for member in msgspec.structs.fields(table):
            annotated = hints[member.name]
            shown = _toml(_default(member, default))
            listed.append(Row(field.name, member.name, _kind(typing.get_args(annotated)[0]), shown, _says(annotated)))
    return listed


def render() -> str:
    """A `ringfence.toml` in which every line is explained and every default stands commented out."""
    lines = ["# Ringfence settings. Each line is a default: uncomment what you change. Secrets stand elsewhere."]
    table = ""
    for row in rows():
        if row.table != table:
            table = row.table
            doc = (LISTS.get(table) or type(getattr(Settings(), table))).__doc__ or ""
            lines += ["", *_comment(doc.strip()), f"# [[{table}]]" if table in LISTS else f"[{table}]"]
        lines += [*_comment(row.says), f"# {row.key} = {row.default}"]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 116, initial_indent="# ", subsequent_indent="# ")


def _default(member: msgspec.structs.FieldInfo, table: Any) -> Any:
    if table is not None:
        return getattr(table, member.name)
    if member.default_factory is not msgspec.NODEFAULT:
        return member.default_factory()
    return "" if member.default is msgspec.NODEFAULT else member.default


def _says(annotated: Any) -> str:
    return next((meta.description for meta in typing.get_args(annotated)[1:] if meta.description), "")


def _kind(annotated: Any) -> str:
    origin = typing.get_origin(annotated)
    if origin is typing.Literal:
        return " \\| ".join(typing.get_args(annotated))
    if origin is tuple:
        return f"list of {_kind(typing.get_args(annotated)[0])}"
    if type(None) in typing.get_args(annotated):
        return _kind(typing.get_args(annotated)[0])
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}[annotated]


def _toml(value: Any) -> str:
    return "false" if value is None else json.dumps(value)
