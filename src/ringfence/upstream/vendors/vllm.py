"""vLLM, on a machine of your own or a rented one."""

from ringfence.upstream.vendor import Vendor, usual

VENDORS = (
    Vendor(
        name="private",
        service="private/vllm",
        title="vLLM",
        base_url="",
        paths=usual("chat_completions", "responses", "embeddings", "messages", "count_tokens"),
        credential_env="",
        note="Set base_url to its address, ending in /v1. Start it with --api-key, and let nobody else reach its port.",
        source="https://docs.vllm.ai/en/stable/serving/openai_compatible_server/",
    ),
)
