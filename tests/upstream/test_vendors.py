"""Every vendor file: one test for all, so that adding a file adds its test."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from ringfence.upstream import Upstreams, Vendor, vendors
from ringfence.upstream.target import check
from ringfence.vocabulary.errors import ConfigurationError

ALL = vendors.all()


@pytest.mark.parametrize("vendor", ALL, ids=lambda vendor: vendor.service)
def test_a_vendor_file(vendor: Vendor) -> None:
    assert vendor.source.startswith("https://")
    assert vendor.service.startswith(vendor.name + "/")
    assert vendor.title
    base_url = vendor.base_url or "https://name.example.com/v1"
    if not vendor.chat_path:
        assert vendor.note and "can't reach it yet" in vendor.why_not(base_url, "sk-1")
        with pytest.raises(ConfigurationError):
            vendor.target(vendor.service, "sk-1", base_url=base_url)
        return
    assert vendor.why_not(base_url, "sk-1") == ""
    target = vendor.target(vendor.service, "sk-1", base_url=base_url)
    assert check(target).tls
    upstreams = Upstreams([target])
    assert upstreams.configured(vendor.service)
    if vendor.credential_env:
        assert vendor.credential_env in Upstreams([vendor.target("s", "", base_url=base_url)]).why_not("s")
    if not vendor.base_url:
        with pytest.raises(ConfigurationError):
            vendor.target(vendor.service, "sk-1")


def test_the_shipped_addresses_are_where_the_register_says() -> None:
    """The documents of a service are about its host; an address elsewhere would borrow them."""
    hosts = {}
    for file in files("ringfence.register").joinpath("vendors").iterdir():
        if file.name.endswith(".toml"):
            for service in tomllib.loads(file.read_text("utf-8"))["services"]:
                hosts[service["id"]] = service["host"]
    addressed = [vendor for vendor in ALL if vendor.base_url and vendor.chat_path]
    assert addressed
    for vendor in addressed:
        check(vendor.target(vendor.service, "sk-1", covered_host=hosts[vendor.service]))


def test_another_service_of_the_same_vendor_does_not_get_its_address() -> None:
    found = vendors.find("google/vertex-of-ours", "google")
    assert found is not None and found.base_url == ""
    assert "base_url is not set" in found.why_not(credential="sk-1")


def test_an_unknown_vendor_has_no_file() -> None:
    assert vendors.find("nobody/chat", "nobody") is None


def test_the_known_ones() -> None:
    assert {vendor.name for vendor in ALL} >= {"openai", "azure-openai", "google", "openrouter", "private"}
    assert vendors.find("openai/chat-completions", "openai") in ALL
