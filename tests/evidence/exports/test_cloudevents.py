"""Every event read by the CloudEvents SDK."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from evidence.exports.logged import KINDS, SOURCE, Log, by_kind
from ringfence.evidence.exports import cloudevents
from ringfence.evidence.exports.format import Source
from support.needs import need_package

need_package("cloudevents")
from cloudevents.core.formats.json import JSONFormat  # noqa: E402
from cloudevents.core.v1.event import CloudEvent  # noqa: E402


@pytest.mark.parametrize("kind", KINDS)
def test_the_sdk_reads_it(kind: str, log: Log) -> None:
    request = dict(by_kind(log))[kind]
    text = json.dumps(cloudevents.event(request, SOURCE))
    made = JSONFormat().read(CloudEvent, text)
    assert made.get_specversion() == "1.0"
    assert made.get_id() == str(request.decided_index)
    assert made.get_source() == "/example.com/ringfence"
    assert made.get_type() == f"ringfence.request.{request.ending.outcome}"
    assert made.get_time() == datetime.fromisoformat(request.ended_at)
    data = made.get_data()
    assert isinstance(data, dict)
    assert (data["decided_index"], data["ended_index"]) == (request.decided_index, request.ended_index)
    assert data["effect"] == request.decision.effect


def test_a_log_with_an_odd_name_has_a_source_that_is_a_uri(log: Log) -> None:
    _, request = next(by_kind(log))
    assert cloudevents.event(request, Source("läb?#x", "1"))["source"] == "/l%C3%A4b%3F%23x"


def test_the_sdk_would_notice(log: Log) -> None:
    _, request = next(by_kind(log))
    made = cloudevents.event(request, SOURCE)
    del made["source"]
    with pytest.raises(Exception, match="source"):
        JSONFormat().read(CloudEvent, json.dumps(made))
