"""Members of a request by which one user of a private server could reach what others left there, or see that they did.

Sources, read on 2026-11-22: the request classes of vLLM (vllm/entrypoints/openai/*/protocol.py), the README of
llama.cpp's server (tools/server), and Ollama's pages on its API.
"""

from __future__ import annotations

from typing import Any

STEERING = frozenset(
    {
        # Whose cached prompt is read: vLLM's salt and transfers between servers; llama.cpp's slots and their reuse.
        *("cache_salt", "kv_transfer_params", "ec_transfer_params", "session_id"),
        *("cache_prompt", "id_slot", "n_cache_reuse", "n_keep"),
        # Who goes first, who is named how, and how long a model stays loaded.
        *("priority", "request_id", "keep_alive"),
        # Which weights, code or template of the server's run.
        *("lora", "lora_request", "logits_processors", "vllm_xargs", "chat_template"),
        *("mm_processor_kwargs", "media_io_kwargs", "add_special_tokens"),
        # The prompt as the server made it, with what its template adds.
        *("return_prompt_text", "prompt_logprobs", "response_fields", "__verbose"),
    }
)
"""Top-level members that are not a client's to set on a server that others use too: left out, and recorded."""


def apart(salt: str) -> dict[str, Any]:
    """Members, by pointer, that keep prompt caches apart; `salt` is the client's own, secret and always the same.

    A shared cache tells one user, by time and token counts, what another asked (CVE-2025-46570). vLLM takes a salt;
    llama.cpp's server is told to reuse nothing and to choose the slot itself. Each ignores the other's members, and
    Ollama, which has none, all of them.
    """
    return {"/cache_salt": salt, "/cache_prompt": False, "/id_slot": -1}
