"""Words of programs and the model's own name are no names of people, where nobody is spoken of."""

from __future__ import annotations

import pytest

from ringfence.classify import codewords
from ringfence.classify.inquiry import Names
from ringfence.classify.merging import Span
from ringfence.vocabulary.text import Segment


def left(value: str, role: str, entity: str = "PERSON", *, model: str = "claude-opus-4-8") -> bool:
    """Whether a tagger's finding of `value`, in a text of `role`, stays."""
    segments = (Segment("/model", "request", model), Segment("/at", role, f"Now {value} is here."))
    found = Names(whole=((1, Span(4, 4 + len(value), entity, 0.9, "lister/1", False)),))
    return bool(codewords.without(found, segments).whole)


@pytest.mark.parametrize("value", ["WebFetch", "TaskCreate", "TaskGet, TaskUpdate", "EnterWorktree", "bash"])
@pytest.mark.parametrize("role", ["user", "tool", "schema", "system"])
def test_parts_of_programs_are_nobody(value: str, role: str) -> None:
    assert not left(value, role)
    assert not left(value, role, "ORGANIZATION")


@pytest.mark.parametrize(
    "value",
    ["McDonald", "LaToya", "MaryAnn", "JoAnn", "DeShawn", "TaskMara", "WebFetch, Mara", "Web Fetch", "Web", "webFetch"],
)
@pytest.mark.parametrize("role", ["user", "schema"])
def test_a_name_written_in_humps_stays(value: str, role: str) -> None:
    assert left(value, role)


@pytest.mark.parametrize(
    "value", ["Claude", "claude", "CLAUDE.md", "Shell", "Rust Workspace", "500k", "installer/SKILL"]
)
def test_instructions_speak_of_programs_and_of_the_model(value: str) -> None:
    assert not left(value, "system", "USERNAME")
    assert not left(value, "schema")
    assert left(value, "user")
    assert left(value, "tool")


@pytest.mark.parametrize("value", ["Claude Monet", "Rust Lindqvist", "Field", "Mara.md", "Mara", "hub/mara"])
def test_a_name_in_instructions_stays(value: str) -> None:
    assert left(value, "system")


def test_what_stands_in_a_reminder_is_an_instruction() -> None:
    segments = (Segment("/model", "request", "claude-a"), Segment("/at", "user", "<system-reminder>Claude does."))
    found = Names(whole=((1, Span(17, 23, "PERSON", 0.9, "lister/1", False)),))
    assert codewords.without(found, segments).whole == ()


@pytest.mark.parametrize("url", ["https://example.com/1", "http://www.example.org"])
def test_an_address_that_stands_for_any_other(url: str) -> None:
    assert not left(url, "schema", "PERSONAL_URL")
    assert left(url, "user", "PERSONAL_URL")
    assert left(f"{url}/mara", "schema", "PERSONAL_URL")


def test_a_page_about_the_model() -> None:
    def stays(address: str, role: str) -> bool:
        segments = (Segment("/model", "request", "claude-a"), Segment("/at", role, f"{address}/issues"))
        found = Names(whole=((1, Span(0, 20, "PERSONAL_URL", 0.9, "lister/1", False)),))
        return bool(codewords.without(found, segments).whole)

    assert not stays("https://host.example/makers/claude-code", "system")
    assert stays("https://host.example/makers/claude-code", "user")
    assert stays("https://host.example/mara", "system")


def test_a_header_is_no_end_of_what_stands_before_it() -> None:
    found = Names(parts=((0, Span(0, 4, "PERSON", 0.9, "l/1", False)), (1, Span(0, 6, "PERSON", 0.9, "l/1", False))))
    segments = (Segment("/at", "user", "Mara"), Segment("/@anthropic-beta", "metadata", "prompt"))
    assert [index for index, _ in codewords.without(found, segments).parts] == [0]


def test_the_name_is_that_of_the_model_asked_for() -> None:
    assert left("Claude", "system", model="gpt-5.2-codex")
    assert not left("Codex", "system", model="gpt-5.2-codex")


def test_the_name_of_the_model_is_no_text() -> None:
    found = Names(whole=((0, Span(0, 6, "PERSON", 0.9, "lister/1", False)),))
    assert codewords.without(found, (Segment("/model", "request", "claude-opus-4-8"),)).whole == ()


@pytest.mark.parametrize("entity", ["DATE", "PHONE_NUMBER", "MEDICAL_RECORD_NUMBER"])
def test_what_is_no_name_stays(entity: str) -> None:
    assert left("500k", "system", entity)
    assert left("WebFetch", "user", entity)


@pytest.mark.parametrize("value", ["short", "skip hooks"])
def test_small_letters_of_an_ordinary_word(value: str) -> None:
    assert not left(value, "user")
    assert left(value.title(), "user")


def test_an_address_that_nobody_reads() -> None:
    assert not left("noreply@mail.example.org", "user", "EMAIL_ADDRESS")
    assert left("mara@mail.example.org", "system", "EMAIL_ADDRESS")


@pytest.mark.parametrize(("role", "stays"), [("schema", False), ("user", True)])
def test_a_tools_own_name_is_nobodys_in_its_description(role: str, stays: bool) -> None:
    segments = (
        Segment("/tools/0/name", "schema", "PartialParcel"),
        Segment("/tools/0/description", role, "Gives PartialParcel back"),
    )
    found = Names(whole=((1, Span(6, 19, "PERSON", 0.9, "lister/1", False)),))
    assert bool(codewords.without(found, segments).whole) == stays
