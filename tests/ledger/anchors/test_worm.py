"""Locked copies: each is read back with its lock, and a bucket that did not lock is refused. The S3 is simulated."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from ledger.anchors.conftest import Log, Scripted
from ringfence.ledger.anchors.anchor import Reply
from ringfence.ledger.anchors.contradictions import contradictions, trees
from ringfence.ledger.anchors.worm import Bucket
from ringfence.ledger.checkpoint import read_note
from ringfence.upstream.sigv4 import SigV4
from ringfence.vocabulary.errors import AnchorError
from support.needs import need_package

need_package("botocore")
from support.object_lock import KEY_ID, SECRET, ObjectLock  # noqa: E402

NOW = datetime(2027, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def wire(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    client.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body or None, dict(headers))
    reply = client.getresponse()
    data = reply.read()
    client.close()
    return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, data)


def bucket(s3: ObjectLock, *, prefix: str = "logs/a=b/", secret: str = SECRET, name: str = "anchors") -> Bucket:
    def sign(
        method: str, host: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Mapping[str, str]:
        signer = SigV4(KEY_ID, secret, s3.token, region=s3.region, service="s3")
        return signer.s3_headers(method, host, (path, query), headers, body, NOW)

    return Bucket(wire, sign, f"{s3.url}/{name}", name=name, prefix=prefix, days=365)


@pytest.fixture(params=["", "a/session+token=="])
def s3(request: pytest.FixtureRequest) -> Iterator[ObjectLock]:
    with ObjectLock(token=request.param) as made:
        yield made


def test_copy_is_locked_and_named_after_its_tree(s3: ObjectLock, log: Log) -> None:
    checkpoint = read_note(log.note).checkpoint
    copy = bucket(s3).keep(log.note, NOW)
    assert copy.key == f"logs/a=b/{checkpoint.size:020d}-{checkpoint.root.hex()}"
    assert (copy.until, copy.stored_at) == (datetime(2028, 2, 29, 12, tzinfo=UTC), NOW)
    [version] = s3.objects[copy.key]
    assert (version.body, version.mode, version.until) == (log.note, "COMPLIANCE", "2028-02-29T12:00:00Z")
    assert s3.delete(copy.key, copy.version, now=NOW + timedelta(days=364)) == 403
    assert list(bucket(s3).copies(log.verifier)) == [checkpoint]


@pytest.mark.parametrize(
    ("lies", "says"),
    [
        ("ignores the lock", "not locked"),
        ("GOVERNANCE", "not locked"),
        ("shorter", "not locked"),
        ("other bytes", "other bytes"),
        ("no versions", "keeps no versions"),
    ],
)
def test_bucket_that_did_not_lock_is_refused(s3: ObjectLock, log: Log, lies: str, says: str) -> None:
    s3.lies = lies
    with pytest.raises(AnchorError, match=says):
        bucket(s3).keep(log.note, NOW)


def test_bucket_without_object_lock_is_refused(s3: ObjectLock, log: Log) -> None:
    s3.locking = False
    with pytest.raises(AnchorError, match=r"400 \(InvalidRequest\)"):
        bucket(s3).keep(log.note, NOW)


def test_wrong_key_and_wrong_bucket_are_said(s3: ObjectLock, log: Log) -> None:
    with pytest.raises(AnchorError, match=r"403 \(SignatureDoesNotMatch\)") as caught:
        bucket(s3, secret="wrong").keep(log.note, NOW)
    assert "wrong" not in caught.value.message
    with pytest.raises(AnchorError, match="NoSuchBucket"):
        bucket(s3, name="nowhere").keep(log.note, NOW)


def test_no_deletion_hides_what_was_copied(s3: ObjectLock, log: Log) -> None:
    """Pages of two, delete markers, a version put over it, others' objects: every true copy is found."""
    s3.page = 2
    true = []
    for _ in range(3):
        log.write(1)
        true.append(read_note(log.note).checkpoint)
        copy = bucket(s3).keep(log.note, NOW)
        assert s3.delete(copy.key, now=NOW) == 204
    held = s3.objects[copy.key]
    held.append(type(held[0])("late", b"put over it"))
    s3.objects["logs/a=b/README"] = [type(held[0])("r", b"hello")]
    s3.objects["other/x"] = [type(held[0])("o", log.note)]
    assert list(bucket(s3).copies(log.verifier)) == true


def test_copies_convict_a_rewritten_log(s3: ObjectLock, log: Log) -> None:
    copies = bucket(s3)
    copies.keep(log.note, NOW)
    log.rewrite(30)
    assert log.verify().ok
    [found] = contradictions(log.reader, trees(copies.copies(log.verifier)))
    assert (found.how, found.sound) == ("rewritten", 0)


PAGES = [
    b"",
    b"<a>",
    b"not xml",
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    bytes(range(256)),
]


@pytest.mark.parametrize("page", PAGES)
def test_list_that_cant_be_read_is_refused(page: bytes, log: Log) -> None:
    made = Bucket(Scripted(Reply(200, {}, page)), lambda *_: {}, "https://s3/b", name="b", prefix="", days=1)
    with pytest.raises(AnchorError, match="can't be read"):
        list(made.copies(log.verifier))


def test_list_without_end_is_left(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.ledger.anchors.worm._MOST_PAGES", 5)
    page = Reply(200, {}, b"<L><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker></L>")
    http_ = Scripted(page)
    with pytest.raises(AnchorError, match="more than 5"):
        list(Bucket(http_, lambda *_: {}, "https://s3/b", name="b", prefix="", days=1).copies(log.verifier))
    assert len(http_.asked) == 5
