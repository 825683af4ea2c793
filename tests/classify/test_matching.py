"""Labels, values beside them, neighbours, and offsets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.classify.matching import Labelled, alone, begins, compiled, ends, find, label, matches

RECORD = Labelled(label("mrn, patient id"), r"\d{4,8}")


@pytest.mark.parametrize(
    "text",
    [
        "MRN 4471",
        "mrn: 4471",
        'the "patient_id": "4471"',
        "patientId=4471",
        "PATIENT-ID #4471",
        "MRN4471",
        "MRN is 4471",
        "x_mrn 4471",
        "patient ids: 4471",
        "What is your MRN? 4471",
        "Patient  ID\n4471",
        "(MRN) 4471",
        "myMrn: 4471",
    ],
)
def test_a_label_is_found_however_it_is_written(text):
    assert [text[start:end] for start, end in RECORD.spans(text)] == ["4471"]


@pytest.mark.parametrize(
    "text", ["mRNA 4471", "xmrn 4471", "impatient id 4471", "MRN was taken by 4471", "MRN " + "." * 40 + "4471"]
)
def test_other_words_and_far_values_are_not(text):
    assert list(RECORD.spans(text)) == []


def test_a_list_after_one_label_is_found_whole_and_in_linear_time():
    text = "MRNs 1000, 1001; 1002 and 1003 or 1004/1005, then 1006"
    assert [text[start:end] for start, end in RECORD.spans(text)] == ["1000", "1001", "1002", "1003", "1004", "1005"]


@given(st.text(alphabet="ab1é😀中-", max_size=40))
def test_offsets_agree_with_those_of_python(text):
    pattern = "a(b*)|1"
    assert list(find(compiled(pattern), text)) == [found.span() for found in re.finditer(pattern, text)]
    spans = [(found.span(), found.span(1)) for found in re.finditer(pattern, text)]
    assert list(matches(compiled(pattern), text, 0, 1)) == spans


def test_neighbours():
    assert alone("x 12 y", 2, 4)
    assert not begins("x12", 1) and not ends("12x", 2)
    assert not alone("3-12", 2, 4) and alone("- 12", 2, 4) and alone("-12", 1, 3)
    assert not ends("12-3", 2) and ends("12-", 2) and ends("12-3", 2, "")
    assert not alone("é12", 1, 3)
