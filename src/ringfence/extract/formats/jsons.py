"""JSON and JSON Lines: each string and number a piece at its pointer, each name of a member once."""

from __future__ import annotations

import json
from typing import Any

from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.output import Out


class Members(tuple[tuple[str, Any], ...]):
    """An object as its members, in order and with those that are there twice."""


# A number stays as it is written.
_decoder = json.JSONDecoder(object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str)


def read(file: File, out: Out) -> None:
    text = file.text(out)
    names: set[str] = set()
    try:
        value = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        _read_lines(text, out, names, "nested too deeply" if isinstance(error, RecursionError) else "not valid JSON")
        return
    _put(value, "", "", 0, out, names)


def _read_lines(text: str, out: Out, names: set[str], trouble: str) -> None:
    """A value on each line, or no JSON at all."""
    lines = text.split("\n")
    bad: list[int] = []
    values = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = _decoder.decode(line)
        except (ValueError, RecursionError):
            bad.append(number)
            if len(bad) > max(10, values):  # no JSON Lines either: give up soon
                break
            continue
        values += isinstance(value, tuple | list)
        if isinstance(value, tuple | list):
            _put(value, "", "", number, out, names)
        else:
            out.add("", line, "", number)
    if len(bad) > max(10, values) or not values:
        out.reason(f"{trouble}: it was read as plain text. Correct it")
        plain.put(text, out)
        return
    for number in bad:
        out.add("", lines[number - 1], "", number)
    if bad:
        out.reason(f"{len(bad)} lines are no valid JSON, and were read as plain text. Correct them")


def _put(value: Any, pointer: str, name: str, line: int, out: Out, names: set[str]) -> None:
    """Depth first, with a stack of our own: the parser's nesting may be deeper than ours can be."""
    pending = [(value, pointer, name)]
    while pending:
        value, pointer, name = pending.pop()
        if isinstance(value, str):
            out.add(pointer, value, name, line)
        elif isinstance(value, Members):
            for key, _ in value:
                if key not in names:
                    names.add(key)
                    out.add(f"{pointer}/{_escaped(key)}, name", key, "", line)
            pending.extend((inner, f"{pointer}/{_escaped(key)}", key) for key, inner in reversed(value))
        elif isinstance(value, list):
            numbered = list(enumerate(value))
            pending.extend((inner, f"{pointer}/{n}", name) for n, inner in reversed(numbered))


def _escaped(key: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc6901#section-3"""
    return key.replace("~", "~0").replace("/", "~1")


def _recognise(file: File) -> bool:
    """It begins as JSON does, and its first value or its first line is one."""
    head = file.head
    if not head.startswith(("{", "[")):
        return False
    try:
        _decoder.raw_decode(head)
    except (ValueError, RecursionError):
        # Cut by us, or broken: a quote, bracket or value right after the first one says that it was meant as JSON.
        return head[1:].lstrip()[:1] in set('{["]}-0123456789tfn') and (len(file.data) > len(head) or '":' in head)
    return True


FORMAT = Format(
    kind="json",
    certainty=30,
    recognise=_recognise,
    read=read,
    reads="each string and number at its pointer, with the member's name as context; each member's name once",
    leaves="nothing; what is no valid JSON is read as plain text, and said so",
    source="https://www.rfc-editor.org/rfc/rfc8259",
    suffixes=(".json", ".jsonl", ".ndjson", ".geojson", ".ipynb"),
    media_types=("application/json", "application/x-ndjson", "application/jsonl", "application/fhir+json"),
)
