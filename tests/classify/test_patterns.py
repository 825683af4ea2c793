"""The one pass over all prefilters, its failure, and long texts."""

from __future__ import annotations

import msgspec
import pytest

from ringfence.classify import patterns
from ringfence.classify.detector import Detector, Hit
from ringfence.classify.patterns import Patterns


def detector(name: str, prefilter: str, extract) -> Detector:
    return Detector(name, 1, ("URL",), "Says.", "https://x", (prefilter,), extract, (), ())


def words(word: str):
    def extract(text: str):
        at = text.find(word)
        while at >= 0:
            yield Hit(at, at + len(word), "URL", 0.5)
            at = text.find(word, at + 1)

    return extract


def fails(text: str):
    raise RuntimeError(text)


def test_runs_only_the_detectors_whose_prefilter_matches():
    several = Patterns([detector("a", "aaa", fails), detector("b", "bbb", words("bbb"))])
    scan = several.scan("x bbb y")
    assert [(name, hit.start, hit.end) for name, hit in scan.hits] == [("b/1", 2, 5)] and scan.failed == ()


def test_a_failing_detector_is_named_and_the_others_still_run():
    scan = Patterns([detector("a", "b", fails), detector("b", "bbb", words("bbb"))]).scan("secret bbb")
    assert scan.failed == ("a",) and len(scan.hits) == 1 and not scan.late


def test_time_running_out_is_told():
    scan = Patterns([detector("a", "b", fails)]).scan("bbb", lambda: True)
    assert scan.late and scan.failed == ()


def test_when_the_automaton_fails_every_detector_runs():
    several = Patterns([detector("a", "aaa", words("b"))])

    class OutOfMemory:
        def Match(self, text):
            return None  # what the binding answers when RE2 gives up

    several._sets[0].set = OutOfMemory()
    assert len(several.scan("b").hits) == 1


@pytest.mark.parametrize("extra", [-1, 0, 1, 7, 70000])
def test_long_texts_are_read_whole_without_seeing_anything_twice(monkeypatch, extra):
    monkeypatch.setattr(patterns, "_WINDOW", 400)
    monkeypatch.setattr(patterns, "_MARGIN", 50)
    text = "é word " * ((400 + extra) // 7 + 1)
    hits = [hit for _, hit in Patterns([detector("a", "word", words("word"))]).scan(text).hits]
    assert len(hits) == len({(hit.start, hit.end) for hit in hits}) == text.count("word")
    assert {text[hit.start : hit.end] for hit in hits} == {"word"}


def test_hits_are_frozen():
    with pytest.raises(AttributeError):
        Hit(0, 1, "URL", 0.5).start = 3
    assert msgspec.structs.replace(Hit(0, 1, "URL", 0.5), start=3).start == 3
