"""llama.cpp's server, on a machine of your own or a rented one."""

from ringfence.upstream.vendor import Vendor, usual

VENDORS = (
    Vendor(
        name="private",
        service="private/llama-server",
        title="llama-server",
        base_url="",
        paths=usual("chat_completions", "responses", "embeddings", "messages", "count_tokens"),
        credential_env="",
        note="Set base_url to its address, ending in /v1. Start it with --api-key and --no-slots; embeddings want a"
        " server of their own (--embeddings).",
        source="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    ),
)
