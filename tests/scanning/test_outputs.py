"""Files for programs: JSON lines and SARIF, whole after an interruption, without content."""

from __future__ import annotations

import io
import json

import pytest

from ringfence.scanning.outputs import JsonLines, Sarif, shown
from ringfence.scanning.results import Passed, Spotted
from ringfence.vocabulary.entities import ENTITIES

SPOTTED = Spotted("", 3, 7, 9, "US_SSN", 0.9, "us_ssn/1", "f00d")
CELL = Spotted("sheet A, cell B7", 0, 0, 9, "API_KEY", 0.9, "api_key/1", "beef", "sk-1")


def written(kind, whole: bool = True) -> bytes:
    file = io.BytesIO()
    output = kind(file)
    output.found("a b/ü.txt", SPOTTED)
    output.found("t.xlsx", CELL)
    output.passed(Passed("p\udcff\n", "broken"))
    output.passed(Passed("q", "excluded", left_out=True))
    output.close({"files": 2}, whole)
    return file.getvalue()


def test_json_lines():
    rows = [json.loads(line) for line in written(JsonLines).splitlines()]
    assert rows[0] == {
        "path": "a b/ü.txt", "where": "", "line": 3, "column": 7, "length": 9, "entity": "US_SSN", "score": 0.9,
        "detector": "us_ssn/1", "fingerprint": "f00d", "label": "personal", "safe_harbor": "G",
    }  # fmt: skip
    assert rows[1]["value"] == "sk-1"
    assert rows[2:] == [
        {"path": "p\\udcff\\n", "not_searched": "broken", "left_out": False},
        {"path": "q", "not_searched": "excluded", "left_out": True},
        {"summary": {"files": 2}, "whole": True},
    ]


def test_sarif_says_where_without_content():
    run = json.loads(written(Sarif))["runs"][0]
    first, second = run["results"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/%C3%BC.txt"},
                "region": {"startLine": 3, "startColumn": 7},
            }
        }
    ]
    assert second["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "sheet A, cell B7"}]
    assert (first["level"], second["level"]) == ("warning", "error")
    assert first["partialFingerprints"] == {"ringfenceValue/v1": "f00d"}
    assert second["properties"]["value"] == "sk-1"
    assert "value" not in first["properties"]
    assert "sk-1" not in second["message"]["text"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(ENTITIES)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"]) for note in notes] == [
        ("error", "not searched: broken"),
        ("note", "not searched: excluded"),
    ]
    assert notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "p%FF%0A"


@pytest.mark.parametrize("whole", [True, False])
def test_sarif_of_an_interrupted_scan_is_whole_and_says_so(whole):
    assert json.loads(written(Sarif, whole))["runs"][0]["invocations"][0]["executionSuccessful"] is whole


def test_sarif_without_a_finding():
    file = io.BytesIO()
    Sarif(file).close({}, True)
    assert json.loads(file.getvalue())["runs"][0]["results"] == []


# Of sarif-schema-2.1.0.json: for each object that is written, its members with their types; `!` where required.
_REGION = {"startLine": int, "startColumn": int}
_LOCATION = {
    "physicalLocation": {"artifactLocation": {"uri": str}, "region": _REGION},
    "logicalLocations": [{"fullyQualifiedName": str}],
}
_MESSAGE = {"text": str}
_SHAPE = {
    "$schema": str,
    "version!": str,
    "runs!": [
        {
            "tool!": {
                "driver!": {
                    "name!": str,
                    "version": str,
                    "rules": [
                        {
                            "id!": str,
                            "shortDescription": _MESSAGE,
                            "defaultConfiguration": {"level": ("none", "note", "warning", "error")},
                            "properties": dict,
                        }
                    ],
                }
            },
            "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
            "results": [
                {
                    "ruleId": str,
                    "ruleIndex": int,
                    "level": ("none", "note", "warning", "error"),
                    "message!": _MESSAGE,
                    "locations": [_LOCATION],
                    "partialFingerprints": dict,
                    "properties": dict,
                }
            ],
            "invocations": [
                {
                    "executionSuccessful!": bool,
                    "toolExecutionNotifications": [
                        {"message!": _MESSAGE, "level": ("none", "note", "warning", "error"), "locations": [_LOCATION]}
                    ],
                }
            ],
            "properties": dict,
        }
    ],
}


def _check(value: object, shape: object, where: str) -> None:
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        known = {name.rstrip("!") for name in shape}
        assert set(value) <= known, f"{where}: {set(value) - known} is not in the schema"
        assert {name[:-1] for name in shape if name.endswith("!")} <= set(value), where
        for name, inner in shape.items():
            if name.rstrip("!") in value:
                _check(value[name.rstrip("!")], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for each in value:
            _check(each, shape[0], where)
    elif isinstance(shape, tuple):
        assert value in shape, where
    else:
        assert isinstance(value, shape), where
        assert shape is not int or value >= 0, where


def test_sarif_has_the_shape_of_its_schema():
    _check(document := json.loads(written(Sarif)), _SHAPE, "$")
    assert document["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("a/ü b.txt", "a/ü b.txt"),
        ("a\udcffb", "a\\udcffb"),
        ("a\n\x1b[31m", "a\\n\\x1b[31m"),
        ("\u202etxt", "\\u202etxt"),
    ],
)
def test_paths_cannot_steer_a_terminal(path, says):
    assert shown(path) == says
