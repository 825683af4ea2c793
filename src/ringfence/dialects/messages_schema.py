"""Anthropic Messages: every member that the interface has, for messages, their blocks and tools.

The members are those of `anthropic.types.message_create_params` and `anthropic.types.beta.message_create_params`
(anthropic 2.12.0); a test compares them. https://platform.claude.com/docs/en/api/messages
"""

from __future__ import annotations

from typing import Any

import msgspec

from ringfence.dialects.anthropic_shapes import dated
from ringfence.dialects.opaque import opaque
from ringfence.dialects.schema import CHOICE, FREE, TEXT, Shape, by_url, compiled, each, inline, obj, reference
from ringfence.dialects.sealed import SEALED
from ringfence.vocabulary.text import Place

_VERSIONED = Shape(listed=dated)
_SEALED = msgspec.structs.replace(SEALED, place=Place.FIXED)
_FILE_ID = Shape(unseen=reference("remote file"))
_OUTPUT_FILE = obj({"type": CHOICE, "file_id": _FILE_ID})
_CACHE = obj({"type": CHOICE, "ttl": CHOICE})
_TRANSFORMATIONS = obj({"oversized_image": CHOICE})

_CITATION = {
    "type": CHOICE,
    "cited_text": TEXT,
    "document_index": TEXT,
    "document_title": TEXT,
    "encrypted_index": _SEALED,
    "end_block_index": TEXT,
    "end_char_index": TEXT,
    "end_page_number": TEXT,
    "search_result_index": TEXT,
    "source": TEXT,
    "start_block_index": TEXT,
    "start_char_index": TEXT,
    "start_page_number": TEXT,
    "title": TEXT,
    "url": TEXT,
}
_CITED = Shape(items=obj({**_CITATION, "file_id": TEXT}), members={"enabled": CHOICE})
_TEXT_BLOCK = {"type": CHOICE, "text": TEXT, "cache_control": _CACHE, "citations": each(obj(_CITATION))}

_DATA = {
    "type": CHOICE,
    "media_type": CHOICE,
    # Whether it is an image, another file or plain text, its source says: see `messages.settled`.
    "data": Shape(unseen=inline("file")),
    "url": Shape(unseen=by_url),
    "file_id": _FILE_ID,
}
_SOURCE = obj(
    {
        **_DATA,
        "content": each(
            Shape(
                members={**_TEXT_BLOCK, "source": obj(_DATA), "transformations": _TRANSFORMATIONS},
                parts={"text": "text", "image": "image"},
            )
        ),
    }
)
_DOCUMENT = {
    "type": CHOICE,
    "source": _SOURCE,
    "title": TEXT,
    "context": TEXT,
    "cache_control": _CACHE,
    "citations": obj({"enabled": CHOICE}),
}

_TAB = {"tab_id": TEXT, "title": TEXT, "url": TEXT}
_IN_RESULT = Shape(
    members={
        **_DOCUMENT,
        **_TEXT_BLOCK,
        "citations": _CITED,
        "content": each(Shape(members=_TEXT_BLOCK, parts={"text": "text"})),
        "transformations": _TRANSFORMATIONS,
        "encrypted_content": _SEALED,
        "page_age": TEXT,
        "state_changes": each(
            obj(
                {
                    "type": CHOICE,
                    "download_id": TEXT,
                    "error": TEXT,
                    "path": TEXT,
                    "size_bytes": TEXT,
                    "tab_id": TEXT,
                    "url": TEXT,
                }
            )
        ),
        "tabs": each(obj({**_TAB, "active": TEXT})),
        "tool_name": TEXT,
        "url": TEXT,
    },
    parts={
        "text": "text",
        "image": "image",
        "document": "text",
        "search_result": "text",
        "tool_reference": "text",
        "web_search_result": "text",
        "browser_state": "text",
    },
)
"""What stands in a tool's result."""

_RESULTS = (
    "advisor_redacted_result",
    "advisor_result",
    "advisor_tool_result_error",
    "bash_code_execution_result",
    "bash_code_execution_tool_result_error",
    "code_execution_result",
    "code_execution_tool_result_error",
    "encrypted_code_execution_result",
    "text_editor_code_execution_create_result",
    "text_editor_code_execution_str_replace_result",
    "text_editor_code_execution_tool_result_error",
    "text_editor_code_execution_view_result",
    "tool_search_tool_result_error",
    "tool_search_tool_search_result",
    "web_fetch_result",
    "web_fetch_tool_result_error",
    "web_search_tool_result_error",
)
_RESULT = Shape(
    items=_IN_RESULT,
    members={
        "type": CHOICE,
        "content": Shape(items=_OUTPUT_FILE, members=_DOCUMENT, parts={"document": "text"}),
        "encrypted_content": _SEALED,
        "encrypted_stdout": _SEALED,
        "error_code": CHOICE,
        "error_message": TEXT,
        "file_type": CHOICE,
        "is_file_update": TEXT,
        "lines": each(TEXT),
        "new_lines": TEXT,
        "new_start": TEXT,
        "num_lines": TEXT,
        "old_lines": TEXT,
        "old_start": TEXT,
        "retrieved_at": TEXT,
        "return_code": TEXT,
        "start_line": TEXT,
        "stderr": TEXT,
        "stdout": TEXT,
        "stop_reason": TEXT,
        "text": TEXT,
        "tool_references": each(obj({"type": CHOICE, "tool_name": TEXT, "cache_control": _CACHE})),
        "total_lines": TEXT,
        "url": TEXT,
    },
    parts=dict.fromkeys(_RESULTS, "text"),
)

_LISTED_TOOL = {"name": TEXT, "description": TEXT, "input_schema": FREE}
_FROM_RESULTS = obj({"type": CHOICE, "tools": each(obj({"type": CHOICE, "name": TEXT}))})
_TOOL = {
    **_LISTED_TOOL,
    "type": _VERSIONED,
    "allowed_callers": each(_VERSIONED),
    "allowed_domains": each(TEXT),
    "blocked_domains": each(TEXT),
    "cache_control": _CACHE,
    "caching": _CACHE,
    "citations": obj({"enabled": CHOICE}),
    "configs": FREE,
    "default_config": obj({"enabled": CHOICE, "defer_loading": CHOICE}),
    "defer_loading": CHOICE,
    "display_height_px": TEXT,
    "display_number": TEXT,
    "display_width_px": TEXT,
    "eager_input_streaming": CHOICE,
    "enable_zoom": CHOICE,
    "input_examples": each(FREE),
    "max_characters": TEXT,
    "max_content_tokens": TEXT,
    "max_tokens": TEXT,
    "max_uses": TEXT,
    "mcp_server_name": TEXT,
    "model": TEXT,
    "response_inclusion": CHOICE,
    "strict": CHOICE,
    "tools": each(obj(_LISTED_TOOL)),
    "url_sources": obj(
        {
            "client_tool_results": _FROM_RESULTS,
            "server_tool_results": _FROM_RESULTS,
            "user_input": obj({"type": CHOICE}),
        }
    ),
    "use_cache": CHOICE,
    "user_location": obj({"type": CHOICE, "city": TEXT, "country": TEXT, "region": TEXT, "timezone": TEXT}),
}
_CHANGED_TOOL = obj({"type": CHOICE, "name": TEXT, "server_name": TEXT, "definition": obj(_TOOL)}, role="schema")


def _block_speaker(block: dict[str, Any]) -> str:
    """A tool's result stands in a user's message."""
    kind = block.get("type")
    return "tool" if isinstance(kind, str) and kind.endswith("tool_result") else ""


BLOCKS = {
    "text": "text",
    "image": "image",
    "document": "text",
    "search_result": "text",
    "thinking": "text",
    "redacted_thinking": "text",
    "tool_use": "text",
    "tool_result": "text",
    "server_tool_use": "text",
    "web_search_tool_result": "text",
    "web_fetch_tool_result": "text",
    "advisor_tool_result": "text",
    "code_execution_tool_result": "text",
    "bash_code_execution_tool_result": "text",
    "text_editor_code_execution_tool_result": "text",
    "tool_search_tool_result": "text",
    "mcp_tool_use": "text",
    "mcp_tool_result": "text",
    "mcp_tool_listing": "text",
    "container_upload": "file",
    "compaction": "text",
    "tool_addition": "text",
    "tool_removal": "text",
    "fallback": "text",
}
"""Each kind of block in a message, and what is needed to read it. A document's file is listed by itself."""

_BLOCK = Shape(
    members={
        **_DOCUMENT,
        **_TEXT_BLOCK,
        "citations": _CITED,
        "content": _RESULT,
        "transformations": _TRANSFORMATIONS,
        "id": TEXT,
        "name": TEXT,
        "input": FREE,
        "caller": obj({"type": _VERSIONED, "tool_id": TEXT}),
        "toolset_name": TEXT,
        "tool_use_id": TEXT,
        "is_error": CHOICE,
        "thinking": Shape(place=Place.FIXED),
        "signature": _SEALED,
        "data": _SEALED,
        "encrypted_content": _SEALED,
        "file_id": _FILE_ID,
        "server_name": TEXT,
        "mcp_server_name": TEXT,
        "tools": each(obj(_LISTED_TOOL), role="schema"),
        "tool": _CHANGED_TOOL,
        "tool_changes": each(obj({"type": CHOICE, "tool": _CHANGED_TOOL, "cache_control": _CACHE})),
        "from": obj({"model": TEXT}),
        "to": obj({"model": TEXT}),
        "trigger": FREE,
    },
    speaker=_block_speaker,
    parts=BLOCKS,
)


def _speaker(message: dict[str, Any]) -> str:
    """A role that isn't known is taken for a user's: the one that's trusted least."""
    role = message.get("role")
    return role if isinstance(role, str) and role in ("user", "assistant", "system") else "user"


_EFFORT = {"effort": CHOICE}
_MESSAGE = Shape(
    members={"role": CHOICE, "content": each(_BLOCK), "clear_at": CHOICE, "output_config": obj(_EFFORT)},
    speaker=_speaker,
)

_THINKING = obj(
    {
        "type": CHOICE,
        "budget_tokens": TEXT,
        "display": CHOICE,
        "block_binding": obj({"prefix_mismatch_behavior": CHOICE}),
    }
)
_OUTPUT = obj(
    {
        **_EFFORT,
        "format": obj({"type": CHOICE, "schema": FREE}, role="schema"),
        "task_budget": obj({"type": CHOICE, "total": TEXT, "remaining": TEXT}),
    }
)
_AMOUNT = {"type": CHOICE, "value": TEXT}
_EDIT = obj(
    {
        "type": _VERSIONED,
        "clear_at_least": obj(_AMOUNT),
        "clear_tool_inputs": each(TEXT),
        "exclude_tools": each(TEXT),
        "instructions": Shape(role="system"),
        "keep": Shape(listed=CHOICE.listed, members=_AMOUNT),
        "pause_after_compaction": CHOICE,
        "trigger": obj(_AMOUNT),
    }
)
_MCP_SERVER = obj(
    {
        "type": CHOICE,
        "name": TEXT,
        "url": TEXT,
        "authorization_token": TEXT,
        "tool_configuration": obj({"enabled": CHOICE, "allowed_tools": each(TEXT)}),
    }
)

_REQUEST = obj(
    {
        "model": TEXT,
        "messages": each(_MESSAGE),
        "billing_policy": obj({"type": CHOICE, "bill_to": CHOICE}),
        "cache_control": _CACHE,
        "compaction": obj({"type": CHOICE, "instructions": Shape(role="system")}),
        "container": obj(
            {"id": TEXT, "skills": each(obj({"type": CHOICE, "skill_id": TEXT, "version": TEXT}))},
        ),
        "context_management": obj({"edits": each(_EDIT)}),
        "diagnostics": obj({"previous_message_id": TEXT}),
        "fallback_credit_token": obj({"mode": CHOICE, "token": _SEALED}),
        "fallbacks": Shape(
            listed=CHOICE.listed,
            items=obj(
                {"model": TEXT, "max_tokens": TEXT, "output_config": _OUTPUT, "speed": CHOICE, "thinking": _THINKING}
            ),
        ),
        "inference_geo": CHOICE,
        "max_tokens": TEXT,
        "mcp_servers": each(_MCP_SERVER),
        "metadata": obj({"user_id": Shape(listed=opaque)}, role="metadata"),
        "output_config": _OUTPUT,
        "service_tier": CHOICE,
        "speed": CHOICE,
        "stop_sequences": each(TEXT),
        "stream": CHOICE,
        "system": each(Shape(members=_TEXT_BLOCK, parts={"text": "text"}), role="system"),
        "thinking": _THINKING,
        "thread": obj({"type": CHOICE, "previous_message_id": TEXT}),
        "tool_choice": obj({"type": CHOICE, "name": TEXT, "disable_parallel_tool_use": CHOICE}, role="schema"),
        "tools": each(obj(_TOOL), role="schema"),
        # Gone from the SDK's types, which newer models refuse them by; older models and clients still use them.
        "temperature": TEXT,
        "top_k": TEXT,
        "top_p": TEXT,
    }
)
SCHEMA = compiled(_REQUEST)
