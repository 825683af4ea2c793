from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ringfence.register import Snapshot, load, services_for_model
from ringfence.register.services import bare_host
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.errors import ConfigurationError

Folder = Callable[[dict[str, str]], Path]

PRIVATE = """
vendor = "private"
title = "private models"
[[services]]
id = "private/llama"
title = "Llama"
host = "llm.internal"
endpoints = ["chat_completions"]
models = ["llama-*"]
private = true
own_host = true
"""
OWN_VENDOR = """
vendor = "mistral"
title = "Mistral"
source = "https://docs.example.org"
reviewed_on = 2026-11-01
expires_on = 2027-11-01
[[services]]
id = "mistral/chat-completions"
title = "Mistral"
host = "api.mistral.ai"
endpoints = ["chat_completions"]
models = ["mistral-*"]
"""


def test_the_shipped_vendors(shipped: Snapshot) -> None:
    vendors = {service.vendor for service in shipped.services.values()}
    assert vendors == {
        *("openai", "anthropic", "google", "azure-openai", "aws-bedrock", "openrouter", "private"),
        *("fireworks", "groq", "mistral", "xai"),
    }
    assert not shipped.documents
    assert not shipped.problems


def test_shipped_facts_on_vendors_have_source_and_dates(shipped: Snapshot) -> None:
    for vendor, profile in shipped.profiles.items():
        assert vendor == "private" or (profile.source and profile.reviewed_on and profile.expires_on), vendor


def test_the_embedded_model_is_private_on_the_own_host(shipped: Snapshot) -> None:
    embedded = shipped.services["private/embedded"]
    assert embedded.private
    assert embedded.own_host
    assert [service.id for service in shipped.services.values() if service.private] == ["private/embedded"]


def test_own_services_are_added_and_shipped_ones_replaced(folder: Folder) -> None:
    azure = OWN_VENDOR.replace("mistral/chat-completions", "azure-openai/chat-completions")
    azure = azure.replace('vendor = "mistral"', 'vendor = "azure-openai"').replace("mistral-*", "our-deployment")
    snapshot = load(folder({"services/a.toml": PRIVATE, "services/b.toml": OWN_VENDOR, "services/c.toml": azure}))
    assert snapshot.services["private/llama"].own_host
    assert snapshot.provider(snapshot.services["mistral/chat-completions"]) == "Mistral"
    assert snapshot.services["azure-openai/chat-completions"].models == ("our-deployment",)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (PRIVATE.replace("own_host = true\n", ""), "own_host"),
        (PRIVATE.replace('host = "llm.internal"', 'host = ""'), "host"),
        (PRIVATE.replace('endpoints = ["chat_completions"]', "endpoints = []"), "endpoints"),
        (PRIVATE.replace("llama-*", "llama-[12]"), "models"),
        (PRIVATE.replace("private/llama", "openai/llama"), "id"),
        (PRIVATE.replace("private/llama", "private/LLAMA"), "id"),
        (PRIVATE.replace("private = true\nown_host = true", "private = false"), "private"),
        (OWN_VENDOR.replace("models = [", "private = true\nown_host = true\nmodels = ["), "private"),
        (OWN_VENDOR.replace("models = [", "own_host = true\nmodels = ["), "own_host"),
        (OWN_VENDOR.replace("models = [", "demonstration = true\nmodels = ["), "services"),
        (OWN_VENDOR.replace("expires_on = 2027-11-01\n", ""), "expires_on"),
        (OWN_VENDOR.replace('source = "https://docs.example.org"\n', ""), "source"),
        (OWN_VENDOR.replace('vendor = "mistral"', 'vendor = "Mistral AI"'), "vendor"),
    ],
)
def test_a_service_that_contradicts_itself_is_refused(folder: Folder, text: str, field: str) -> None:
    path = folder({"services/one.toml": text})
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert "one.toml" in caught.value.message
    assert f"{field}: " in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("host", ["api.openai.com", "API.openai.com:443", "x.openai.azure.com", "openrouter.ai"])
def test_a_vendors_host_is_never_private(folder: Folder, host: str) -> None:
    path = folder({"services/one.toml": PRIVATE.replace("llm.internal", host)})
    with pytest.raises(ConfigurationError, match="so the service is not private"):
        load(path)


def test_the_same_service_in_two_files_is_refused(folder: Folder) -> None:
    path = folder({"services/a.toml": PRIVATE, "services/b.toml": PRIVATE})
    with pytest.raises(ConfigurationError, match=r"private/llama is already in .*a\.toml"):
        load(path)


def test_services_of_the_configuration_replace_and_are_checked(shipped: Snapshot, rented: Service) -> None:
    embedded = msgspec.structs.replace(shipped.services["private/embedded"], models=("llama-3.1-8b",))
    snapshot = load(None, extra_services=[embedded, rented])
    assert snapshot.services["private/embedded"].models == ("llama-3.1-8b",)
    assert snapshot.services["private/rented"] == rented
    with pytest.raises(ConfigurationError, match=r"private/rented: vendor|private/rented: `private"):
        load(None, extra_services=[msgspec.structs.replace(rented, private=False)])


def test_no_vendor_is_both_real_and_a_demonstration(shipped: Snapshot) -> None:
    fake = msgspec.structs.replace(shipped.services["openai/chat-completions"], id="openai/x", demonstration=True)
    with pytest.raises(ConfigurationError, match="openai is a real vendor"):
        load(None, extra_services=[fake])


class TestServicesForModel:
    def ids(self, snapshot: Snapshot, model: str, endpoint: str = "chat_completions") -> list[str]:
        return [service.id for service in services_for_model(snapshot, model, endpoint)]

    def test_shipped_names(self, shipped: Snapshot) -> None:
        assert self.ids(shipped, "gpt-4o") == ["openai/chat-completions"]
        assert self.ids(shipped, "smollm2-135m-instruct") == ["private/embedded"]
        assert self.ids(shipped, "claude-x", "messages") == ["anthropic/messages"]
        assert self.ids(shipped, "gpt-4o", "messages") == []
        assert self.ids(shipped, "nobody") == []
        assert self.ids(shipped, "") == []

    def test_the_most_specific_pattern_goes_first(self, shipped: Snapshot) -> None:
        assert self.ids(shipped, "google/gemini-pro") == [
            "google/vertex-chat-completions",
            "openrouter/chat-completions",
        ]
        own = msgspec.structs.replace(shipped.services["private/embedded"], id="private/mine", models=("gpt-4o",))
        snapshot = load(None, extra_services=[own])
        assert self.ids(snapshot, "gpt-4o") == ["private/mine", "openai/chat-completions"]
        assert self.ids(snapshot, "gpt-4o-mini") == ["openai/chat-completions"]


@pytest.mark.parametrize(
    ("host", "bare"),
    [("A.b:8000", "a.b"), ("a.b", "a.b"), ("this machine", "this machine"), ("::1", "::1"), ("a:b", "a:b")],
)
def test_bare_host(host: str, bare: str) -> None:
    assert bare_host(host) == bare
