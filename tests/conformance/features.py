"""What clients can ask for beside the conversation, and which of it regulated data may not go with, though every
document is on file. The verdicts are those of the vendors' own terms (register/terms); the names are what a denial
must name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PNG = "data:image/png;base64,iVBORw0KGgo="


@dataclass(frozen=True)
class Feature:
    """`body` is more members of a request, `items` more parts of its user turn, `headers` more headers. `denied`: the
    name that a denial under a regulated label must give; "" where it goes out with regulated data as well. `forced`:
    what the vendor gets in place of a member."""

    interface: str
    name: str
    body: dict[str, Any] = field(default_factory=dict)
    items: tuple[dict[str, Any], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    denied: str = ""
    forced: dict[str, Any] = field(default_factory=dict)


def _chat(name: str, denied: str = "", **body: Any) -> Feature:
    return Feature("chat", name, body, denied=denied)


def _responses(name: str, denied: str = "", **body: Any) -> Feature:
    return Feature("responses", name, body, denied=denied)


def _tool(interface: str, denied: str, **tool: Any) -> Feature:
    return Feature(interface, f"tool {tool['type']}", {"tools": [tool]}, denied=denied)


def _messages(name: str, denied: str = "", **body: Any) -> Feature:
    return Feature("messages", name, body, denied=denied)


def _beta(name: str, denied: str = "") -> Feature:
    return Feature("messages", f"beta {name}", headers={"anthropic-beta": name}, denied=denied)


FEATURES = (
    _chat("sampling", temperature=0.2, top_p=0.9, seed=1, stop=["END"], logprobs=True),
    Feature("chat", "store", {"store": True}, forced={"store": False}),
    _chat("metadata", "/metadata", metadata={"ticket": "7"}),
    _chat("user", "/user", user="u7"),
    _chat("safety_identifier", "/safety_identifier", safety_identifier="u7"),
    _chat("prompt_cache_retention", "/prompt_cache_retention", prompt_cache_retention="24h"),
    _chat("service_tier", "/service_tier", service_tier="flex"),
    _chat("web_search_options", "/web_search_options", web_search_options={}),
    _chat("a member that is not known", "/keep_forever", keep_forever=True),
    Feature("chat", "image inside", items=({"type": "image_url", "image_url": {"url": PNG}},)),
    Feature(
        "chat",
        "image elsewhere",
        items=({"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}},),
        denied="image_url/url",
    ),
    Feature("chat", "file id", items=({"type": "file", "file": {"file_id": "file-1"}},), denied="file_id"),
    Feature("responses", "store", {"store": True}, forced={"store": False}),
    Feature("responses", "store by default", forced={"store": False}),
    _responses("sampling", temperature=0.2, top_p=0.9, max_output_tokens=50),
    _responses("encrypted reasoning", include=["reasoning.encrypted_content"], reasoning={"effort": "low"}),
    _responses("previous_response_id", "/previous_response_id", previous_response_id="resp_7"),
    _responses("conversation", "/conversation", conversation="conv_7"),
    _responses("background", "/background", background=True),
    _responses("stored prompt", "/prompt", prompt={"id": "pmpt_7"}),
    _responses("metadata", "/metadata", metadata={"ticket": "7"}),
    _responses("user", "/user", user="u7"),
    _responses("safety_identifier", "/safety_identifier", safety_identifier="u7"),
    _responses("prompt_cache_retention", "/prompt_cache_retention", prompt_cache_retention="24h"),
    _responses("service_tier", "/service_tier", service_tier="flex"),
    _responses("a member that is not known", "/keep_forever", keep_forever=True),
    # Without the flag it searches the live web.
    _tool("responses", "/tools/*/external_web_access", type="web_search"),
    _responses("web search of the index", tools=[{"type": "web_search", "external_web_access": False}]),
    _tool("responses", "/tools/*/type", type="web_search_preview"),
    _tool("responses", "/tools/*/type", type="file_search", vector_store_ids=["vs_7"]),
    _tool("responses", "/tools/*/type", type="code_interpreter", container={"type": "auto"}),
    _tool("responses", "/tools/*/type", type="mcp", server_label="notes", server_url="https://127.0.0.9/notes"),
    _tool("responses", "/tools/*/type", type="image_generation"),
    Feature("responses", "image inside", items=({"type": "input_image", "image_url": PNG, "detail": "auto"},)),
    Feature("responses", "file id", items=({"type": "input_file", "file_id": "file-1"},), denied="file_id"),
    Feature(
        "responses",
        "file elsewhere",
        items=({"type": "input_file", "file_url": "https://files.example/1.pdf"},),
        denied="file_url",
    ),
    _messages("sampling", temperature=0.2, top_k=5, stop_sequences=["END"]),
    _messages("thinking", max_tokens=2000, thinking={"type": "enabled", "budget_tokens": 1024}),
    _messages("cache control", system=[{"type": "text", "text": "Short.", "cache_control": {"type": "ephemeral"}}]),
    _messages("metadata.user_id", "/metadata/user_id", metadata={"user_id": "u7"}),
    _messages("container", "/container", container="container_7"),
    _messages(
        "mcp_servers", "/mcp_servers", mcp_servers=[{"type": "url", "url": "https://127.0.0.9/notes", "name": "notes"}]
    ),
    _messages("context_management", "/context_management", context_management={"edits": []}),
    _messages("a member that is not known", "/keep_forever", keep_forever=True),
    _tool("messages", "/tools/*/type", type="web_fetch_20250910", name="web_fetch"),
    _tool("messages", "/tools/*/type", type="code_execution_20250825", name="code_execution"),
    _tool("messages", "/tools/*/type", type="web_search_20260209", name="web_search"),
    Feature(
        "messages",
        "image inside",
        items=({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},),
    ),
    Feature(
        "messages",
        "file id",
        items=({"type": "document", "source": {"type": "file", "file_id": "file_1"}},),
        denied="/source",
    ),
    _beta("interleaved-thinking-2025-05-14"),
    _beta("files-api-2025-04-14", "/@anthropic-beta"),
    _beta("code-execution-2025-08-25", "/@anthropic-beta"),
    _beta("keep-everything-2031-01-01", "/@anthropic-beta"),
)
