"""A vendor's API specification (OpenAPI 3) -> the request members, choices and endpoints that it describes.

Only what https://spec.openapis.org/oas/v3.1.0 and JSON Schema say of request bodies is read, and only references within
the file. Pure: the parsed document is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ringfence.vocabulary.errors import ConfigurationError

ROUTES = {
    "chat_completions": "/chat/completions",
    "responses": "/responses",
    "embeddings": "/embeddings",
    "messages": "/messages",
    "count_tokens": "/messages/count_tokens",
}
"""Where an interface that the gateway serves stands in specifications: the end of the path of its POST."""

# A specification is somebody else's file: what it can make us do is bounded. OpenAI's needs about 9,000 steps.
_MAX_STEPS = 500_000
_MAX_DEPTH = 60
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "options", "head", "trace"})
_VARIABLE = re.compile(r"\{[^}]*\}")
_REMEDY = "Use an OpenAPI 3 file as the vendor publishes it."


class Described(msgspec.Struct, frozen=True):
    """Of one request body: normalised path -> the values that are documented for it (none: any).

    `elsewhere` are references that lead out of the file, so that what is behind them is not known.
    """

    fields: dict[str, frozenset[str]]
    elsewhere: tuple[str, ...] = ()


def title_of(spec: dict[str, Any]) -> str:
    """The name that the specification gives itself, or ""."""
    info = spec.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    return title if isinstance(title, str) else ""


def check(spec: Any) -> dict[str, Any]:
    """The document, if it is an OpenAPI 3 specification. Raises ConfigurationError."""
    if not isinstance(spec, dict) or not isinstance(spec.get("paths"), dict):
        raise ConfigurationError("this is no OpenAPI specification: it has no `paths`", remedy=_REMEDY)
    version = spec.get("openapi")
    if not isinstance(version, str) or not version.startswith("3."):
        raise ConfigurationError(f"this is OpenAPI {version!s:.20}, and only version 3 is read", remedy=_REMEDY)
    return spec


def endpoints(spec: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every operation as (METHOD, path), with `{}` for each variable."""
    return tuple(
        sorted(
            (method.upper(), _VARIABLE.sub("{}", path))
            for path, item in spec["paths"].items()
            if isinstance(path, str) and isinstance(item, dict)
            for method in item
            if method in _METHODS
        )
    )


def request_body(spec: dict[str, Any], endpoint: str) -> Described | None:
    """What the POST of an interface may hold, or None where the specification has no such path.

    Raises ConfigurationError where the specification contradicts itself or asks for more work than is reasonable.
    """
    found = [
        (len(path), path)
        for path, item in spec["paths"].items()
        if isinstance(path, str) and path.rstrip("/").endswith(ROUTES[endpoint]) and _posts(item)
    ]
    if not found:
        return None
    walk = _Walk(spec)
    walk.visit(_json_schema(walk, spec["paths"][min(found)[1]]["post"]), "", ())
    fields = {path: frozenset(values) for path, values in walk.found.items()}
    return Described(fields, tuple(sorted(walk.elsewhere)))


def _posts(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("post"), dict)


def _json_schema(walk: _Walk, operation: dict[str, Any]) -> Any:
    body = operation.get("requestBody")
    if isinstance(body, dict) and "$ref" in body:
        body = walk.resolve(body["$ref"])
    content = body.get("content") if isinstance(body, dict) else None
    media = content.get("application/json") if isinstance(content, dict) else None
    return media.get("schema") if isinstance(media, dict) else None


class _Walk:
    """One walk over a schema. `trail` holds the references that lead to where it is, so that a circle ends."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._steps = 0
        self._seen: set[tuple[int, str]] = set()
        self.found: dict[str, set[str]] = {}
        self.elsewhere: set[str] = set()

    def visit(self, schema: Any, path: str, trail: tuple[str, ...]) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS or len(trail) > _MAX_DEPTH or path.count("/") > _MAX_DEPTH:
            raise ConfigurationError("the specification nests more than can be read", remedy=_REMEDY)
        if not isinstance(schema, dict) or (id(schema), path) in self._seen:
            return
        self._seen.add((id(schema), path))
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in trail:
                self.visit(self.resolve(reference), path, (*trail, reference))
            return
        self._values(schema, path)
        for child, at in _children(schema, path):
            self.visit(child, at, trail)

    def _values(self, schema: dict[str, Any], path: str) -> None:
        values = schema.get("enum") if isinstance(schema.get("enum"), list) else []
        for value in [*(values or []), *([schema["const"]] if "const" in schema else [])]:
            if path and isinstance(value, str):
                self.found.setdefault(path, set()).add(value)
        properties = schema.get("properties")
        if isinstance(properties, dict):
            for name in properties:
                self.found.setdefault(f"{path}/{name}", set())
        if isinstance(schema.get("items"), dict):
            self.found.setdefault(f"{path}/*", set())

    def resolve(self, reference: Any) -> Any:
        """What a reference within the file points at (RFC 6901). One that leads out of it gives None."""
        if not isinstance(reference, str) or not reference.startswith("#/"):
            self.elsewhere.add(f"{reference!s:.80}")
            return None
        at: Any = self._spec
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(at, dict) or name not in at:
                raise ConfigurationError(f"the reference {reference[:80]} leads nowhere in the file", remedy=_REMEDY)
            at = at[name]
        return at


def _children(schema: dict[str, Any], path: str) -> Iterator[tuple[Any, str]]:
    """The schemas below one. What a client names itself (`additionalProperties`) has no members of the interface."""
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, child in properties.items():
            yield child, f"{path}/{name}"
    if isinstance(schema.get("items"), dict):
        yield schema["items"], f"{path}/*"
    for word in ("allOf", "oneOf", "anyOf"):
        options = schema.get(word)
        for child in options if isinstance(options, list) else ():
            yield child, path
