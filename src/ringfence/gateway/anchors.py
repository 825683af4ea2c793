"""The anchors that a home's settings name: how each is got and kept, and what those that were kept are worth."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
from cryptography import x509

from ringfence.gateway import boot
from ringfence.gateway.asking import Asked, NoAnswer, ask
from ringfence.gateway.home import Home
from ringfence.gateway.tiling import breathe
from ringfence.ledger.anchors import timestamp
from ringfence.ledger.anchors.anchor import Anchor, Http, Kind, Reply, Trust, read_roots
from ringfence.ledger.anchors.check import check
from ringfence.ledger.anchors.cosign import Tree, cosign
from ringfence.ledger.anchors.cosignature import CosignerKey
from ringfence.ledger.anchors.store import AnchorStore, anchors_of
from ringfence.ledger.anchors.worm import Bucket, Sign
from ringfence.ledger.checkpoint import Verifier, read_note
from ringfence.ledger.tiles import CHECKPOINT, HashTiles, build, folder_tiles
from ringfence.settings import model, resolve_secret
from ringfence.upstream.sigv4 import ENVIRONMENT, SigV4
from ringfence.upstream.target import tls_context
from ringfence.vocabulary.errors import AnchorError, ConfigurationError, LedgerLocked

_MOST_BYTES = 2 * 1024 * 1024  # of one answer; a page of a bucket's list has under 1 MiB


class Made(msgspec.Struct, frozen=True):
    """An anchor that was got and is durably kept: of which tree (`root` in hex), by whom, and when they say it was."""

    kind: Kind
    size: int
    root: str
    by: str
    when: datetime


class Anchorer(msgspec.Struct, frozen=True):
    """One anchor of the settings. `where` names it for people. `make` gets and keeps one for the newest checkpoint; it
    blocks, and raises AnchorError, LedgerError, ConfigurationError (a secret) and OSError."""

    kind: Kind
    where: str
    make: Callable[[], Made]


def now_utc() -> datetime:
    return datetime.now(UTC)


def anchorers(home: Home, now: Callable[[], datetime] = now_utc) -> list[Anchorer]:
    """Those that the settings name, in their order. Raises ConfigurationError where a file or a key of one can't be
    used."""
    http, store = client(home), AnchorStore(home.anchors)
    found = [_timestamp(home, each, http, store) for each in home.settings.timestamp]
    found += [_witness(home, each, http, store) for each in home.settings.witness]
    found += [_worm(home, each, http, store, now) for each in home.settings.worm]
    return found


def trust(home: Home) -> Trust:
    """Whom the settings trust. Raises ConfigurationError."""
    return Trust(
        tuple(root for each in home.settings.timestamp for root in _roots(home, each)),
        tuple(CosignerKey.from_key_line(each.key) for each in home.settings.witness),
    )


def kept(home: Home, verifier: Verifier) -> list[Anchor]:
    """What is kept of this home's anchors, each checked from its files. Raises ConfigurationError, OSError."""
    return check(anchors_of(home.anchors), verifier, trust(home))


def buckets(home: Home, now: Callable[[], datetime] = now_utc) -> list[Bucket]:
    """The buckets that the settings name."""
    return [_bucket(each, client(home), now) for each in home.settings.worm]


def client(home: Home) -> Http:
    """How anchors reach the network."""
    tls, timeout_s = tls_context(), home.settings.anchors.timeout_s

    def http(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            answer = ask(Asked(method, url, headers, body, _MOST_BYTES), tls, timeout_s)
        except NoAnswer as error:
            raise AnchorError(f"{urlsplit(url).netloc}: {error}.") from None
        return Reply(answer.status, answer.headers, answer.body)

    return http


def _timestamp(home: Home, settings: model.Timestamp, http: Http, store: AnchorStore) -> Anchorer:
    roots = _roots(home, settings)

    def make() -> Made:
        note = boot.reader(home).checkpoint()
        answer, stamp = timestamp.fetch(http, settings.url, read_note(note).text, roots)
        store.add_timestamp(note, answer)
        return _made(Kind.TIMESTAMP, note, stamp.by, stamp.time)

    return Anchorer(Kind.TIMESTAMP, settings.url, make)


def _witness(home: Home, settings: model.Witness, http: Http, store: AnchorStore) -> Anchorer:
    witness = CosignerKey.from_key_line(settings.key)

    def make() -> Made:
        done = cosign(http, settings.url, witness, lambda: _tree(home), store.last_cosigned(witness))
        store.add_cosignature(done.note, done.line)
        return _made(Kind.WITNESS, done.note, witness.name, datetime.fromtimestamp(done.time_s, UTC))

    return Anchorer(Kind.WITNESS, settings.url, make)


def _worm(home: Home, settings: model.Worm, http: Http, store: AnchorStore, now: Callable[[], datetime]) -> Anchorer:
    def make() -> Made:
        note = boot.reader(home).checkpoint()
        copy = _bucket(settings, http, now).keep(note, now())
        store.add_copy(note, copy)
        return _made(Kind.WORM, note, copy.bucket, copy.stored_at)

    return Anchorer(Kind.WORM, settings.bucket, make)


def _made(kind: Kind, note: bytes, by: str, when: datetime) -> Made:
    checkpoint = read_note(note).checkpoint
    return Made(kind, checkpoint.size, checkpoint.root.hex(), by, when)


def _tree(home: Home) -> Tree:
    """The log as far as its tiles go, which are brought up to it first. Where another process is doing so, they are
    taken as they are."""
    reader = boot.reader(home)
    with suppress(LedgerLocked):
        build(reader, home.tiles, breathe)
    try:
        note = (home.tiles / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        raise AnchorError("The tiles that proofs are made from are being made.", remedy="Try again.") from None
    log_size = read_note(reader.checkpoint()).checkpoint.size
    return Tree(note, HashTiles(folder_tiles(home.tiles), read_note(note).checkpoint.size).subtree, log_size)


def _roots(home: Home, settings: model.Timestamp) -> list[x509.Certificate]:
    path = home.config.parent / settings.certificates
    try:
        return read_roots(path.read_bytes())
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error.message}", remedy=error.remedy, where=str(path)) from None


def _bucket(settings: model.Worm, http: Http, now: Callable[[], datetime]) -> Bucket:
    """Amazon's own buckets have a host of their own; other services that speak S3 take the bucket as path."""
    if settings.endpoint:
        base = f"{settings.endpoint.rstrip('/')}/{settings.bucket}"
    else:
        base = f"https://{settings.bucket}.s3.{settings.region}.amazonaws.com"
    sign = _signer(settings, now)
    return Bucket(http, sign, base, name=settings.bucket, prefix=settings.prefix, days=settings.days)


def _signer(settings: model.Worm, now: Callable[[], datetime]) -> Sign:
    """Reads the secret each time, so that one that was changed is used without a restart."""

    def sign(
        method: str, host: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Mapping[str, str]:
        secret = resolve_secret(settings.credential)
        given = secret.split(":") if settings.credential else [os.environ.get(name, "").strip() for name in ENVIRONMENT]
        key_id, key, token = (*given, "", "", "")[:3]
        if not key_id or not key:
            raise ConfigurationError(
                f"No key to sign requests to the bucket {settings.bucket} with is set.",
                remedy=f"Set [[worm]] credential, or {ENVIRONMENT[0]} and {ENVIRONMENT[1]}.",
            )
        signer = SigV4(key_id, key, token, region=settings.region, service="s3")
        return signer.s3_headers(method, host, (path, query), headers, body, now())

    return sign
