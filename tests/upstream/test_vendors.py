"""Every vendor file: one test for all, so that adding a file adds its test."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import each_vendor
import pytest
from each_vendor import ALL, REACHED, SIGNING_KEY, address

from ringfence.upstream import Upstreams, Vendor, vendors
from ringfence.upstream.sigv4 import SigV4
from ringfence.upstream.target import ENDPOINTS, check
from ringfence.vocabulary.errors import ConfigurationError


def registered() -> dict[str, dict[str, object]]:
    """Every shipped service of the register, as it is written."""
    found = {}
    for file in files("ringfence.register").joinpath("vendors").iterdir():
        if file.name.endswith(".toml"):
            found |= {service["id"]: service for service in tomllib.loads(file.read_text("utf-8"))["services"]}
    return found


@pytest.mark.parametrize("vendor", ALL, ids=lambda vendor: vendor.service)
def test_a_vendor_file(vendor: Vendor) -> None:
    assert vendor.source.startswith("https://")
    assert vendor.service.startswith(vendor.name + "/")
    assert vendor.title
    assert set(vendor.paths) <= set(ENDPOINTS)
    if not vendor.paths:
        assert vendor.note and "can't reach it yet" in vendor.why_not(address(vendor), "sk-1")
        with pytest.raises(ConfigurationError):
            vendor.target(vendor.service, "sk-1", base_url=address(vendor))
        return
    assert vendor.why_not(address(vendor), "sk-1") == ""
    assert check(each_vendor.target(vendor)).tls
    keyless = vendor.target("s", "", base_url=address(vendor))
    if vendor.credential_env:
        assert vendor.credential_env in Upstreams([keyless]).why_not("s")
    elif vendor.sign:
        assert "api_key is not set" in Upstreams([keyless]).why_not("s")
    else:
        assert Upstreams([keyless]).configured("s")
    if not vendor.base_url:
        with pytest.raises(ConfigurationError):
            vendor.target(vendor.service, "sk-1")


def test_ids_are_unique() -> None:
    assert len({vendor.service for vendor in ALL}) == len(ALL)


@pytest.mark.parametrize("vendor", [v for v in REACHED if v.name != "private"], ids=lambda vendor: vendor.service)
def test_a_vendors_service_is_in_the_register_with_its_host_and_interfaces(vendor: Vendor) -> None:
    """The documents of a service are about its host; an address elsewhere would borrow them."""
    service = registered()[vendor.service]
    assert set(service["endpoints"]) == set(vendor.paths)
    check(each_vendor.target(vendor, covered_host=str(service["host"])))
    for elsewhere in ("https://gateway.example.net/v1", f"https://{service['host']}.example.net/v1".replace("*", "x")):
        with pytest.raises(ConfigurationError, match="documents are about"):
            check(
                vendor.target(
                    vendor.service,
                    "sk-1" if vendor.sign is None else each_vendor.credential(vendor),
                    base_url=elsewhere,
                    covered_host=str(service["host"]),
                )
            )


def test_every_registered_service_can_be_reached_or_says_why_not() -> None:
    known = {vendor.service for vendor in ALL} | {"private/embedded"}
    assert set(registered()) <= known


def test_another_service_of_the_same_vendor_does_not_get_its_address() -> None:
    found = vendors.find("google/vertex-of-ours", "google")
    assert found is not None and found.base_url == ""
    assert "base_url is not set" in found.why_not(credential="sk-1")


def test_another_service_gets_the_header_of_its_interface() -> None:
    """Anthropic wants its key under one name for Messages and under another for Chat Completions."""
    chat = vendors.find("anthropic/ours", "anthropic", ("chat_completions",))
    messages = vendors.find("anthropic/ours", "anthropic", ("messages", "count_tokens"))
    assert chat is not None and (chat.auth_header, chat.auth_prefix) == ("authorization", "Bearer ")
    assert messages is not None and (messages.auth_header, messages.auth_prefix) == ("x-api-key", "")


def test_another_service_has_a_path_for_each_of_its_interfaces() -> None:
    found = vendors.find("azure-openai/ours", "azure-openai", ("chat_completions", "responses", "converse"))
    assert found is not None
    assert found.paths == {"chat_completions": "/chat/completions", "responses": "/responses"}


def test_an_unknown_vendor_has_no_file() -> None:
    assert vendors.find("nobody/chat", "nobody") is None


def test_the_known_ones() -> None:
    assert {vendor.name for vendor in ALL} == {
        *("anthropic", "aws-bedrock", "azure-openai", "fireworks", "google", "groq", "mistral", "openai", "openrouter"),
        *("private", "xai"),
    }
    assert vendors.find("openai/chat-completions", "openai", ("chat_completions",)) in ALL


AWS = next(vendor for vendor in ALL if vendor.service == "aws-bedrock/chat-completions")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ""),
        ({"AWS_BEARER_TOKEN_BEDROCK": "abc", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"}, "abc"),
        ({"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"}, "AK\ns"),
        ({"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}, "AK\ns\nt"),
        ({"AWS_ACCESS_KEY_ID": "AK"}, ""),
        ({"AWS_ACCESS_KEY_ID": "AK", "AWS_SESSION_TOKEN": "t"}, ""),
        ({"AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}, ""),
    ],
)
def test_half_a_signing_key_is_none(variables: dict[str, str], expected: str) -> None:
    assert AWS.credential(lambda name: variables.get(name, "")) == expected


@pytest.mark.parametrize(
    ("base_url", "region", "service"),
    [
        ("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1", "us-east-1", "bedrock"),
        ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/openai/v1", "us-gov-west-1", "bedrock"),
        ("https://bedrock-mantle.ap-southeast-2.api.aws/v1", "ap-southeast-2", "bedrock-mantle"),
        ("https://bedrock-mantle.eu-west-1.api.aws", "eu-west-1", "bedrock-mantle"),
    ],
)
def test_region_and_service_of_a_signature_come_from_the_host(base_url: str, region: str, service: str) -> None:
    built = AWS.target("s", SIGNING_KEY, base_url=base_url)
    assert isinstance(built.signer, SigV4)
    assert repr(built.signer) == f"SigV4(region={region!r}, service={service!r})"
    assert built.credential == ""


@pytest.mark.parametrize(
    "base_url",
    [
        "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com/openai/v1",
        "https://bedrock-runtime.amazonaws.com/openai/v1",
        "https://bedrock-runtime.us-east-1.amazonaws.com.example.net/openai/v1",
        "https://example.net/https://bedrock-runtime.us-east-1.amazonaws.com/",
    ],
)
def test_a_host_that_names_no_region_is_not_signed_for(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="can't be signed"):
        AWS.target("s", SIGNING_KEY, base_url=base_url)
    assert AWS.target("s", "one-word", base_url=base_url).credential == "one-word"


def test_too_many_words_are_no_signing_key() -> None:
    with pytest.raises(ConfigurationError) as raised:
        AWS.target("s", "a secret b c", base_url="https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1")
    assert "secret b" not in f"{raised.value}{vars(raised.value)}"
