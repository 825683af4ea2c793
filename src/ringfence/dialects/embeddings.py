"""OpenAI Embeddings: text in, numbers out. Nothing of the text comes back, so nothing is restored but an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ringfence.dialects import openai_shapes, replies, strict_json
from ringfence.dialects.base import Dialect, MakeRestorer, Reply, Restore, StreamEditor
from ringfence.dialects.checks import expected, model_of
from ringfence.dialects.edit import edited
from ringfence.dialects.schema import CHOICE, TEXT, Shape, compiled, each, obj
from ringfence.dialects.segments import see
from ringfence.dialects.uses import uses
from ringfence.dialects.wire import wire
from ringfence.vocabulary.chat import CanonicalRequest, FilePart, Unread
from ringfence.vocabulary.errors import InternalError

TOKENS = "tokens"
"""A text that was turned into token numbers, as `Unread.kind`: nobody reads it without the model's own table."""
# Larger than any vocabulary: what is above it is no token but somebody's number, and is searched like one.
_MAX_TOKEN = 9_999_999

# Every member of `openai.types.embedding_create_params` (openai 3.54.0); a test compares them.
SCHEMA = compiled(
    obj(
        {
            "model": TEXT,
            "input": Shape(items=each(TEXT), role="user"),
            "dimensions": TEXT,
            "encoding_format": CHOICE,
            "user": Shape(role="metadata"),
        }
    )
)
_NO_WORDS = re.compile(r"(?!)")
_CODES = re.compile(r"/user")
# The vectors, as numbers or Base64, and what belongs to the interface.
_SKIPPED: replies.Skipped = frozenset({("data", "embedding"), ("data", "object"), ("", "object"), ("", "model")})


class Embeddings:
    """See `base.Dialect` for the methods."""

    name = "openai.embeddings"
    endpoint = "embeddings"
    routes: tuple[tuple[str, str], ...] = (("POST", "/v1/embeddings"),)
    queries: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    source = "https://platform.openai.com/docs/api-reference/embeddings/create"
    examples: tuple[bytes, ...] = (
        b'{"model":"m","input":"Hello"}',
        b'{"model":"m","input":["Hello","What is it?"],"dimensions":256,"encoding_format":"base64","user":"u7"}',
        b'{"model":"m","input":[9906,11,1917]}',
        b'{"model":"m","input":[[9906,11],[1917]]}',
    )

    def read(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> CanonicalRequest:
        tree = strict_json.decode(body)
        model, tokens = _checked(tree)
        # INVARIANT: token numbers are text that can't be searched. They count as unread, whatever else is found.
        seen = see(tree | {"input": []} if tokens and _all_tokens(tree["input"]) else tree, SCHEMA)
        return CanonicalRequest(
            dialect=self.name,
            endpoint=self.endpoint,
            model=model,
            stream=False,
            tree=tree,
            segments=seen.segments,
            uses=uses(tree, SCHEMA),
            unread=(*seen.unread, *((Unread("/input", TOKENS),) if tokens else ())),
            modalities=seen.modalities,
        )

    def rewrite(self, request: CanonicalRequest, texts: Mapping[str, str], members: Mapping[str, Any]) -> bytes:
        return strict_json.encode(edited(request.tree, texts, members))

    def json_text(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset()

    def wire(self, request: CanonicalRequest) -> frozenset[str]:
        return frozenset(wire(request, _NO_WORDS, _CODES))

    def files(self, request: CanonicalRequest) -> tuple[FilePart, ...]:
        return ()

    def json_reply(self, request: CanonicalRequest) -> bool:
        return False

    def edit_reply(
        self, body: bytes, restore: Restore | None, model: str | None = None, *, json_reply: bool = False
    ) -> Reply:
        tree = replies.decode(body, "a reply")
        texts: list[str] = []

        def edit(member: str, text: str) -> str:
            texts.append(restore(text, False) if restore is not None else text)
            return texts[-1]

        changed = replies.edit_strings(tree, "", edit, _SKIPPED)
        said = replies.name_of(tree.get("model"))
        changed |= replies.show_model(tree, model)
        return Reply(
            body=replies.encode(tree) if changed else body,
            model=said,
            usage=replies.token_counts(tree.get("usage")),
            finish=(),
            texts=tuple(texts),
            failed=bool(tree.get("error")),
        )

    def stream(
        self, make_restorer: MakeRestorer | None, model: str | None = None, *, json_reply: bool = False
    ) -> StreamEditor:
        """Raises InternalError: `read` never says that a stream is asked for."""
        raise InternalError("The interface for embeddings has no streams", where="dialects.embeddings")

    error = staticmethod(openai_shapes.error)
    models = staticmethod(openai_shapes.models)


def _checked(tree: Any) -> tuple[str, bool]:
    """The model's name, and whether the input is token numbers."""
    model = model_of(tree)
    given = tree.get("input")
    if type(given) is str or (type(given) is list and given and all(type(text) is str for text in given)):
        return model, False
    if type(given) is list and given and (_integers(given) or all(_integers(tokens) for tokens in given)):
        return model, True
    raise expected("/input", "a string, an array of strings, or one or several arrays of token numbers")


def _integers(value: Any) -> bool:
    return type(value) is list and bool(value) and all(type(number) is int for number in value)


def _all_tokens(given: list[Any]) -> bool:
    flat = given if type(given[0]) is int else [token for tokens in given for token in tokens]
    return all(0 <= token <= _MAX_TOKEN for token in flat)


DIALECT: Dialect = Embeddings()
