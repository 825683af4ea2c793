"""A sample is drawn from all decisions, the same by anybody, and each item carries its proof."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256

import pytest

from evidence.bundle.site import Site, changed
from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.sample import Only, draw
from ringfence.ledger import handout
from ringfence.ledger.checkpoint import Verifier
from ringfence.vocabulary.errors import LedgerCorrupt
from support.needs import need


@pytest.fixture
def drawn_from(site: Site) -> Site:
    site.small(40)
    site.bundle()
    return site


def test_the_method_is_what_it_says(drawn_from: Site) -> None:
    path = drawn_from.root / "bundle.zip"
    decided = [entry.index for entry in drawn_from.reader.entries() if entry.fields.phase == "decided"]
    by_hand = sorted(decided, key=lambda index: sha256(b"chosen by the auditor:%d" % index).hexdigest())
    drawn = draw(path, 7, "chosen by the auditor")
    assert [item.index for item in drawn.items] == by_hand[:7]
    assert (drawn.decided, drawn.population) == (40, 40)
    assert [item.digest for item in drawn.items] == sorted(item.digest for item in drawn.items)
    assert draw(path, 7, "chosen by the auditor") == drawn
    assert [item.index for item in draw(path, 7, "another").items] != by_hand[:7]
    assert [item.index for item in draw(path, 100, "chosen by the auditor").items] == by_hand


def test_a_shell_draws_the_same(drawn_from: Site) -> None:
    need(shutil.which("sha256sum"), "sha256sum is absent")
    item = draw(drawn_from.root / "bundle.zip", 1, "7").items[0]
    done = subprocess.run(f"printf '7:{item.index}' | sha256sum", shell=True, capture_output=True, text=True)
    assert done.stdout.split()[0] == item.digest


def test_only_some(drawn_from: Site) -> None:
    path = drawn_from.root / "bundle.zip"
    rerouted = draw(path, 40, "s", Only(effect="REROUTE"))
    assert (rerouted.decided, rerouted.population) == (40, 20)
    assert {item.record["body"]["effect"] for item in rerouted.items} == {"REROUTE"}
    assert draw(path, 1, "s", Only(label="card")).population == 0
    assert draw(path, 1, "s", Only(service="openai/chat", label="phi")).population == 20


def test_each_item_has_a_proof_for_other_tools(drawn_from: Site) -> None:
    for item in draw(drawn_from.root / "bundle.zip", 5, "s").items:
        proof = handout.decode(item.proof.encode())
        assert isinstance(proof, handout.Inclusion)
        handout.check_inclusion(proof, Verifier.from_key_line(drawn_from.key_line))
        assert proof.index == item.index


def test_a_record_that_is_not_in_the_log_is_refused(drawn_from: Site) -> None:
    path = changed(drawn_from.root / "bundle.zip", layout.RECORDS, lambda data: data.replace(b"ALLOW", b"ALLOV"))
    with pytest.raises(LedgerCorrupt):
        draw(path, 40, "s")
