"""Runs in the clients' own environment: reads one task per line, asks with the named client, writes what it saw.

A task: client, dialect (chat, responses, messages), case, stream, url, key, model, text. What was seen: content, calls
([name, arguments]), or error ([the library's class, HTTP status, message]).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

SYSTEM = "Answer shortly."
NAME, SAYS = "look_up", "Looks a parcel up."
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
Seen = dict[str, Any]


class Parcel(BaseModel):
    """What structured output is parsed into."""

    text: str


def look_up(text: str) -> str:
    """Looks a parcel up."""
    return text


def said(content: Any = "", calls: Any = ()) -> Seen:
    return {"content": content or "", "calls": [[name, given] for name, given in calls]}


def turns(task: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a case in the form that OpenAI's and Anthropic's clients share."""
    before = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]
    return [*(before if task["case"] == "turns" else []), {"role": "user", "content": task["text"]}]


# --- the vendors' SDKs


def _openai(task: dict[str, Any], kind: str) -> Any:
    import openai

    return getattr(openai, kind)(base_url=f"{task['url']}/v1", api_key=task["key"], max_retries=0)


def _chat_arguments(task: dict[str, Any]) -> dict[str, Any]:
    messages = turns(task)
    if task["case"] == "system":
        messages.insert(0, {"role": "system", "content": SYSTEM})
    more: dict[str, Any] = {}
    if task["case"] in ("tool", "loop"):
        more["tools"] = [
            {"type": "function", "function": {"name": NAME, "description": SAYS, "parameters": SCHEMA, "strict": True}}
        ]
    if task["case"] == "loop":
        call = {"id": "call_1", "type": "function", "function": {"name": NAME, "arguments": '{"text":"it"}'}}
        messages[-1]["content"] = "Look it up."
        messages += [{"role": "assistant", "content": None, "tool_calls": [call]}]
        messages += [{"role": "tool", "tool_call_id": "call_1", "content": task["text"]}]
    if task["case"] == "structured":
        form = {"name": "parcel", "schema": SCHEMA, "strict": True}
        more["response_format"] = {"type": "json_schema", "json_schema": form}
    return {"model": task["model"], "messages": messages, **more}


def openai_chat(task: dict[str, Any]) -> Seen:
    client, arguments = _openai(task, "OpenAI"), _chat_arguments(task)
    if not task["stream"]:
        message = client.chat.completions.create(**arguments).choices[0].message
    else:
        with client.chat.completions.stream(**arguments) as stream:
            message = stream.get_final_completion().choices[0].message
    return said(message.content, [(c.function.name, c.function.arguments) for c in message.tool_calls or []])


def openai_chat_async(task: dict[str, Any]) -> Seen:
    async def ask() -> Seen:
        async with _openai(task, "AsyncOpenAI") as client:
            arguments = _chat_arguments(task)
            if not task["stream"]:
                message = (await client.chat.completions.create(**arguments)).choices[0].message
            else:
                async with client.chat.completions.stream(**arguments) as stream:
                    message = (await stream.get_final_completion()).choices[0].message
            return said(message.content, [(c.function.name, c.function.arguments) for c in message.tool_calls or []])

    return asyncio.run(ask())


def _responses_arguments(task: dict[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    items: Any = turns(task) if task["case"] == "turns" else task["text"]
    if task["case"] == "system":
        more["instructions"] = SYSTEM
    if task["case"] in ("tool", "loop"):
        more["tools"] = [{"type": "function", "name": NAME, "description": SAYS, "parameters": SCHEMA, "strict": True}]
    if task["case"] == "loop":
        items = [
            {"role": "user", "content": "Look it up."},
            {"type": "function_call", "call_id": "call_1", "name": NAME, "arguments": '{"text":"it"}'},
            {"type": "function_call_output", "call_id": "call_1", "output": task["text"]},
        ]
    if task["case"] == "structured":
        more["text"] = {"format": {"type": "json_schema", "name": "parcel", "schema": SCHEMA, "strict": True}}
    return {"model": task["model"], "input": items, **more}


def _response_seen(response: Any) -> Seen:
    calls = [(item.name, item.arguments) for item in response.output if item.type == "function_call"]
    return said(response.output_text, calls)


def openai_responses(task: dict[str, Any]) -> Seen:
    client, arguments = _openai(task, "OpenAI"), _responses_arguments(task)
    if not task["stream"]:
        return _response_seen(client.responses.create(**arguments))
    with client.responses.stream(**arguments) as stream:
        pieces = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        seen = _response_seen(stream.get_final_response())
    assert pieces == seen["content"], "the pieces differ from the whole"
    return seen


def openai_responses_async(task: dict[str, Any]) -> Seen:
    async def ask() -> Seen:
        async with _openai(task, "AsyncOpenAI") as client:
            arguments = _responses_arguments(task)
            if not task["stream"]:
                return _response_seen(await client.responses.create(**arguments))
            async with client.responses.stream(**arguments) as stream:
                return _response_seen(await stream.get_final_response())

    return asyncio.run(ask())


def _anthropic(task: dict[str, Any], kind: str) -> Any:
    import anthropic

    return getattr(anthropic, kind)(base_url=task["url"], api_key=task["key"], max_retries=0)


def _messages_arguments(task: dict[str, Any]) -> dict[str, Any]:
    messages = turns(task)
    more: dict[str, Any] = {}
    if task["case"] == "system":
        more["system"] = [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}]
    if task["case"] in ("tool", "loop", "structured"):
        more["tools"] = [{"name": NAME, "description": SAYS, "input_schema": SCHEMA}]
    if task["case"] == "structured":
        more["tool_choice"] = {"type": "tool", "name": NAME}
    if task["case"] == "loop":
        messages[-1]["content"] = "Look it up."
        call = {"type": "tool_use", "id": "toolu_1", "name": NAME, "input": {"text": "it"}}
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": task["text"]}
        messages += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    return {"model": task["model"], "max_tokens": 200, "messages": messages, **more}


def _message_seen(message: Any) -> Seen:
    text = "".join(block.text for block in message.content if block.type == "text")
    return said(text, [(b.name, json.dumps(b.input)) for b in message.content if b.type == "tool_use"])


def anthropic_messages(task: dict[str, Any]) -> Seen:
    client, arguments = _anthropic(task, "Anthropic"), _messages_arguments(task)
    if not task["stream"]:
        return _message_seen(client.messages.create(**arguments))
    with client.messages.stream(**arguments) as stream:
        pieces = "".join(stream.text_stream)
        seen = _message_seen(stream.get_final_message())
    assert pieces == seen["content"], "the pieces differ from the whole"
    return seen


def anthropic_messages_async(task: dict[str, Any]) -> Seen:
    async def ask() -> Seen:
        async with _anthropic(task, "AsyncAnthropic") as client:
            arguments = _messages_arguments(task)
            if not task["stream"]:
                return _message_seen(await client.messages.create(**arguments))
            async with client.messages.stream(**arguments) as stream:
                return _message_seen(await stream.get_final_message())

    return asyncio.run(ask())


def _vector(values: Any) -> Seen:
    return said(json.dumps([len(values), all(isinstance(each, float) for each in values)]))


def openai_embeddings(task: dict[str, Any]) -> Seen:
    found = _openai(task, "OpenAI").embeddings.create(model=task["model"], input=[task["text"]])
    return _vector(found.data[0].embedding)


def openai_embeddings_async(task: dict[str, Any]) -> Seen:
    async def ask() -> Seen:
        async with _openai(task, "AsyncOpenAI") as client:
            found = await client.embeddings.create(model=task["model"], input=task["text"])
            return _vector(found.data[0].embedding)

    return asyncio.run(ask())


def langchain_embeddings(task: dict[str, Any]) -> Seen:
    from langchain_openai import OpenAIEmbeddings

    # As it comes, this class sends numbers of tokens, which nobody can read: see docs/how-to/reach-each-vendor.md.
    model = OpenAIEmbeddings(
        model=task["model"],
        base_url=f"{task['url']}/v1",
        api_key=task["key"],
        max_retries=0,
        check_embedding_ctx_length=False,
    )
    return _vector(model.embed_query(task["text"]))


def anthropic_count(task: dict[str, Any]) -> Seen:
    arguments = _messages_arguments(task)
    arguments.pop("max_tokens")
    return said(str(_anthropic(task, "Anthropic").messages.count_tokens(**arguments).input_tokens > 0))


def openai_models(task: dict[str, Any]) -> Seen:
    client = _openai(task, "OpenAI")
    names = [model.id for model in client.models.list()]
    return said(json.dumps([client.models.retrieve(task["model"]).id, names == sorted(set(names), key=names.index)]))


def anthropic_models(task: dict[str, Any]) -> Seen:
    client = _anthropic(task, "Anthropic")
    names = [model.id for model in client.models.list()]
    return said(json.dumps([client.models.retrieve(task["model"]).id, names == sorted(set(names), key=names.index)]))


# --- libraries above them


def _langchain(task: dict[str, Any], model: Any) -> Seen:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    messages: list[Any] = [HumanMessage(task["text"])]
    if task["case"] == "system":
        messages.insert(0, SystemMessage(SYSTEM))
    if task["case"] == "turns":
        messages = [HumanMessage("Hello"), AIMessage("Good day."), *messages]
    if task["case"] == "loop":
        call = {"name": NAME, "args": {"text": "it"}, "id": "call_1"}
        messages = [HumanMessage("Look it up."), AIMessage("", tool_calls=[call])]
        messages.append(ToolMessage(task["text"], tool_call_id="call_1"))
    if task["case"] in ("tool", "loop"):
        model = model.bind_tools([look_up])
    if task["case"] == "structured":
        found = model.with_structured_output(Parcel).invoke(messages)
        return said(found.model_dump_json())
    if task["stream"]:
        whole: Any = None
        for piece in model.stream(messages):
            whole = piece if whole is None else whole + piece
    else:
        whole = model.invoke(messages)
    return said(whole.text, [(call["name"], json.dumps(call["args"])) for call in whole.tool_calls])


def langchain_openai(task: dict[str, Any]) -> Seen:
    from langchain_openai import ChatOpenAI

    responses = task["dialect"] == "responses"
    model = ChatOpenAI(
        model=task["model"],
        base_url=f"{task['url']}/v1",
        api_key=task["key"],
        max_retries=0,
        use_responses_api=responses,
    )
    return _langchain(task, model)


def langchain_anthropic(task: dict[str, Any]) -> Seen:
    from langchain_anthropic import ChatAnthropic

    model = ChatAnthropic(model=task["model"], base_url=task["url"], api_key=task["key"], max_retries=0, max_tokens=200)
    return _langchain(task, model)


def pydantic_ai(task: dict[str, Any]) -> Seen:
    return asyncio.run(_pydantic_ai(task))


async def _pydantic_ai(task: dict[str, Any]) -> Seen:
    from pydantic_ai import Agent, ModelRequest, ModelResponse, TextPart, UserPromptPart

    history: list[Any] = []
    if task["case"] == "turns":
        history = [ModelRequest([UserPromptPart("Hello")]), ModelResponse([TextPart("Good day.")])]
    calls: list[tuple[str, str]] = []

    def look_up_it(text: str) -> str:
        """Looks a parcel up."""
        calls.append((NAME, json.dumps({"text": text})))
        return text

    from pydantic_ai import Tool

    agent = Agent(
        _pydantic_model(task),
        instructions=SYSTEM if task["case"] == "system" else None,
        tools=[Tool(look_up_it, name=NAME)] if task["case"] in ("tool", "loop") else [],
        output_type=Parcel if task["case"] == "structured" else str,
    )
    if task["stream"]:
        async with agent.run_stream(task["text"], message_history=history) as run:
            output = await run.get_output()
    else:
        output = (await agent.run(task["text"], message_history=history)).output
    if isinstance(output, Parcel):
        return said(output.model_dump_json())
    # The agent runs the tool and goes on: what it was called with counts, and what the model said of the result.
    return said(output if task["case"] != "tool" else "", calls if task["case"] == "tool" else ())


def _pydantic_model(task: dict[str, Any]) -> Any:
    if task["dialect"] == "messages":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        client = AsyncAnthropic(base_url=task["url"], api_key=task["key"], max_retries=0)
        return AnthropicModel(task["model"], provider=AnthropicProvider(anthropic_client=client))
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    kind = OpenAIResponsesModel if task["dialect"] == "responses" else OpenAIChatModel
    to = AsyncOpenAI(base_url=f"{task['url']}/v1", api_key=task["key"], max_retries=0)
    return kind(task["model"], provider=OpenAIProvider(openai_client=to))


def instructor(task: dict[str, Any]) -> Seen:
    """Only structured output: it is what this library is for."""
    import instructor as library

    messages = turns(task)
    if task["dialect"] == "messages":
        client = library.from_anthropic(_anthropic(task, "Anthropic"))
        more = {"max_tokens": 200}
    else:
        mode = library.Mode.RESPONSES_TOOLS if task["dialect"] == "responses" else library.Mode.TOOLS
        client, more = library.from_openai(_openai(task, "OpenAI"), mode=mode), {}
    asked = {"model": task["model"], "messages": messages, "response_model": Parcel, "max_retries": 1, **more}
    if task["stream"]:
        *_, found = client.create_partial(**asked)
    else:
        found = client.create(**asked)
    return said(found.model_dump_json())


CLIENTS: dict[tuple[str, str], Callable[[dict[str, Any]], Seen]] = {
    ("openai", "chat"): openai_chat,
    ("openai-async", "chat"): openai_chat_async,
    ("openai", "responses"): openai_responses,
    ("openai-async", "responses"): openai_responses_async,
    ("anthropic", "messages"): anthropic_messages,
    ("anthropic-async", "messages"): anthropic_messages_async,
    ("langchain-openai", "chat"): langchain_openai,
    ("langchain-openai", "responses"): langchain_openai,
    ("langchain-anthropic", "messages"): langchain_anthropic,
    ("pydantic-ai", "chat"): pydantic_ai,
    ("pydantic-ai", "responses"): pydantic_ai,
    ("pydantic-ai", "messages"): pydantic_ai,
    ("instructor", "chat"): instructor,
    ("instructor", "responses"): instructor,
    ("instructor", "messages"): instructor,
    ("openai", "embeddings"): openai_embeddings,
    ("openai-async", "embeddings"): openai_embeddings_async,
    ("langchain-openai", "embeddings"): langchain_embeddings,
    ("anthropic", "count_tokens"): anthropic_count,
    ("openai", "models"): openai_models,
    ("anthropic", "models"): anthropic_models,
}


def _root(error: BaseException) -> BaseException:
    """The SDK's own error, which libraries wrap in theirs."""
    seen = set()
    while id(error) not in seen:
        seen.add(id(error))
        if hasattr(error, "status_code") and hasattr(error, "response"):
            return error
        inner = error.exceptions[0] if isinstance(error, ExceptionGroup) else None
        error = inner or error.__cause__ or error.__context__ or error
    return error


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        try:
            seen = CLIENTS[task["client"], task["dialect"]](task)
        except Exception as error:
            root = _root(error)
            seen = {"error": [type(root).__name__, getattr(root, "status_code", 0), str(root)]}
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
