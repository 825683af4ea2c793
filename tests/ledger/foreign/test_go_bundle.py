"""An evidence bundle's `log` folder, unpacked, as Go's x/mod reads it: nothing of ours is between the two."""

from __future__ import annotations

import base64
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from evidence.bundle.site import START, Site
from ringfence.evidence.bundle.period import period


def job(folder: Path) -> dict[str, Any]:
    """Every record of the period, and every tree that was signed in it and just before it."""
    first = json.loads((folder / "manifest.json").read_bytes())["first"]
    leaves = (folder / "records.ndjson").read_bytes().split(b"\n")[:-1]
    lines = (folder / "log/checkpoints.ndjson").read_text().splitlines()
    notes = [(folder / "log/before").read_text(), *(json.loads(line)["note"] for line in lines)]
    signed = [note.split("\n") for note in notes]
    return {
        "key": (folder / "log/log.vkey").read_text().strip(),
        "source": str(folder / "log"),
        "records": [
            {"index": first + place, "leaf": base64.b64encode(leaf).decode()} for place, leaf in enumerate(leaves)
        ],
        "trees": [{"size": int(lines[1]), "root": lines[2]} for lines in signed],
    }


def test_a_bundle_in_the_middle_of_a_log(tmp_path: Path, go: Any) -> None:
    site = Site(tmp_path / "site").open()
    for _ in range(150):
        site.request()
    site.close()
    moments = [(START + timedelta(seconds=seconds)).isoformat() for seconds in (200, 270)]
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(site.bundle(period(*moments))) as archive:
        archive.extractall(folder)
    wanted = job(folder)
    found = json.loads(go("check", stdin=wanted))
    assert (found["Checkpoint"], found["Size"]) == ("", 302)
    assert found["Records"] == [""] * 71
    assert found["Trees"] == [""] * 72
    forged = wanted["records"][5] | {"leaf": wanted["records"][6]["leaf"]}
    found = json.loads(go("check", stdin=wanted | {"records": [forged]}))
    assert found["Records"] != [""]
    tile = folder / "log/tile/0/000"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    found = json.loads(go("check", stdin=wanted))
    assert "" not in found["Records"][:1]
