"""Mistral's own API."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="mistral",
    service="mistral/chat-completions",
    title="Mistral Chat Completions",
    base_url="https://api.mistral.ai/v1",
    paths=usual("chat_completions"),
    credential_env="MISTRAL_API_KEY",
    source="https://docs.mistral.ai/api",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="mistral/embeddings", title="Mistral Embeddings", paths=usual("embeddings")),
)
