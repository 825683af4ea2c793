"""Who is let in, and what their headers may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway.admit import admit, check_host, headers_once
from ringfence.gateway.keys import KeyStore
from ringfence.vocabulary.errors import AuthenticationFailed, HostNotAllowed, MalformedRequest


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path)


def _key(keys: KeyStore, **fields: Any) -> str:
    return keys.create(**{"client": "clinic", "purpose": "tests", **fields})[1]


def test_names_are_lower_case_and_others_may_repeat() -> None:
    assert headers_once([("X-A", "1"), ("x-a", "2"), ("Host", "h")]) == {"x-a": "2", "host": "h"}


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "X-Api-Key", "Host", "Content-Type", "Content-Length", "Content-Encoding"),
        *("Transfer-Encoding", "X-Ringfence-Source", "X-Ringfence-Label", "X-Ringfence-Conversation"),
    ],
)
def test_header_that_steers_stands_once(name: str) -> None:
    with pytest.raises(MalformedRequest, match="stands twice"):
        headers_once([(name, "a"), (name.lower(), "a")])
    with pytest.raises(MalformedRequest, match="not ASCII"):
        headers_once([], [name.lower()])


def test_unreadable_header_that_steers_nothing_is_left_out() -> None:
    assert headers_once([("host", "h")], ["host", "x-title"]) == {"host": "h"}


@pytest.mark.parametrize("name", ["x-ringfence-", "x-ringfence-sources", "X-Ringfence-Effect", "x-ringfence-bypass"])
def test_unknown_header_of_ours_is_refused(name: str) -> None:
    with pytest.raises(MalformedRequest, match="not known"):
        headers_once([(name, "1")])
    with pytest.raises(MalformedRequest):
        headers_once([], [name.lower()])


ALLOWED = ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8400", "LOCALHOST:1", "localhost:", "[::1]", "[::1]:8400"])
def test_host_that_is_ours(host: str) -> None:
    check_host({"host": host}, ALLOWED)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1:80:80", "::1", "[::1", "localhost:80a", ":80"]
)
def test_host_that_is_not(host: str) -> None:
    with pytest.raises(HostNotAllowed):
        check_host({"host": host} if host else {}, ALLOWED)


@pytest.mark.parametrize("shape", ["Bearer {}", "bearer {}", "BEARER  {}", "Bearer {} "])
def test_bearer(shape: str, keys: KeyStore) -> None:
    text = _key(keys)
    assert admit({"authorization": shape.format(text)}, keys).key.client == "clinic"


def test_one_key_in_both_places_is_one_key(keys: KeyStore) -> None:
    text = _key(keys)
    assert (
        admit({"x-api-key": text}, keys).key == admit({"authorization": f"Bearer {text}", "x-api-key": text}, keys).key
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer  "},
        {"authorization": "Basic {}"},
        {"authorization": "{}"},
        {"authorization": "Bearer {}", "x-api-key": "other"},
        {"authorization": "Bearer {} {}"},
        {"x-api-key": "{}x"},
        {"x-api-key": "{}é"},
    ],
)
def test_no_key_or_a_doubtful_one(headers: dict[str, str], keys: KeyStore) -> None:
    text = _key(keys)
    with pytest.raises(AuthenticationFailed) as caught:
        admit({name: value.replace("{}", text) for name, value in headers.items()}, keys)
    assert text not in caught.value.message + caught.value.remedy


def test_two_sound_keys_are_one_too_many(keys: KeyStore) -> None:
    with pytest.raises(AuthenticationFailed, match="Two different"):
        admit({"authorization": f"Bearer {_key(keys)}", "x-api-key": _key(keys)}, keys)


def test_tags_of_key_and_headers_add_up(keys: KeyStore) -> None:
    text = _key(keys, sources=("crm",))
    headers = {"x-api-key": text, "x-ringfence-source": "EHR, lab,", "x-ringfence-label": "Phi"}
    caller = admit(headers, keys)
    assert (caller.sources, caller.labels) == (("crm", "ehr", "lab"), ("phi",))


@pytest.mark.parametrize("value", ["a b", "a;b", "é", "a" * 65, "<x>", "a\tb", "a/b"])
@pytest.mark.parametrize("name", ["x-ringfence-source", "x-ringfence-label", "x-ringfence-conversation"])
def test_tags_are_plain(name: str, value: str, keys: KeyStore) -> None:
    with pytest.raises(MalformedRequest) as caught:
        admit({"x-api-key": _key(keys), name: value}, keys)
    assert value not in caught.value.message


def test_tags_of_a_stranger_are_not_looked_at(keys: KeyStore) -> None:
    with pytest.raises(AuthenticationFailed):
        admit({"x-api-key": "nobody", "x-ringfence-source": "<>"}, keys)


def test_surrogates_belong_to_one_key_and_conversation(keys: KeyStore) -> None:
    one, two = _key(keys), _key(keys)
    scopes = [
        admit({"x-api-key": text, "x-ringfence-conversation": conversation}, keys).scope
        for text in (one, two)
        for conversation in ("", "c-1", "c-2")
    ]
    assert len(set(scopes)) == 6
