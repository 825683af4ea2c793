"""The grammars of all interfaces."""

from __future__ import annotations

from dataclasses import replace as replaced

from msgspec.structs import replace

from canary.grammar import Grammar
from ringfence.dialects import chat, count_tokens, embeddings, messages, messages_schema, responses, responses_schema

CHAT = Grammar(
    dialect=chat.DIALECT,
    schema=chat.SCHEMA,
    turns="/messages",
    part="text",
    media=("image_url", "input_audio", "file", "/messages/*/audio"),
    kinds={name: name for name in ("image_url", "input_audio", "file")},
    choices={
        "/messages/*/role": ("system", "developer", "user", "assistant", "tool", "user", "user"),
        "/messages/*/content/*/type": ("text",),
        "/prediction/content/*/type": ("text",),
        "/prediction/type": ("content",),
        "/tools/*/type": ("function", "custom"),
        "/response_format/type": ("json_schema", "json_object", "text"),
        "/modalities/*": ("text",),
    },
    required=frozenset({"/messages", "/messages/*/role"}),
    usual=frozenset(
        {
            "/messages/*/name", "/messages/*/tool_calls", "/messages/*/tool_calls/*/id", "/stop", "/tools",
            "/messages/*/tool_calls/*/function", "/messages/*/tool_calls/*/function/name", "/tools/*/function",
            "/messages/*/tool_calls/*/function/arguments", "/tools/*/function/name", "/tools/*/function/description",
            "/tools/*/function/parameters", "/temperature", "/max_tokens", "/seed", "/response_format",
            "/messages/*/tool_call_id",
        }
    ),
    solid=frozenset(
        {
            "/messages", "/messages/*/tool_calls", "/tools", "/functions", "/stream", "/stream_options",
            "/response_format",
        }
    ),
)  # fmt: skip

RESPONSES = Grammar(
    dialect=responses.DIALECT,
    schema=responses_schema.SCHEMA,
    turns="/input",
    part="input_text",
    media=(
        "image_url", "input_audio", "file_data", "file_url", "content/*/file_id", "output/*/file_id", "output/file_id",
        "input_image_mask/file_id", "/input/*/result", "source/data", "/outputs/*/url", "/prompt/variables",
    ),
    kinds={"image_url": "input_image", "file_data": "input_file", "input_audio": "input_audio"},
    choices={
        "/input/*/role": ("system", "developer", "user", "assistant", "user", "user"),
        "/input/*/type": (
            *["message"] * 14, "function_call", "function_call_output", "reasoning", "custom_tool_call",
            "custom_tool_call_output", "shell_call", "shell_call_output", "file_search_call", "mcp_call",
            "item_reference", "web_search_call",
        ),
        "/tools/*/type": ("function", "function", "custom", "web_search", "mcp", "shell", "namespace"),
        "/text/format/type": ("json_schema", "json_object", "text"),
        "/tool_choice/type": ("function", "custom"),
    },
    required=frozenset({"/input", "/input/*/role"}),
    usual=frozenset(
        {
            "/input/*/type", "/input/*/name", "/input/*/arguments", "/input/*/output", "/input/*/call_id", "/tools",
            "/tools/*/type", "/tools/*/name", "/tools/*/description", "/tools/*/parameters", "/instructions", "/text",
            "/text/format", "/text/format/type", "/text/format/schema", "/temperature", "/max_output_tokens",
            "/reasoning", "/reasoning/effort", "/input/*/summary", "/metadata",
        }
    ),
    solid=frozenset({"/tools", "/stream", "/stream_options", "/text"}),
)  # fmt: skip

MESSAGES = Grammar(
    dialect=messages.DIALECT,
    schema=messages_schema.SCHEMA,
    turns="/messages",
    part="text",
    # A source's data is text where its type says so, and these bodies say so: tests of files have the others.
    media=("source/url", "source/file_id", "content/*/file_id", "content/*/content/content/*/file_id"),
    kinds={"source": "document"},
    choices={
        "/messages/*/role": ("user", "assistant", "user"),
        "/messages/*/content/*/type": (
            *["text"] * 14, "tool_use", "tool_result", "thinking", "document", "search_result", "server_tool_use",
            "web_search_tool_result", "mcp_tool_use", "mcp_tool_result", "compaction",
        ),
        "/tool_choice/type": ("auto", "any", "tool"),
        "/metadata/user_id": ('{"account_uuid": "", "session_id": "d1106a49-3539-4fab-a308-73555e8c5b06"}',),
        "/thinking/type": ("enabled",),
        "/output_config/format/type": ("json_schema",),
    },
    required=frozenset({"/messages", "/messages/*/role", "/max_tokens"}),
    usual=frozenset(
        {
            "/system", "/tools", "/tools/*/name", "/tools/*/description", "/tools/*/input_schema", "/temperature",
            "/stop_sequences", "/messages/*/content/*/name", "/messages/*/content/*/id", "/messages/*/content/*/input",
            "/messages/*/content/*/tool_use_id", "/messages/*/content/*/content",
            "/metadata", "/metadata/user_id", "/messages/*/content/*/text", "/messages/*/content/*/title",
            "/messages/*/content/*/source/data",
        }
    ),
    solid=frozenset(
        {
            "/messages", "/tools", "/stream", "/output_config", "/thinking", "/metadata", "/tool_choice",
        }
    ),
    headers=(("anthropic-version", "2023-06-01"),),
)  # fmt: skip

COUNT_TOKENS = Grammar(
    dialect=count_tokens.DIALECT,
    schema=messages_schema.SCHEMA,
    turns=MESSAGES.turns,
    part=MESSAGES.part,
    media=MESSAGES.media,
    kinds=MESSAGES.kinds,
    choices=MESSAGES.choices,
    required=MESSAGES.required - {"/max_tokens"},
    usual=MESSAGES.usual,
    solid=MESSAGES.solid,
    headers=MESSAGES.headers,
)

# Arrays within the array may only hold token numbers.
_INPUT = embeddings.SCHEMA.members["input"]
assert _INPUT.items is not None
_TEXTS = replace(_INPUT, items=replace(_INPUT.items, items=None))

EMBEDDINGS = Grammar(
    dialect=embeddings.DIALECT,
    schema=replace(embeddings.SCHEMA, members=embeddings.SCHEMA.members | {"input": _TEXTS}),
    turns="/input",
    part="",
    choices={"/encoding_format": ("float", "base64")},
    required=frozenset({"/input"}),
    usual=frozenset({"/dimensions", "/user"}),
    solid=frozenset(),
)

# What a private Chat model can be asked, too: a body with anything else is refused where only such a model may get it.
TRANSLATED = (
    replaced(
        RESPONSES,
        everyday=True,
        choices={
            **RESPONSES.choices,
            "/input/*/type": ("message",),
            "/input/*/content/*/type": ("input_text",),
            "/tools/*/type": ("function",),
        },
        usual=frozenset(
            {
                "/tools", "/tools/*/name", "/tools/*/description", "/tools/*/parameters", "/instructions", "/metadata",
                "/temperature", "/max_output_tokens", "/reasoning", "/reasoning/effort", "/user",
            }
        ),
        required=RESPONSES.required | {"/tools/*/type", "/tools/*/name", "/input/*/content"},
    ),
    replaced(
        MESSAGES,
        everyday=True,
        choices={**MESSAGES.choices, "/messages/*/content/*/type": ("text",)},
        solid=MESSAGES.solid | {"/stop_sequences"},
        usual=frozenset(
            {
                "/system", "/tools", "/tools/*/description", "/tools/*/input_schema", "/temperature",
                "/stop_sequences", "/metadata", "/metadata/user_id",
            }
        ),
        required=MESSAGES.required | {"/tools/*/name", "/messages/*/content"},
    ),
)  # fmt: skip

ALL = (CHAT, RESPONSES, MESSAGES, COUNT_TOKENS, EMBEDDINGS)
