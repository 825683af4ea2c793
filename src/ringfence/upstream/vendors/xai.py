"""xAI's own API."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="xai",
    service="xai/chat-completions",
    title="xAI Chat Completions",
    base_url="https://api.x.ai/v1",
    paths=usual("chat_completions"),
    credential_env="XAI_API_KEY",
    source="https://docs.x.ai/developers/rest-api-reference",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="xai/responses", title="xAI Responses", paths=usual("responses")),
)
