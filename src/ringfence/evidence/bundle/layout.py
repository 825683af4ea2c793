"""What a bundle holds, under which name, of which size at most (docs/reference/evidence-bundle.md says it in words).

Names are plain and known beforehand, so that no archive can name a place outside itself.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Literal

import msgspec

from ringfence.evidence.bundle.archive import LAST, Listed, problem
from ringfence.evidence.bundle.bodies import check_time
from ringfence.ledger.record import MAX_LEAF_BYTES

VERSION = 1

README = "README.md"
MANIFEST = LAST
SUMMARY = "summary.json"
RECORDS = "records.ndjson"
KEY = "log/log.vkey"
NEWEST = "log/checkpoint"
BEFORE = "log/before"
FRONTIER = "log/frontier"
CHECKPOINTS = "log/checkpoints.ndjson"
EDGE_BEFORE = "log/record-before"
EDGE_AFTER = "log/record-after"
SIGN_AFTER = "log/sign-after"
TILES = "log/tile/"
ANCHORS = "anchors/"
ANCHOR_KEYS = "anchors/keys.json"
PEOPLE = "approvers/"
SNAPSHOTS = {"policy": "policies/", "register": "register/", "keys": "keys/", "exceptions": "exceptions/"}
"""Kind of snapshot (ledger/snapshots.py) -> folder. A file is called by its SHA-256."""
NAMED_BY = {kind: "keys_listed_digest" if kind == "keys" else f"{kind}_digest" for kind in SNAPSHOTS}
"""Kind of snapshot -> the member by which records name it."""

LONGEST_NOTE_BYTES = 65_536

_MIB = 1 << 20
MOST_SNAPSHOT_BYTES = 2048 * _MIB
"""Of all snapshots together: each is read whole."""

_STREAM = 1 << 40
_MOST = (
    (re.compile(r"README\.md|log/log\.vkey"), _MIB),
    (re.compile(r"manifest\.json|summary\.json"), 64 * _MIB),
    (re.compile(r"records\.ndjson|log/checkpoints\.ndjson"), _STREAM),
    (re.compile(r"log/(checkpoint|before|frontier)"), LONGEST_NOTE_BYTES),
    (re.compile(r"log/record-(before|after)|log/sign-after"), 2 * MAX_LEAF_BYTES),
    # https://c2sp.org/tlog-tiles#merkle-tree: at most 256 hashes of 32 bytes; levels 0 to 63
    (re.compile(r"log/tile/([0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?"), 8192),
    (re.compile(r"anchors/keys\.json"), 4 * _MIB),
    (re.compile(r"anchors/[0-9]{20}/[a-z0-9][a-z0-9.-]{0,63}"), _MIB // 4),
    (re.compile(r"approvers/[a-z0-9][a-z0-9._-]{0,63}\.json"), 16_384),
    (re.compile(r"(policies|register|keys|exceptions)/[0-9a-f]{64}\.json"), 16 * _MIB),
)


def most_bytes(name: str) -> int:
    """How many bytes a member of this name may have; 0: no bundle has one."""
    return next((most for names, most in _MOST if names.fullmatch(name)), 0)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"from_": "from"}):
    """What the bundle is about. `from_` and `to` are RFC 3339 as in records, both inclusive; the period's records have
    the indexes `first` to `first + records - 1`; `size` is the newest checkpoint's. `files` lists every other file.

    `sha256` is that of this manifest with "" in its place: it shows damage. Against a forger only signatures help.
    """

    version: Literal[1]
    origin: str
    from_: str
    to: str
    first: int
    records: int
    size: int
    files: dict[str, Listed]
    sha256: str

    @property
    def next(self) -> int:
        """The index after the period's last record."""
        return self.first + self.records


class SignedAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of CHECKPOINTS: a commit's signed note and the size that it signs."""

    size: int
    note: str


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What SIGN_AFTER holds: the first start, stop or heartbeat after the period, as its leaf, and its index."""

    index: int
    leaf: str


def encode(value: object) -> bytes:
    """JSON as bundles hold it: members sorted, no spaces, a newline at the end."""
    return msgspec.json.encode(value, order="sorted") + b"\n"


def sealed(manifest: Manifest) -> bytes:
    """The manifest's bytes with its own digest in it."""
    bare = msgspec.structs.replace(manifest, sha256="")
    return encode(msgspec.structs.replace(bare, sha256=sha256(encode(bare)).hexdigest()))


def read_manifest(data: bytes) -> Manifest:
    """Raises LedgerCorrupt where it is not, to the byte, what an export writes."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
        for time in (manifest.from_, manifest.to):
            check_time(time)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise problem(f"manifest.json can't be read ({error})") from None
    if min(manifest.first, manifest.records, manifest.size) < 0 or manifest.next > manifest.size:
        raise problem("manifest.json names records that the log does not have")
    if sealed(manifest) != data:
        raise problem("manifest.json was changed after the export")
    return manifest
