"""Anthropic's own API."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="anthropic",
    service="anthropic/messages",
    title="Anthropic Messages",
    base_url="https://api.anthropic.com/v1",
    chat_path="",
    credential_env="ANTHROPIC_API_KEY",
    auth_header="x-api-key",
    auth_prefix="",
    source="https://docs.claude.com/en/api/overview",
    note="it speaks the Messages API, and Ringfence speaks Chat Completions so far.",
)
