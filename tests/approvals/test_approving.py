from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from ringfence.approvals import approvals_of, approve, digest, dsse, enough, require, with_approval
from ringfence.vocabulary.approval import Act, Envelope, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from support.people import NOW, key_of, person

People = dict[str, Person]


def _by(name: str, act: Act, **changed: Any) -> Envelope:
    return approve(act, key_of(name), person(name), **({"at": NOW, "reason": "looked at it"} | changed))


def _signed(act: Act, name: str, /, **changed: Any) -> Envelope:
    """A payload as `name` could write it by hand, signed with `name`'s own key."""
    fields = {
        "act": msgspec.to_builtins(act),
        "act_sha256": digest(act),
        "at": NOW.isoformat(),
        "kind": act.kind,
        "person": name,
        "reason": "r",
    }
    return dsse.sign(json.dumps(fields | changed).encode(), key_of(name), name)


def test_two_people_are_enough_and_each_is_shown(act: Act, people: People) -> None:
    proposal = Proposal(act, (_by("ann", act), _by("ben", act)))
    found = require(proposal, people, NOW, 2)
    assert [(each.person, each.name, each.role, each.reason) for each in found] == [
        ("ann", "Ann", "privacy officer", "looked at it"),
        ("ben", "Ben", "privacy officer", "looked at it"),
    ]
    assert {each.act_sha256 for each in found} == {digest(act)}
    assert enough(proposal, people, NOW, 2)
    assert not enough(proposal, people, NOW, 3)


def test_what_is_signed_shows_what_is_approved(act: Act) -> None:
    payload = json.loads(base64.b64decode(_by("ann", act).payload))
    assert payload["act"] == {"kind": act.kind, "body": act.body}
    assert payload["act_sha256"] == digest(act)
    assert (payload["person"], payload["kind"], payload["reason"]) == ("ann", "exception", "looked at it")


OTHER = Act("exception", {"id": "exc-2"})


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (lambda act: _by("ann", act), "ann has approved it already"),
        (lambda act: _by("ann", act, at=NOW - timedelta(hours=1)), "ann has approved it already"),
        (lambda act: _by("dan", act), "'dan' is not enrolled"),
        (lambda act: dsse.sign(b"{}", key_of("ben"), "ben"), "no approval of theirs"),
        (lambda act: _by("ben", OTHER), "ben approved another act"),
        (lambda act: _signed(act, "ben", act_sha256=digest(OTHER)), "ben approved another act"),
        (lambda act: _signed(act, "ben", act=msgspec.to_builtins(OTHER)), "ben approved another act"),
        (lambda act: _signed(act, "ben", act={"kind": act.kind, "body": act.body, "x": 1}), "ben approved another act"),
        (lambda act: _signed(act, "ben", act=7), "ben approved another act"),
        (lambda act: _signed(act, "ben", kind="hold"), "ben approved another act"),
        (lambda act: _signed(act, "ben", person="ann"), "no approval of theirs"),
        (lambda act: _signed(act, "ben", more=1), "no approval of theirs"),
        (lambda act: _signed(act, "ben", reason=" "), "no approval of theirs"),
        (lambda act: _signed(act, "ben", at="2031-05-20T12:00:00"), "no approval of theirs"),
        (lambda act: _signed(act, "ben", at="2030-12-31T23:59:59Z"), "enrolled only from 2031-01-01"),
        (lambda act: _signed(act, "ben", at="2031-05-20T12:06:00Z"), "dated in the future"),
        (lambda act: dsse.sign(base64.b64decode(_by("ben", act).payload), key_of("ann"), "ben"), "not made with ben's"),
        (
            lambda act: dsse.sign(base64.b64decode(_by("ann", act).payload), key_of("ben"), "ben"),
            "no approval of theirs",
        ),
        (lambda act: msgspec.structs.replace(_by("ben", act), signatures=()), "has one signature"),
        (
            lambda act: msgspec.structs.replace(
                _by("ben", act), signatures=_by("ann", act).signatures + _by("ben", act).signatures
            ),
            "has one signature",
        ),
    ],
)
def test_what_does_not_count_is_refused_by_name(second: Any, says: str, act: Act, people: People) -> None:
    first = Proposal(act, (_by("ann", act),))
    with pytest.raises(ConfigurationError, match=says):
        with_approval(first, second(act), people, NOW)
    after = Proposal(act, (*first.approvals, second(act)))
    assert [each.person for each in approvals_of(after, people, NOW)] == ["ann"]
    with pytest.raises(ConfigurationError, match=says) as caught:
        require(after, people, NOW, 2)
    assert "1 more of ben, cat" in caught.value.remedy


def test_a_clock_a_little_ahead_is_borne(act: Act, people: People) -> None:
    assert approvals_of(Proposal(act, (_by("ann", act, at=NOW + timedelta(minutes=5)),)), people, NOW)


@pytest.mark.parametrize(("until", "counts"), [(date(2031, 5, 19), False), (date(2031, 5, 20), True)])
def test_somebody_who_left_approves_no_longer_and_can_not_date_it_back(until: date, counts: bool, act: Act) -> None:
    before = _by("ann", act, at=NOW - timedelta(days=3))
    people = {"ann": person("ann", until=until)}
    assert bool(approvals_of(Proposal(act, (before,)), people, NOW)) is counts
    if not counts:
        with pytest.raises(ConfigurationError, match="no longer enrolled since 2031-05-19"):
            approve(act, key_of("ann"), people["ann"], at=NOW, reason="r")


def test_days_are_days_in_utc(act: Act) -> None:
    people = {"ann": person("ann", since=date(2031, 5, 20))}
    late = NOW.fromisoformat("2031-05-19T23:00:00-05:00")  # the 20th in UTC
    assert approvals_of(Proposal(act, (_by("ann", act, at=late),)), people, NOW)


def test_two_ids_with_one_key_count_once_wherever_they_come_from(act: Act) -> None:
    """`load_people` refuses them; people out of a bundle may never have passed it."""
    twin = msgspec.structs.replace(person("ann"), id="ann2")
    again = approve(act, key_of("ann"), twin, at=NOW, reason="r")
    found = approvals_of(Proposal(act, (_by("ann", act), again)), {"ann": person("ann"), "ann2": twin}, NOW)
    assert [each.person for each in found] == ["ann"]


def test_signing_with_a_key_of_somebody_else_is_refused(act: Act) -> None:
    with pytest.raises(ConfigurationError, match="not ann's"):
        approve(act, key_of("ben"), person("ann"), at=NOW, reason="r")
    with pytest.raises(ConfigurationError, match="needs a reason"):
        approve(act, key_of("ann"), person("ann"), at=NOW, reason=" ")


def test_where_too_few_are_enrolled_that_is_said(act: Act) -> None:
    with pytest.raises(ConfigurationError, match="nobody approved") as caught:
        require(Proposal(act), {"ann": person("ann"), "bob": person("bob", until=date(2031, 1, 2))}, NOW, 2)
    assert "Too few people are enrolled" in caught.value.remedy
