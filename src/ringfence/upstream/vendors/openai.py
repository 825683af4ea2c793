"""OpenAI's own API."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="openai",
    service="openai/chat-completions",
    title="OpenAI Chat Completions",
    base_url="https://api.openai.com/v1",
    paths=usual("chat_completions"),
    credential_env="OPENAI_API_KEY",
    source="https://developers.openai.com/api/reference/overview",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="openai/responses", title="OpenAI Responses", paths=usual("responses")),
    replace(_CHAT, service="openai/embeddings", title="OpenAI Embeddings", paths=usual("embeddings")),
)
