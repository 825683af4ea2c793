"""Google's Vertex AI."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="google",
    service="google/vertex-chat-completions",
    title="Vertex AI, OpenAI-compatible endpoint",
    base_url="",
    chat_path="",
    credential_env="",
    source="https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai",
    note="it takes access tokens that last an hour, and Ringfence doesn't renew tokens yet.",
)
