"""The Embeddings interface: every form of input, tokens that nobody can read, and replies with nothing to restore."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import pytest
from openai.types.embedding_create_params import EmbeddingCreateParams

from ringfence.dialects.embeddings import DIALECT, SCHEMA
from ringfence.vocabulary.errors import InternalError, MalformedRequest, UpstreamBroken
from ringfence.vocabulary.text import Place


def body(**members: Any) -> bytes:
    return json.dumps({"model": "text-embedding-3-small", **members}).encode()


def test_the_members_are_those_of_the_sdk() -> None:
    assert set(SCHEMA.members) == set(get_type_hints(EmbeddingCreateParams))


def test_one_text() -> None:
    read = DIALECT.read(body(input="MRN 4471992"))
    assert [(s.pointer, s.role, s.text) for s in read.segments if s.pointer == "/input"] == [
        ("/input", "user", "MRN 4471992")
    ]
    assert (read.model, read.stream, read.unread, read.modalities) == ("text-embedding-3-small", False, (), ("text",))


def test_several_texts_are_segments_of_their_own() -> None:
    read = DIALECT.read(body(input=["one", "two"]))
    assert [(s.pointer, s.text) for s in read.segments if s.role == "user"] == [
        ("/input/0", "one"),
        ("/input/1", "two"),
    ]
    masked = json.loads(DIALECT.rewrite(read, {"/input/1": "⟦two⟧"}, {"/model": "other"}))
    assert masked == {"model": "other", "input": ["one", "⟦two⟧"]}


@pytest.mark.parametrize("tokens", [[9906], [9906, 11, 1917], [[9906, 11], [1917]], [[0]]])
def test_tokens_are_unread_whatever_their_shape(tokens: list[Any]) -> None:
    """A prompt as numbers would evade every search."""
    read = DIALECT.read(body(input=tokens))
    assert [(part.pointer, part.kind) for part in read.unread] == [("/input", "tokens")]
    assert not [segment for segment in read.segments if segment.pointer.startswith("/input")]
    assert json.loads(DIALECT.rewrite(read, {}, {}))["input"] == tokens


@pytest.mark.parametrize("number", [4111111111111111, 10_000_000, -1])
def test_a_number_that_is_no_token_is_searched_as_well(number: int) -> None:
    read = DIALECT.read(body(input=[[7], [number]]))
    assert [part.kind for part in read.unread] == ["tokens"]
    assert str(number) in [segment.text for segment in read.segments if segment.place is Place.NUMBER]


@pytest.mark.parametrize(
    "given", [None, 7, True, {}, [], [[]], ["a", 1], [1, "a"], ["a", [1]], [1, [2]], [1.5], [True], [[1], []], [["a"]]]
)
def test_any_other_input_is_refused(given: Any) -> None:
    with pytest.raises(MalformedRequest) as raised:
        DIALECT.read(body(input=given))
    assert raised.value.where == "/input"


@pytest.mark.parametrize(
    "data", [b"[]", b'"x"', b'{"input":"x"}', b'{"model":"","input":"x"}', b'{"model":7,"input":"x"}']
)
def test_a_body_without_a_model_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        DIALECT.read(data)


def test_uses_name_what_chooses_and_what_is_unknown() -> None:
    read = DIALECT.read(body(input=["x"], encoding_format="base64", dimensions=256, messages=[{"role": "user"}]))
    assert {(use.path, use.value) for use in read.uses} == {
        ("/model", ""),
        ("/input", ""),
        ("/encoding_format", "base64"),
        ("/dimensions", "256"),
        ("/messages", ""),
    }
    assert "/messages/0/role" in [segment.pointer for segment in read.segments]


def test_stream_is_no_member_of_this_interface() -> None:
    read = DIALECT.read(body(input="x", stream=True))
    assert not read.stream and "/stream" in [use.path for use in read.uses]
    with pytest.raises(InternalError):
        DIALECT.stream(None)


def test_a_reply_stays_byte_for_byte() -> None:
    reply = (
        b'{"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.10, -1e-07]},'
        b' {"object": "embedding", "index": 1, "embedding": "AACAPw=="}], "model": "text-embedding-3-small",'
        b' "usage": {"prompt_tokens": 5, "total_tokens": 5}}'
    )

    def never(text: str, _json: bool) -> str:
        raise AssertionError(f"nothing to restore, but {text!r}")

    edited = DIALECT.edit_reply(reply, never)
    assert edited.body == reply
    assert (edited.model, edited.usage, edited.finish, edited.texts, edited.failed) == (
        "text-embedding-3-small",
        {"prompt_tokens": 5, "total_tokens": 5},
        (),
        (),
        False,
    )


def test_an_error_that_quotes_the_input_is_restored() -> None:
    reply = b'{"error": {"message": "\\u27e6A\\u27e7 is too long", "type": "invalid_request_error"}}'
    edited = DIALECT.edit_reply(reply, lambda text, _json: text.replace("⟦A⟧", "Ann"))
    assert json.loads(edited.body)["error"]["message"] == "Ann is too long"
    assert edited.failed and "Ann is too long" in edited.texts


def test_the_model_that_clients_see_can_be_another() -> None:
    edited = DIALECT.edit_reply(b'{"data": [], "model": "m-1", "usage": null}', None, "m")
    assert (json.loads(edited.body)["model"], edited.model) == ("m", "m-1")


@pytest.mark.parametrize("reply", [b"", b"[]", b"not json", b"\xff"])
def test_what_is_no_reply(reply: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        DIALECT.edit_reply(reply, None)
