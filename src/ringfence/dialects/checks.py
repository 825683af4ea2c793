"""What a request must look like before it is walked: no more than the walks and the client's error need."""

from __future__ import annotations

from typing import Any

from ringfence.vocabulary.errors import MalformedRequest


def expected(pointer: str, what: str) -> MalformedRequest:
    """The error for a place where something else stands."""
    return MalformedRequest(f"{pointer or 'The body'} must be {what}", where=pointer)


def objects(value: Any, pointer: str) -> list[dict[str, Any]]:
    """The elements of an array of objects. Raises MalformedRequest."""
    if not isinstance(value, list):
        raise expected(pointer, "an array of objects")
    for index, element in enumerate(value):
        if not isinstance(element, dict):
            raise expected(f"{pointer}/{index}", "an object")
    return value


def parts(value: Any, pointer: str, what: str) -> list[dict[str, Any]]:
    """The elements of an array of objects; none for a string or null. `what` they are, in the plural.

    Raises MalformedRequest.
    """
    if isinstance(value, list):
        return objects(value, pointer)
    if not isinstance(value, str | None):
        raise expected(pointer, f"a string, null or an array of {what}")
    return []


def optional_objects(tree: dict[str, Any], *members: str) -> None:
    """Raises MalformedRequest where one of these stands and is no object."""
    for member in members:
        if not isinstance(tree.get(member), dict | None):
            raise expected(f"/{member}", "an object")


def model_of(tree: Any) -> str:
    """The model's name. Raises MalformedRequest, also where the body is no object."""
    if not isinstance(tree, dict):
        raise expected("", "an object")
    model = tree.get("model")
    if not isinstance(model, str) or not model:
        raise expected("/model", "the name of a model")
    return model


def stream_of(tree: dict[str, Any]) -> bool:
    """Whether a stream is asked for. Raises MalformedRequest."""
    stream = tree.get("stream")
    if not isinstance(stream, bool | None):
        raise expected("/stream", "true or false")
    return stream is True
