from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.register import Document, Snapshot, forced_members, review
from ringfence.register.terms import safe_name
from ringfence.vocabulary.chat import Service, Use
from ringfence.vocabulary.decision import FieldReview

CHAT = "chat_completions"
OPENAI = "openai/chat-completions"
PLAIN = (("/model", ""), ("/messages", ""), ("/messages/*/role", "user"), ("/messages/*/content", ""))


def uses(*pairs: tuple[str, str]) -> tuple[Use, ...]:
    return tuple(Use(path, value, path.replace("*", "0")) for path, value in pairs)


def look(
    snapshot: Snapshot, today: date, *pairs: tuple[str, str], service: str = OPENAI, model: str = "gpt-4o"
) -> FieldReview:
    return review(snapshot, service, CHAT, model, uses(*PLAIN, *pairs), today)


def test_a_plain_chat_is_fine_until_the_list_ends(shipped: Snapshot, today: date) -> None:
    until = min(each.expires_on for each in shipped.terms if each.vendor == "openai")
    assert look(shipped, today) == FieldReview(until=until)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/store", "true"),
        ("/store", "false"),
        ("/temperature", ""),
        ("/n", "2"),
        ("/tools/*/type", "function"),
        ("/tools/*/function/parameters", ""),
        ("/response_format/json_schema/schema", ""),
        ("/messages/*/content/*/image_url/url", "data"),
        ("/messages/*/content/*/file/file_data", ""),
        ("/modalities/*", "text"),
        ("/prompt_cache_options/mode", "explicit"),
        ("/prompt_cache_retention", "in_memory"),
        ("/prompt_cache_retention", "null"),
        ("/user", "null"),
        ("/metadata", "null"),
    ],
)
def test_what_may_go_with_regulated_data(shipped: Snapshot, today: date, path: str, value: str) -> None:
    found = look(shipped, today, (path, value))
    assert found.unknown == found.forbidden == ()


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        ("/metadata", "", "/metadata"),
        ("/user", "", "/user"),
        ("/safety_identifier", "", "/safety_identifier"),
        ("/prompt_cache_key", "", "/prompt_cache_key"),
        ("/prompt_cache_retention", "24h", "/prompt_cache_retention=24h"),
        ("/prompt_cache_options/ttl", "30m", "/prompt_cache_options/ttl"),
        ("/prompt_cache_options/mode", "implicit", "/prompt_cache_options/mode=implicit"),
        ("/messages/*/content/*/prompt_cache_breakpoint", "", "/messages/*/content/*/prompt_cache_breakpoint"),
        ("/messages/*/content/*/file/file_id", "", "/messages/*/content/*/file/file_id"),
        ("/messages/*/content/*/image_url/url", "", "/messages/*/content/*/image_url/url"),
        ("/messages/*/content/*/image_url/url", "remote", "/messages/*/content/*/image_url/url"),
        ("/messages/*/audio/id", "", "/messages/*/audio/id"),
        ("/audio/voice", "alloy", "/audio/voice"),
        ("/modalities/*", "audio", "/modalities/*=audio"),
        ("/web_search_options", "", "/web_search_options"),
        ("/service_tier", "flex", "/service_tier"),
        ("/moderation", "", "/moderation"),
        ("/prediction", "", "/prediction"),
    ],
)
def test_what_may_not_go_with_regulated_data(shipped: Snapshot, today: date, path: str, value: str, name: str) -> None:
    found = look(shipped, today, (path, value))
    assert [use.name for use in found.forbidden] == [name]
    assert found.forbidden[0].why.endswith(".")
    assert not found.unknown


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        ("/brand_new", "", "/brand_new"),
        ("/brand_new/*/deep", "", "/brand_new/*/deep"),
        ("/tools/*/type", "computer", "/tools/*/type=computer"),
        ("/tools/*/type", "", "/tools/*/type"),
        ("/messages/*/role", "MRN 12345", "/messages/*/role"),
        ("/messages/*/role", "…", "/messages/*/role"),
        ("/Jane Doe", "", "/…"),
        ("/tools/*/function/123-45-6789/x", "", "/tools/*/function/…"),
        ("/sk9f8e7d6c5b4a", "", "/…"),
        ("/…", "", "/…"),
    ],
)
def test_what_the_list_does_not_know_is_named_without_content(
    shipped: Snapshot, today: date, path: str, value: str, name: str
) -> None:
    found = look(shipped, today, (path, value))
    assert [use.name for use in found.unknown] == [name]
    assert not found.forbidden
    assert value in ("", "computer") or value not in found.unknown[0].why


def test_a_field_used_twice_is_named_once(shipped: Snapshot, today: date) -> None:
    assert len(look(shipped, today, ("/user", ""), ("/user", "")).forbidden) == 1


class TestNoList:
    def test_a_list_past_its_date_knows_nothing(self, shipped: Snapshot, today: date) -> None:
        until = look(shipped, today).until
        assert until is not None
        assert not look(shipped, until).unknown
        late = look(shipped, until + timedelta(days=1))
        assert {use.name for use in late.unknown} == {path for path, _ in PLAIN}
        assert f"until {until} only" in late.unknown[0].why
        assert late.until is None

    @pytest.mark.parametrize("service", ["anthropic/chat-completions", "aws-bedrock/chat-completions"])
    def test_no_list_for_this_vendor(self, shipped: Snapshot, today: date, service: str) -> None:
        found = look(msgspec.structs.replace(shipped, terms=()), today, service=service)
        assert len(found.unknown) == len(PLAIN)
        assert "has no allow-list for chat_completions" in found.unknown[0].why

    def test_no_list_for_this_model_or_service(self, shipped: Snapshot, today: date) -> None:
        assert len(look(shipped, today, model="davinci").unknown) == len(PLAIN)
        assert len(look(shipped, today, service="nobody/nothing").unknown) == len(PLAIN)


class TestPrivate:
    def test_nothing_is_asked_on_an_own_host(self, shipped: Snapshot, today: date) -> None:
        assert look(shipped, today, ("/brand_new", ""), service="private/embedded") == FieldReview()
        assert forced_members(shipped, "private/embedded", CHAT) == ()

    def test_a_rented_host_has_a_list(self, filed: Callable[..., Snapshot], rented: Service, today: date) -> None:
        snapshot = filed([], [rented])
        found = look(snapshot, today, ("/min_p", ""), ("/brand_new", ""), service=rented.id, model="llama-3.1-8b")
        assert [use.name for use in found.unknown] == ["/brand_new"]


class TestModels:
    """gpt-5.5 and later keep prompt caches for 24 hours."""

    @pytest.mark.parametrize("model", ["gpt-5.5", "gpt-5.5-pro", "gpt-5.6-sol", "gpt-6-astra", "gpt-10", "gpt-x"])
    def test_new_and_unheard_of_models_are_forbidden(self, shipped: Snapshot, today: date, model: str) -> None:
        found = look(shipped, today, model=model)
        assert [use.name for use in found.forbidden] == ["/model"]
        assert "24 hours" in found.forbidden[0].why

    @pytest.mark.parametrize("model", ["gpt-4o", "o3", "o4-mini"])
    def test_older_models_are_not(self, shipped: Snapshot, today: date, model: str) -> None:
        assert not look(shipped, today, model=model).forbidden

    @pytest.mark.parametrize("model", ["gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5.4-nano"])
    def test_where_it_depends_on_the_approval_one_is_needed(
        self, shipped: Snapshot, filed: Callable[..., Snapshot], paper: Callable[..., Document], today: date, model: str
    ) -> None:
        assert [use.name for use in look(shipped, today, model=model).forbidden] == ["/model"]
        assert not look(shipped, today, ("/prompt_cache_retention", "in_memory"), model=model).forbidden
        assert not look(filed([paper("zdr_approval")]), today, model=model).forbidden

    def test_a_request_without_cache_lifts_it_from_5_6_on(self, shipped: Snapshot, today: date) -> None:
        off = ("/prompt_cache_options/mode", "explicit")
        assert not look(shipped, today, off, model="gpt-6-astra").forbidden
        assert look(shipped, today, off, model="gpt-5.5").forbidden
        assert look(shipped, today, ("/prompt_cache_options/mode", "implicit"), model="gpt-6-astra").forbidden

    def test_a_zdr_approval_that_accepts_it_lifts_it(
        self, filed: Callable[..., Snapshot], paper: Callable[..., Document], today: date
    ) -> None:
        accepts = {"retention": ["prompt_cache_24h"]}
        good = paper("zdr_approval", limits=accepts, dates={"ends_on": date(2026, 12, 31)})
        found = look(filed([good]), today, model="gpt-5.5")
        assert not found.forbidden
        assert found.until == date(2026, 12, 31)
        others: tuple[dict[str, Any], ...] = (
            {},
            {"limits": accepts, "subject": "azure-openai"},
            {"limits": accepts, "demonstration": True},
            {"limits": accepts, "scope": {"services": ["openai/responses"]}},
            {"limits": accepts, "scope": {"models": ["gpt-5.6*"]}},
            {"limits": accepts, "scope": {"endpoints": ["responses"]}},
            {"limits": accepts, "file": {"sha256": None}},
            {"limits": accepts, "dates": {"ends_on": today - timedelta(days=1)}},
        )
        for over in others:
            assert look(filed([paper("zdr_approval", **over)]), today, model="gpt-5.5").forbidden, over
        assert look(filed([paper("dpa", limits=accepts)]), today, model="gpt-5.5").forbidden


class TestForced:
    def test_store_is_false(self, shipped: Snapshot) -> None:
        for service in (OPENAI, "azure-openai/chat-completions"):
            (member,) = forced_members(shipped, service, CHAT)
            assert member[:2] == ("/store", False)
            assert member[2].endswith(".")

    def test_openrouter_keeps_nothing_and_collects_nothing(self, shipped: Snapshot, today: date) -> None:
        service = "openrouter/chat-completions"
        forced = forced_members(shipped, service, CHAT)
        assert [member[:2] for member in forced] == [("/provider/zdr", True), ("/provider/data_collection", "deny")]
        own = look(shipped, today, ("/provider/zdr", "true"), service=service, model="openai/gpt-4o")
        assert not own.forbidden
        steering = look(shipped, today, ("/provider/order", ""), ("/models", ""), service=service, model="a/b")
        assert [use.name for use in steering.forbidden] == ["/models", "/provider/order"]

    def test_none_elsewhere(self, shipped: Snapshot) -> None:
        assert forced_members(shipped, OPENAI, "messages") == ()
        assert forced_members(shipped, "nobody/nothing", CHAT) == ()

    def test_forced_members_are_listed_as_allowed(self, shipped: Snapshot, today: date) -> None:
        for terms in shipped.terms:
            for forced in terms.forced:
                verdicts = terms.fields[forced.pointer]
                assert all(verdict == "allow" for verdict, _ in verdicts.values()), (terms.vendor, forced.pointer)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.text(min_size=1).filter(lambda part: "/" not in part), min_size=1, max_size=4))
def test_names_hold_only_members_of_apis(parts: list[str]) -> None:
    name = safe_name("/" + "/".join(parts))
    for part in name.split("/")[1:]:
        assert part in ("*", "…") or (part.isascii() and part[0] in "_abcdefghijklmnopqrstuvwxyz" and len(part) <= 41)
        assert sum(character.isdigit() for character in part) <= 2


def test_a_vendors_list_speaks_for_no_other_endpoint(shipped: Snapshot, today: date) -> None:
    found = review(shipped, OPENAI, "messages", "gpt-4o", uses(*PLAIN), today)
    assert len(found.unknown) == len(PLAIN)


def test_reviewing_changes_nothing(shipped: Snapshot, today: date) -> None:
    before = msgspec.json.encode(shipped, order="deterministic")
    look(shipped, today, ("/user", ""))
    assert msgspec.json.encode(shipped, order="deterministic") == before
