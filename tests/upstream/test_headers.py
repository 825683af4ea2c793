"""The allow-lists, header by header."""

from __future__ import annotations

import pytest

from ringfence.upstream.headers import notes, passes, variable_head
from ringfence.vocabulary.errors import MalformedRequest


@pytest.mark.parametrize(
    "name",
    [
        *("content-type", "x-request-id", "request-id", "openai-version", "ratelimit-reset", "x-ratelimit-limit"),
        *("anthropic-ratelimit-requests-remaining", "x-zero-data-retention"),
    ],
)
def test_reply_headers_that_pass(name: str) -> None:
    assert passes(name)


@pytest.mark.parametrize("name", ["set-cookie", "server", "location", "content-length", "content-encoding", "alt-svc"])
@pytest.mark.parametrize("prefix", ["", "x-ringfence-", "x-openai-"])
def test_reply_headers_that_stay_behind(prefix: str, name: str) -> None:
    assert not passes(prefix + name)


@pytest.mark.parametrize("name", ["openai-organization", "openai-project", "anthropic-organization-id"])
def test_the_operators_account_is_not_named(name: str) -> None:
    assert not passes(name)


def test_request_headers_have_defaults() -> None:
    assert variable_head((), 5) == (
        b"content-type: application/json\r\naccept: application/json\r\ncontent-length: 5\r\n\r\n"
    )


def test_pairs_and_mappings_are_the_same() -> None:
    headers = {"ACCEPT": "text/event-stream", "authorization": "x"}
    assert variable_head(headers, 1) == variable_head(list(headers.items()), 1)
    assert b"text/event-stream" in variable_head(headers, 1)


BETA = "interleaved-thinking-2025-05-14,context-1m-2025-08-07"


def test_headers_of_messages_leave_as_they_came_and_only_there() -> None:
    headers = [("Anthropic-Version", "2023-06-01"), ("anthropic-beta", BETA), ("anthropic-beta", "b"), ("x-other", "c")]
    assert b"anthropic" not in variable_head(headers, 1)
    head = variable_head(headers, 1, messages=True)
    assert [line for line in head.decode().split("\r\n") if line.startswith("anthropic")] == [
        "anthropic-version: 2023-06-01",
        f"anthropic-beta: {BETA}",
        "anthropic-beta: b",
    ]
    assert b"x-other" not in head


def test_a_long_list_of_betas_is_not_cut() -> None:
    betas = ",".join(f"some-feature-2025-01-{day:02}" for day in range(1, 32))
    assert betas.encode() in variable_head({"anthropic-beta": betas}, 1, messages=True)


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nb", "", " a", "é", "a" * 4097, "\x00"])
@pytest.mark.parametrize("name", ["anthropic-version", "Anthropic-Beta"])
def test_a_header_of_messages_is_never_left_out(name: str, value: str) -> None:
    """Without it the request would mean something else: it is refused by its name, and its value told to nobody."""
    with pytest.raises(MalformedRequest) as raised:
        variable_head({name: value}, 1, messages=True)
    assert raised.value.where == name.lower() and "evil" not in raised.value.message


def test_what_a_service_says_of_retention_is_noted() -> None:
    said = [("content-type", "application/json"), ("x-zero-data-retention", " true"), ("x-request-id", "r")]
    assert notes(said) == (("x-zero-data-retention", "true"),)
    assert notes([("x-zero-data-retention", "<script>")]) == (("x-zero-data-retention", "?"),)
    assert notes([("x-zero-data-retention", "a" * 65)]) == (("x-zero-data-retention", "?"),)
    assert notes([]) == ()
