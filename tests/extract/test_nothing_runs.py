"""From the moment that it is shut in, the worker makes no system call that opens, starts or sends anything, whatever it
reads: seen from outside, by strace."""

from __future__ import annotations

import shutil
from pathlib import Path

import making
import pytest

from ringfence.extract import Extractor, Limits, process
from support import strace
from support.needs import need

pytestmark = pytest.mark.linux
need(shutil.which("strace") and strace.works(), "strace is not at hand")

CALLS = (
    "open", "openat", "creat", "socket", "connect", "execve", "execveat", "fork", "vfork", "clone", "clone3", "unlink",
    "rename", "mkdir", "sendto", "kill", "ptrace", "write", "prctl",
)  # fmt: skip


def test_a_file_with_macros_and_scripts_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "trace"
    prefix = strace.command(trace, CALLS)
    started = process.subprocess.Popen

    def traced(command: list[str], **options: object) -> object:
        return started([*prefix, *command], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(process.subprocess, "Popen", traced)
    files = [
        making.docx(word__vbaProject_0bin=making.OLE + b'Shell "calc.exe"', word__media__a_0png=making.PNG),
        making.xlsx([["<c t='str'><f>WEBSERVICE(\"http://1.1.1.1/\")</f><v>1</v></c>"]], xl__vbaProject_0bin=b"x"),
        making.pdf_with_everything(),
        b"<html><script>fetch('http://1.1.1.1/')</script><img src='http://1.1.1.1/a.png'></html>",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "http://1.1.1.1/">]><r>&x;</r>',
        making.zipped({"../../../tmp/ringfence-escape": b"x"}),
    ]
    with Extractor(Limits()) as extractor:
        for data in files:
            assert extractor.extract(data).pieces
    calls = strace.read(trace.read_text(errors="replace").splitlines())
    shut = max(n for n, call in enumerate(calls) if call.name == "prctl" and "SECCOMP" in call.arguments)
    after = calls[shut + 1 :]
    # PDFium looks for the machine's fonts, and is refused; it has its own.
    tried = [call for call in after if call.name != "write"]
    assert all(call.name == "openat" and "/fonts" in call.arguments and call.result == -1 for call in tried), tried
    assert after  # it did read, and told of it
    assert not Path("/tmp/ringfence-escape").exists()
