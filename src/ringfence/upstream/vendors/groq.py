"""Groq's own API, by its OpenAI-compatible endpoints."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="groq",
    service="groq/chat-completions",
    title="Groq Chat Completions",
    base_url="https://api.groq.com/openai/v1",
    paths=usual("chat_completions"),
    credential_env="GROQ_API_KEY",
    source="https://console.groq.com/docs/openai",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="groq/responses", title="Groq Responses", paths=usual("responses")),
)
