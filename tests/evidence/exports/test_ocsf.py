"""Every event against the schema that OCSF publishes, as JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from evidence.exports.logged import KINDS, SOURCE, Log, by_kind
from ringfence.evidence.exports import ocsf
from support.needs import need_package

need_package("ocsf_json_schema")
import jsonschema  # noqa: E402
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # noqa: E402


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(ocsf.VERSION)).get_class_schema("api_activity", [*ocsf.PROFILES])
    return jsonschema.Draft202012Validator(schema)


def event(log: Log, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(ocsf.event(dict(by_kind(log))[kind], SOURCE)))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_it_fits_the_schema_of_the_class_with_its_profiles(kind: str, log: Log) -> None:
    made = event(log, kind)
    assert [f"{each.json_path}: {each.message}" for each in validator().iter_errors(made)] == []
    assert made["type_uid"] == made["class_uid"] * 100 + made["activity_id"]


@pytest.mark.parametrize("member", ["ai_model", "actor", "metadata", "api", "src_endpoint", "time", "data_in"])
def test_the_schema_would_notice(member: str, log: Log) -> None:
    made = event(log, "masked")
    if member == "data_in":
        made[member] = 1
    elif member == "ai_model":
        made[member] = {"name": 7}
    else:
        del made[member]
    assert list(validator().iter_errors(made))


@pytest.mark.parametrize("profile", ocsf.PROFILES)
def test_each_profile_is_used(profile: str, log: Log) -> None:
    """Without the profile, the schema refuses what the event holds because of it."""
    left = [each for each in ocsf.PROFILES if each != profile]
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(ocsf.VERSION)).get_class_schema("api_activity", left)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(event(log, "masked")))


@pytest.mark.parametrize(
    ("kind", "action", "disposition", "status", "severity"),
    [
        ("allowed", "Allowed", "Allowed", "Success", "Informational"),
        ("masked", "Modified", "Corrected", "Success", "Informational"),
        ("rerouted", "Modified", "Custom Action", "Success", "Informational"),
        ("denied", "Denied", "Blocked", "Failure", "Low"),
        ("failed", "Modified", "Corrected", "Failure", "Low"),
    ],
)
def test_what_a_decision_is_called(
    kind: str, action: str, disposition: str, status: str, severity: str, log: Log
) -> None:
    made = event(log, kind)
    assert (made["action"], made["disposition"], made["status"]) == (action, disposition, status)
    assert made["severity"] == severity


@pytest.mark.parametrize("kind", KINDS)
def test_captions_are_those_of_the_schema(kind: str, log: Log) -> None:
    attributes = get_ocsf_schema(ocsf.VERSION)["classes"]["api_activity"]["attributes"]
    made = event(log, kind)
    for name in ("action", "disposition", "severity", "status"):
        assert attributes[f"{name}_id"]["enum"][str(made[f"{name}_id"])]["caption"] == made[name]
    objects = get_ocsf_schema(ocsf.VERSION)["objects"]["data_classification"]["attributes"]
    for each in made["resources"][0]["data_classifications"]:
        assert objects["status_id"]["enum"][str(each["status_id"])]["caption"] == each["status"]
        assert str(each["category_id"]) in objects["category_id"]["enum"]


def test_labels_become_classifications_with_what_raised_them(log: Log) -> None:
    general, personal = event(log, "masked")["resources"][0]["data_classifications"]
    assert (general["category"], general["category_id"]) == ("general", 99)
    assert (personal["category"], personal["category_id"]) == ("personal", 1)
    assert personal["discovery_details"] == [{"type": "EMAIL_ADDRESS", "count": 2}]


def test_times_are_milliseconds(log: Log) -> None:
    request = dict(by_kind(log))["masked"]
    made = event(log, "masked")
    assert made["time"] == made["start_time"] < made["end_time"]
    assert request.decided_at.startswith("2030-03-17T")
    assert made["time"] // 1000 * 1000 == made["time"]
    assert 1_900_000_000_000 < made["time"] < 1_900_001_000_000
    assert made["duration"] == 1234
