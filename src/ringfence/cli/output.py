"""Printing: tables for people, JSON for programs, errors as what, where and remedy."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from ringfence.vocabulary.errors import AnchorError, AuthenticationFailed, LedgerError, RingfenceError, UpstreamError

EXIT_CODES = {
    0: "done",
    1: "the answer is bad news (a check or a verification failed)",
    2: "wrong arguments",
    3: "configuration can't be used",
    4: "the ledger can't be used",
    5: "the gateway or a service can't be reached",
}


def exit_code(error: RingfenceError) -> int:
    """The exit code of an error that ended a command."""
    if isinstance(error, LedgerError):
        return 4
    return 5 if isinstance(error, UpstreamError | AuthenticationFailed | AnchorError) else 3


def fail(error: RingfenceError) -> None:
    """Prints an error: what and where, then what to do."""
    click.echo(plain(f"error: {error.message}"), err=True)
    if error.remedy:
        click.echo(plain(f"remedy: {error.remedy}"), err=True)


def as_json(value: Any) -> None:
    """Prints one JSON document."""
    click.echo(json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False))


def plain(text: str) -> str:
    """One line of `text` that somebody else wrote, for a terminal: what would move its cursor, hide what stands there
    or turn its direction is spelled out."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints columns; the last one wraps within the terminal."""
    cells = [[plain(re.sub(r"\s", " ", str(cell))) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *cells]) for column in range(len(head) - 1)]
    before = sum(widths) + 2 * len(widths)
    room = max(shutil.get_terminal_size((120, 24)).columns - before, 30)
    for row in [list(head), *cells]:
        start = "".join(cell.ljust(width + 2) for cell, width in zip(row, widths, strict=False))
        for number, piece in enumerate(_wrapped(row[-1], room)):
            click.echo((start if number == 0 else " " * before) + piece)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def progress(text: str) -> None:
    """A passing line on a terminal's standard error; nothing where that is no terminal."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", nl=False, err=True)
