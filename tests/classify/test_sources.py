"""Provenance only ever raises."""

from __future__ import annotations

import itertools

import pytest

from ringfence.classify.sources import SOURCES, Provenance, Source, declared
from ringfence.vocabulary.labels import UNDECLARED, Label


def labels(**given) -> frozenset[Label]:
    return declared(Provenance(**given))[0]


def test_a_key_that_declares_nothing_may_handle_anything():
    assert labels() == UNDECLARED
    assert labels(sources=("crm",), declared_labels=("general",)) >= UNDECLARED


@pytest.mark.parametrize(
    ("tag", "label"),
    [("ehr", Label.PHI), ("emr", Label.PHI), ("claims", Label.PHI), ("crm", Label.PERSONAL), ("hr", Label.PERSONAL)]
    + [(tag, Label.FINANCIAL) for tag in ("core-banking", "lending", "loan")]
    + [("payments", Label.CARD), ("part2", Label.PART2), ("sud", Label.PART2), ("vault", Label.SECRET)]
    + [("internal", Label.CONFIDENTIAL), (" EHR ", Label.PHI)],
)
def test_a_source_tag_raises_its_label_whatever_the_key_says(tag, label):
    assert labels(handles=(Label.GENERAL,), sources=(tag,)) == {Label.GENERAL, label}


def test_unknown_values_count_as_everything_and_are_not_echoed():
    for given in ({"sources": ("ehr-export-4471",)}, {"declared_labels": ("phy-4471",)}):
        found, reasons = declared(Provenance(handles=(Label.GENERAL,), **given))
        assert found == UNDECLARED | {Label.GENERAL}
        assert "4471" not in " ".join(reasons)


def test_declared_labels_raise_and_general_lowers_nothing():
    assert labels(handles=(Label.PHI,), declared_labels=("general",)) == {Label.PHI, Label.GENERAL}
    assert labels(handles=(Label.GENERAL,), declared_labels=("card",)) == {Label.GENERAL, Label.CARD}


def test_more_statements_never_mean_fewer_labels():
    tags = ("ehr", "crm", "public", "unheard-of")
    names = ("general", "card", "nonsense")
    for some in range(len(tags) + 1):
        for sources in itertools.combinations(tags, some):
            base = labels(handles=(Label.GENERAL,), sources=sources)
            assert all(labels(handles=(Label.GENERAL,), sources=(*sources, tag)) >= base for tag in tags)
            assert all(labels(handles=(Label.GENERAL,), sources=sources, declared_labels=(n,)) >= base for n in names)


def test_each_statement_has_a_sentence_and_the_table_can_be_extended():
    table = {**SOURCES, "wiki": Source((Label.CONFIDENTIAL,), "the internal wiki")}
    found, reasons = declared(Provenance((Label.GENERAL,), ("wiki",), ("card",)), table)
    assert found == {Label.GENERAL, Label.CONFIDENTIAL, Label.CARD} and len(reasons) == 3
    assert "the internal wiki (confidential)" in reasons[1]
    assert all(source.labels and source.says for source in SOURCES.values())
