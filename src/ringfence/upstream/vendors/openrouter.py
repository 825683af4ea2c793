"""OpenRouter, which passes requests on to companies of its choosing."""

from ringfence.upstream.vendor import Vendor, usual

VENDORS = (
    Vendor(
        name="openrouter",
        service="openrouter/chat-completions",
        title="OpenRouter Chat Completions",
        base_url="https://openrouter.ai/api/v1",
        paths=usual("chat_completions"),
        credential_env="OPENROUTER_API_KEY",
        source="https://openrouter.ai/docs/api-reference/overview",
    ),
)
