"""A server of your own that speaks an interface of OpenAI's or Anthropic's, of any make."""

from ringfence.upstream.vendor import Vendor, usual

VENDORS = (
    Vendor(
        name="private",
        service="private/url",
        title="Private model by URL",
        base_url="",
        paths=usual("chat_completions", "responses", "embeddings", "messages", "count_tokens"),
        credential_env="",
        note='Set engine = "url" and url in [private].',
        source="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    ),
)
