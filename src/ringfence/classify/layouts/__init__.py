"""Forms whose layout says what a value is, where no word beside it does: tables, HL7 v2 messages, JSON and FHIR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.classify.layouts import hl7, tables, tree
from ringfence.classify.layouts.field import Field, certain, labelled
from ringfence.classify.merging import Span
from ringfence.classify.normalise import View


def read(views: Sequence[View]) -> Iterator[tuple[View | None, list[Span]]]:
    """For each layout found in the text as it stands or as it decodes: a view with the values behind their labels, and
    the spans whose entity the layout itself knows (code points of the original text)."""
    shown = {view.text: view for view in (views[-1], views[0])}
    for view in shown.values():
        text = view.text
        if "{" in text and tree.MARK.search(text):
            yield _form("json", view, list(tree.fields(text)))
        if "|" in text and hl7.MARK.search(text):
            yield _form("hl7", view, list(hl7.fields(text)))
        elif "\n" in text and (cells := tables.fields(text)):
            yield _form("table", view, cells)


def _form(name: str, view: View, found: list[Field]) -> tuple[View | None, list[Span]]:
    return labelled(view, found), certain(found, f"layout-{name}/1", view)
