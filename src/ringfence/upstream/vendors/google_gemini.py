"""Google's Gemini API, by its OpenAI-compatible endpoint."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="google",
    service="google/gemini-chat-completions",
    title="Gemini API, OpenAI-compatible endpoint",
    base_url="https://generativelanguage.googleapis.com/v1beta/openai",
    paths=usual("chat_completions"),
    credential_env="GEMINI_API_KEY",
    source="https://ai.google.dev/gemini-api/docs/openai",
)

VENDORS = (
    _CHAT,
    replace(
        _CHAT,
        service="google/gemini-embeddings",
        title="Gemini API embeddings, OpenAI-compatible endpoint",
        paths=usual("embeddings"),
    ),
)
