"""Google's Gemini API, by its OpenAI-compatible endpoint."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="google",
    service="google/gemini-chat-completions",
    title="Gemini API, OpenAI-compatible endpoint",
    base_url="https://generativelanguage.googleapis.com/v1beta/openai",
    chat_path="/chat/completions",
    credential_env="GEMINI_API_KEY",
    source="https://ai.google.dev/gemini-api/docs/openai",
)
