from __future__ import annotations

import collections.abc
import importlib
import types
import typing
from datetime import date
from typing import Any

import pytest

from ringfence.register import (
    Snapshot,
    check_specification,
    compare,
    compare_endpoints,
    endpoints,
    request_body,
    surfaces,
)
from ringfence.register.catalogue import Catalogue, Rule, resolve
from ringfence.register.specification import title_of
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package


def spec(schema: Any, path: str = "/v1/chat/completions", **components: Any) -> dict[str, Any]:
    """An OpenAPI document with one operation."""
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A Vendor API"},
        "paths": {path: {"post": {"requestBody": body}}},
        "components": {"schemas": components},
    }


def fields(schema: Any, **components: Any) -> dict[str, frozenset[str]]:
    found = request_body(spec(schema, **components), "chat_completions")
    assert found is not None
    return found.fields


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


class TestReading:
    def test_members_elements_and_choices(self) -> None:
        assert fields(obj(mode={"enum": ["a", "b", None, 3]}, kind={"const": "c"}, parts={"items": obj(x={})})) == {
            "/mode": {"a", "b"},
            "/kind": {"c"},
            "/parts": set(),
            "/parts/*": set(),
            "/parts/*/x": set(),
        }

    @pytest.mark.parametrize("word", ["allOf", "oneOf", "anyOf"])
    def test_options_lie_on_top_of_each_other(self, word: str) -> None:
        schema = {word: [obj(a={"enum": ["x"]}), {"allOf": [obj(a={"enum": ["y"]}, b={})]}, ref("More")]}
        assert fields(schema, More=obj(c={})) == {"/a": {"x", "y"}, "/b": set(), "/c": set()}

    def test_what_a_client_names_itself_has_no_members(self) -> None:
        assert fields(obj(metadata={"type": "object", "additionalProperties": obj(x={})})) == {"/metadata": set()}

    def test_circles_end(self) -> None:
        node = obj(name={}, child=ref("Node"), children={"items": ref("Node")})
        assert set(fields(ref("Node"), Node=node)) == {"/name", "/child", "/children", "/children/*"}
        assert fields(ref("A"), A=ref("B"), B=ref("A")) == {}

    def test_a_body_may_be_a_reference(self) -> None:
        document = spec({})
        body = document["paths"]["/v1/chat/completions"]["post"]["requestBody"]
        document["components"]["requestBodies"] = {"Chat": {"content": {"application/json": {"schema": obj(a={})}}}}
        body.clear()
        body["$ref"] = "#/components/requestBodies/Chat"
        found = request_body(document, "chat_completions")
        assert found is not None
        assert set(found.fields) == {"/a"}

    def test_a_reference_out_of_the_file_is_told(self) -> None:
        found = request_body(spec(obj(a={"$ref": "other.yaml#/X"})), "chat_completions")
        assert found is not None
        assert found.elsewhere == ("other.yaml#/X",)

    def test_the_shortest_path_that_ends_so_is_the_interface(self) -> None:
        document = spec(obj(a={}), path="/v1/threads/{id}/messages")
        document["paths"] |= spec(obj(b={}), path="/v1/messages")["paths"]
        found = request_body(document, "messages")
        assert found is not None
        assert set(found.fields) == {"/b"}
        assert request_body(document, "responses") is None

    def test_operations_stand_without_the_names_of_variables(self) -> None:
        document = spec({}, path="/v1/files/{file_id}")
        document["paths"]["/v1/files/{file_id}"] |= {"get": {}, "parameters": [], 3: {}}
        assert endpoints(document) == (("GET", "/v1/files/{}"), ("POST", "/v1/files/{}"))
        assert title_of(document) == "A Vendor API"
        assert title_of({"info": {"title": 3}}) == ""


class TestBounds:
    @pytest.mark.parametrize("document", [[], {}, {"paths": []}, {"paths": {}}, {"paths": {}, "openapi": "2.0"}, "x"])
    def test_what_is_no_specification_is_refused(self, document: Any) -> None:
        with pytest.raises(ConfigurationError, match="this is") as caught:
            check_specification(document)
        assert caught.value.remedy

    def test_a_reference_that_leads_nowhere_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="leads nowhere in the file"):
            fields(ref("Missing"))

    def test_endless_nesting_is_refused(self) -> None:
        deep: dict[str, Any] = {}
        for _ in range(500):
            deep = obj(a=deep)
        with pytest.raises(ConfigurationError, match="nests more than can be read"):
            fields(deep)

    def test_a_bomb_of_references_is_refused_quickly(self) -> None:
        parts = {f"N{n}": obj(a=ref(f"N{n + 1}"), b=ref(f"N{n + 1}")) for n in range(40)}
        with pytest.raises(ConfigurationError, match="nests more than can be read"):
            fields(ref("N0"), **parts, N40={})

    @pytest.mark.parametrize("schema", [None, [], "x", {"properties": []}, {"anyOf": {}}, {"items": []}, {"enum": "x"}])
    def test_odd_schemas_have_no_members(self, schema: Any) -> None:
        assert fields(schema) == {}


DAY = date(2026, 11, 1)


def a_list(*rules: tuple[str, tuple[str, ...], str]) -> Any:
    """An allow-list of (path, values, verdict)."""
    made = tuple(
        Rule(paths=(path,), values=values, verdict=verdict, why="x.", source="x", reviewed_on=DAY)  # type: ignore[arg-type]
        for path, values, verdict in rules
    )
    catalogue = Catalogue(vendor="v", endpoint="chat_completions", reviewed_on=DAY, expires_on=DAY, rules=made)
    return resolve([catalogue])[0]


class TestComparing:
    def differ(self, terms: Any, schema: Any) -> set[tuple[str, str, int]]:
        found = request_body(spec(schema), "chat_completions")
        assert found is not None
        return {(each.kind, each.name, each.below) for each in compare(terms, found)}

    def test_the_same_is_no_difference(self) -> None:
        terms = a_list(("/a", (), "allow"), ("/mode", ("x", "y"), "allow"))
        assert self.differ(terms, obj(a={}, mode={"enum": ["x", "y"]})) == set()

    def test_an_unknown_member_stands_for_those_below(self) -> None:
        terms = a_list(("/a", (), "allow"))
        schema = obj(a={}, new=obj(x={}, y={}))
        assert self.differ(terms, schema) == {("unknown_field", "/new", 2)}

    def test_a_value_that_no_rule_judges(self) -> None:
        terms = a_list(("/mode", ("x",), "allow"), ("/free", (), "allow"))
        schema = obj(mode={"enum": ["x", "z"]}, free={"enum": ["x", "z"]})
        assert self.differ(terms, schema) == {("unknown_value", "/mode=z", 0)}

    def test_members_below_one_that_never_goes_are_not_asked_for(self) -> None:
        schema = obj(shut=obj(x={}), ajar=obj(y={}), some=obj(z={}))
        terms = a_list(
            ("/shut", (), "forbid_regulated"),
            ("/ajar", (), "allow"),
            ("/some", (), "forbid_regulated"),
            ("/some", ("data",), "allow"),
        )
        assert self.differ(terms, schema) == {("unknown_field", "/ajar/y", 0), ("unknown_field", "/some/z", 0)}

    def test_members_of_a_schema_are_judged_with_it(self) -> None:
        terms = a_list(("/schema", (), "allow_clean"), ("/mixed", (), "allow_clean"), ("/mixed", ("x",), "allow"))
        schema = obj(schema=obj(type={}), mixed=obj(y={}))
        assert self.differ(terms, schema) == {("unknown_field", "/mixed/y", 0)}

    def test_what_the_specification_lost(self) -> None:
        terms = a_list(("/a", (), "allow"), ("/old", (), "allow"), ("/old/x", (), "allow"), ("/@beta", (), "allow"))
        found = request_body(spec(obj(a={})), "chat_completions")
        assert found is not None
        assert [(each.kind, each.name, each.unknown) for each in compare(terms, found)] == [("gone", "/old", False)]

    def test_endpoints(self, shipped: Snapshot) -> None:
        lists = [terms for terms in shipped.terms if terms.vendor == "openai" and terms.endpoint == "chat_completions"]
        known = [("POST", "/chat/completions"), ("GET", "/chat/completions"), ("GET", "/models"), ("GET", "/models/{}")]
        known += [("POST", "/files"), ("GET", "/v1/files/{}"), ("DELETE", "/files/{}")]
        new = [("POST", "/brand_new"), ("POST", "/responses")]
        own = [surface for surface in surfaces() if surface.vendor == "openai"]
        found = compare_endpoints([*known, *new], lists, own)
        assert [each.name for each in found] == ["POST /brand_new", "POST /responses"]


def schema_of(kind: Any, into: dict[str, Any]) -> dict[str, Any]:
    """A schema of a type of an SDK, as a vendor would write it down."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if hasattr(kind, "__required_keys__"):
        name = f"{kind.__module__}.{kind.__name__}"
        if name not in into:
            into[name] = {}
            hints = typing.get_type_hints(kind)
            into[name] = {"type": "object", "properties": {n: schema_of(hint, into) for n, hint in hints.items()}}
        return ref(name)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [schema_of(each, into) for each in arguments]}
    if isinstance(origin, type) and issubclass(origin, collections.abc.Mapping):
        return {"type": "object", "additionalProperties": True}
    if arguments and (origin is collections.abc.Iterable or "Sequence" in str(origin) or origin is list):
        return {"type": "array", "items": schema_of(arguments[0], into)}
    return {}


def sdk_spec(package: str, parameters: str, name: str, path: str) -> dict[str, Any]:
    """A specification made of the types of an installed SDK."""
    need_package(package)
    module, into = importlib.import_module(parameters), {}
    kinds = [getattr(module, f"{name}{ending}") for ending in ("NonStreaming", "Streaming")]
    return spec({"oneOf": [schema_of(kind, into) for kind in kinds]}, path=path, **into)


# A parameter that the SDK sends as a header; and settings by the name of a hosted tool, which the dialect takes as one.
ELSEWHERE = ("/workspace_id", "/tools/*/configs/")
SDKS = [
    (
        "openai",
        "openai.types.chat.completion_create_params",
        "CompletionCreateParams",
        "/chat/completions",
        "chat_completions",
    ),
    ("openai", "openai.types.responses.response_create_params", "ResponseCreateParams", "/responses", "responses"),
    ("anthropic", "anthropic.types.message_create_params", "MessageCreateParams", "/v1/messages", "messages"),
]


@pytest.mark.parametrize(("package", "parameters", "name", "path", "endpoint"), SDKS, ids=lambda each: each)
def test_the_catalogue_knows_all_that_the_sdk_documents(
    shipped: Snapshot, package: str, parameters: str, name: str, path: str, endpoint: str
) -> None:
    terms = next(each for each in shipped.terms if (each.vendor, each.endpoint) == (package, endpoint))
    found = request_body(sdk_spec(package, parameters, name, path), endpoint)
    assert found is not None
    assert len(found.fields) > 60
    assert [each for each in compare(terms, found) if each.unknown and not each.name.startswith(ELSEWHERE)] == []


@pytest.mark.parametrize(("package", "parameters", "name", "path", "endpoint"), SDKS, ids=lambda each: each)
def test_what_is_taken_out_of_the_catalogue_is_found(
    shipped: Snapshot, package: str, parameters: str, name: str, path: str, endpoint: str
) -> None:
    """A drift of the vendor's: the specification has one member and one value more than the list."""
    document = sdk_spec(package, parameters, name, path)
    body = document["components"]["schemas"][f"{parameters}.{name}Streaming"]
    body["properties"] |= {"brand_new": {"type": "boolean"}, "model": {"enum": ["m"]}}
    terms = next(each for each in shipped.terms if (each.vendor, each.endpoint) == (package, endpoint))
    found = request_body(document, endpoint)
    assert found is not None
    unknown = [each.name for each in compare(terms, found) if each.unknown and not each.name.startswith(ELSEWHERE)]
    assert unknown == ["/brand_new"]
