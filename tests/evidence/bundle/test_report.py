"""The report on paper: everything in it, nothing that runs, nothing that a record could smuggle in."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import msgspec
import pytest

from evidence.bundle.site import Site
from ringfence.evidence.bundle.html import as_html
from ringfence.evidence.bundle.outcome import STEPS, Verified
from ringfence.evidence.bundle.pdf import as_pdf
from ringfence.evidence.bundle.wording import tables
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package

NASTY = "<script>alert(1)</script><b>&amp;\"' </td> \N{RIGHT-TO-LEFT OVERRIDE}x"


@pytest.fixture
def nasty(site: Site) -> Verified:
    site.open()
    site.request(key=NASTY, rules=[NASTY], register_digest="0" * 64)
    site.notice("exceptions_changed", actor=NASTY, approvers=[NASTY])
    site.close()
    site.bundle()
    return site.verify()


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_says_all_and_runs_nothing(nasty: Verified) -> None:
    page = Page()
    page.feed(as_html(nasty))
    assert not {"script", "img", "link", "iframe", "object", "b", "a"} & set(page.tags)
    assert set(page.attributes) <= {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    for claim in nasty.claims:
        assert claim.says in page.text
        assert claim.because in page.text
    for title in STEPS.values():
        assert title in page.text
    assert NASTY.replace("\u202e", "\\u202e") in page.text
    assert "NOT VERIFIED" in page.text


def test_the_pdf_says_all(nasty: Verified) -> None:
    need_package("reportlab")
    from pypdf import PdfReader

    data = as_pdf(nasty)
    assert as_pdf(nasty) == data
    pages = PdfReader(io.BytesIO(data)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for words in ("NOT VERIFIED", *STEPS.values(), *(claim.says for claim in nasty.claims), "<script>alert(1)"):
        assert "".join(words.split()) in text, words
    assert "\\u202e" in text
    assert not any("/Annots" in page for page in pages)


def test_without_the_package_it_says_what_to_do(nasty: Verified, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [each for each in sys.modules if each.split(".")[0] == "reportlab"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(ConfigurationError, match="reportlab") as raised:
        as_pdf(nasty)
    assert "ringfence[pdf]" in raised.value.remedy


def test_long_tables_are_cut_and_say_so(nasty: Verified) -> None:
    many = msgspec.structs.replace(nasty, summary={"keys": {f"key{number}": 1 for number in range(700)}})
    [table] = [table for table in tables(many) if table.title == "Decisions by API key"]
    assert (len(table.rows), table.note) == (500, "200 more are in summary.json.")
