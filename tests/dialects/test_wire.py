"""Which strings belong to the interface: they choose or are ids and names of functions, and are no text."""

from __future__ import annotations

import json
from typing import Any

from ringfence import dialects

DIALECT = next(each for each in dialects.all() if each.name == "openai.chat")


def wire(**members: Any) -> set[str]:
    body = {"model": "claude-sonnet", "messages": [{"role": "user", "content": "Hi."}], **members}
    return set(DIALECT.wire(DIALECT.read(json.dumps(body).encode())))


def test_model_roles_and_choices() -> None:
    assert wire(tool_choice="auto", modalities=["text"]) == {
        "/model",
        "/messages/0/role",
        "/tool_choice",
        "/modalities/0",
    }


def test_every_message_has_its_role() -> None:
    messages = [{"role": role, "content": "claude-sonnet"} for role in ("system", "user", "assistant", "user")]
    assert wire(messages=messages) == {"/model", *(f"/messages/{number}/role" for number in range(4))}


def test_ids_of_calls_and_names_of_functions() -> None:
    call = {"id": "call_8f3a", "type": "function", "function": {"name": "look_up", "arguments": '{"who": "Mara"}'}}
    messages = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_8f3a", "content": "Mara"},
    ]
    tools = [{"type": "function", "function": {"name": "look_up", "description": "Mara"}}]
    assert wire(messages=messages, tools=tools) - wire(messages=[{"role": "assistant"}, {"role": "tool"}]) == {
        "/messages/0/tool_calls/0/id",
        "/messages/0/tool_calls/0/type",
        "/messages/0/tool_calls/0/function/name",
        "/messages/1/tool_call_id",
        "/tools/0/type",
        "/tools/0/function/name",
    }


def test_what_could_be_somebodys_name_is_text() -> None:
    named = {"role": "user", "name": "mara", "content": "user"}
    strange = {"role": "Mara Lindqvist", "content": "x"}
    tools = [{"type": "function", "function": {"name": "of Mara Lindqvist"}}]
    assert wire(messages=[named, strange], tools=tools) == {"/model", "/messages/0/role", "/tools/0/type"}


def test_codes_of_a_user_need_a_digit() -> None:
    assert wire(user="u-8f3a9c") == {"/model", "/messages/0/role", "/user"}
    assert wire(user="mara.lindqvist") == {"/model", "/messages/0/role"}


def test_a_schemas_own_words() -> None:
    schema = {
        "title": "Parcel",
        "type": "object",
        "properties": {
            "last_name": {"title": "Last Name", "type": ["string", "null"], "format": "email"},
            "who": {"title": "Mara Lindqvist", "enum": ["Mara"], "description": "Tom", "$ref": "#/$defs/Who"},
        },
        "required": ["last_name", "of Mara"],
    }
    at = "/tools/0/function/parameters"
    tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    assert {pointer.removeprefix(at) for pointer in wire(tools=tools) if pointer.startswith(at)} == {
        "/type",
        "/properties/last_name/title",
        "/properties/last_name/type/0",
        "/properties/last_name/type/1",
        "/properties/last_name/format",
        "/properties/who/$ref",
        "/required/0",
    }
