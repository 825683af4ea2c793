"""Fireworks' own API, by its OpenAI-compatible endpoints."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="fireworks",
    service="fireworks/chat-completions",
    title="Fireworks Chat Completions",
    base_url="https://api.fireworks.ai/inference/v1",
    paths=usual("chat_completions"),
    credential_env="FIREWORKS_API_KEY",
    source="https://docs.fireworks.ai/tools-sdks/openai-compatibility",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="fireworks/responses", title="Fireworks Responses", paths=usual("responses")),
    replace(_CHAT, service="fireworks/embeddings", title="Fireworks Embeddings", paths=usual("embeddings")),
)
