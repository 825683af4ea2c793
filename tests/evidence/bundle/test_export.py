"""What an export writes: the same again for the same log, whole commits, and never what does not belong there."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from evidence.bundle.site import DAY, PAPER, REGISTER, START, Site, contents
from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.export import export
from ringfence.evidence.bundle.period import period
from ringfence.ledger.reader import SegmentsReader
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt


def test_equal_logs_give_equal_bytes(site: Site) -> None:
    site.enrol("ada")
    site.small()
    site.anchor()
    first, second = site.export(name="a.zip"), site.export(name="b.zip")
    assert (site.root / "a.zip").read_bytes() == (site.root / "b.zip").read_bytes()
    assert first.sha256 == second.sha256


def test_the_files_of_a_bundle(site: Site) -> None:
    site.enrol("ada")
    site.small()
    site.anchor()
    done = site.export()
    members = contents(site.root / "bundle.zip")
    manifest = msgspec.json.decode(members.pop(layout.MANIFEST), type=layout.Manifest)
    assert manifest == msgspec.structs.replace(done.manifest, sha256=manifest.sha256)
    assert manifest.files.keys() == members.keys()
    leaves = [entry.leaf for entry in site.reader.entries()]
    assert members[layout.RECORDS].split(b"\n") == [*leaves, b""]
    assert members[layout.NEWEST] == site.reader.checkpoint()
    sizes = [msgspec.json.decode(line)["size"] for line in members[layout.CHECKPOINTS].splitlines()]
    assert sizes == [signed.size for signed in site.reader.checkpoints()]
    assert members[f"register/{layout_digest(REGISTER)}.json"] == REGISTER
    summary = msgspec.json.decode(members[layout.SUMMARY])
    assert summary["documents"] == {"test-baa": {"kind": "baa", "sha256": PAPER}}
    assert not [name for name in members if "entries" in name]
    assert b"Records: 9, with the indexes 0 to 8" in members[layout.README]


def layout_digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def test_beside_a_log_that_grows(site: Site) -> None:
    """The records that came since the tiles were made belong to the next bundle."""
    site.open()
    site.request()
    sources = site.sources()
    site.request()
    done = export(sources, DAY, site.root / "bundle.zip")
    site.close()
    assert (done.manifest.records, done.manifest.size) == (3, 3)
    assert site.verify().ok


def test_only_the_tiles_that_are_needed(site: Site) -> None:
    site.open()
    for _ in range(800):
        site.request()
    site.close()
    moment = (START + timedelta(seconds=300)).isoformat()
    site.export(period(moment, moment))
    tiles = [name for name in contents(site.root / "bundle.zip") if name.startswith(layout.TILES)]
    assert tiles == ["log/tile/0/001", "log/tile/0/006.p/66", "log/tile/1/000.p/6"]
    assert site.verify().ok


def test_a_log_that_is_not_what_its_tiles_say_is_not_exported(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.small()
    real = SegmentsReader.entries

    def entries(self: SegmentsReader, start: int = 0):  # type: ignore[no-untyped-def]
        for entry in real(self, start):
            leaf = entry.leaf.replace(b"completed", b"completes") if entry.index == 2 else entry.leaf
            yield msgspec.structs.replace(entry, leaf=leaf)

    sources = site.sources()
    monkeypatch.setattr(SegmentsReader, "entries", entries)
    with pytest.raises(LedgerCorrupt, match="Record 2 is not the one"):
        export(sources, DAY, site.root / "bundle.zip")
    assert not (site.root / "bundle.zip").exists()


def test_tiles_that_do_not_lead_to_their_root_are_not_exported(site: Site) -> None:
    site.small()
    sources = site.sources()

    def tiles(path: str) -> bytes | None:
        data = sources.tiles(path)
        return data[:-1] + bytes([data[-1] ^ 1]) if data and path.startswith("tile/0/") else data

    with pytest.raises(LedgerCorrupt, match="do not lead"):
        export(msgspec.structs.replace(sources, tiles=tiles), DAY, site.root / "bundle.zip")


def test_a_half_written_anchor_is_left_out(site: Site) -> None:
    site.small()
    site.anchor()
    folder = next(site.anchors.glob("0*"))
    (folder / "timestamp-0.tsr.new").write_bytes(b"half")
    site.export()
    assert not [name for name in contents(site.root / "bundle.zip") if name.endswith(".new")]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (("2031-05-06", "2031-05-06"), ("2031-05-06T00:00:00.000Z", "2031-05-06T23:59:59.999Z")),
        (("2031-05-06T10:00:00Z", "2031-05-06T10:00:00.5Z"), ("2031-05-06T10:00:00.000Z", "2031-05-06T10:00:00.500Z")),
        (("2031-05-06T10:00:00+02:00", "2031-05-07"), ("2031-05-06T08:00:00.000Z", "2031-05-07T23:59:59.999Z")),
        (("2031-05-06T10:00", "2031-05-07"), ("2031-05-06T10:00:00.000Z", "2031-05-07T23:59:59.999Z")),
    ],
)
def test_periods(given: tuple[str, str], written: tuple[str, str]) -> None:
    made = period(*given)
    assert (made.first, made.last) == written


@pytest.mark.parametrize(
    "given", [("2031-05-07", "2031-05-06"), ("yesterday", "2031-05-06"), ("2031-02-30", "2031-03-01")]
)
def test_periods_that_are_none(given: tuple[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        period(*given)


def test_a_command_vouches_for_no_gateway(site: Site) -> None:
    """In a store that many write, a command opens the log, too: the period's end rests on a gateway's own sign."""
    site.open()
    site.now = START.replace(hour=23, minute=59, second=55)
    site.heartbeat()
    site.now += timedelta(seconds=10)
    site.notice("start", by="a command")
    site.notice("evidence_exported")
    site.notice("stop")
    beat = site.heartbeat(since="2031-05-06T23:59:56.000Z")
    site.close()
    site.export()
    sign = msgspec.json.decode(contents(site.root / "bundle.zip")[layout.SIGN_AFTER], type=layout.Sign)
    assert sign.index == beat
