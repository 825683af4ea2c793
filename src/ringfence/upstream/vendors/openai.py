"""OpenAI's own API."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="openai",
    service="openai/chat-completions",
    title="OpenAI Chat Completions",
    base_url="https://api.openai.com/v1",
    chat_path="/chat/completions",
    credential_env="OPENAI_API_KEY",
    source="https://developers.openai.com/api/reference/overview",
)
