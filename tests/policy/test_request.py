"""The question as Cedar gets it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import cedarpy
import msgspec
import pytest
from enumerate_facts import NOW, facts

from ringfence.policy.engine import Policy
from ringfence.policy.request import minute, request_json
from ringfence.vocabulary.decision import Form
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.labels import Label


def test_it_says_what_the_facts_say() -> None:
    asked = request_json(facts(client='a"b\n', form=Form.MASKED, labels=(Label.PHI, Label.CARD)), NOW)
    asked = msgspec.json.decode(msgspec.json.encode(asked))
    assert asked["principal"] == {"type": "Client", "id": 'a"b\n'}
    assert asked["action"] == {"type": "Action", "id": "send"}
    assert asked["resource"] == {"type": "Service", "id": "vendor-chat"}
    context = asked["context"]
    assert (context["purpose"], context["vendor"]) == ("summaries", "vendor")
    assert context["form"] == {"__entity": {"type": "Form", "id": "masked"}}
    assert [label["__entity"]["id"] for label in context["labels"]] == ["phi", "card"]
    assert context["now"] == {"__extn": {"fn": "datetime", "arg": "2031-05-06T07:08:00Z"}}


def test_a_rule_sees_the_minute_in_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert minute(datetime(2031, 1, 1, 3, 15, 59, 999_999, tzinfo=east)).isoformat() == "2030-12-31T21:45:00+00:00"
    with pytest.raises(InternalError, match="time zone"):
        minute(datetime(2031, 1, 1))  # noqa: DTZ001


def test_put_to_cedar_as_it_is_it_gives_the_verdict(policy: Policy) -> None:
    for case in (facts(), facts(configured=False)):
        answer = cedarpy.is_authorized(request_json(case, NOW), policy.cedar_policies, "[]", policy.cedar_schema)
        assert answer.allowed is policy.ask((case,), NOW)[0].allowed
