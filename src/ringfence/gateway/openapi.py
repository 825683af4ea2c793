"""GET /openapi.json: the gateway's own API, written from the dialects and the errors that there are.

Bodies are described as far as the gateway itself insists on them; the rest is the interface's own, at its `source`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ringfence import __version__
from ringfence.dialects import Dialect
from ringfence.gateway.admit import CONVERSATION, LABEL, SOURCE, TAG

_JSON = "application/json"
_KINDS = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
_STRING = {"type": "string"}
_ERRORS = {
    400: "The request is malformed.",
    401: "No API key, a wrong one, or one that has expired.",
    403: "Denied: the message names each rule and what is missing on paper. Or refused by name.",
    404: "No service has that model, or there is no such route.",
    408: "The request did not arrive in time.",
    413: "The body is too large.",
    421: "The Host header names a host that is not allowed.",
    429: "Too many requests at a time, or the service's own limit.",
    500: "A defect of the gateway.",
    502: "The service could not be reached, or broke off.",
    503: "No record could be made, so nothing was sent.",
    504: "The service did not answer in time.",
}
_OF_EVERY_ROUTE = (400, 401, 403, 404, 421, 500)
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type"],
            "properties": {"message": _STRING, "type": _STRING, "code": _STRING, "remedy": _STRING},
        }
    },
}
_COVERED = {
    "type": "object",
    "required": ["service", "endpoint", "covered", "until"],
    "properties": {
        "service": _STRING,
        "endpoint": _STRING,
        "covered": {"type": "array", "items": _STRING},
        "until": {"type": ["string", "null"], "format": "date"},
    },
}
_MODEL = {
    "type": "object",
    "required": ["id", "ringfence"],
    "properties": {
        "id": _STRING,
        "ringfence": {
            "type": "object",
            "required": ["services"],
            "properties": {"services": {"type": "array", "items": {"$ref": "#/components/schemas/Covered"}}},
        },
    },
}
_MODELS = {
    "type": "object",
    "required": ["data"],
    "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Model"}}},
}


def document(dialects: Iterable[Dialect]) -> bytes:
    """The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0). It holds no secret and no name of a service."""
    paths: dict[str, Any] = {
        "/health": {"get": _get("Whether the process lives.", {"type": "object"}, open_=True)},
        "/ready": {"get": _get("Whether requests can be served, and what is missing.", {"type": "object"}, open_=True)},
        "/openapi.json": {"get": _get("This document.", {"type": "object"}, open_=True)},
        "/v1/models": {
            "get": _get("The models that this key may use, each with what it covers today.", _ref("Models"))
        },
        "/v1/models/{model}": {"get": _get("One of them.", _ref("Model"))},
    }
    paths["/ready"]["get"]["responses"]["503"] = _answer("Not ready.", {"type": "object"})
    paths["/v1/models/{model}"]["parameters"] = [
        {"name": "model", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    ]
    for dialect in dialects:
        for method, path in dialect.routes:
            paths.setdefault(path, {})[method.lower()] = _post(dialect)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Ringfence",
                "version": __version__,
                "description": "Sends requests to language models as far as agreements allow, and records each.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": paths,
            "components": {
                "schemas": {"Error": _ERROR, "Model": _MODEL, "Models": _MODELS, "Covered": _COVERED},
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                },
            },
        }
    )


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {_JSON: {"schema": schema}}}


def _errors(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): _answer(_ERRORS[status], _ref("Error")) for status in statuses}


def _get(says: str, schema: dict[str, Any], *, open_: bool = False) -> dict[str, Any]:
    statuses = (400, 421, 500) if open_ else _OF_EVERY_ROUTE
    operation: dict[str, Any] = {"summary": says, "responses": {"200": _answer(says, schema), **_errors(statuses)}}
    return operation if open_ else {**operation, "security": [{"bearer": []}, {"key": []}]}


def _post(dialect: Dialect) -> dict[str, Any]:
    """A route of a dialect. A service's own errors pass with their status, so any other one may come, too."""
    answer = _answer("The service's reply, with originals restored.", {"type": "object"})
    answer["content"]["text/event-stream"] = {"schema": _STRING}
    examples = [msgspec.json.decode(example) for example in dialect.examples]
    tag, gap = f"({TAG.pattern})?", "[ \\t]*"  # an empty header says nothing, as if it had not come
    tags = {"type": "string", "pattern": f"^{tag}$"}
    lists = {"type": "string", "pattern": f"^{gap}{tag}{gap}(,{gap}{tag}{gap})*$"}
    return {
        "summary": f"{dialect.name}: {dialect.source}",
        "security": [{"bearer": []}, {"key": []}],
        "parameters": [
            {"name": name, "in": "header", "required": False, "schema": schema}
            for name, schema in ((SOURCE, lists), (LABEL, lists), (CONVERSATION, tags))
        ],
        "requestBody": {
            "required": True,
            "content": {
                _JSON: {
                    "schema": _inferred(examples),
                    "examples": {str(number): {"value": example} for number, example in enumerate(examples, 1)},
                }
            },
        },
        "responses": {"200": answer, **_errors(_ERRORS), "default": _answer("The service's own error.", _ref("Error"))},
    }


def _inferred(examples: list[dict[str, Any]]) -> dict[str, Any]:
    """What every example has is required; of what kind it is, and what an array holds, the examples say together."""
    required = set(examples[0]).intersection(*examples)
    properties: dict[str, dict[str, Any]] = {}
    for name in sorted(required):
        values = [example[name] for example in examples]
        properties[name] = {"type": _kinds(values)}
        inner = [element for value in values if isinstance(value, list) for element in value]
        if inner:
            properties[name]["items"] = {"type": _kinds(inner)}
    return {"type": "object", "required": sorted(required), "properties": properties}


def _kinds(values: list[Any]) -> list[str]:
    return sorted({_KINDS[type(value)] for value in values})
