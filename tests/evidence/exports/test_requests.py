from __future__ import annotations

import pytest

from evidence.exports.logged import DECIDED, KINDS, SECRET, SOURCE, Log, by_kind
from ringfence.evidence.bundle.period import Period
from ringfence.evidence.exports.formats import FORMATS, lines
from ringfence.evidence.exports.requests import Requests
from ringfence.ledger.highest import decode_slots, newest
from ringfence.vocabulary.errors import LedgerCorrupt


def test_pairs_are_joined_in_the_order_of_their_ends(empty: Log) -> None:
    first, second = empty.decide(1), empty.decide(2, client="other")
    requests = Requests(empty.reader)
    assert list(requests.more()) == []
    assert requests.open == 2
    empty.end(2, second)
    empty.end(1, first, status=500)
    made = list(requests.more())
    assert [(each.request_id, each.decided_index, each.decision.client) for each in made] == [
        ("r2", second, "other"),
        ("r1", first, "billing"),
    ]
    assert [each.ending.status for each in made] == [200, 500]
    assert made[1].decided_at < made[0].decided_at < made[0].ended_at < made[1].ended_at
    assert (requests.open, list(requests.more())) == (0, [])


@pytest.mark.parametrize("stop", range(12))
def test_a_later_run_gives_the_rest_and_nothing_twice(empty: Log, stop: int) -> None:
    indexes = [empty.decide(number) for number in range(4)]
    for number, index in enumerate(indexes):
        empty.end(number, index)
    whole = [each.request_id for each in Requests(empty.reader).more()]
    assert whole == ["r0", "r1", "r2", "r3"]
    first = Requests(empty.reader)
    got = []
    for each in first.more():
        got.append(each.request_id)
        if first.following >= stop:
            break
    rest = Requests(empty.reader, first.following)
    assert got + [each.request_id for each in rest.more()] == whole


def test_end_of_another_request_is_named(empty: Log) -> None:
    """A log that was written by hand must not lend one request's decision to another's end."""
    mine, other = empty.decide(1), empty.decide(2, client="other")
    empty.end(1, other)
    for start in (0, other + 1):
        with pytest.raises(LedgerCorrupt, match=f"{other + 1} ends a request that record {other} did not decide"):
            list(Requests(empty.reader, start).more())
    assert mine < other


def test_nothing_beyond_the_published_checkpoint_is_told(empty: Log) -> None:
    """A commit that is not yet in the highest checkpoint's file may vanish in a power cut."""
    index = empty.decide(1)
    note = newest(decode_slots(empty.reader._highest_path.read_bytes()), empty.reader._highest_path).note

    class Behind:
        key_line, snapshots, entries = empty.reader.key_line, empty.reader.snapshots, empty.reader.entries

        def checkpoint(self) -> bytes:
            return note

    empty.end(1, index)
    assert list(Requests(Behind()).more()) == []  # type: ignore[arg-type]
    assert len(list(Requests(empty.reader).more())) == 1


def test_a_record_of_another_shape_is_an_error(empty: Log) -> None:
    empty.decide(1, labels="general")
    with pytest.raises(LedgerCorrupt, match="Record 1"):
        list(Requests(empty.reader).more())


def test_what_is_left_of_tokens_and_vendors(log: Log) -> None:
    found = dict(by_kind(log))
    assert found["masked"].tokens == (40, 2)
    assert found["cached"].tokens == (40, 7)
    assert found["counted"].tokens == (9, None)
    assert found["allowed"].tokens == (None, None)
    assert found["masked"].vendor == "openai"
    assert found["no candidate"].vendor == ""
    failed = {kind for kind, request in found.items() if request.failed}
    assert failed == {"failed", "refused", "left"}


@pytest.mark.parametrize("name", FORMATS)
def test_no_event_holds_anything_but_the_named_members(name: str, log: Log) -> None:
    written = b"".join(lines(Requests(log.reader), FORMATS[name], SOURCE))
    assert written.count(b"\n") == len(KINDS)
    assert SECRET.encode() not in written
    assert b"Mustermann" not in written
    assert b"billing" in written
    for each in log.reader.entries():
        assert each.leaf not in written
        for digest in each.fields.commitments.values():
            assert digest.encode() not in written


@pytest.mark.parametrize("name", FORMATS)
def test_without_names(name: str, log: Log) -> None:
    written = b"".join(lines(Requests(log.reader), FORMATS[name], SOURCE, names=False))
    for hidden in (DECIDED["client"], DECIDED["purpose"]):
        assert hidden.encode() not in written
    assert DECIDED["key"].encode() in written


def test_a_period_is_of_the_ends_and_inclusive(log: Log) -> None:
    made = [request for _, request in by_kind(log)]
    period = Period(made[2].ended_at, made[4].ended_at)
    assert len(list(lines(Requests(log.reader), FORMATS["ocsf"], SOURCE, period))) == 3
