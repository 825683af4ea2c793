from __future__ import annotations

import collections.abc
import importlib
import types
import typing
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ringfence.register import Snapshot, load
from ringfence.register.catalogue import AllowList, shipped_catalogues
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package

Folder = Callable[[dict[str, str]], Path]

TERMS = """
vendor = "cohere"
endpoint = "chat_completions"
extends = "openai/chat_completions"
reviewed_on = 2026-11-01
expires_on = 2026-12-24
[[rules]]
paths = ["/safe_prompt"]
verdict = "allow"
why = "Adds a fixed system prompt."
source = "https://docs.example.org"
reviewed_on = 2026-11-01
"""


def chat_list(snapshot: Snapshot, vendor: str) -> AllowList:
    """The list of a vendor for Chat Completions."""
    return next(each for each in snapshot.terms if (each.vendor, each.endpoint) == (vendor, "chat_completions"))


def members(kind: Any, path: str, found: dict[str, set[str]]) -> None:
    """Every member below a type of the SDK: normalised path -> the literal values that it documents."""
    if path:
        found.setdefault(path, set())
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if hasattr(kind, "__required_keys__"):  # a TypedDict, of `typing_extensions` too
        for name, inner in typing.get_type_hints(kind).items():
            members(inner, f"{path}/{name}", found)
    elif origin is typing.Literal:
        found[path].update(str(value) for value in arguments)
    elif origin in (typing.Union, types.UnionType):
        for inner in arguments:
            members(inner, path, found)
    elif isinstance(origin, type) and issubclass(origin, collections.abc.Mapping):
        return  # the client's own structure: paths end here
    elif arguments and (origin is collections.abc.Iterable or "Sequence" in str(origin) or origin is list):
        members(arguments[0], f"{path}/*", found)


@pytest.fixture(scope="module")
def documented() -> dict[str, set[str]]:
    need_package("openai")
    parameters = importlib.import_module("openai.types.chat.completion_create_params")
    found: dict[str, set[str]] = {}
    members(parameters.CompletionCreateParamsNonStreaming, "", found)
    members(parameters.CompletionCreateParamsStreaming, "", found)
    return found


def test_openai_lists_every_member_that_the_sdk_documents(shipped: Snapshot, documented: dict[str, set[str]]) -> None:
    fields = chat_list(shipped, "openai").fields
    assert len(documented) > 120
    assert not {path for path in documented if path not in fields}


def test_openai_judges_every_value_that_the_sdk_documents(shipped: Snapshot, documented: dict[str, set[str]]) -> None:
    fields = chat_list(shipped, "openai").fields
    missing = {
        f"{path}={value}"
        for path, values in documented.items()
        for value in values
        if value not in fields[path] and "" not in fields[path]
    }
    assert not missing


def test_openai_lists_nothing_that_the_sdk_does_not_document(
    shipped: Snapshot, documented: dict[str, set[str]]
) -> None:
    fields = chat_list(shipped, "openai").fields
    assert not {path for path in fields if path not in documented}


@pytest.mark.parametrize("catalogue", shipped_catalogues(), ids=lambda each: each.key)
def test_shipped_facts_have_reasons_sources_and_dates(catalogue: Any) -> None:
    assert catalogue.reviewed_on <= catalogue.expires_on
    for each in (*catalogue.rules, *catalogue.forced, *catalogue.model_rules):
        assert each.why.endswith(".")
        assert each.source.startswith(("https://", "http://"))
        assert each.reviewed_on <= catalogue.expires_on


def test_every_shipped_list_has_its_vendor(shipped: Snapshot) -> None:
    vendors = {service.vendor for service in shipped.services.values()}
    assert {each.vendor for each in shipped.terms} <= vendors


def test_a_list_extends_another_for_as_long_as_both_hold(folder: Folder) -> None:
    snapshot = load(folder({"terms/one.toml": TERMS}))
    openai, own = chat_list(snapshot, "openai"), chat_list(snapshot, "cohere")
    assert set(own.fields) == {*openai.fields, "/safe_prompt"}
    assert own.expires_on == date(2026, 12, 24)
    assert own.forced == ()
    late = load(folder({"terms/one.toml": TERMS.replace("2026-12-24", "2099-01-01")}))
    assert chat_list(late, "cohere").expires_on == openai.expires_on


def test_own_rules_go_before_inherited_ones(folder: Folder) -> None:
    text = TERMS.replace("/safe_prompt", "/user").replace('"allow"', '"forbid_regulated"\nvalues = ["abc"]')
    own = chat_list(load(folder({"terms/one.toml": text})), "cohere")
    assert own.fields["/user"] == {"abc": ("forbid_regulated", "Adds a fixed system prompt.")}


def test_replacing_shipped_terms_is_told(folder: Folder) -> None:
    text = TERMS.replace('vendor = "cohere"', 'vendor = "google"')
    (problem,) = load(folder({"terms/one.toml": text})).problems
    assert problem.says == "replaces the shipped terms of google/chat_completions"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TERMS.replace("openai/chat_completions", "nobody/chat_completions"), "which is not there"),
        (TERMS.replace("openai/chat_completions", "openrouter/chat_completions"), "itself extends another"),
        (TERMS.replace("/safe_prompt", "safe_prompt"), "no normalised path"),
        (TERMS.replace('["/safe_prompt"]', '["/safe_prompt", "/safe_prompt"]'), "has two rules"),
        (TERMS.replace('"allow"', '"maybe"'), "Invalid enum value"),
        (TERMS.replace("2026-12-24", "2026-10-24"), "expires_on: is before reviewed_on"),
        (TERMS.replace('why = "Adds a fixed system prompt."\n', ""), "missing required field `why`"),
        (TERMS.replace('source = "https://docs.example.org"\n', ""), "missing required field `source`"),
    ],
)
def test_wrong_terms_are_refused(folder: Folder, text: str, says: str) -> None:
    path = folder({"terms/one.toml": text})
    with pytest.raises(ConfigurationError, match=says) as caught:
        load(path)
    assert caught.value.remedy


def test_two_files_for_the_same_terms_are_refused(folder: Folder) -> None:
    with pytest.raises(ConfigurationError, match="already in"):
        load(folder({"terms/one.toml": TERMS, "terms/two.toml": TERMS}))
