"""What decides is kept under its digest, before the first decision that names the digest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ringfence.gateway.state import shipped_rules
from ringfence.ledger.snapshots import FolderSnapshots
from support.place import Place, place

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello."}]}
NOTICED_S = 5.0


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("kept")) as made:
        yield made


def _digests(live: Place) -> list[tuple[str, str]]:
    bodies = [each["body"] for each in live.records()]
    return [
        (kind, body[f"{kind}_digest"]) for body in bodies for kind in ("policy", "register") if f"{kind}_digest" in body
    ]


def _send(live: Place) -> None:
    live.sdk("general").sync.chat.completions.create(model="gpt-4o", **HELLO)


def test_every_digest_on_record_stands_for_something_kept(live: Place) -> None:
    _send(live)
    policies = live.folder / "policies"
    policies.mkdir()
    for name, text in shipped_rules().items():
        (policies / name).write_text(f"{text}\n// Ours.\n")
    before = set(_digests(live))
    deadline = time.monotonic() + NOTICED_S
    while set(_digests(live)) == before:
        assert time.monotonic() < deadline, "not noticed"
        time.sleep(0.05)
    _send(live)
    found = _digests(live)
    assert len({digest for kind, digest in found if kind == "policy"}) == 2
    kept = FolderSnapshots(live.folder / "ledger" / "snapshots")
    assert all(kept.read(kind, digest) for kind, digest in found)


def test_where_nothing_can_be_kept_the_vendors_are_closed(live: Place) -> None:
    _send(live)
    folder = live.folder / "ledger" / "snapshots" / "policy"
    moved = folder.rename(folder.with_name("moved"))
    folder.write_text("in the way")
    try:
        (live.folder / "policies" / "more.cedar").write_text("// More.\n")
        deadline = time.monotonic() + NOTICED_S
        while live.records()[-1]["body"].get("event") != "register_broken":
            assert time.monotonic() < deadline, "not noticed"
            time.sleep(0.05)
        with pytest.raises(Exception, match="not set up here"):
            _send(live)
    finally:
        folder.unlink()
        moved.rename(folder)
