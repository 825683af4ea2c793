"""Ollama, on a machine of your own or a rented one."""

from ringfence.upstream.vendor import Vendor, usual

VENDORS = (
    Vendor(
        name="private",
        service="private/ollama",
        title="Ollama",
        base_url="",
        paths=usual("chat_completions", "responses", "embeddings", "messages"),
        credential_env="",
        note="Set base_url to its address, ending in /v1. It checks no key, so let nobody else reach its port.",
        source="https://docs.ollama.com/api/openai-compatibility, https://docs.ollama.com/api/anthropic-compatibility",
    ),
)
