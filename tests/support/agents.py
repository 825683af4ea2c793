"""The traffic of two coding agents, by its shape: which members, blocks, tools and headers they send, with texts of our
own. Written down from what Claude Code 2.1.197 and Codex 0.169.0 sent to a listener on 2026-11-22."""

from __future__ import annotations

import json
from typing import Any

CLAUDE_CODE_BETAS = (
    "claude-code-20250219,context-1m-2025-08-07,interleaved-thinking-2025-05-14,thinking-token-count-2026-05-13,"
    "context-management-2025-06-27,prompt-caching-scope-2026-01-05,mid-conversation-system-2026-04-07,effort-2025-11-24"
)
CLAUDE_CODE_HEADERS = {
    "anthropic-version": "2023-06-01",
    "anthropic-beta": CLAUDE_CODE_BETAS,
    "anthropic-dangerous-direct-browser-access": "true",
    "user-agent": "claude-cli/2.1.197 (external, sdk-cli)",
    "x-app": "cli",
    "x-claude-code-session-id": "d1106a49-3539-4fab-a308-73555e8c5b06",
    "x-stainless-retry-count": "0",
}
CLAUDE_CODE_PATH = "/v1/messages?beta=true"
CODEX_HEADERS = {
    "accept": "text/event-stream",
    "originator": "codex_exec",
    "session-id": "01a204c5-20da-7b82-9bc6-47608d3cd3f3",
    "user-agent": "codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm (codex_exec; 0.169.0)",
    "x-client-request-id": "01a204c5-20da-7b82-9bc6-47608d3cd3f3",
    "x-codex-beta-features": "remote_compaction_v2",
    "x-codex-turn-metadata": '{"sandbox":"seccomp","workspaces":{"/home/dev/project":{"has_changes":true}}}',
    "x-codex-window-id": "01a204c5-20da-7b82-9bc6-47608d3cd3f3:0",
}
CODEX_PATH = "/v1/responses"
_EPHEMERAL = {"cache_control": {"type": "ephemeral"}}
_COMMAND = {
    "type": "object",
    "properties": {"command": {"type": "string", "description": "What to run."}, "timeout": {"type": "number"}},
    "required": ["command"],
    "additionalProperties": False,
}


def claude_code(text: str, model: str, *, result: str = "") -> dict[str, Any]:
    """A turn of Claude Code. With `result`, the turn after it ran a command, with thinking in between."""
    messages: list[dict[str, Any]] = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "<reminder>Keep to the style of the project.</reminder>"},
                {"type": "text", "text": text, **_EPHEMERAL},
            ],
        },
        {"role": "system", "content": "The working folder is /home/dev/project, a git repository on branch main."},
    ]
    if result:
        call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "cat notes.txt"}}
        thought = {"type": "thinking", "thinking": "The notes may say it.", "signature": "c2lnbmF0dXJl"}
        messages += [
            {"role": "assistant", "content": [thought, {"type": "text", "text": "I look at the notes."}, call]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": result, "is_error": False}],
            },
        ]
    user = {"device_id": "ab12" * 16, "account_uuid": "", "session_id": "d1106a49-3539-4fab-a308-73555e8c5b06"}
    return {
        "model": model,
        "messages": messages,
        "system": [
            {"type": "text", "text": "x-billing-header: version=2.1.197; entrypoint=sdk-cli"},
            {"type": "text", "text": "You help with programming.", **_EPHEMERAL},
            {"type": "text", "text": "Use the tools. Answer shortly.", **_EPHEMERAL},
        ],
        "tools": [
            {"name": name, "description": f"{name} in the project's folder.", "input_schema": _COMMAND}
            for name in ("Bash", "Read", "Edit", "Write", "WebFetch", "WebSearch", "TaskCreate")
        ],
        "tool_choice": {"type": "none"},
        "metadata": {"user_id": json.dumps(user)},
        "max_tokens": 64000,
        "thinking": {"type": "adaptive"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "high"},
        "stream": True,
    }


def codex(text: str, model: str, *, result: str = "") -> dict[str, Any]:
    """A turn of Codex. With `result`, the turn after it ran a command."""

    def said(role: str, *texts: str) -> dict[str, Any]:
        kind = "output_text" if role == "assistant" else "input_text"
        return {"type": "message", "role": role, "content": [{"type": kind, "text": each} for each in texts]}

    items: list[dict[str, Any]] = [
        {**said("developer", "You work on code in a sandbox."), "id": "msg_fa590c1d-8116-5152-804e-c4e9e312f7eb"},
        said("developer", "Commands are approved never.", "The sandbox is read-only."),
        said("user", "<environment>The folder is /home/dev/project.</environment>"),
        said("user", text),
    ]
    if result:
        call = {"type": "function_call", "name": "exec_command", "arguments": '{"command":"cat notes.txt"}'}
        items += [
            {"type": "reasoning", "summary": [], "encrypted_content": "Z0FBQUFBQm9zZWNyZXQ="},
            {**call, "call_id": "call_1"},
            {"type": "function_call_output", "call_id": "call_1", "output": result},
        ]
    tool = {"type": "function", "strict": False, "parameters": _COMMAND}
    return {
        "model": model,
        "stream": True,
        "input": items,
        "tools": [
            {**tool, "name": "exec_command", "description": "Runs a command."},
            {**tool, "name": "write_stdin", "description": "Writes to a command that runs."},
            {
                "type": "namespace",
                "name": "multi_agent_v1",
                "description": "Helpers.",
                "tools": [{**tool, "name": "close_agent", "description": "Ends one."}],
            },
            {"type": "web_search", "external_web_access": False},
        ],
        "tool_choice": "none",
        "parallel_tool_calls": True,
        "reasoning": {"summary": "auto"},
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "01a204c5-20da-7b82-9bc6-47608d3cd3f3",
        "client_metadata": {
            "session_id": "01a204c5-20da-7b82-9bc6-47608d3cd3f3",
            "x-codex-turn-metadata": '{"sandbox":"seccomp","workspaces":{"/home/dev/project":{"has_changes":true}}}',
        },
    }
