"""Files in requests: read beside the loop, then searched; findings there stay as they are; what is unread is said."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from canary import paper
from gateway.scripts import HELLO, Script, caller
from ringfence.extract import Extractor
from ringfence.gateway import plan
from ringfence.gateway.admit import Caller
from ringfence.gateway.files import Files, unread_in_time, with_files
from ringfence.gateway.leaving import ClientLeft
from ringfence.gateway.plan import Plan
from ringfence.vocabulary.chat import FilePart
from ringfence.vocabulary.extracted import Extracted, Piece
from ringfence.vocabulary.text import Completeness, Place
from support import home
from support.inprocess import DIALECT, InProcess, says

MAIL = "mara.lindqvist@northwind-mail.com"
LETTER = f"Dear team,\nplease write to {MAIL} today.\n".encode()
PLAIN = b"The parcel is on its way.\n"


class Scripted:
    """In place of the extract room: says that a file is text, once `hold` is set. `asked` are the calls."""

    def __init__(self, answer: Callable[[bytes], Extracted] | None = None) -> None:
        self.asked: list[tuple[bytes, str, str]] = []
        self.reached = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self._answer = answer or (lambda data: whole(Piece("page 1", data.decode())))

    def extract(self, data: bytes, name: str, media_type: str, timeout_s: float) -> Extracted:
        self.asked.append((data, name, media_type))
        self.reached.set()
        self.hold.wait(30)
        return self._answer(data)

    def close(self) -> None:
        self.hold.set()


def whole(*pieces: Piece) -> Extracted:
    return Extracted("text", pieces, Completeness.COMPLETE)


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    folder = paper.write(tmp_path_factory.mktemp("home"))
    return InProcess(folder, lambda _sent, streamed: says("Hi.", streamed=streamed), paper.REACHABLE)


@contextmanager
def reading(inside: InProcess, extractor: Any, timeout_s: float = 5.0) -> Iterator[Any]:
    files = Files(extractor, timeout_s=timeout_s)
    try:
        yield dataclasses.replace(inside.stations, files=files)
    finally:
        files.close()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def attached(file_data: str, filename: str = "letter.txt", model: str = "gpt-4o-mini") -> dict[str, Any]:
    file = {"type": "file", "file": {"filename": filename, "file_data": file_data}}
    content = [{"type": "text", "text": "What does it say?"}, file]
    return {"model": model, "messages": [{"role": "user", "content": content}]}


def made(stations: Any, body: dict[str, Any], by: Caller, **more: Any) -> Plan:
    return plan.make(DIALECT.read(json.dumps(body).encode()), DIALECT, by, stations, **more)


@pytest.mark.parametrize(
    ("file_data", "media_type"),
    [
        (b64(PLAIN), ""),
        (f"data:text/plain;base64,{b64(PLAIN)}", "text/plain"),
        (f"data:Text/Plain;charset=utf-8;base64,{b64(PLAIN)}", "text/plain"),
        ("data:text/plain,The%20parcel%20is%20on%20its%20way.%0A", "text/plain"),
    ],
)
def test_a_file_that_was_read_and_is_clean_goes_as_it_is(file_data: str, media_type: str, inside: InProcess) -> None:
    extractor = Scripted()
    with reading(inside, extractor) as stations:
        result = made(stations, attached(file_data), caller("general"))
    assert extractor.asked == [(PLAIN, "letter.txt", media_type)]
    assert result.classification.completeness is Completeness.COMPLETE
    assert (result.decision.effect, result.decision.service) == ("ALLOW", home.UNCOVERED)
    assert result.leaving is not None
    assert file_data in result.leaving.decode()


def test_without_a_reader_a_file_stays_unread(inside: InProcess) -> None:
    result = made(inside.stations, attached(b64(PLAIN)), caller("general"))
    assert result.classification.completeness is Completeness.PARTIAL
    assert result.decision.effect == "DENY"  # and the private model reads no files


@pytest.mark.parametrize("by", [caller("general"), caller("personal")])
def test_what_is_found_in_a_file_can_not_be_masked(by: Caller, inside: InProcess) -> None:
    with reading(inside, Scripted()) as stations:
        result = made(stations, attached(b64(LETTER)), by, every=True)
    [found] = [finding for finding in result.classification.findings if finding.entity == "EMAIL_ADDRESS"]
    assert (found.place, found.segment) == (Place.FILE, "/messages/0/content/1/file/file_data/page 1/content")
    assert LETTER.decode()[found.start : found.end] == MAIL
    assert result.decision.effect == "DENY"
    rules = {reason.rule for verdict in result.decision.verdicts for reason in verdict.reasons}
    assert {"label-not-covered", "masking-incomplete" if by.key.handles[0] == "general" else "not-readable"} <= rules


def test_a_covered_service_gets_the_file(inside: InProcess) -> None:
    with reading(inside, Scripted()) as stations:
        result = made(stations, attached(b64(LETTER), model="gpt-4o-baa"), caller("phi", "personal"))
    assert result.decision.service == home.COVERED
    assert result.classification.completeness is Completeness.COMPLETE


def test_a_column_labels_its_cells(inside: InProcess) -> None:
    cells = whole(Piece("sheet A, cell B2", "536228412", context="ssn"), Piece("sheet A, cell C2", "536228413"))
    with reading(inside, Scripted(lambda _data: cells)) as stations:
        result = made(stations, attached(b64(PLAIN)), caller("general"))
    assert [(finding.entity, finding.segment.rsplit("/", 2)[1:]) for finding in result.classification.findings] == [
        ("US_SSN", ["sheet A, cell B2", "ssn"])
    ]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            Extracted("pdf", (Piece("page 1", "x"),), Completeness.PARTIAL, ("page 2 is a picture",)),
            "page 2 is a picture",
        ),
        (Extracted("", (), Completeness.PARTIAL, ("it is encrypted",)), "it is encrypted"),
        (whole(), "no text was found in it"),
    ],
)
def test_what_could_not_be_read_is_said(answer: Extracted, why: str, inside: InProcess) -> None:
    with reading(inside, Scripted(lambda _data: answer)) as stations:
        result = made(stations, attached(b64(PLAIN)), caller("general"))
    assert result.classification.completeness is Completeness.PARTIAL
    said = f"file at /messages/0/content/1/file/file_data can't be read: {why}"
    assert said in result.classification.reasons
    assert result.decision.effect == "DENY"


def test_what_was_read_of_a_file_counts(inside: InProcess) -> None:
    part = Extracted("pdf", (Piece("page 1", LETTER.decode()),), Completeness.PARTIAL, ("page 2 is a picture",))
    with reading(inside, Scripted(lambda _data: part)) as stations:
        result = made(stations, attached(b64(PLAIN)), caller("general"))
    assert "personal" in result.classification.labels


@pytest.mark.parametrize("file_data", ["A", "data:application/pdf;base64,AAA", "===="])
def test_what_is_no_base64_is_not_handed_on(file_data: str, inside: InProcess) -> None:
    extractor = Scripted()
    with reading(inside, extractor) as stations:
        result = made(stations, attached(file_data), caller("general"))
    assert extractor.asked == []
    assert any("not in Base64" in reason for reason in result.classification.reasons)
    assert result.classification.completeness is Completeness.PARTIAL


def test_a_reader_that_fails_is_a_file_unread_and_its_error_is_told_nobody(
    inside: InProcess, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(data: bytes) -> Extracted:
        raise ValueError(data.decode())

    with reading(inside, Scripted(fail)) as stations:
        result = made(stations, attached(b64(LETTER)), caller("general"))
    assert result.classification.completeness is Completeness.PARTIAL
    assert "ValueError" in caplog.text
    assert MAIL not in caplog.text + " ".join(result.classification.reasons)


def test_a_file_that_lies_elsewhere_stays_unread(inside: InProcess) -> None:
    extractor = Scripted()
    parts = [{"type": "file", "file": {"file_id": "file-1"}}, {"type": "brand_new", "data": b64(PLAIN)}]
    with reading(inside, extractor) as stations:
        result = made(stations, {**HELLO, "messages": [{"role": "user", "content": parts}]}, caller("general"))
    assert extractor.asked == []
    assert result.classification.completeness is Completeness.PARTIAL


async def test_a_reader_that_hangs_is_given_up(inside: InProcess) -> None:
    extractor = Scripted()
    extractor.hold.clear()
    with reading(inside, extractor, timeout_s=0.1) as stations:
        script = Script(stations)
        await asyncio.wait_for(script.run(attached(b64(PLAIN)), caller("general")), 5)
        extractor.hold.set()
    assert script.records[0].body["completeness"] == "partial"
    assert script.records[0].body["effect"] == "DENY"


async def test_a_client_that_leaves_while_its_file_is_read(inside: InProcess) -> None:
    extractor = Scripted()
    extractor.hold.clear()
    with reading(inside, extractor) as stations:
        script = Script(stations)
        run = asyncio.create_task(script.run(attached(b64(PLAIN)), caller("general")))
        assert await asyncio.to_thread(extractor.reached.wait, 5)
        script._gone.set()
        with pytest.raises(ClientLeft):
            await asyncio.wait_for(run, 2)
        extractor.hold.set()
    assert script.records == []


async def test_the_record_counts_what_was_found_in_a_file(inside: InProcess) -> None:
    with reading(inside, Scripted()) as stations:
        script = Script(stations)
        await script.run(attached(b64(LETTER), model="gpt-4o-baa"), caller("phi", "personal"))
    assert script.records[0].body["findings"] == {"EMAIL_ADDRESS": 1}
    assert script.records[0].body["completeness"] == "complete"


def test_parts_and_pieces_are_joined_by_pointer() -> None:
    body = attached(b64(PLAIN))
    body["messages"][0]["content"] += [{"type": "file", "file": {"file_data": b64(LETTER)}}]
    request = DIALECT.read(json.dumps(body).encode())
    parts = DIALECT.files(request)
    assert parts == (
        FilePart("/messages/0/content/1/file/file_data", b64(PLAIN), name="letter.txt"),
        FilePart("/messages/0/content/2/file/file_data", b64(LETTER)),
    )
    segments, unread = with_files(
        request, parts, (whole(Piece("a/b", "one", "c~d"), Piece("", "")), *unread_in_time(parts[1:]))
    )
    added = segments[len(request.segments) :]
    assert [(each.pointer, each.text, each.place) for each in added] == [
        ("/messages/0/content/1/file/file_data/a~1b/c~0d", "one", Place.FILE)
    ]
    assert [(each.pointer, each.why) for each in unread] == [(parts[1].pointer, "it was not read in time")]


def test_a_file_is_read_by_the_extract_room(inside: InProcess) -> None:
    with reading(inside, Extractor(), timeout_s=30.0) as stations:
        clean = made(stations, attached(b64(PLAIN)), caller("general"))
        found = made(stations, attached(b64(b"name,ssn\nMara,536-22-8412\n"), "people.csv"), caller("general"))
    assert clean.decision.effect == "ALLOW"
    assert [finding.entity for finding in found.classification.findings] == ["US_SSN"]
    assert found.decision.effect == "DENY"
