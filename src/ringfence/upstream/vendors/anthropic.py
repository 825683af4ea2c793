"""Anthropic's own API."""

from ringfence.upstream.vendor import Vendor, usual

_BASE_URL = "https://api.anthropic.com/v1"

VENDORS = (
    Vendor(
        name="anthropic",
        service="anthropic/messages",
        title="Anthropic Messages",
        base_url=_BASE_URL,
        paths=usual("messages", "count_tokens"),
        credential_env="ANTHROPIC_API_KEY",
        auth_header="x-api-key",
        auth_prefix="",
        source="https://docs.claude.com/en/api/overview",
    ),
    Vendor(
        name="anthropic",
        service="anthropic/chat-completions",
        title="Anthropic, OpenAI-compatible endpoint",
        base_url=_BASE_URL,
        paths=usual("chat_completions"),
        credential_env="ANTHROPIC_API_KEY",
        source="https://docs.claude.com/en/api/openai-sdk",
    ),
)
