"""Findings as files for programs: JSON lines, and SARIF 2.1.0. Written as they come; content only where asked for.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
from typing import IO, Any, Protocol
from urllib.parse import quote

import msgspec

from ringfence import __version__
from ringfence.scanning.report import CLASSES, class_of
from ringfence.scanning.results import Passed, Spotted
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.labels import Label

_LEVELS = {"": "note", Label.PERSONAL: "warning", Label.FINANCIAL: "warning"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Output(Protocol):
    """A file of findings, which its owner closes. `close` makes it whole, also after an interruption."""

    def found(self, path: str, spotted: Spotted) -> None: ...

    def passed(self, passed: Passed) -> None: ...

    def close(self, summary: dict[str, Any], whole: bool) -> None: ...


def shown(path: str) -> str:
    """A path that can be printed: bytes that are no UTF-8, and characters that steer a terminal, as escapes."""
    plain = path.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in plain)


class JsonLines:
    """A line for each finding, for each path passed over, and at the end the sums."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def found(self, path: str, spotted: Spotted) -> None:
        entity = ENTITIES[spotted.entity]
        row = {"path": shown(path)} | msgspec.structs.asdict(spotted)
        row |= {"label": entity.raises or "", "safe_harbor": entity.safe_harbor}
        self._line({key: value for key, value in row.items() if key != "value" or value})

    def passed(self, passed: Passed) -> None:
        self._line({"path": shown(passed.path), "not_searched": passed.why, "left_out": passed.left_out})

    def close(self, summary: dict[str, Any], whole: bool) -> None:
        self._line({"summary": summary, "whole": whole})
        self._file.flush()

    def _line(self, row: dict[str, Any]) -> None:
        self._file.write(_json(row) + b"\n")


class Sarif:
    """One run of the tool. Paths not searched are notifications of it, since they are no findings."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._first = file, True
        self._notices: list[dict[str, Any]] = []
        self._rules = {name: number for number, name in enumerate(ENTITIES)}
        driver = {"name": "ringfence", "version": __version__, "rules": [_rule(name) for name in ENTITIES]}
        head = _json({"$schema": _SCHEMA, "version": "2.1.0"})[:-1] + b',"runs":['
        run = _json({"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"})[:-1] + b',"results":[\n'
        file.write(head + run)

    def found(self, path: str, spotted: Spotted) -> None:
        location: dict[str, Any] = {"physicalLocation": _place(path)}
        if spotted.line:
            region = {"startLine": spotted.line} | ({"startColumn": spotted.column} if spotted.column else {})
            location["physicalLocation"]["region"] = region
        if spotted.where:
            location["logicalLocations"] = [{"fullyQualifiedName": spotted.where}]
        properties: dict[str, Any] = {"score": spotted.score, "detector": spotted.detector}
        result = {
            "ruleId": spotted.entity,
            "ruleIndex": self._rules[spotted.entity],
            "level": _level(spotted.entity),
            "message": {"text": f"{spotted.entity}: {ENTITIES[spotted.entity].says}"},
            "locations": [location],
            "partialFingerprints": {"ringfenceValue/v1": spotted.fingerprint},
            "properties": properties | ({"value": spotted.value} if spotted.value else {}),
        }
        self._file.write((b"" if self._first else b",\n") + _json(result))
        self._first = False

    def passed(self, passed: Passed) -> None:
        notice = {
            "level": "note" if passed.left_out else "error",
            "message": {"text": f"not searched: {passed.why}"},
            "locations": [{"physicalLocation": _place(passed.path)}],
        }
        self._notices.append(notice)

    def close(self, summary: dict[str, Any], whole: bool) -> None:
        invocation = {"executionSuccessful": whole, "toolExecutionNotifications": self._notices}
        tail = _json({"invocations": [invocation], "properties": summary})[1:]
        self._file.write(b"\n]," + tail + b"]}\n")
        self._file.flush()


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _place(path: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(os.fsencode(path))}}


def _level(entity: str) -> str:
    return _LEVELS.get(CLASSES[class_of(entity)], "error")


def _rule(name: str) -> dict[str, Any]:
    entity = ENTITIES[name]
    properties = {"label": entity.raises or "", "safeHarbor": entity.safe_harbor}
    return {
        "id": name,
        "shortDescription": {"text": entity.says},
        "defaultConfiguration": {"level": _level(name)},
        "properties": properties,
    }
