"""`ringfence ledger anchor` and `anchors`: the ledger is anchored by hand, and a rewritten one is named."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.cli import anchors as anchors_command
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.vocabulary.record import Phase, Record
from support import tsa
from support.needs import need_package

need_package("botocore")
from support.outside import Outside  # noqa: E402


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with Outside(tmp_path / "outside") as made:
        yield made


def write(folder: Path, count: int = 3, mark: str = "true") -> None:
    home = homes.find(folder, None)
    ledger = boot.open_ledger(home, lambda _error: None, {"version": "tests"})
    for number in range(count):
        ledger.append_blocking(Record("", Phase.NOTICE, {"event": mark, "number": number}), 10)
    ledger.close()


def rewrite(folder: Path, count: int) -> None:
    """By somebody who holds the key: all traces of the true past go, but for what lies outside."""
    shutil.rmtree(folder / "ledger")
    shutil.rmtree(folder / "ledger-tiles")
    (folder / "ledger-highest").unlink()
    write(folder, count, "false")


@pytest.fixture
def anchored(cli: Cli, outside: Outside) -> Cli:
    """A ledger of 5 records, anchored three times over."""
    with (cli.home / "ringfence.toml").open("a") as settings:
        settings.write(outside.settings)
    write(cli.home)
    outside.watch(cli.home / "ledger" / "log.vkey")
    result = cli("ledger", "anchor")
    assert result.code == 0, result.out + result.err
    assert result.out.count("5 records") == 3
    return cli


def test_nothing_is_named(cli: Cli) -> None:
    write(cli.home)
    cli("ledger", "anchor").fails(3, "No anchor is named", "[[witness]]")
    assert "there is no anchor that holds" in cli("ledger", "anchors").out
    assert "could have rewritten all of it" in cli("ledger", "verify").out
    assert "could rewrite its past unnoticed" in cli("doctor").out


def test_anchors_are_put_on_record_and_listed(anchored: Cli) -> None:
    found = [each["body"] for each in anchored("ledger", "show", "5", "--json").json]
    assert [each["kind"] for each in found if each["event"] == "anchored"] == ["timestamp", "witness", "worm"]
    result = anchored("ledger", "anchors", "--bucket", "--json")
    assert result.code == 0
    assert [(each["kind"], each["size"], each["holds"]) for each in result.json["anchors"]] == [
        ("witness", 5, True),
        ("timestamp", 5, True),
        ("worm", 5, False),
    ]
    said = anchored("ledger", "anchors", "--bucket").out
    assert "Compared with 1 checkpoints kept elsewhere." in said
    assert "5 records are anchored" in said
    assert "3 named; the newest is" in anchored("doctor").out


def test_doctor_warns_where_anchors_are_missing_or_late(anchored: Cli) -> None:
    [folder] = (anchored.home / "ledger-anchors").glob("0*")
    [receipt] = folder.glob("worm-*.json")
    text = receipt.read_text()
    receipt.write_text(re.sub(r'"stored_at":"\d{4}', '"stored_at":"2001', text))
    (folder / "timestamp-0.tsr").unlink()
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text("".join(note.splitlines(keepends=True)[:5]))
    found = anchored("doctor", "--json").json
    late = next(each for each in found if each["where"] == "anchors")
    assert (late["severity"], "the newest is" in late["says"]) == ("warning", True)
    shutil.rmtree(folder)
    assert "3 named; there is no anchor that holds" in anchored("doctor").out


def test_verify_says_what_is_covered(anchored: Cli) -> None:
    result = anchored("ledger", "verify")
    assert result.code == 0
    assert "ANCHORED: the first 5 records (timestamp, witness;" in result.out
    assert "could still rewrite the 5 after them" in result.out
    assert anchored("ledger", "verify", "--json").json["anchors"]["covered"] == 5


def test_rewritten_ledger_verifies_but_for_its_anchors(anchored: Cli) -> None:
    rewrite(anchored.home, 30)
    result = anchored("ledger", "verify")
    assert result.code == 1
    assert "NOT VERIFIED" in result.out
    assert "ANCHOR: the ledger was rewritten." in result.out
    result = anchored("ledger", "verify", "--json")
    assert result.code == 1
    assert result.json["anchors"]["covered"] == 0
    shutil.rmtree(anchored.home / "ledger-anchors")
    assert "VERIFIED: 32 records" in anchored("ledger", "verify").out, "nothing here can tell any more"
    result = anchored("ledger", "anchors", "--bucket")
    assert result.code == 1
    assert "The ledger was rewritten" in result.out


def test_witness_convicts_when_it_is_asked_again(anchored: Cli, outside: Outside, tmp_path: Path) -> None:
    assert outside.witness is not None
    [note] = (outside.folder / "witness" / "logs").glob("*/note")
    rewrite(anchored.home, 30)
    shutil.rmtree(anchored.home / "ledger-anchors")
    result = anchored("ledger", "anchor")
    assert result.code == 1
    assert "do not lead to" in result.out
    assert "rewritten" in result.out
    failed = [each["body"] for each in anchored("ledger", "show", "30", "--json").json]
    assert [each["contradicted"] for each in failed if each["event"] == "anchor_failed"] == [True]
    result = anchored("ledger", "anchors", "--note", str(note))
    assert result.code == 1
    assert "The ledger was rewritten" in result.out


def test_rolled_back_ledger_is_named_by_the_witness(anchored: Cli, outside: Outside) -> None:
    rewrite(anchored.home, 0)
    result = anchored("ledger", "anchor")
    assert result.code == 1
    assert "rolled back" in result.out


def test_bucket_that_cant_be_asked_is_said(anchored: Cli, outside: Outside) -> None:
    outside.s3.bucket = "another"
    anchored("ledger", "anchors", "--bucket").fails(5, "status 404 (NoSuchBucket)")


def test_note_of_another_log_is_refused(anchored: Cli, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("garbage")
    anchored("ledger", "anchors", "--note", str(tmp_path / "note")).fails(4, "not a signed note")


def test_false_anchor_is_named(anchored: Cli) -> None:
    [stamp] = (anchored.home / "ledger-anchors").glob("*/timestamp-0.tsr")
    stamp.write_bytes(b"garbage")
    result = anchored("ledger", "anchors")
    assert result.code == 1
    assert "FALSE" in result.out
    result = anchored("ledger", "verify")
    assert "anchor of 5 records (timestamp)" in result.out
    assert (result.code, "NOT VERIFIED" in result.out) == (1, True)


def test_past_that_was_anchored_late_is_said(anchored: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew with the times of long ago, its anchors dropped, and anchored today: every check holds."""
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: tsa.NOW.timestamp() - 90 * 86_400)
        rewrite(anchored.home, 7)
    shutil.rmtree(anchored.home / "ledger-anchors")
    assert "timestamp" in anchored("ledger", "anchor").out
    for command in ("verify", "anchors"):
        said = anchored("ledger", command)
        assert said.code == 0
        assert "Records 0 to 8 stood longest without one, 2160.0 h" in said.out


def test_receipt_of_a_copy_is_nobody_elses_word(anchored: Cli) -> None:
    """Whoever holds the disk can write a receipt of this minute: it must not make an old anchor look new."""
    [folder] = (anchored.home / "ledger-anchors").glob("0*")
    (folder / "timestamp-0.tsr").unlink()
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text("".join(note.splitlines(keepends=True)[:5]))
    assert "0 records are anchored; there is no anchor that holds." in anchored("ledger", "anchors").out


def test_file_that_is_too_long_is_no_note(anchored: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors_command, "_MOST_NOTES_BYTES", 100)
    (tmp_path / "note").write_bytes(b"x" * 101)
    anchored("ledger", "anchors", "--note", str(tmp_path / "note")).fails(3, "longer than 100 bytes")


def test_comparing_with_nothing_is_no_comparison(anchored: Cli, outside: Outside, tmp_path: Path) -> None:
    """A mistyped path, or a prefix that the operator changed, must not look like a check that was passed."""
    (tmp_path / "empty").write_bytes(b"")
    anchored("ledger", "anchors", "--note", str(tmp_path / "empty")).fails(3, "no checkpoint", "empty")
    settings = anchored.home / "ringfence.toml"
    settings.write_text(settings.read_text().replace("days = 30", 'days = 30\nprefix = "elsewhere/"'))
    anchored("ledger", "anchors", "--bucket").fails(3, "no checkpoint", "prefix")
    settings.write_text(settings.read_text().partition("[[timestamp]]")[0])
    anchored("ledger", "anchors", "--bucket").fails(3, "no checkpoint")


def test_empty_public_key_is_not_the_copy_beside_the_log(anchored: Cli) -> None:
    """What the shell makes of `"$(cat /media/usb/ledger.vkey)"` where nothing is plugged in."""
    anchored("ledger", "anchors", "--public-key", "").fails(3, "not the public key")
    assert anchored("ledger", "verify", "--public-key", "").code != 0


def test_one_that_fails_says_so_and_the_others_are_made(anchored: Cli, outside: Outside) -> None:
    outside.broken.add("tsa")
    result = anchored("ledger", "anchor", "--json")
    assert result.code == 1
    assert [each["event"] for each in result.json] == ["anchor_failed", "anchored", "anchored"]


def test_facts_say_whether_an_anchor_holds(anchored: Cli) -> None:
    def told() -> tuple[bool, str, str]:
        found = anchored("evidence", "facts", "--json").json["facts"]
        [fact] = [each for each in found if each["predicate"] == "log_anchored"]
        return fact["value"], fact["basis"], fact["says"]

    value, basis, says = told()
    assert (value, basis) == (True, "recorded")
    assert re.search(r"last anchored outside on \d{4}-\d\d-\d\d \(timestamp, witness\)\.", says)
    rewrite(anchored.home, 6)
    value, basis, says = told()
    assert (value, basis) == (False, "nothing")
    assert "contradicts the log" in says
