"""Whatever is done to a bundle shows; what shows only with an anchor, or not at all, is said by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from evidence.bundle.site import START, Site, changed, contents, failed, flips, lines, rewritten, verdicts
from ringfence.approvals import public_text
from ringfence.evidence.bundle import layout, zipform
from ringfence.evidence.bundle.archive import Archive
from ringfence.evidence.bundle.period import period
from ringfence.ledger.tree import leaf_hash
from ringfence.vocabulary.approval import Act
from ringfence.vocabulary.errors import LedgerCorrupt

UNBOUND = (layout.README, layout.ANCHOR_KEYS)
"""Members that no signature binds: prose, and the names of those whom the operator believes. Changing one together with
the manifest is a finding (README) or changes who is believed (the report says that the bundle's own were)."""


def _every(data: bytes, scale: int) -> int:
    """Every byte in `make soak`, and of what is short always."""
    return 1 if len(data) <= 250 else max(1, 20 // scale) * 2 if scale < 20 else 1


@pytest.fixture
def small(site: Site) -> Site:
    site.enrol("ada", "ben")
    site.small(2)
    site.anchor()
    site.now = site.now.replace(hour=12)
    site.open()
    act = Act("forget", {"order": "o1"})
    site.notice("forget_ordered", actor="os:root", **site.approved(act, "ada", "ben"))
    site.close()
    site.bundle()
    return site


def test_every_byte_of_the_archive(small: Site, scale: int) -> None:
    """Harmless: a bit of a deflated stream whose change gives the same contents (unused bits at the end of a block, or
    another earlier place with the same text). Everything else is refused: names, times, attributes and gaps, too."""
    path = small.root / "bundle.zip"
    whole, original = path.read_bytes(), contents(path)
    with Archive(path, layout.most_bytes) as archive:
        inside = {at for member in archive.members.values() for at in range(member.data_offset, member.end)}
    wanted = [at for at in range(len(whole)) if at not in inside or at % _every(whole, scale) == 0]
    assert len(wanted) > len(whole) / 41
    flipped = path.with_name("flipped.zip")
    harmless = 0
    for at in wanted:
        flipped.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        if small.verify(flipped).ok:
            assert at in inside, f"byte {at}"
            assert contents(flipped) == original
            harmless += 1
    assert harmless < len(wanted) / 100


def test_every_byte_of_every_file(small: Site, scale: int) -> None:
    path = small.root / "bundle.zip"
    original = contents(path)
    for name, data in original.items():
        for at, wrong in flips(data, every=_every(data, scale)):
            found = small.verify(rewritten(path, original | {name: wrong}))
            assert not found.ok, f"{name} byte {at}"


def test_every_byte_of_every_file_with_a_manifest_that_fits(small: Site, scale: int) -> None:
    path = small.root / "bundle.zip"
    original = contents(path)
    for name, data in original.items():
        if name in UNBOUND or name.startswith((layout.PEOPLE, layout.ANCHORS)) or name == layout.MANIFEST:
            continue
        for at, wrong in flips(data, every=_every(data, scale)):
            found = small.verify(rewritten(path, original | {name: wrong}, honest=True))
            assert not found.ok, f"{name} byte {at}"


@pytest.mark.parametrize("seconds", [0, 3])
def test_every_byte_around_a_period_in_the_middle(site: Site, seconds: int, scale: int) -> None:
    """Also of a period that holds no records, which nothing but its surroundings proves."""
    site.open()
    for _ in range(3):
        site.request()
    site.now += timedelta(minutes=1)
    for _ in range(2):
        site.request()
    site.heartbeat()
    site.close()
    begins = START + timedelta(seconds=5 - seconds)
    done = site.export(period(begins.isoformat(), (begins + timedelta(milliseconds=500 + seconds * 1000)).isoformat()))
    path = site.root / "bundle.zip"
    assert (site.verify().ok, done.manifest.records) == (True, 1 + seconds)
    if not seconds:
        begins += timedelta(seconds=10)
        done = site.export(period(begins.isoformat(), (begins + timedelta(seconds=1)).isoformat()))
        assert (site.verify().ok, done.manifest.records) == (True, 0)
    original = contents(path)
    around = (layout.BEFORE, layout.FRONTIER, layout.EDGE_BEFORE, layout.EDGE_AFTER, layout.SIGN_AFTER, layout.NEWEST)
    for name in (*around, *(name for name in original if name.startswith(layout.TILES))):
        for at, wrong in flips(original[name], every=max(1, 10 // scale)):
            found = site.verify(rewritten(path, original | {name: wrong}, honest=True))
            assert not found.ok, f"{name} byte {at}"
            assert 8 in failed(found) or not name.startswith(layout.TILES)
            assert 4 in failed(found) or name not in (layout.BEFORE, layout.FRONTIER)


def test_a_neighbour_forged_along_with_its_tile(site: Site) -> None:
    """The tile holds no record of the period, so only its parent tells."""
    site.open()
    for _ in range(150):
        site.request()
    site.close()
    begins = START + timedelta(seconds=256)
    done = site.export(period(begins.isoformat(), (begins + timedelta(seconds=20)).isoformat()))
    assert done.manifest.first == 256
    members = contents(site.root / "bundle.zip")
    forged = members[layout.EDGE_BEFORE].replace(b"request-", b"request_")
    tile = f"{layout.TILES}0/000"
    members |= {layout.EDGE_BEFORE: forged, tile: members[tile][:-32] + leaf_hash(forged)}
    assert failed(site.verify(rewritten(site.root / "bundle.zip", members, honest=True))) == {8}


Members = dict[str, bytes]


def _without_record(members: Members) -> None:
    members[layout.RECORDS] = b"".join(lines(members[layout.RECORDS])[:3] + lines(members[layout.RECORDS])[4:])


def _swapped(members: Members) -> None:
    first, second, *rest = lines(members[layout.RECORDS])
    members[layout.RECORDS] = b"".join([second, first, *rest])


def _added_record(members: Members) -> None:
    members[layout.RECORDS] += lines(members[layout.RECORDS])[-1]


def _cut(members: Members) -> None:
    """The last commit goes, and with it its checkpoint."""
    for name in (layout.RECORDS, layout.CHECKPOINTS):
        members[name] = b"".join(lines(members[name])[:-1])


def _other_signature(members: Members) -> None:
    """A checkpoint of the period under the signature of another one."""
    first, second, *rest = map(msgspec.json.decode, lines(members[layout.CHECKPOINTS]))
    text, _, _ = first["note"].rpartition("\n\n")
    first["note"] = f"{text}\n\n{second['note'].rpartition(chr(10) * 2)[2]}"
    members[layout.CHECKPOINTS] = b"".join(map(layout.encode, [first, second, *rest]))


def _tile(members: Members) -> None:
    del members[next(name for name in members if name.startswith(layout.TILES))]


def _snapshot(members: Members) -> None:
    name = next(name for name in members if name.startswith("policies/"))
    members[name] = members[name].replace(b"forbid", b"permit", 1)


def _other_snapshot(members: Members) -> None:
    members[f"policies/{'0' * 64}.json"] = b"{}"


def _unnamed_snapshot(members: Members) -> None:
    from hashlib import sha256

    members[f"register/{sha256(b'{}').hexdigest()}.json"] = b"{}"


def _summary(members: Members) -> None:
    members[layout.SUMMARY] = members[layout.SUMMARY].replace(b'"REROUTE":1', b'"REROUTE":0')


def _person(members: Members) -> None:
    """Somebody else's key in the place of ben's."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    name = f"{layout.PEOPLE}ben.json"
    person = msgspec.json.decode(members[name])
    members[name] = layout.encode(person | {"public_key": public_text(Ed25519PrivateKey.generate())})


def _same_key(members: Members) -> None:
    """One key for two people."""
    ada = msgspec.json.decode(members[f"{layout.PEOPLE}ada.json"])
    members[f"{layout.PEOPLE}ben.json"] = layout.encode(ada | {"id": "ben", "name": "Ben"})


def _nobody(members: Members) -> None:
    del members[f"{layout.PEOPLE}ben.json"]


def _expired(members: Members) -> None:
    name = f"{layout.PEOPLE}ben.json"
    members[name] = members[name].replace(b'"until":null', b'"until":"2031-02-02"')


def _anchor(members: Members) -> None:
    """The cosignature of one tree under another one's checkpoint."""
    name = next(name for name in members if name.endswith("/checkpoint") and name.startswith(layout.ANCHORS))
    members[name] = members[layout.NEWEST] + members[name].splitlines(keepends=True)[-1]


EDITS: dict[str, tuple[Callable[[Members], None], set[int]]] = {
    "a record removed": (_without_record, {6}),
    "two records swapped": (_swapped, {6, 8}),
    "a record added": (_added_record, {6}),
    "the last commit cut": (_cut, {6}),
    "a checkpoint with another one's signature": (_other_signature, {7}),
    "a tile removed": (_tile, {8}),
    "a snapshot edited": (_snapshot, {12}),
    "a snapshot added": (_other_snapshot, {12}),
    "a snapshot that no record names": (_unnamed_snapshot, {12}),
    "the summary edited": (_summary, {16}),
    "a person's key swapped": (_person, {14}),
    "one key for two people": (_same_key, {14}),
    "a person removed": (_nobody, {14}),
    "a person's time ended before": (_expired, {14}),
    "another anchor's signature": (_anchor, {17}),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits_with_a_manifest_that_fits(small: Site, name: str) -> None:
    edit, steps = EDITS[name]
    path = small.root / "bundle.zip"
    members = contents(path)
    edit(members)
    assert failed(small.verify(rewritten(path, members))) >= {1}
    found = small.verify(rewritten(path, members, honest=True))
    assert failed(found) >= steps, found.steps
    assert 1 not in failed(found)


@pytest.mark.parametrize("member", [layout.README, layout.KEY, layout.NEWEST, layout.CHECKPOINTS, layout.RECORDS])
def test_a_file_removed(small: Site, member: str) -> None:
    path = small.root / "bundle.zip"
    members = contents(path)
    del members[member]
    assert 1 in failed(small.verify(rewritten(path, members)))
    assert failed(small.verify(rewritten(path, members, honest=True)))


def test_a_file_added(small: Site) -> None:
    path = small.root / "bundle.zip"
    members = contents(path) | {f"{layout.PEOPLE}eve.json": b"{}"}
    assert 1 in failed(small.verify(rewritten(path, members)))


def test_another_readme_is_a_finding(small: Site) -> None:
    found = small.verify(changed(small.root / "bundle.zip", layout.README, lambda text: text + b"Trust me.\n"))
    assert found.ok
    assert "believe this report" in found.steps[15].details[0]


def test_another_logs_checkpoint_and_key(small: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other")
    other.small(2)
    other.bundle()
    theirs, path = contents(tmp_path / "other" / "bundle.zip"), small.root / "bundle.zip"
    swapped = changed(path, layout.NEWEST, lambda _: theirs[layout.NEWEST])
    assert failed(small.verify(swapped)) == {3}
    swapped = changed(path, layout.KEY, lambda _: theirs[layout.KEY])
    assert failed(small.verify(swapped)) == {2}
    assert failed(small.verify(swapped, public_key=None)) == {3}
    assert failed(small.verify(tmp_path / "other" / "bundle.zip")) == {2, 3}


def test_a_period_that_is_said_to_be_longer_or_shorter(small: Site) -> None:
    path = small.root / "bundle.zip"
    members = contents(path)
    manifest = msgspec.json.decode(members[layout.MANIFEST], type=layout.Manifest)
    later = msgspec.structs.replace(manifest, from_="2031-05-06T09:00:00.000Z")
    members[layout.MANIFEST] = layout.sealed(later)
    assert 11 in failed(small.verify(rewritten(path, members)))
    members[layout.MANIFEST] = layout.sealed(msgspec.structs.replace(manifest, records=manifest.records - 1))
    assert failed(small.verify(rewritten(path, members)))


def test_a_newest_tree_of_another_size_than_is_said(small: Site) -> None:
    path = small.root / "bundle.zip"
    members = contents(path)
    manifest = msgspec.json.decode(members[layout.MANIFEST], type=layout.Manifest)
    members[layout.MANIFEST] = layout.sealed(msgspec.structs.replace(manifest, size=manifest.size + 1))
    assert failed(small.verify(rewritten(path, members))) == {3}


def test_a_day_left_out_at_the_edge(site: Site) -> None:
    """Whole commits of the period's beginning or end are missing, with all else as an honest export would make it."""
    from ringfence.evidence.bundle import selecting

    site.small(4)
    honest = site.export()
    late = period("2031-05-06T08:00:04Z", "2031-05-06T08:00:07Z")
    site.export(late, "late.zip")
    members = contents(site.root / "late.zip")
    manifest = msgspec.json.decode(members[layout.MANIFEST], type=layout.Manifest)
    assert manifest.records < honest.manifest.records
    whole_day = {"from_": honest.manifest.from_, "to": honest.manifest.to}
    members[layout.MANIFEST] = layout.sealed(msgspec.structs.replace(manifest, **whole_day))
    found = site.verify(rewritten(site.root / "late.zip", members, honest=True))
    assert 11 in failed(found)
    for name in (layout.EDGE_BEFORE, layout.EDGE_AFTER):
        without = {key: value for key, value in members.items() if key != name}
        assert 11 in failed(site.verify(rewritten(site.root / "late.zip", without, honest=True)))
    assert selecting.select(site.reader, late, 100).first == 4


def test_whoever_holds_the_key_can_rewrite_unless_it_is_anchored(small: Site, tmp_path: Path) -> None:
    """The same requests but one, written anew and signed with the same key: nothing in the bundle shows it. With an
    anchor of the true history, it does."""
    before = {step.number for step in small.verify().steps if step.status == "failed"}
    assert before == set()
    forger = Site(tmp_path / "forged")
    forger.root.mkdir()
    for name in ("ledger.key", "ledger.vkey"):
        shutil.copy(small.root / name, forger.root / name)
    forger.people, forger.keys = small.people, small.keys
    forger.small(1)
    forger.bundle()
    found = small.verify(forger.root / "bundle.zip")
    assert found.ok, found.steps
    assert verdicts(found)["unaltered"] == "proven"
    assert verdicts(found)["not-rewritten"] == "unproven"
    forger.anchors, forger.witness = small.anchors, small.witness
    size = int(next(small.anchors.glob("0*")).name)
    forger.open()
    while forger.ledger.size < size:
        forger.request()
    forger.close()
    forger.bundle()
    found = small.verify(forger.root / "bundle.zip")
    assert failed(found) == {17}, found.steps
    assert "another history" in " ".join(found.steps[16].details)


def test_what_is_no_bundle_is_refused(tmp_path: Path, site: Site) -> None:
    site.small().bundle()
    for data in (b"", b"PK", b"PK\x03\x04", b"hello", bytes(100), zipform.encode_directory([], 0)):
        path = tmp_path / "none.zip"
        path.write_bytes(data)
        found = site.verify(path)
        assert failed(found) == {1}
        assert {step.status for step in found.steps[1:]} == {"skipped"}
        with pytest.raises(LedgerCorrupt):
            contents(path)
