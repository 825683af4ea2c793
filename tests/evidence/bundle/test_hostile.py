"""Bundles whose maker holds the key and means harm: verification ends, says no or says what it does not know."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from evidence.bundle.site import Site, contents, failed, rewritten, verdicts
from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.html import as_html
from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.vocabulary.record import Phase, Record

WEIRD: tuple[Any, ...] = (None, True, -1, 1e300, 2**63, "", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
                          "x" * 5000, [], [[]], {}, {"a": {"b": []}}, ["x", 1])  # fmt: skip


@pytest.mark.parametrize(
    "member",
    ["event", "instance", "heartbeat_s", "since", "by", "actor", "approvers", "envelopes", "changed", "order",
     "policy_digest", "register_digest", "exceptions_digest", "keys_listed_digest"],
)  # fmt: skip
def test_notices_of_any_shape(site: Site, member: str) -> None:
    site.enrol("ada", "ben")
    site.open()
    for value in WEIRD:
        site.notice(**{"event": "heartbeat", "instance": "a", member: value})
    site.close()
    site.bundle()
    assert site.verify().steps[0].status == "ok"


@pytest.mark.parametrize(
    "member", ["effect", "service", "labels", "rules", "candidates", "coverage", "exceptions", "asked_at", "key"]
)
def test_decisions_of_any_shape_are_not_taken_for_sound(site: Site, member: str) -> None:
    site.open()
    for value in WEIRD:
        site.request(**{member: value})
    site.close()
    site.bundle()
    found = site.verify()
    assert found.steps[0].status == "ok"
    assert "unproven" in {verdicts(found)["agrees"], verdicts(found)["ended"]} or member in ("asked_at", "key")
    as_html(found)


def test_a_record_nested_without_end(site: Site) -> None:
    site.open()
    nested: Any = []
    for _ in range(500):
        nested = [nested]
    site.notice("start", instance="a", deep=nested)
    site.append(Record("", Phase.NOTICE, {"event": "x", "deep": nested}))
    site.close()
    site.bundle()
    assert site.verify().steps[0].status == "ok"


def signed(site: Site, members: dict[str, bytes], size: int, records: int) -> Path:
    """A bundle whose newest checkpoint says `size`, signed with the real key, and whose manifest says so, too."""
    key = load_pem_private_key((site.root / "ledger.key").read_bytes(), None)
    note = Signer(site.origin, key).sign(Checkpoint(site.origin, size, bytes(32)))  # type: ignore[arg-type]
    manifest = msgspec.json.decode(members[layout.MANIFEST], type=layout.Manifest)
    members[layout.MANIFEST] = layout.sealed(msgspec.structs.replace(manifest, size=size, records=records))
    members[layout.NEWEST] = note
    return rewritten(site.root / "bundle.zip", members, honest=True)


@pytest.mark.parametrize(("size", "records"), [(2**62, 5), (2**62, 2**61), (2**40, 2**39)])
def test_a_tree_that_is_said_to_be_huge_costs_nothing(site: Site, size: int, records: int) -> None:
    site.small().bundle()
    path = signed(site, contents(site.root / "bundle.zip"), size, records)
    begun = time.monotonic()
    found = site.verify(path)
    assert time.monotonic() - begun < 5
    assert failed(found) >= {8}


def test_any_json_in_any_file_is_refused_or_found(site: Site, scale: int) -> None:
    """Values of JSON members replaced by others, with a manifest that fits: nothing but a report comes out."""
    site.enrol("ada", "ben")
    site.small(1)
    site.anchor()
    site.now = site.now.replace(hour=9)
    site.open()
    digest = site.excepting("ada", "ben")
    site.request(exceptions=["e1"], exceptions_digest=digest)
    site.close()
    site.bundle()
    original = contents(site.root / "bundle.zip")
    names = [name for name in original if name.endswith(".json") and name != layout.MANIFEST]
    rng = random.Random(7)
    for _ in range(150 * scale):
        name = rng.choice(names)
        document = msgspec.json.decode(original[name])
        at = document
        while isinstance(at, dict | list) and at:
            key = rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
            if rng.random() < 0.4 or not isinstance(at[key], dict | list):
                at[key] = rng.choice([each for each in WEIRD if each != at[key]])
                break
            at = at[key]
        wrong = layout.encode(document)
        found = site.verify(rewritten(site.root / "bundle.zip", original | {name: wrong}, honest=True))
        assert found.steps[0].status in ("ok", "failed")
        if wrong != original[name] and not name.startswith(("anchors/", "approvers/")):
            assert not found.ok, name


def test_bytes_that_are_no_text(site: Site) -> None:
    site.small().bundle()
    original = contents(site.root / "bundle.zip")
    for name in original:
        if name in (layout.README, layout.MANIFEST):
            continue
        for wrong in (b"\xff\xfe\x00", b"", b"\x00" * 100, b"[" * 10_000, original[name] + b"\n"):
            found = site.verify(rewritten(site.root / "bundle.zip", original | {name: wrong}, honest=True))
            assert not found.ok, (name, wrong[:5])
