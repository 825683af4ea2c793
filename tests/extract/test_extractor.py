"""The door: threads, time, size, crashes, replacement, closing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import making
import pytest

from ringfence.extract import Extractor, Limits, process, wire
from ringfence.extract.process import WorkerProcess
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.extracted import Extracted, Piece
from ringfence.vocabulary.text import Completeness


def pid_of(extractor: Extractor) -> int:
    worker = extractor._places.queue[-1]
    assert worker is not None
    return worker.pid


def test_a_plain_file_is_one_piece(extractor: Extractor) -> None:
    assert extractor.extract("Mara Quinn – a\nb".encode(), "a.txt") == Extracted(
        "text", (Piece("", "Mara Quinn – a\nb", "", 1),), Completeness.COMPLETE
    )


def test_the_bytes_decide_before_the_name_and_the_name_before_the_type(extractor: Extractor) -> None:
    assert extractor.extract(making.docx(), "a.pdf", "text/plain").kind == "docx"
    assert extractor.extract(b"a,b\n1,2\n", "a.csv", "application/json").kind == "csv"
    assert extractor.extract(b"a,b\n1,2\n", "", "text/csv; charset=utf-8").kind == "csv"
    assert extractor.extract(b"a,b\n1,2\n", "a.unknown", "").kind == "text"
    assert extractor.extract(b"%PDF-broken", "a.txt").kind == "pdf"


def test_nothing_is_read_of_an_empty_file(extractor: Extractor) -> None:
    for name in ("", "a.pdf", "a.csv", "a.docx", "a.json", "a.eml"):
        assert extractor.extract(b"", name).completeness is Completeness.COMPLETE
        assert extractor.extract(b"", name).pieces == ()


def test_a_worker_is_used_again_and_replaced_when_it_is_killed() -> None:
    with Extractor() as extractor:
        extractor.extract(b"a")
        first = pid_of(extractor)
        extractor.extract(b"a")
        assert pid_of(extractor) == first
        os.kill(first, signal.SIGKILL)
        read = extractor.extract(b"Mara", "a.txt")
        assert read.completeness is Completeness.PARTIAL
        assert "crashed" in read.reasons[0]
        assert extractor.extract(b"Mara", "a.txt").pieces[0].text == "Mara"
        assert pid_of(extractor) != first


def test_a_worker_that_hangs_is_killed_and_what_it_read_is_kept(descriptors: None) -> None:
    with Extractor() as extractor:
        extractor.extract(b"a")
        first = pid_of(extractor)
        began_s = time.monotonic()
        read = extractor.extract(making.hanging(), timeout_s=0.5)
        assert time.monotonic() - began_s < 10.0
        assert read.pieces[0] == Piece("page 1", "Mara Quinn on page one")
        assert read.kind == "pdf"
        assert "the time of 0.5 s was over" in read.reasons[-1]
        assert extractor.extract(b"Mara", "a.txt").pieces[0].text == "Mara"
        assert pid_of(extractor) != first


def test_a_slow_reader_is_stopped_without_being_killed(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 30.0)  # on a busy machine it may be late
    extractor.extract(b"a")
    first = pid_of(extractor)
    slow = b"<!doctype html><p>First</p>" + b"<p>text <b>x</b></p>" * 2_000_000
    read = extractor.extract(slow, timeout_s=0.5)
    assert read.reasons == ("the time of 0.5 s was over: the rest was not read. Split the file, or raise timeout_s",)
    assert read.pieces[0].text == "First"
    assert len(read.pieces) > 100
    assert pid_of(extractor) == first


def test_memory_is_bounded_and_the_worker_replaced() -> None:
    with Extractor(Limits(memory_bytes=256 << 20)) as extractor:
        read = extractor.extract(b"[" + b"0," * 25_000_000 + b"0]", "a.json")
        assert read.completeness is Completeness.PARTIAL
        assert "256 MiB of memory" in read.reasons[0] or "crashed" in read.reasons[0]
        assert extractor._places.queue[-1] is None
        assert extractor.extract(b"Mara", "a.txt").pieces[0].text == "Mara"


def test_many_threads_share_few_workers() -> None:
    with Extractor(workers=2) as extractor, ThreadPoolExecutor(8) as threads:
        texts = [f"text {n} " * 5000 for n in range(60)]
        read = list(threads.map(lambda text: extractor.extract(text.encode(), "a.txt"), texts))
        assert ["".join(piece.text for piece in one.pieces) for one in read] == texts
        assert extractor._places.qsize() == 2


def test_a_caller_waits_no_longer_than_its_time_for_a_worker() -> None:
    with Extractor() as extractor:
        extractor.extract(b"a")
        busy = threading.Thread(target=extractor.extract, args=(making.hanging(),), kwargs={"timeout_s": 1.5})
        busy.start()
        time.sleep(0.3)
        read = extractor.extract(b"Mara", "a.txt", timeout_s=0.2)
        assert read.reasons[0].startswith("all readers were busy")
        assert extractor.extract(b"Mara", "a.txt", timeout_s=10).pieces
        busy.join()


def test_closing_ends_the_workers_and_leaves_nothing_open(descriptors: None) -> None:
    extractor = Extractor(workers=2)
    extractor.extract(b"a")
    pid = pid_of(extractor)
    extractor.close()
    extractor.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(InternalError, match="closed"):
        extractor.extract(b"a")


def test_a_large_parent_does_not_wear_its_workers() -> None:
    code = (
        "from ringfence.extract import Extractor, Limits; ballast = bytearray(b'x') * (200 << 20);"
        "e = Extractor(Limits(memory_bytes=256 << 20)); e.extract(b'a'); print(e._places.queue[-1] is not None)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.stdout == "True\n", run.stderr


def test_a_worker_ends_with_its_parent() -> None:
    code = (
        "import os; from ringfence.extract import Extractor; e = Extractor(); e.extract(b'a');"
        "print(e._places.queue[-1].pid, flush=True); os._exit(1)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pid = int(run.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the worker outlived its parent")


def test_a_worker_that_speaks_nonsense_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with Extractor() as extractor:
        extractor.extract(b"a")
        worker = extractor._places.queue[-1]
        assert worker is not None
        for nonsense in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", b"\x00\x00\x00\x04\x93\xa1x\x01"):
            worker = extractor._places.queue[-1] or WorkerProcess(Limits())
            worker._held += nonsense
            extractor._places.queue[-1] = worker
            read = extractor.extract(b"Mara", "a.txt")
            assert "nonsense" in read.reasons[0]
            assert extractor.extract(b"Mara", "a.txt").pieces[0].text == "Mara"


def test_what_protects_is_said(extractor: Extractor) -> None:
    protection = extractor.protection()
    assert protection.no_network
    assert any("namespace" in guard for guard in protection.guards)
    assert any("seccomp" in guard for guard in protection.guards)


def test_a_worker_that_keeps_no_bounds_is_not_believed() -> None:
    flood = wire.Batch(["a"] * 3, ["Mara"] * 3, [""] * 3, [1] * 3)
    rows = wire.Rows(["a"], [""], [1, 2, 3], [["Mara"]] * 3)
    for limits in (Limits(max_characters=11), Limits(max_pieces=2)):
        for answer in (flood, rows):
            with pytest.raises(process.WorkerGone):
                process.Answers(limits).take(answer)
    process.Answers(Limits(max_characters=12, max_pieces=3)).take(flood)
