"""The allow-lists, header by header."""

from __future__ import annotations

import pytest

from ringfence.upstream.headers import passes, variable_head


@pytest.mark.parametrize(
    "name", ["content-type", "x-request-id", "request-id", "openai-version", "ratelimit-reset", "x-ratelimit-limit"]
)
def test_reply_headers_that_pass(name: str) -> None:
    assert passes(name)


@pytest.mark.parametrize("name", ["set-cookie", "server", "location", "content-length", "content-encoding", "alt-svc"])
@pytest.mark.parametrize("prefix", ["", "x-ringfence-", "x-openai-"])
def test_reply_headers_that_stay_behind(prefix: str, name: str) -> None:
    assert not passes(prefix + name)


@pytest.mark.parametrize("name", ["openai-organization", "openai-project"])
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
