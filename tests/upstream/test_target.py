"""Addresses, credentials and headers that must not be used are refused before anything is opened."""

from __future__ import annotations

import pytest

from ringfence.upstream import Target, Upstreams
from ringfence.upstream.target import check
from ringfence.vocabulary.errors import ConfigurationError


def target(base_url: str = "https://api.example.com/v1", **options: object) -> Target:
    return Target(service_id="vendor", base_url=base_url, **options)


@pytest.mark.parametrize(
    ("base_url", "host", "port", "authority", "path"),
    [
        ("https://api.example.com/v1", "api.example.com", 443, "api.example.com", "/v1"),
        ("https://api.example.com", "api.example.com", 443, "api.example.com", ""),
        ("https://API.example.com:8443/a/b-c_d.e/", "api.example.com", 8443, "api.example.com:8443", "/a/b-c_d.e"),
        ("https://[2001:db8::1]:444/v1", "2001:db8::1", 444, "[2001:db8::1]:444", "/v1"),
    ],
)
def test_what_a_base_url_means(base_url: str, host: str, port: int, authority: str, path: str) -> None:
    address = check(target(base_url))
    assert (address.host, address.port, address.authority, address.path) == (host, port, authority, path)
    assert address.tls and not address.loopback_only


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "[::1]"])
def test_plain_http_to_this_machine_must_be_allowed(host: str) -> None:
    assert check(target(f"http://{host}:8000/v1", allow_insecure_loopback=True)).loopback_only
    with pytest.raises(ConfigurationError, match="plain http"):
        check(target(f"http://{host}:8000/v1"))


@pytest.mark.parametrize(
    "host", ["api.example.com", "10.0.0.8", "localhost.example.com", "127.0.0.1.example.com", "0.0.0.0"]
)
def test_plain_http_to_another_machine_is_never_allowed(host: str) -> None:
    with pytest.raises(ConfigurationError, match="plain http to another machine"):
        check(target(f"http://{host}:8000/v1", allow_insecure_loopback=True))


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.example.com/v1",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@api.example.com/v1",
        "https://user@api.example.com/v1",
        "https://api.example.com/v1?key=1",
        "https://api.example.com/v1#x",
        "https://api.example.com/v1/../v2",
        "https://api.example.com/a b",
        "https://api.example.com/v1\r\nx: y",
        "https://api.example.com:99999/v1",
        "https://api.example.com:port/v1",
        "https://bücher.example/v1",
        "https://[::1/v1",
    ],
)
def test_odd_base_urls_are_refused(base_url: str) -> None:
    with pytest.raises(ConfigurationError):
        check(target(base_url))


@pytest.mark.parametrize("credential", ["sk-a\r\nx-evil: 1", "sk-a\n", "sk-ä", "sk-\x00"])
def test_a_credential_cannot_add_a_line(credential: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        check(target(credential=credential))
    assert "sk-" not in f"{raised.value!r} {raised.value} {vars(raised.value)}"


@pytest.mark.parametrize(
    "header",
    [("x a", "b"), ("x", "a\r\nb"), ("Host", "x"), ("Content-Length", "3"), ("authorization", "x"), ("Cookie", "x")],
)
def test_headers_that_ringfence_writes_cannot_be_configured(header: tuple[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        check(target(headers=(header,)))


def test_a_base_url_beside_the_documents_is_refused() -> None:
    check(target("https://eu.openai.azure.com/openai/v1", covered_host="*.openai.azure.com"))
    for elsewhere in ("https://openrouter.ai/api/v1", "https://openai.azure.com.example.net/v1"):
        with pytest.raises(ConfigurationError, match="documents are about"):
            check(target(elsewhere, covered_host="*.openai.azure.com"))


def test_the_credential_is_not_shown() -> None:
    shown = target(credential="sk-secret", headers=(("x-project", "p-secret"),))
    assert "secret" not in f"{shown!r} {shown}"


def test_a_service_configured_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        Upstreams([target(), target()])
