"""Classifying opens no file, socket or process, imports nothing, and reads no clock but the one handed in."""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from pathlib import Path

from ringfence.classify import Classifier, Provenance
from ringfence.vocabulary.text import Segment

_spec = importlib.util.spec_from_file_location("classify_generator", Path(__file__).parent / "generator.py")
assert _spec is not None and _spec.loader is not None
generator = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generator)

_TOUCHES = ("open", "socket", "subprocess", "os", "import", "ctypes", "shutil", "exec")
_watching = False
_seen: list[str] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event.split(".")[0] in (
        "open",
        "socket",
        "subprocess",
        "os",
        "import",
        "ctypes",
        "shutil",
        "exec",
    ):
        _seen.append(f"{event} {arguments!r:.200}")


def test_no_input_or_output_while_classifying(monkeypatch):
    global _watching
    cases = [case.text for case in generator.generate(seed=21, each=3)]
    cases += ["+41 44 668 18 00", "call 00 81 3 1234 5678", "&eacute;&#233; %ff%fe caf\u00e9 １２", "\ud800"]
    fresh = Classifier(memory_key=bytes(range(32)), clock=lambda: 0.0)
    segments = [Segment(f"/messages/{i}/content", "user", text) for i, text in enumerate(cases)]
    for clock in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, clock, None)
    sys.addaudithook(_watch)
    _watching = True
    try:
        result = fresh.classify(segments, (), Provenance(), deadline=1.0)
    finally:
        _watching = False
    assert _seen == []
    assert len(result.findings) >= len(cases) // 2


def test_the_same_input_gives_the_same_result():
    texts = [case.text for case in generator.generate(seed=22, each=2)]
    results = []
    for key in (bytes(32), bytes(range(32))):
        random.seed(0)
        one = Classifier(memory_key=key, clock=lambda: 0.0)
        segments = [Segment(f"/messages/{i}/content", "user", text) for i, text in enumerate(texts)]
        results.append(one.classify(segments, (), Provenance()))
    assert results[0] == results[1]
