"""Copies of checkpoints in a bucket with Object Lock (compliance mode): nobody can delete or replace them until a date.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html. An object's name holds the tree's size and root,
so that a list of the bucket is a list of what was anchored. Versions are listed, because a delete marker hides a locked
object from a plain list, though it stays.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlsplit
from xml.parsers import expat

import msgspec

from ringfence.ledger.anchors.anchor import Http, Reply
from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note, read_note
from ringfence.vocabulary.errors import AnchorError, LedgerCorrupt

MODE = "COMPLIANCE"  # not even the account's root user can shorten it; GOVERNANCE could be lifted
_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{64}")
_SAFE = "/-_.~"  # what S3 leaves as it is in a path
_MOST_PAGES = 1_000
_SLACK = timedelta(seconds=1)  # S3 keeps whole seconds

Query = Sequence[tuple[str, str]]
Sign = Callable[[str, str, str, str, Mapping[str, str], bytes], Mapping[str, str]]
"""(method, host, encoded path, encoded query, headers, body) -> all headers to send, with AWS's signature."""


class Copy(msgspec.Struct, frozen=True):
    """Where a locked copy lies. A receipt only: whoever doubts it reads the bucket. Times in UTC."""

    bucket: str
    key: str
    version: str
    until: datetime
    stored_at: datetime
    sha256: str


class Bucket:
    """One bucket. `base` is its URL (`https://bucket.s3.region.amazonaws.com`, or an endpoint's with the bucket as
    path), `days` how long a copy stays locked."""

    def __init__(self, http: Http, sign: Sign, base: str, *, name: str, prefix: str, days: int) -> None:
        self._http, self._sign, self._base = http, sign, base.rstrip("/")
        self._name, self._prefix, self._days = name, prefix, days

    def keep(self, note: bytes, now: datetime) -> Copy:
        """Store the note and read it back with its lock. Raises AnchorError, also where the bucket took the copy but
        has not locked it: some services that speak S3 ignore what they do not know."""
        checkpoint = read_note(note).checkpoint
        key = f"{self._prefix}{checkpoint.size:020d}-{checkpoint.root.hex()}"
        until = (now + timedelta(days=self._days)).astimezone(UTC).replace(microsecond=0)
        digest = sha256(note)
        headers = {
            "content-type": "text/plain; charset=utf-8",
            "x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode(),  # Object Lock asks for one
            "x-amz-object-lock-mode": MODE,
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        reply = self._ask("PUT", key, (), headers, note)
        version = reply.headers.get("x-amz-version-id", "")
        if not version or version == "null":
            raise AnchorError(
                f"The bucket {self._name} keeps no versions, so nothing in it can be locked.",
                remedy="Make a bucket with Object Lock switched on, and name it in [[worm]].",
            )
        back = self._ask("GET", key, (("versionId", version),))
        if back.body != note:
            raise AnchorError(f"The bucket {self._name} gives back other bytes than were stored.")
        self._check_lock(back, until)
        return Copy(self._name, key, version, until, now.astimezone(UTC), digest.hexdigest())

    def copies(self, log: Verifier) -> Iterator[Checkpoint]:
        """Every checkpoint of `log` that lies in the bucket under the prefix, hidden ones too. What others put there
        is passed over. Raises AnchorError."""
        for key, version in self._versions():
            if not _NAME.fullmatch(key.removeprefix(self._prefix)):
                continue
            try:
                yield open_note(self._ask("GET", key, (("versionId", version),)).body, log)
            except LedgerCorrupt:
                continue

    def _versions(self) -> Iterator[tuple[str, str]]:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html"""
        after: Query = ()
        for _ in range(_MOST_PAGES):
            query = (("versions", ""), ("prefix", self._prefix), *after)
            page = _read_page(self._ask("GET", "", query).body)
            yield from page.versions
            if page.next is None:
                return
            after = (("key-marker", page.next[0]), ("version-id-marker", page.next[1]))
        raise AnchorError(f"The bucket {self._name} lists more than {_MOST_PAGES} pages.")

    def _check_lock(self, reply: Reply, until: datetime) -> None:
        """S3 says how an object is locked to whoever may read that (s3:GetObjectRetention)."""
        mode = reply.headers.get("x-amz-object-lock-mode", "")
        try:
            locked_until = datetime.fromisoformat(reply.headers.get("x-amz-object-lock-retain-until-date", ""))
        except ValueError:
            locked_until = None
        if mode != MODE or locked_until is None or locked_until.tzinfo is None or locked_until < until - _SLACK:
            raise AnchorError(
                f"The bucket {self._name} has not locked the copy until {until:%Y-%m-%d}.",
                remedy="Switch Object Lock on for the bucket, and allow s3:PutObjectRetention and "
                "s3:GetObjectRetention.",
            )

    def _ask(
        self, method: str, key: str, query: Query, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        parts = urlsplit(self._base)
        path = quote(f"{parts.path}/{key}", safe=_SAFE)
        told = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query))
        signed = self._sign(method, parts.netloc, path, told, headers or {}, body)
        url = f"{parts.scheme}://{parts.netloc}{path}" + (f"?{told}" if told else "")
        reply = self._http(method, url, body, signed)
        if reply.status != 200:
            raise AnchorError(
                f"The bucket {self._name} answered {method} with status {reply.status}{_code(reply.body)}.",
                remedy="Check that the key may do this, that the bucket is in that Region, and that it was made with "
                "Object Lock.",
            )
        return reply


class _Page(msgspec.Struct):
    versions: list[tuple[str, str]]
    next: tuple[str, str] | None


def _read_page(body: bytes) -> _Page:
    """One answer of ListObjectVersions. Raises AnchorError."""
    texts: dict[str, str] = {}
    versions: list[tuple[str, str]] = []
    opened: list[str] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        opened.append(tag)

    def end(tag: str) -> None:
        if tag in ("Version", "DeleteMarker"):
            named = texts.pop("Key", ""), texts.pop("VersionId", "")
            versions.extend([named] if tag == "Version" else [])
        opened.pop()

    def text(data: str) -> None:
        texts[opened[-1]] = texts.get(opened[-1], "") + data

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError):
        raise AnchorError("The bucket's list of versions can't be read.") from None
    cut = texts.get("IsTruncated", "").strip() == "true"
    return _Page(versions, (texts.get("NextKeyMarker", ""), texts.get("NextVersionIdMarker", "")) if cut else None)


def _refuse_entity(*_: object) -> None:
    """A list has none, and they can grow without bound."""
    raise ValueError("an entity is declared")


def _code(body: bytes) -> str:
    """S3's own word for an error, such as AccessDenied."""
    found = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", body[:4096])
    return f" ({found[1].decode()})" if found else ""
