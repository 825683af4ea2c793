"""Chat Completions as a target: a conversation -> a request body that llama.cpp, vLLM and Ollama take."""

from __future__ import annotations

from typing import Any

from ringfence.dialects import strict_json
from ringfence.vocabulary.conversation import (
    Choice,
    Conversation,
    Form,
    Image,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)

_FAILED = "[The tool failed.]"
_SYSTEM = "[System message]"


def request_body(conversation: Conversation) -> bytes:
    """https://platform.openai.com/docs/api-reference/chat/create, in the members that private servers share."""
    body: dict[str, Any] = {"model": conversation.model, "messages": _messages(conversation.turns)}
    if conversation.tools:
        body["tools"] = [_tool(tool) for tool in conversation.tools]
        if conversation.choice is not None:
            body["tool_choice"] = _choice(conversation.choice)
        if conversation.parallel_calls is not None:
            body["parallel_tool_calls"] = conversation.parallel_calls
    if conversation.form is not None:
        body["response_format"] = _form(conversation.form)
    for name in ("max_tokens", "temperature", "top_p"):
        if getattr(conversation, name) is not None:
            body[name] = getattr(conversation, name)
    if conversation.stop:
        body["stop"] = list(conversation.stop)
    if conversation.stream:
        # Without it no usage comes in a stream.
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return strict_json.encode(body)


def _messages(turns: tuple[Turn, ...]) -> list[dict[str, Any]]:
    """Neighbours of one role become one message, and a system's turn amid the conversation a user's with a mark: many
    chat templates refuse a system message that isn't the first, and turns that don't alternate. A model's words and
    calls are one message in Chat Completions."""
    messages: list[dict[str, Any]] = []
    for turn in turns:
        if turn.speaker == "system" and any(message["role"] != "system" for message in messages):
            turn = Turn("user", (Text(_SYSTEM), *turn.parts))
        if turn.speaker == "tool":
            for result in turn.parts:
                if isinstance(result, ToolResult):
                    _place(messages, result)
        elif messages and messages[-1]["role"] == turn.speaker:
            _join(messages[-1], _message(turn))
        else:
            messages.append(_message(turn))
    for message in messages:
        message["content"] = _plain(message["content"], message)
    return messages


def _message(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": turn.speaker, "content": []}
    for part in turn.parts:
        if isinstance(part, Text):
            message["content"].append({"type": "text", "text": part.text})
        elif isinstance(part, Image):
            message["content"].append(_image(part))
        elif isinstance(part, ToolCall):
            message.setdefault("tool_calls", []).append(_call(part))
    return message


def _join(message: dict[str, Any], other: dict[str, Any]) -> None:
    message["content"] += other["content"]
    if "tool_calls" in other:
        message.setdefault("tool_calls", []).extend(other["tool_calls"])


def _place(messages: list[dict[str, Any]], result: ToolResult) -> None:
    """Right behind the last message that makes the call, and behind the results that are already there, whatever was
    said in between: chat templates and servers expect it so."""
    place = len(messages)
    for index in reversed(range(len(messages))):
        if any(call["id"] == result.call_id for call in messages[index].get("tool_calls", ())):
            place = index + 1
            break
    while place < len(messages) and messages[place]["role"] == "tool":
        place += 1
    text = f"{_FAILED}\n{result.text}".rstrip() if result.failed else result.text
    content = [{"type": "text", "text": text}] if text or not result.images else []
    if result.images:
        # A tool's message carries text only, so that its images go into a user's message behind it.
        content.append({"type": "text", "text": f"[Images in the next message: {len(result.images)}]"})
    messages.insert(place, {"role": "tool", "tool_call_id": result.call_id, "content": content})
    if result.images:
        label = {"type": "text", "text": f"[Images of the result of tool call {result.call_id}]"}
        images = {"role": "user", "content": [label, *map(_image, result.images)]}
        place = next((i for i in range(place, len(messages)) if messages[i]["role"] != "tool"), len(messages))
        if place < len(messages) and messages[place]["role"] == "user":
            messages[place]["content"] = images["content"] + messages[place]["content"]
        else:
            messages.insert(place, images)


def _plain(content: list[dict[str, Any]], message: dict[str, Any]) -> Any:
    """A string where there is only text, which every server and template takes."""
    if any(part["type"] != "text" for part in content):
        return content
    if not content and "tool_calls" in message:
        return None
    return "\n\n".join(part["text"] for part in content)


def _image(image: Image) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{image.base64}"}}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = tool.parameters
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def _choice(choice: Choice) -> Any:
    return {"type": "function", "function": {"name": choice.name}} if choice.mode == "named" else choice.mode


def _form(form: Form) -> dict[str, Any]:
    if form.schema is None:
        return {"type": "json_object"}
    named: dict[str, Any] = {"name": form.name or "reply", "schema": form.schema}
    if form.description:
        named["description"] = form.description
    if form.strict is not None:
        named["strict"] = form.strict
    return {"type": "json_schema", "json_schema": named}
