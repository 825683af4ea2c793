"""OpenAI Responses: the members that a request may have, and where the string that stands for other content is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringfence.dialects.opaque import opaque
from ringfence.dialects.pointers import shown
from ringfence.dialects.schema import CHOICE, FREE, TEXT, Shape, by_url, carrier, compiled, each, inline, obj, reference
from ringfence.dialects.sealed import SEALED

_SPEAKERS = {"system": "system", "developer": "developer", "user": "user", "assistant": "assistant"}

# What each kind of item needs a model to read. Items of these kinds are text or hold parts that say more.
_ITEMS: dict[str, str] = {
    "": "text",  # a message, or a reference to an item, may leave its type out
    "computer_call_output": "image",
    **dict.fromkeys(
        (
            "additional_tools", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "compaction",
            "compaction_trigger", "computer_call", "configuration_update", "custom_tool_call",
            "custom_tool_call_output", "file_search_call", "function_call", "function_call_output",
            "image_generation_call", "item_reference", "local_shell_call", "local_shell_call_output",
            "mcp_approval_request", "mcp_approval_response", "mcp_call", "mcp_list_tools", "message", "program",
            "program_output", "reasoning", "shell_call", "shell_call_output", "tool_search_call",
            "tool_search_output", "web_search_call",
        ),
        "text",
    ),
}  # fmt: skip
_SAID_BY_CLIENT = {"mcp_approval_response": "user", "additional_tools": "schema", "configuration_update": "schema"}


def _speaker(item: dict[str, Any]) -> str:
    """A message says it itself; of other items the kind does. What isn't known is taken for a user's: trusted least."""
    kind, role = item.get("type"), item.get("role")
    if isinstance(kind, str) and kind != "message":
        if kind in _SAID_BY_CLIENT:
            return _SAID_BY_CLIENT[kind]
        if kind.endswith("_output"):
            return "tool"
        return "assistant" if kind in _ITEMS else "user"
    return _SPEAKERS.get(role, "user") if isinstance(role, str) else "user"


# Kinds that hold a date, which `shown` takes for content.
_DATED = frozenset({"web_search_2025_08_26", "web_search_preview_2025_03_11", "default-2024-11-15"})


def _kind(text: str) -> str:
    return text if text in _DATED else shown(text)


_URL = Shape(listed=carrier, unseen=by_url)
_KIND = Shape(listed=_kind)
_FILE_ID = Shape(unseen=reference("remote file"))
_TEXTS = each(TEXT)
_CHOICES = each(CHOICE)
_NUMBERS = each(TEXT)

# ---- Content ---------------------------------------------------------------------------------------------------------

_ANNOTATION = {
    **dict.fromkeys(("container_id", "end_index", "file_id", "filename", "index", "start_index", "title", "url"), TEXT),
    "type": CHOICE,
}
_TOKEN = {"bytes": _NUMBERS, "logprob": TEXT, "token": TEXT}
_INPUT = {
    "type": CHOICE,
    "text": TEXT,
    "image_url": _URL,
    "detail": CHOICE,
    "file_data": Shape(unseen=inline("file")),
    "file_id": _FILE_ID,
    "file_url": _URL,
    "filename": TEXT,
    "prompt_cache_breakpoint": obj({"mode": CHOICE, "ttl": CHOICE}),
}
_PARTS = {
    **dict.fromkeys(("input_text", "output_text", "refusal", "reasoning_text", "summary_text"), "text"),
    "input_image": "image",
    "input_file": "file",
    "input_audio": "audio",
}
_CONTENT = each(
    Shape(
        members={
            **_INPUT,
            "refusal": TEXT,
            "annotations": each(obj(_ANNOTATION)),
            "logprobs": each(obj({**_TOKEN, "top_logprobs": each(obj(_TOKEN))})),
            # Not in the SDK's type of a request, but in its `response_input_audio_param`, and other services take it.
            "input_audio": obj({"data": Shape(unseen=inline("audio")), "format": CHOICE}),
        },
        parts=_PARTS,
    )
)
# A tool's result: text, parts like a message's, what a shell printed, or a picture of the screen.
_OUTPUT = Shape(
    members={"type": CHOICE, "image_url": _URL, "file_id": _FILE_ID},
    items=Shape(
        members={**_INPUT, "outcome": obj({"type": CHOICE, "exit_code": TEXT}), "stderr": TEXT, "stdout": TEXT},
        parts={**_PARTS, "": "text"},
    ),
    role="tool",
)

# ---- Tools -----------------------------------------------------------------------------------------------------------

_CUSTOM_FORMAT = obj({"type": CHOICE, "definition": TEXT, "syntax": CHOICE})
_OWN_TOOL: Mapping[str, Shape] = {
    "type": CHOICE,
    "name": TEXT,
    "description": TEXT,
    "parameters": FREE,
    "output_schema": FREE,
    "strict": TEXT,
    "format": _CUSTOM_FORMAT,
    "allowed_callers": _CHOICES,
    "async": CHOICE,
    "defer_loading": CHOICE,
}
_FILTER = {"key": TEXT, "type": CHOICE, "value": _TEXTS}
_SECRET = obj({"domain": TEXT, "name": TEXT, "value": TEXT})
_NETWORK = obj({"type": CHOICE, "allowed_domains": _TEXTS, "domain_secrets": each(_SECRET)})
_CONTAINER = {"type": CHOICE, "file_ids": _TEXTS, "memory_limit": CHOICE, "network_policy": _NETWORK}
_SKILL = obj(
    {
        **dict.fromkeys(("description", "name", "path", "skill_id", "version"), TEXT),
        "source": obj({"type": CHOICE, "media_type": CHOICE, "data": Shape(unseen=inline("file"))}),
        "type": CHOICE,
    }
)
_LOCAL_SKILL = obj({"description": TEXT, "name": TEXT, "path": TEXT})
_TOOL_FILTER = {"read_only": CHOICE, "tool_names": _TEXTS}
_PLACE = obj({"city": TEXT, "country": TEXT, "region": TEXT, "timezone": TEXT, "type": CHOICE})
_TOOL: Mapping[str, Shape] = {
    **_OWN_TOOL,
    "type": _KIND,
    # file_search
    "vector_store_ids": _TEXTS,
    "max_num_results": TEXT,
    "filters": obj({**_FILTER, "filters": each(obj(_FILTER)), "allowed_domains": _TEXTS}),
    "ranking_options": obj(
        {
            "ranker": _KIND,
            "score_threshold": TEXT,
            "hybrid_search": obj({"embedding_weight": TEXT, "text_weight": TEXT}),
        }
    ),
    # computer
    "display_height": TEXT,
    "display_width": TEXT,
    "environment": Shape(
        members={**_CONTAINER, "container_id": TEXT, "skills": each(_SKILL)},
        listed=shown,
    ),
    # web_search
    "external_web_access": CHOICE,
    "search_context_size": CHOICE,
    "search_content_types": _CHOICES,
    "user_location": _PLACE,
    # mcp
    **dict.fromkeys(("server_label", "server_description", "server_url", "tunnel_id", "authorization"), TEXT),
    "connector_id": CHOICE,
    "headers": FREE,
    "allowed_tools": Shape(members=_TOOL_FILTER, items=TEXT),
    "require_approval": Shape(members={"always": obj(_TOOL_FILTER), "never": obj(_TOOL_FILTER)}, listed=shown),
    # code_interpreter
    "container": obj(_CONTAINER),
    # image_generation
    **dict.fromkeys(
        ("action", "background", "complexity", "input_fidelity", "moderation", "output_format", "quality", "size"),
        CHOICE,
    ),
    **dict.fromkeys(("frame_count", "frame_duration_ms", "model", "output_compression", "partial_images"), TEXT),
    "input_image_mask": obj({"file_id": _FILE_ID, "image_url": _URL}),
    "svg": obj({"model": TEXT, "reasoning": obj({"effort": CHOICE})}),
    # tool_search, namespace
    "execution": CHOICE,
    "tools": each(obj(_OWN_TOOL)),
}

# ---- Items of the input ----------------------------------------------------------------------------------------------

_POINT = {"x": TEXT, "y": TEXT}
_ACTION = {
    **_POINT,
    **dict.fromkeys(("max_output_length", "pattern", "query", "scroll_x", "scroll_y", "text", "timeout_ms"), TEXT),
    **dict.fromkeys(("url", "user", "working_directory"), TEXT),
    **dict.fromkeys(("command", "commands", "keys", "queries"), _TEXTS),
    "button": CHOICE,
    "env": FREE,
    "path": each(obj(_POINT)),
    "sources": each(obj({"type": CHOICE, "url": TEXT})),
    "type": CHOICE,
}
_SHOWN_ACTION = ("button", "keys", "path", "scroll_x", "scroll_y", "text", "type", "x", "y")
_CHECK = each(obj({"code": TEXT, "id": TEXT, "message": TEXT}))
_FORMAT = obj({"type": CHOICE, "name": TEXT, "description": TEXT, "schema": FREE, "strict": TEXT})
_EFFORT = obj({"effort": CHOICE})
_ITEM = Shape(
    members={
        "type": CHOICE,
        "role": CHOICE,
        "status": CHOICE,
        "phase": CHOICE,
        "content": _CONTENT,
        **dict.fromkeys(("approval_request_id", "call_id", "container_id", "fingerprint", "id"), TEXT),
        **dict.fromkeys(("name", "namespace", "server_label"), TEXT),
        **dict.fromkeys(("code", "input", "max_output_length", "reason", "revised_prompt"), TEXT),
        "arguments": FREE,
        "async": CHOICE,
        "caller": obj({"type": CHOICE, "caller_id": TEXT}),
        "output": _OUTPUT,
        "encrypted_content": SEALED,
        "summary": each(Shape(members={"text": TEXT, "type": CHOICE}, parts=_PARTS)),
        "tools": each(obj({**_TOOL, "annotations": FREE, "input_schema": FREE}, role="schema")),
        "error": obj(
            {
                **dict.fromkeys(("code", "message", "param"), TEXT),
                "content": FREE,
                "type": CHOICE,
                "moderation_details": obj({"categories": _TEXTS, "moderation_stage": CHOICE}),
            }
        ),
        "acknowledged_safety_checks": _CHECK,
        "pending_safety_checks": _CHECK,
        "action": Shape(members=_ACTION, listed=shown),
        "actions": each(obj({name: _ACTION[name] for name in _SHOWN_ACTION})),
        "approve": CHOICE,
        "environment": obj({"type": CHOICE, "container_id": TEXT, "skills": each(_LOCAL_SKILL)}),
        "execution": CHOICE,
        "operation": obj({"type": CHOICE, "path": TEXT, "diff": TEXT}),
        "outputs": each(obj({"type": CHOICE, "logs": TEXT, "url": _URL}), role="tool"),
        "queries": _TEXTS,
        "results": each(
            obj({"attributes": FREE, "file_id": TEXT, "filename": TEXT, "score": TEXT, "text": TEXT}), role="tool"
        ),
        "result": Shape(unseen=inline("image")),
        **dict.fromkeys(("background", "output_format", "quality", "size"), CHOICE),
        "reasoning": _EFFORT,
        "text": obj({"format": _FORMAT}, role="schema"),
        "svg_usage": obj(
            dict.fromkeys(("input_tokens", "model", "output_tokens", "reasoning_tokens", "total_tokens"), TEXT)
        ),
    },
    speaker=_speaker,
    parts=_ITEMS,
)

# ---- The request -----------------------------------------------------------------------------------------------------

_POLICY = obj({"mode": CHOICE})

# Every member of `openai.types.responses.response_create_params` (openai 3.54.0); a test compares them.
SCHEMA = compiled(
    obj(
        {
            "model": TEXT,
            # A string is what one message of the user would say.
            "input": Shape(items=_ITEM, role="user"),
            "instructions": Shape(role="system"),
            "access_programs": obj({"cyber": CHOICE}),
            "background": CHOICE,
            "background_options": obj({"completion_window": CHOICE, "continuation_id": TEXT}),
            # In no type of the SDK: what Codex tells of its session and of the machine it runs on.
            "client_metadata": Shape(free=True, role="metadata"),
            "context_management": each(obj({"type": CHOICE, "compact_threshold": TEXT})),
            "conversation": obj({"id": TEXT}),
            "image": obj({"context_compression": CHOICE}),
            "include": _CHOICES,
            "max_output_tokens": TEXT,
            "max_tool_calls": TEXT,
            "metadata": Shape(free=True, role="metadata"),
            "moderation": obj({"model": TEXT, "policy": obj({"input": _POLICY, "output": _POLICY})}),
            "parallel_tool_calls": CHOICE,
            "previous_response_id": TEXT,
            "prompt": obj({"id": TEXT, "variables": Shape(free=True, role="user"), "version": TEXT}),
            "prompt_cache_key": Shape(role="metadata", listed=opaque),
            "prompt_cache_options": obj(
                {"comparison_response_id": TEXT, "mode": CHOICE, "prewarm": CHOICE, "ttl": CHOICE}
            ),
            "prompt_cache_retention": CHOICE,
            "reasoning": obj(dict.fromkeys(("context", "effort", "generate_summary", "mode", "summary"), CHOICE)),
            "safety_identifier": Shape(role="metadata"),
            "service_tier": CHOICE,
            "store": CHOICE,
            "stream": CHOICE,
            "stream_options": obj({"include_obfuscation": CHOICE}),
            "temperature": TEXT,
            "text": obj({"format": _FORMAT, "verbosity": CHOICE}, role="schema"),
            "tool_choice": Shape(
                listed=shown,
                members={"type": _KIND, "mode": CHOICE, "name": TEXT, "server_label": TEXT, "tools": each(FREE)},
                role="schema",
            ),
            "tools": each(obj(_TOOL), role="schema"),
            "top_logprobs": TEXT,
            "top_p": TEXT,
            "truncation": CHOICE,
            "user": Shape(role="metadata"),
        }
    )
)
