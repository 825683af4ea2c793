from __future__ import annotations

import hashlib
import hmac
import math
from typing import Any

import pytest

from ringfence.ledger.record import MAX_LEAF_BYTES, draft, encode_leaf, rfc3339
from ringfence.vocabulary.errors import LedgerError
from ringfence.vocabulary.record import Outcome, Phase, Record

TIME = "2026-01-31T09:30:00.000Z"


def salt(length: int) -> bytes:
    return b"s" * length


def leaf(record: Record) -> bytes:
    return encode_leaf(draft(record, salt), TIME)


def test_the_leaf_is_exactly_this() -> None:
    record = Record("r-1", Phase.DECIDED, {"z": 1, "a": {"y": [True, None, 1.5], "b": "é"}}, {"sent": b"x", "got": b""})
    sent = hmac.new(b"s" * 32, b"x", hashlib.sha256).hexdigest()
    got = hmac.new(b"s" * 32, b"", hashlib.sha256).hexdigest()
    expected = (
        '{"body":{"a":{"b":"é","y":[true,null,1.5]},"z":1},'
        f'"commitments":{{"got":"{got}","sent":"{sent}"}},'
        '"phase":"decided","request_id":"r-1","time":"2026-01-31T09:30:00.000Z","version":1}'
    )
    assert leaf(record).decode() == expected


def test_a_record_without_contents_has_no_salt() -> None:
    made = draft(Record("r-1", Phase.ENDED, {"outcome": Outcome.UNKNOWN}), salt)
    assert made.salt == b""
    assert made.commitments == {}
    assert b'"outcome":"unknown"' in encode_leaf(made, TIME)


def test_content_is_committed_to_and_forgotten() -> None:
    secret = b"4111 1111 1111 1111"
    record = Record("r-1", Phase.DECIDED, {}, {"received": secret})
    made = draft(record, salt)
    assert secret not in encode_leaf(made, TIME)
    assert secret not in repr(made).encode()
    assert hashlib.sha256(secret).hexdigest() not in encode_leaf(made, TIME).decode()


def test_each_record_draws_its_own_salt() -> None:
    salts = iter([b"1" * 32, b"2" * 32])
    record = Record("r-1", Phase.DECIDED, {}, {"received": b"same"})
    first, second = (draft(record, lambda length: next(salts)) for _ in range(2))
    assert first.commitments != second.commitments


def test_a_body_changed_later_changes_nothing() -> None:
    body = {"effect": "DENY"}
    made = draft(Record("r-1", Phase.DECIDED, body), salt)
    body["effect"] = "ALLOW"
    assert b'"effect":"DENY"' in encode_leaf(made, TIME)


def endless() -> dict[str, Any]:
    body: dict[str, Any] = {}
    body["again"] = body
    return body


@pytest.mark.parametrize("body", [{"x": object()}, {"x": "\ud800"}, {(1, 2): 3}, endless()])
def test_a_body_that_is_no_json_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(LedgerError, match="can't be written as JSON") as caught:
        draft(Record("r-1", Phase.DECIDED, body), salt)
    assert type(caught.value) is LedgerError


def test_the_longest_leaf_fits_the_formats_uint16() -> None:
    spare = MAX_LEAF_BYTES - len(leaf(Record("r", Phase.NOTICE, {"x": ""})))
    assert len(leaf(Record("r", Phase.NOTICE, {"x": "y" * spare}))) == 65_535
    with pytest.raises(LedgerError, match="65536 bytes"):
        leaf(Record("r", Phase.NOTICE, {"x": "y" * (spare + 1)}))


@pytest.mark.parametrize(
    ("unix_s", "expected"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_700_000_000.9996, "2023-11-14T22:13:20.999Z"),
        (1_700_000_000.05, "2023-11-14T22:13:20.050Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
    ],
)
def test_times_are_utc_and_cut_to_milliseconds(unix_s: float, expected: str) -> None:
    assert rfc3339(unix_s) == expected


def test_times_sort_as_strings() -> None:
    moments = [1_700_000_000 + math.sqrt(n) for n in range(2000)]
    assert sorted(map(rfc3339, moments)) == [rfc3339(moment) for moment in moments]
