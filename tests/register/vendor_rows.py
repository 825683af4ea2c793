"""Every row of the facts on vendors' terms, by a short name of its own, and what a request that it speaks of meets.

`TABLE`, `BULLETS`, `LEADS` and `HEADINGS` claim the rows of the file; test_vendor_terms.py compares them with it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PHI, PERSONAL, FINANCIAL = "phi", "personal", "financial"
ZDR, MAM = "zero_data_retention", "modified_abuse_monitoring"
GOES = ""
"""The field that stands in the way, where none does."""


class Case(NamedTuple):
    """A request at a service and the listed field that keeps regulated data from going there (`GOES`: none).

    `extra` is merged into the interface's smallest request. `tiers`: approvals on file. `found`: pointer of a finding.
    """

    row: str
    service: str
    extra: dict[str, Any]
    stops: str
    model: str = ""
    labels: tuple[str, ...] = (PHI,)
    tiers: tuple[str, ...] = ()
    found: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Keeps(NamedTuple):
    """What a vendor keeps under a tier, and for how many hours (None: no end is stated)."""

    row: str
    vendor: str
    what: str
    hours: int | None
    endpoint: str = ""
    tier: str = "default"
    model: str = ""


def tool(**members: Any) -> dict[str, Any]:
    return {"tools": [members]}


def part(**members: Any) -> dict[str, Any]:
    """A part of a user's message, in the shape of Chat Completions and Messages."""
    return {"messages": [{"role": "user", "content": [members]}]}


def item(**members: Any) -> dict[str, Any]:
    """A part of an input message of Responses."""
    return {"input": [{"type": "message", "role": "user", "content": [members]}]}


CHAT, RESPONSES, MESSAGES = "openai/chat-completions", "openai/responses", "anthropic/messages"
GEMINI, VERTEX = "google/gemini-chat-completions", "google/vertex-chat-completions"
ROUTER, BEDROCK, AZURE = "openrouter/chat-completions", "aws-bedrock/chat-completions", "azure-openai/chat-completions"
SCHEMA = {"type": "object", "properties": {"x": {"description": "123-45-6789"}}}
FORMAT = {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA}}
CHAT_FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}}
FUNCTION = tool(type="function", function={"name": "f", "parameters": SCHEMA})

OPENAI = (
    Case("responses-store", RESPONSES, {"store": True}, GOES),  # the gateway sets it to false: see FORCED
    Case("responses-state", RESPONSES, {"previous_response_id": "resp_1"}, "/previous_response_id"),
    Case("responses-state", RESPONSES, {"conversation": "conv_1"}, "/conversation"),
    Case(
        "responses-state", RESPONSES, {"input": [{"type": "item_reference", "id": "x"}]}, "/input/*/type=item_reference"
    ),
    Case("responses-state", RESPONSES, {"prompt": {"id": "pmpt_1"}}, "/prompt"),
    Case("responses-background", RESPONSES, {"background": True}, "/background"),
    Case("responses-background", RESPONSES, {"background": False}, GOES),
    Case("files", RESPONSES, item(type="input_file", file_id="file-1"), "/input/*/content/*/file_id"),
    Case("files", RESPONSES, item(type="input_file", file_url="https://x.example/a"), "/input/*/content/*/file_url"),
    Case("files", RESPONSES, item(type="input_image", image_url="https://x.example/a"), "/input/*/content/*/image_url"),
    Case("files", RESPONSES, item(type="input_image", image_url="data:image/png;base64,aGk="), GOES),
    Case("files", CHAT, part(type="file", file={"file_id": "file-1"}), "/messages/*/content/*/file/file_id"),
    Case(
        "files",
        CHAT,
        part(type="image_url", image_url={"url": "https://x.example/a"}),
        "/messages/*/content/*/image_url",
    ),
    Case("files", CHAT, part(type="image_url", image_url={"url": "data:image/png;base64,aGk="}), GOES),
    *(
        Case("identifiers", service, {name: value}, f"/{name}")
        for service in (CHAT, RESPONSES)
        for name, value in (("metadata", {"a": "b"}), ("user", "u"), ("safety_identifier", "s"))
    ),
    *(
        Case("prompt-cache", service, extra, stops)
        for service in (CHAT, RESPONSES)
        for extra, stops in (
            ({"prompt_cache_retention": "24h"}, "/prompt_cache_retention=24h"),
            ({"prompt_cache_key": "k"}, "/prompt_cache_key"),
            ({"prompt_cache_options": {"mode": "implicit"}}, "/prompt_cache_options/mode"),
            ({"prompt_cache_options": {"ttl": "30m"}}, "/prompt_cache_options/ttl"),
            ({"prompt_cache_options": {"mode": "explicit"}}, GOES),
        )
    ),
    Case(
        "prompt-cache",
        CHAT,
        part(type="text", text="x", prompt_cache_breakpoint={"mode": "explicit"}),
        "/messages/*/content/*/prompt_cache_breakpoint",
    ),
    Case(
        "prompt-cache",
        RESPONSES,
        item(type="input_text", text="x", prompt_cache_breakpoint={"mode": "explicit"}),
        "/input/*/content/*/prompt_cache_breakpoint",
    ),
    *(Case("prompt-cache", service, {}, "/model", model="gpt-5.5") for service in (CHAT, RESPONSES)),
    Case("context-management", RESPONSES, {"context_management": [{"type": "compaction"}]}, GOES),
    Case("schemas", CHAT, CHAT_FORMAT, GOES),
    Case(
        "schemas", CHAT, CHAT_FORMAT, "/response_format/json_schema/schema", found="/response_format/json_schema/schema"
    ),
    Case("schemas", CHAT, CHAT_FORMAT, GOES, found="/response_format/json_schema/schema", labels=(FINANCIAL,)),
    Case("schemas", CHAT, FUNCTION, "/tools/*/function/parameters", found="/tools/0/function/parameters/properties/x"),
    Case("schemas", RESPONSES, {"text": FORMAT}, GOES),
    Case("schemas", RESPONSES, {"text": FORMAT}, "/text/format/schema", found="/text/format/schema/properties/x"),
    *(
        Case("unknown-effect", RESPONSES, {name: value}, f"/{name}")
        for name, value in (
            ("moderation", {"model": "m"}),
            ("multi_agent", {"enabled": True}),
            ("service_tier", "flex"),
        )
    ),
    *(Case("unknown-effect", CHAT, {name: value}, f"/{name}") for name, value in (("service_tier", "flex"),)),
    *(
        Case("hosted-tools", RESPONSES, tool(**members), stops)
        for members, stops in (
            ({"type": "file_search", "vector_store_ids": ["vs_1"]}, "/tools/*/type=file_search"),
            ({"type": "code_interpreter", "container": {"type": "auto"}}, "/tools/*/type=code_interpreter"),
            ({"type": "code_interpreter", "container": {"type": "auto"}}, "/tools/*/container"),
            ({"type": "shell", "environment": {"type": "container_auto"}}, "/tools/*/environment/type=container_auto"),
            ({"type": "shell", "environment": {"type": "local", "skills": []}}, "/tools/*/environment/skills"),
            ({"type": "mcp", "server_label": "a", "server_url": "https://x.example"}, "/tools/*/server_url"),
            ({"type": "mcp", "server_label": "a", "connector_id": "connector_gmail"}, "/tools/*/connector_id"),
            ({"type": "mcp", "server_label": "a", "tunnel_id": "t"}, "/tools/*/tunnel_id"),
            ({"type": "mcp", "server_label": "a"}, "/tools/*/type=mcp"),
            ({"type": "image_generation", "input_image_mask": {"file_id": "f"}}, "/tools/*/input_image_mask"),
            ({"type": "image_generation"}, "/tools/*/type=image_generation"),
            ({"type": "computer"}, "/tools/*/type=computer"),
        )
    ),
    Case("web-search", RESPONSES, tool(type="web_search"), "/tools/*/external_web_access"),
    Case("web-search", RESPONSES, tool(type="web_search", external_web_access=True), "/tools/*/external_web_access"),
    Case("web-search", RESPONSES, tool(type="web_search", external_web_access=False), GOES),
    Case(
        "web-search",
        RESPONSES,
        tool(type="web_search_preview", external_web_access=False),
        "/tools/*/type=web_search_preview",
    ),
    Case("web-search", CHAT, {"web_search_options": {}}, "/web_search_options"),
    Case("chat-kept", CHAT, {"store": True}, GOES),  # set to false: see FORCED
    Case("chat-kept", CHAT, {"audio": {"voice": "alloy", "format": "mp3"}}, "/audio"),
    Case("chat-kept", CHAT, {"messages": [{"role": "assistant", "audio": {"id": "a"}}]}, "/messages/*/audio"),
)
BOTH_TIERS = (ZDR,)
NEITHER = (
    *(
        Case("anthropic-neither", MESSAGES, extra, stops, labels=labels, tiers=BOTH_TIERS)
        for labels in ((PHI,), (PERSONAL,))
        for extra, stops in (
            (part(type="document", source={"type": "file", "file_id": "f"}), "/messages/*/content/*/source/type=file"),
            (part(type="container_upload", file_id="f"), "/messages/*/content/*/type=container_upload"),
            (tool(type="code_execution_20250825", name="code_execution"), "/tools/*/type=code_execution_20250825"),
            ({"container": {"id": "c", "skills": []}}, "/container"),
            ({"mcp_servers": [{"type": "url", "url": "https://x.example", "name": "x"}]}, "/mcp_servers"),
            (tool(type="web_search_20260209", name="web_search"), "/tools/*/type=web_search_20260209"),
            (tool(type="web_fetch_20260209", name="web_fetch"), "/tools/*/type=web_fetch_20260209"),
        )
    ),
)
ZDR_ONLY_TOOLS = (
    (tool(type="web_fetch_20250910", name="web_fetch"), "/tools/*/type=web_fetch_20250910"),
    (tool(type="computer_20250124", name="computer"), "/tools/*/type=computer_20250124"),
    (tool(type="tool_search_tool_regex_20251119", name="t"), "/tools/*/type=tool_search_tool_regex_20251119"),
    (tool(type="advisor_20260301", name="advisor", model="m"), "/tools/*/type=advisor_20260301"),
    ({"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}, "/context_management"),
)
ANTHROPIC = (
    *NEITHER,
    *(Case("anthropic-zdr-only", MESSAGES, extra, stops, tiers=BOTH_TIERS) for extra, stops in ZDR_ONLY_TOOLS),
    *(Case("anthropic-zdr-only", MESSAGES, extra, stops, labels=(PERSONAL,)) for extra, stops in ZDR_ONLY_TOOLS),
    *(
        Case("anthropic-zdr-only", MESSAGES, extra, GOES, labels=(PERSONAL,), tiers=BOTH_TIERS)
        for extra, stops in ZDR_ONLY_TOOLS
    ),
    Case("anthropic-both", MESSAGES, {}, GOES),
    Case(
        "anthropic-both", MESSAGES, part(type="text", text="x", cache_control={"type": "ephemeral", "ttl": "5m"}), GOES
    ),
    Case(
        "anthropic-both", MESSAGES, part(type="text", text="x", cache_control={"type": "ephemeral", "ttl": "1h"}), GOES
    ),
    Case("anthropic-care", MESSAGES, {"metadata": {"user_id": "u"}}, "/metadata"),
    Case("anthropic-care", MESSAGES, {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}, GOES),
    Case(
        "anthropic-care",
        MESSAGES,
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        "/output_config/format/schema",
        found="/output_config/format/schema/properties/x",
    ),
    Case("anthropic-care", MESSAGES, {"user_profile_id": "u"}, "/user_profile_id"),
    Case("anthropic-care", MESSAGES, {"fallbacks": [{"model": "m"}]}, "/fallbacks"),
    *(
        Case("anthropic-models", MESSAGES, {}, "/model", model=m, tiers=(ZDR,))
        for m in ("claude-fable-5", "claude-mythos-5")
    ),
    Case("anthropic-headers", MESSAGES, {}, "/@anthropic-beta", headers=(("anthropic-beta", "files-api-2025-04-14"),)),
)
GOOGLE = (
    *(
        Case("google", service, extra, stops)
        for service in (GEMINI, VERTEX)
        for extra, stops in (
            ({"store": True}, "/store"),
            ({"previous_interaction_id": "i"}, "/previous_interaction_id"),
            ({"background": True}, "/background"),
            ({"environment": "e"}, "/environment"),
            ({"webhook_config": {}}, "/webhook_config"),
            ({"cachedContent": "c"}, "/cachedContent"),
            ({"sessionResumption": {}}, "/sessionResumption"),
            ({"extra_body": {"google": {"cached_content": "c"}}}, "/extra_body"),
            ({"mcp_servers": []}, "/mcp_servers"),
            (tool(googleSearch={}), "/tools/*/googleSearch"),
            (tool(googleMaps={}), "/tools/*/googleMaps"),
            (tool(fileSearch={}), "/tools/*/fileSearch"),
            (tool(urlContext={}), "/tools/*/urlContext"),
            (tool(codeExecution={}), "/tools/*/codeExecution"),
            (tool(parallel_ai_search={}), "/tools/*/parallel_ai_search"),
            (part(type="file", file={"file_id": "files/1"}), "/messages/*/content/*/file"),
            ({}, GOES),
        )
    ),
)
OTHERS = (
    Case("bedrock", BEDROCK, {"store": True}, "/store"),
    Case("bedrock", BEDROCK, {"store": False}, GOES),
    Case("bedrock", BEDROCK, {}, "/model", model="openai.gpt-5.4"),
    Case("bedrock", BEDROCK, {}, "/model", model="us.anthropic.claude-fable-5-v1"),
    Case("bedrock", "aws-bedrock/responses", {"background": True}, "/background"),
    Case("azure", AZURE, {"data_sources": [{"type": "azure_search"}]}, "/data_sources"),
    Case("azure", AZURE, {"user_security_context": {}}, "/user_security_context"),
    Case("xai", "xai/chat-completions", {"deferred": True}, "/deferred"),
    Case("xai", "xai/chat-completions", {"search_parameters": {"mode": "on"}}, "/search_parameters"),
    Case("xai", "xai/chat-completions", {}, GOES),
    Case("xai", "xai/responses", {"previous_response_id": "r"}, "/previous_response_id"),
    Case("mistral", "mistral/chat-completions", {"agent_id": "a"}, "/agent_id"),
    Case("mistral", "mistral/chat-completions", {"conversation_id": "a"}, "/conversation_id"),
    Case("mistral", "mistral/chat-completions", part(type="file", file_id="f"), "/messages/*/content/*/file_id"),
    Case("mistral", "mistral/chat-completions", tool(type="document_library"), "/tools/*/type=document_library"),
    Case("mistral", "mistral/chat-completions", {}, "/model", model="labs-leanstral-2603"),
    Case("mistral", "mistral/chat-completions", {"safe_prompt": True}, GOES),
    Case("groq", "groq/chat-completions", {"compound_custom": {}}, "/compound_custom"),
    Case("groq", "groq/chat-completions", {}, "/model", model="groq/compound-mini"),
    Case("groq", "groq/chat-completions", {}, GOES),
    Case("groq", "fireworks/chat-completions", {"top_k": 3}, GOES),
    Case("groq", "fireworks/responses", {"previous_response_id": "r"}, "/previous_response_id"),
    Case("openrouter", ROUTER, {"plugins": [{"id": "web"}]}, "/plugins"),
    Case("openrouter", ROUTER, tool(type="openrouter:web_search"), "/tools/*/type"),
    Case("openrouter", ROUTER, {"provider": {"order": ["x"]}}, "/provider"),
    *(Case("openrouter", ROUTER, {n: ["x"]}, f"/{n}") for n in ("models", "transforms", "route", "preset")),
)
CASES = (*OPENAI, *ANTHROPIC, *GOOGLE, *OTHERS)

KEPT = (
    Keeps("default", "openai", "abuse-monitoring logs", 720, "chat_completions"),
    Keeps("default", "openai", "abuse-monitoring logs", 720, "responses"),
    Keeps("default", "openai", "images suspected of child abuse", None, "responses", ZDR),
    Keeps("responses-store", "openai", "stored responses", 720, "responses"),
    Keeps("chat-kept", "openai", "spoken output", 1, "chat_completions"),
    Keeps("prompt-cache", "openai", "prompt cache", 24, "responses"),
    Keeps("realtime", "openai", "realtime traces", None, "realtime"),
    Keeps("stateful", "openai", "videos", 48 + 720, "videos"),
    Keeps("tiers", "openai", "abuse-monitoring logs", 0, "responses", MAM),
    Keeps("tiers", "openai", "abuse-monitoring logs of models left out of ZDR", 720, "responses", "private_retention"),
    Keeps("tiers", "openai", "content that a classifier flags", None, "responses", "safety_retention"),
    Keeps("anthropic-neither", "anthropic", "message batches", 29 * 24, "batches"),
    Keeps("anthropic-models", "anthropic", "inputs and outputs of Claude Fable 5 and Mythos 5", 720, "messages", ZDR),
    Keeps("anthropic-models", "anthropic", "content that breaks the usage policy", 2 * 8760, "messages", ZDR),
    Keeps("anthropic-care", "anthropic", "schemas of tools and replies", 24, "messages"),
    Keeps("google", "google", "grounding with Google Search or Maps", 720, tier=ZDR),
    Keeps("google", "google", "sessions that can be resumed", 24),
    Keeps("google", "google", "prompt cache in memory", 24),
    Keeps("bedrock", "aws-bedrock", "requests and replies", None),
    Keeps("bedrock", "aws-bedrock", "requests and replies", 0, tier=ZDR),
    Keeps(
        "bedrock",
        "aws-bedrock",
        "traffic of Claude Fable and Mythos",
        720,
        tier=ZDR,
        model="us.anthropic.claude-fable-5",
    ),
    Keeps("azure", "azure-openai", "samples flagged for abuse", None),
    Keeps("azure", "azure-openai", "stored responses", 720, "responses"),
    Keeps("xai", "xai", "requests and replies", 720),
    Keeps("xai", "xai", "requests and replies", 0, tier=ZDR),
    Keeps("groq", "groq", "batches", 720, "batches"),
    Keeps("groq", "fireworks", "stored responses", 720, "responses"),
)
FORCED = (
    ("responses-store", RESPONSES, "/store", False),
    ("chat-kept", CHAT, "/store", False),
    ("azure", AZURE, "/store", False),
    ("azure", "azure-openai/responses", "/store", False),
    ("bedrock", "aws-bedrock/responses", "/store", False),
    ("xai", "xai/responses", "/store", False),
    ("groq", "fireworks/responses", "/store", False),
    ("openrouter", ROUTER, "/provider/zdr", True),
    ("openrouter", ROUTER, "/provider/data_collection", "deny"),
)
SURFACES = {
    "realtime": ("/v1/realtime",),
    "stateful": (
        *("/v1/files", "/v1/uploads", "/v1/batches", "/v1/vector_stores/vs_1", "/v1/containers", "/v1/conversations"),
        *("/v1/assistants", "/v1/threads", "/v1/evals", "/v1/fine_tuning/jobs", "/v1/skills", "/v1/videos"),
        *("/v1/chatkit/sessions", "/v1/chat/completions/c1", "/v1/responses/resp_1", "/v1/audio/voices", "/v1/agents"),
    ),
    "anthropic-neither": (
        *("/v1/messages/batches", "/v1/files", "/v1/skills", "/v1/agents", "/v1/sessions", "/v1/environments"),
        "/v1/tunnels",
    ),
    "google": ("/v1beta/interactions", "/v1beta/files", "/v1beta/cachedContents"),
    "xai": ("/v1/files", "/v1/batches"),
    "mistral": ("/v1/conversations", "/v1/libraries", "/v1/files", "/v1/batch/jobs"),
}
QUESTIONS = {
    "baa": ("openai", "openai-baa", CHAT),
    "soc2": ("openai", "openai-soc2-criteria", CHAT),
    "google": ("google", "google-gemini-zdr", GEMINI),
}
CLIENTS = {"cursor": False, "codex": True, "claude-code": True, "openai-sdk": True, "anthropic-sdk": True}

# What claims which row: heading, first cell and the first word in code of the second cell ("" where there is none).
TABLE = {
    ("OpenAI", "Responses", "store"): "responses-store",
    ("OpenAI", "Responses", "previous_response_id"): "responses-state",
    ("OpenAI", "Responses", "background"): "responses-background",
    ("OpenAI", "Responses, Chat", "file_id"): "files",
    ("OpenAI", "Responses, Chat", "metadata"): "identifiers",
    ("OpenAI", "Responses, Chat", "prompt_cache_retention"): "prompt-cache",
    ("OpenAI", "Responses", "context_management"): "context-management",
    ("OpenAI", "Responses, Chat", "response_format"): "schemas",
    ("OpenAI", "Responses", "moderation"): "unknown-effect",
    ("OpenAI", "Tools", "file_search"): "hosted-tools",
    ("OpenAI", "Tools", "web_search"): "web-search",
    ("OpenAI", "Chat", "store"): "chat-kept",
    ("OpenAI", "Realtime", "tracing"): "realtime",
    ("OpenAI", "Stateful endpoints", ""): "stateful",
    ("OpenAI", "Default", ""): "default",
    ("Anthropic", "ZDR no, HIPAA no", "source.type:file"): "anthropic-neither",
    ("Anthropic", "ZDR yes, HIPAA no", "web_fetch"): "anthropic-zdr-only",
    ("Anthropic", "both", "cache_control.ttl"): "anthropic-both",
    ("Anthropic", "care", "output_config.format"): "anthropic-care",
}
BULLETS = {
    "Bedrock": "bedrock",
    "Azure OpenAI": "azure",
    "xAI": "xai",
    "Mistral": "mistral",
    "Groq": "groq",
    "OpenRouter": "openrouter",
}
LEADS = {
    "Retention = model x endpoint x tool x account, never one field.": "default",
    "Rule.": "unlisted",
    "Tiers to catalogue besides ZDR:": "tiers",
    "BAA:": "baa",
    "SOC 2:": "soc2",
    "Readable posture:": "",  # read by the posture room, not by the catalogue
}
HEADINGS = {
    "OpenAI": "default",
    "Anthropic": "anthropic-models",
    "Google": "google",
    "AWS Bedrock, Azure and others": "bedrock",
    "Clients that will be pointed at the gateway": "clients",
}
