"""What a request leaves in the stores beside the ledger, and what its record says of that."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ringfence.gateway import boot
from ringfence.gateway.sidecars import MAX_IDENTIFIERS, MAX_VALUE, MAX_WAITING, Lost, Mark, Sidecars, found_in
from ringfence.sidecar.content import MAX_BODY_BYTES, Contents, Full, Kept
from ringfence.sidecar.subjects import Identifier, Named, Subjects
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.text import Finding, Place, Segment
from support import beside
from support.home import records

CARD = "4111 1111 1111 1111"


def finding(start: int, end: int, entity: str, pointer: str = "/m", place: Place = Place.VALUE) -> Finding:
    return Finding(pointer, start, end, entity, 1.0, "x/1", place)


def test_each_identifier_once_and_nothing_that_masking_would_not_keep() -> None:
    text = f"Maria Keller, {CARD}, Maria Keller"
    segments = (Segment("/m", "user", text), Segment("/m", "user", "key", Place.KEY))
    findings = (
        finding(0, 12, "PERSON"),
        finding(14, 33, "CREDIT_CARD"),
        finding(35, 47, "PERSON"),
        finding(0, 3, "USERNAME", place=Place.KEY),
        finding(0, 3, "PERSON", "/elsewhere"),
    )
    named = found_in(segments, findings)
    assert named == Named((Identifier("PERSON", "Maria Keller"), Identifier("USERNAME", "key")))


def test_an_entry_is_bounded() -> None:
    text = "".join(f"{number:05d}" for number in range(MAX_IDENTIFIERS + 7)) + "x" * (MAX_VALUE + 9)
    findings = [finding(5 * number, 5 * number + 5, "CODE") for number in range(MAX_IDENTIFIERS + 7)]
    named = found_in((Segment("/m", "user", text),), findings)
    assert (len(named.identifiers), named.left_out) == (MAX_IDENTIFIERS, 7)
    long = found_in((Segment("/m", "user", text),), [finding(0, len(text), "CODE")])
    assert len(long.identifiers[0].value) == MAX_VALUE


def test_records_say_what_was_drawn_and_named_and_both_are_there(tmp_path: Path) -> None:
    home = beside.made(tmp_path)
    covered, long = beside.post(home, [beside.BODY, "x" * MAX_BODY_BYTES])
    denied = beside.post(home, [beside.BODY], model="gpt-4o")[0]
    assert (covered.effect, denied.effect) == ("MASK", "DENY")
    decided = {each["index"]: each["body"] for each in records(home.folder) if each["phase"] == "decided"}
    marks = [(body["content"], body.get("subjects")) for body in decided.values()]
    # A denied request names nobody: nothing of it left.
    assert marks == [("drawn", 2), ("too_long", 0), ("drawn", None)]
    first, second, third = decided
    assert Contents(home.content).indexes() == [first, third]
    assert b"maria.keller" in Contents(home.content).open(first, beside.key_of("rev")).body
    opened = Subjects(home.subjects).open(beside.key_of("anna"), beside.key_of("bert"))
    assert {each.value for each in opened.entries[first].identifiers} == {"4471992", "maria.keller@example.com"}
    assert not opened.entries[second].identifiers
    assert long.status == 200


def test_no_identifier_is_in_clear_in_any_file(tmp_path: Path) -> None:
    home = beside.made(tmp_path)
    beside.post(home, [beside.BODY])
    assert Contents(home.content).indexes()
    assert Subjects(home.subjects).indexes()
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        for text in (b"4471992", b"maria.keller", b"needs a refill"):
            assert text not in path.read_bytes(), path


def test_off_leaves_nothing_and_says_nothing(tmp_path: Path) -> None:
    home = beside.made(tmp_path, "[detection]\nnames = false\n")
    assert boot.open_sidecars(home) is None
    beside.post(home, [beside.BODY])
    body = next(each["body"] for each in records(home.folder) if each["phase"] == "decided")
    assert "content" not in body
    assert "subjects" not in body
    assert not home.content.exists()
    assert not home.subjects.exists()


def test_the_draw_is_by_chance_alone(tmp_path: Path) -> None:
    home = beside.made(tmp_path, beside.STORES.replace("share = 1.0", "share = 0.5"))
    beside.post(home, [beside.BODY] * 40)
    said = [each["body"]["content"] for each in records(home.folder) if each["phase"] == "decided"]
    assert set(said) == {"drawn", "not_drawn"}
    assert len(Contents(home.content).indexes()) == said.count("drawn")


@pytest.mark.parametrize("key", ["anna", "rev"])
def test_a_key_that_can_not_be_used_stops_the_start(key: str, tmp_path: Path) -> None:
    home = beside.made(tmp_path)
    (tmp_path / f"{key}.pub").unlink()
    with pytest.raises(ConfigurationError, match=key):
        boot.open_sidecars(home)


class Broken:
    """A disk that refuses, or hangs until it is let go."""

    def __init__(self, error: Exception | None) -> None:
        self.error, self.go, self.entered = error, threading.Event(), threading.Event()
        self.written: list[int] = []

    def write(self, first: object, _: object = None) -> None:
        self.entered.set()
        if self.error:
            raise self.error
        assert self.go.wait(10)
        assert isinstance(first, list)
        self.written += [index for index, _ in first]

    def freed(self, count_bytes: int) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("error", [OSError(28, "No space"), Full(), ValueError("a defect")])
def test_what_a_disk_refuses_is_counted_and_the_next_is_tried(error: Exception) -> None:
    store = Broken(error)
    sidecars = Sidecars(store, 1.0, store, lambda: 0.0)
    for index in range(3):
        kept = Kept("messages", (), (), (), (), b"x")
        sidecars.keep(index, Mark({}, kept, Named(())))
    sidecars.close()
    assert sidecars.lost == Lost(3, 3)


def test_a_hanging_disk_holds_up_nobody_and_loses_what_is_too_much() -> None:
    store = Broken(None)
    sidecars = Sidecars(None, 0.0, store, lambda: 0.0)
    sidecars.keep(0, Mark({}, None, Named(())))
    assert store.entered.wait(10)
    for index in range(1, MAX_WAITING + 6):
        sidecars.keep(index, Mark({}, None, Named(())))
    assert sidecars.lost == Lost(0, 5)
    store.go.set()
    sidecars.close()
    assert store.written == list(range(MAX_WAITING + 1))
