"""The door: labels, completeness, reasons, numbers and keys, memory, deadlines and failures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from ringfence.classify import Answers, Classifier, Hit, Provenance
from ringfence.classify.detector import Detector
from ringfence.vocabulary.chat import Unread
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.labels import UNDECLARED, Label
from ringfence.vocabulary.text import Completeness, Place, Segment

GENERAL = Provenance(handles=(Label.GENERAL,))
KEY = bytes(range(32))


def message(text: str, index: int = 0) -> Segment:
    return Segment(f"/messages/{index}/content", "user", text)


def classify(classifier, *segments: Segment, provenance: Provenance = GENERAL, unread=(), deadline=None):
    return classifier.classify(segments, unread, provenance, deadline)


def test_finding_nothing_leaves_the_declared_labels(classifier):
    nothing = classify(classifier, message("Explain recursion."))
    assert nothing.labels == nothing.declared == {Label.GENERAL}
    assert (nothing.findings, nothing.completeness, nothing.names_searched) == ((), Completeness.COMPLETE, False)
    assert classify(classifier, message("Explain recursion."), provenance=Provenance()).labels == UNDECLARED


def test_findings_add_labels_and_say_where_but_not_what(classifier):
    result = classify(
        classifier,
        message("SSN 536-22-8412, again 219-44-1093"),
        Segment("/metadata/john@example.com/x", "metadata", "card 4111 1111 1111 1111"),
    )
    assert result.labels == {Label.GENERAL, Label.PERSONAL, Label.CARD} and result.declared == {Label.GENERAL}
    assert "US_SSN found at /messages/0/content (personal)" in result.reasons
    assert "CREDIT_CARD found at /metadata/... (card)" in result.reasons
    assert not any(value in " ".join(result.reasons) for value in ("536", "4111", "john"))


def test_a_swallowed_finding_still_raises_its_label(classifier):
    result = classify(classifier, message("see https://x.example/a?q=536-22-8412&r=1 now"))
    assert [finding.entity for finding in result.findings] == ["URL"]
    assert Label.PERSONAL in result.labels


@pytest.mark.parametrize("zeros", ["", ".0", "e0", ".000E+0", "0e-1"])
def test_numbers_are_read_in_every_spelling(classifier, zeros):
    number = "4111111111111111" + zeros
    result = classify(classifier, Segment("/metadata/n", "metadata", number, Place.NUMBER))
    assert result.labels >= {Label.CARD}
    assert {(f.place, f.segment) for f in result.findings} == {(Place.NUMBER, "/metadata/n")}
    assert {i for f in result.findings for i in range(f.start, f.end)} == set(range(len(number)))


def test_a_number_with_an_exponent_is_read_as_the_integer_it_is(classifier):
    result = classify(classifier, Segment("/metadata/n", "metadata", "4.111111111111111E+15", Place.NUMBER))
    assert [(f.start, f.end, f.entity) for f in result.findings] == [(0, 21, "CREDIT_CARD")]


@pytest.mark.parametrize("number", ["1e999999999", "-0", "3.14159", "NaN", "1E+400", "0.0", "12", "1e5"])
def test_other_numbers_are_harmless(classifier, number):
    assert classify(classifier, Segment("/temperature", "request", number, Place.NUMBER)).findings == ()


def test_keys_are_read_and_a_members_name_is_context(classifier):
    result = classify(
        classifier,
        Segment("/metadata/john@example.com", "metadata", "john@example.com", Place.KEY),
        Segment("/metadata/patientMrn", "metadata", "00482913"),
        Segment("/metadata/ssn", "metadata", "536228412", Place.NUMBER),
        Segment("/metadata/phones/0", "metadata", "668 5702"),
    )
    assert [(f.place, f.entity, f.start) for f in result.findings] == [
        (Place.KEY, "EMAIL_ADDRESS", 0),
        (Place.VALUE, "MEDICAL_RECORD_NUMBER", 0),
        (Place.NUMBER, "US_SSN", 0),
        (Place.VALUE, "PHONE_NUMBER", 0),
    ]


def test_unread_parts_are_partial_and_told(classifier):
    result = classify(classifier, message("hi"), unread=(Unread("/messages/0/content/1", "image"),))
    assert result.completeness is Completeness.PARTIAL
    assert "image at /messages/0/content/1 can't be read" in result.reasons


def test_whenever_time_runs_out_the_request_fails():
    # No two of these adjoin, so that nothing cut short is found again at a border.
    segments = (message("SSN 536-22-8412, see %41%42"), Segment("/metadata/x", "metadata", "mail jo@example.org"))
    moments = 0

    def clock() -> float:
        nonlocal moments
        moments += 1
        return float(moments)

    whole = classify(Classifier(memory_key=KEY, clock=clock), *segments, deadline=1e9)
    assert whole.completeness is Completeness.COMPLETE
    asked = moments
    assert asked > 10
    for deadline in range(1, asked + 1):
        moments = 0
        hurried = Classifier(memory_key=KEY, clock=clock)
        late = classify(hurried, *segments, deadline=float(deadline))
        assert late.completeness is Completeness.FAILED, deadline
        assert any("time ran out after" in reason and "of 2" in reason for reason in late.reasons)
        assert late.labels <= whole.labels
        assert classify(hurried, *segments) == whole  # what was cut short is not remembered as read


def test_what_is_left_unread_is_told_beside_the_failure(classifier):
    late = classify(classifier, message("SSN 536-22-8412"), unread=(Unread("/x", "audio"),), deadline=-1.0)
    assert late.completeness is Completeness.FAILED and late.findings == ()
    assert "audio at /x can't be read" in late.reasons


@pytest.fixture
def broken(monkeypatch):
    """A classifier whose one more detector fails on the word boom."""

    def extract(text: str):
        yield Hit(0, 1, "URL", 0.5)
        raise ValueError(text)

    extra = Detector("fragile", 3, ("URL",), "Says.", "https://x", ("boom",), extract, (), ())
    from ringfence.classify import detectors

    everything = (*detectors.all(), extra)
    monkeypatch.setattr(detectors, "all", lambda: everything)
    return Classifier(memory_key=KEY, clock=lambda: 0.0)


def test_a_failing_detector_fails_the_request_by_name_and_without_the_text(broken):
    for _ in range(2):  # a failed reading is not remembered as an empty one
        result = classify(broken, message("boom SSN 536-22-8412"), message("fine", 1))
        assert result.completeness is Completeness.FAILED
        assert Label.PERSONAL in result.labels
        assert any("fragile failed at /messages/0/content" in reason for reason in result.reasons)
        assert "boom" not in " ".join(result.reasons)
    assert classify(broken, message("fine")).completeness is Completeness.COMPLETE
    with pytest.raises(InternalError, match="fragile"):
        broken.spans("boom")


class Names:
    name = "names/1"
    entities = frozenset({"LICENSE_PLATE"})

    def __init__(self) -> None:
        self.calls = 0

    def find(self, text: str) -> list[Hit]:
        at = text.find("Mara Lindqvist")
        return [Hit(at, at + 14, "LICENSE_PLATE", 0.7)] if at >= 0 else []

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        self.calls += len(texts)
        return [self.find(text) for text in texts]


def test_taggers_are_merged():
    names = Names()
    tagging = Classifier(memory_key=KEY, clock=lambda: 0.0, taggers=(names,))
    result = classify(tagging, message("Mara\u200b Lindqvist, SSN 536-22-8412"))
    assert (result.names_searched, result.names_why) == (True, "")
    assert [(f.entity, f.detector, f.start, f.end) for f in result.findings] == [
        ("LICENSE_PLATE", "names/1", 0, 15),
        ("US_SSN", "us_ssn/1", 21, 32),
    ]
    assert [f.entity for f in tagging.spans("Mara Lindqvist again")] == ["LICENSE_PLATE"]
    assert tagging.spans("Mara Lindqvist again", names=False) == ()

    def fail(texts: Sequence[str]) -> list[list[Hit]]:
        raise RuntimeError

    names.find_many = fail  # type: ignore[method-assign]
    failed = classify(tagging, message("Mara again"))
    assert (failed.completeness, failed.names_searched) == (Completeness.FAILED, False)
    assert failed.names_why == "the search for names failed"
    assert failed.names_why in failed.reasons
    with pytest.raises(InternalError, match="names"):
        tagging.spans("Mara once more")


def test_what_taggers_did_not_read_in_time_makes_it_partial():
    tagging = Classifier(memory_key=KEY, clock=lambda: 0.0)
    texts = [message(f"Mara Lindqvist said {number} things", number) for number in range(40)]
    begun = tagging.begin(texts, (), GENERAL)
    answers = Answers(((("names/1", Hit(0, 4, "LICENSE_PLATE", 1.0)),),))
    result = tagging.conclude(begun, tagging.inquire(begun).names(answers))
    assert (result.completeness, result.names_searched) == (Completeness.PARTIAL, False)
    assert result.names_why == "the search for names ran out of time"
    assert result.findings[0].entity == "LICENSE_PLATE"  # what was found by then counts


def test_a_conversation_costs_its_new_turn():
    names = Names()
    tagging = Classifier(memory_key=KEY, clock=lambda: 0.0, taggers=(names,))
    turns = [message(f"turn {i} says nothing of note " * 20, i) for i in range(30)]
    costs = []
    for count in range(1, 31):
        before = names.calls
        classify(tagging, *turns[:count])
        costs.append(names.calls - before)
    assert max(costs[2:]) <= 5


def test_remembered_results_are_the_same_and_kept_apart_by_context():
    classifier = Classifier(memory_key=KEY, clock=lambda: 0.0)
    segments = (Segment("/metadata/note", "metadata", "536228412"), Segment("/metadata/ssn", "metadata", "536228413"))
    first = classify(classifier, *segments)
    assert classify(classifier, *segments) == first
    assert {finding.segment for finding in first.findings} == {"/metadata/ssn"}


def test_spans_of_one_text_are_sorted_and_apart(classifier):
    found = classifier.spans("a@b.example, 536-22-8412 and https://x.example/users/jo5")
    assert [f.entity for f in found] == ["EMAIL_ADDRESS", "US_SSN", "PERSONAL_URL"]
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert all(f.segment == "" and f.detector.count("/") == 1 for f in found)


def test_nothing_to_read_is_complete(classifier):
    empty = classify(classifier)
    assert (empty.findings, empty.completeness) == ((), Completeness.COMPLETE)
    assert classify(classifier, message("")).findings == ()
