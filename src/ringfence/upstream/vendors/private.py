"""A server of your own that speaks Chat Completions: vLLM, Ollama, llama-server and others."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="private",
    service="private/url",
    title="Private model by URL",
    base_url="",
    chat_path="/chat/completions",
    credential_env="",
    source="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    note='Set engine = "url" and url in [private].',
)
