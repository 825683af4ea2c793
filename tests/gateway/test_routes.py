"""Routes beside the interfaces' own: models with what they cover, what vendors keep, and in whose shape errors are."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest

from gateway import interfaces
from gateway.interfaces import DIALECTS, PRIVATE, VERSION
from gateway.scripts import Script
from gateway.test_server import serving
from ringfence import register
from ringfence.gateway import openapi
from ringfence.vocabulary.errors import LedgerUnavailable
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.record import Phase
from support.inprocess import InProcess


@dataclasses.dataclass
class Served:
    url: str
    base: InProcess
    script: Script

    def key(self, *handles: str, **fields: Any) -> str:
        return self.base.keys.create(client="test", purpose="tests", handles=handles, **fields)[1]

    def openai(self, key: str) -> openai.OpenAI:
        client = openai.DefaultHttpxClient(verify=False)
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=key, max_retries=0, http_client=client)

    def anthropic(self, key: str) -> anthropic.Anthropic:
        client = anthropic.DefaultHttpxClient(verify=False)
        return anthropic.Anthropic(base_url=self.url, api_key=key, max_retries=0, http_client=client)

    def get(self, path: str, key: str = "", *, method: str = "GET", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        authorization = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.request(method, f"{self.url}{path}", headers={**authorization, **named})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    base = interfaces.everywhere(tmp_path_factory.mktemp("home"))
    script = Script(base.stations)
    with serving(base, script.stations) as url:
        yield Served(url, base, script)


def _services(row: Any) -> dict[tuple[str, str], list[str]]:
    """(service, endpoint) -> the labels that it covers today, of a row as the client's library gives it."""
    return {(each["service"], each["endpoint"]): each["covered"] for each in row.ringfence["services"]}


def test_list_of_models_in_both_shapes_with_what_each_covers(served: Served) -> None:
    key = served.key("phi", models=("gpt-4o-baa", "claude-baa", "house-*", "gpt-4o-*"))
    by_openai = {model.id: model for model in served.openai(key).models.list()}
    by_anthropic = {model.id: model for model in served.anthropic(key).models.list()}
    assert set(by_openai) == set(by_anthropic) == {"gpt-4o-baa", "claude-baa", "house-model"}
    assert by_anthropic["house-model"].display_name == "house-model"
    covered = _services(by_openai["gpt-4o-baa"])
    assert set(covered["openai/chat-covered", "chat_completions"]) == {"general", "phi", "personal", "confidential"}
    house = _services(by_anthropic["house-model"])
    assert set(house) == {(PRIVATE, endpoint) for endpoint in ("chat_completions", "responses", "messages")}
    assert "phi" in house[PRIVATE, "messages"]


def test_until_is_the_first_end_of_what_is_covered(served: Served) -> None:
    key = served.key("phi")
    [service] = [
        each
        for each in served.openai(key).models.retrieve("gpt-4o-baa").ringfence["services"]  # type: ignore[attr-defined]
        if each["service"] == "openai/chat-covered"
    ]
    state, today = served.base.stations.state(), served.base.stations.now().date()
    cover = register.cover(
        state.register,
        service["service"],
        map(Label, service["covered"]),
        "chat_completions",
        "gpt-4o-baa",
        today,
        state.organisation,
    )
    assert service["until"] == str(min(each.until for each in cover if each.until))


@pytest.mark.parametrize("name", ["gpt-4o-mini", "gpt-4o-mini-2026-01-01", "house-model"])
def test_one_model_also_where_it_is_only_part_of_a_pattern(name: str, served: Served) -> None:
    key = served.key("general")
    assert served.openai(key).models.retrieve(name).id == name
    assert served.anthropic(key).models.retrieve(name).type == "model"


@pytest.mark.parametrize("name", ["gtp-4o", "gpt-4o-baa", "a/b", "x" * 300])
def test_model_that_is_none_of_this_keys(name: str, served: Served) -> None:
    key = served.key("general", models=("claude-*", "house-model", "a/*", "x*", "gtp*"))
    with pytest.raises(openai.NotFoundError) as unknown:
        served.openai(key).models.retrieve(name)
    assert unknown.value.code == "ringfence_model_not_found"
    with pytest.raises(anthropic.NotFoundError):
        served.anthropic(key).models.retrieve(name)


def test_models_need_a_key(served: Served) -> None:
    for path in ("/v1/models", "/v1/models/gpt-4o-mini"):
        assert served.get(path).status_code == 401


# Whose shape an answer has.


@pytest.mark.parametrize(
    ("path", "header", "shape"),
    [
        ("/v1/nothing", "", "openai"),
        ("/v1/nothing", "2023-06-01", "anthropic"),
        ("/v1/chat/completions", "2023-06-01", "openai"),
        ("/v1/responses", "", "openai"),
        ("/v1/responses/resp_1", "", "openai"),
        ("/v1/messages", "", "anthropic"),
        ("/v1/messages/count_tokens", "", "anthropic"),
        ("/v1/messages/nothing", "", "anthropic"),
        ("/v1/models", "", "openai"),
        ("/v1/models", "2023-06-01", "anthropic"),
        ("/v1/models/x", "2023-06-01", "anthropic"),
    ],
)
def test_errors_have_the_clients_shape(path: str, header: str, shape: str, served: Served) -> None:
    got = served.get(path, **({"anthropic_version": header} if header else {}))
    assert got.status_code in (401, 404, 405)
    assert ("type" in got.json()) == (shape == "anthropic"), got.text
    assert got.json()["error"]["remedy"] in got.json()["error"]["message"]


def test_wrong_model_raises_each_librarys_own_error(served: Served) -> None:
    key = served.key("general")
    with pytest.raises(openai.NotFoundError):
        served.openai(key).responses.create(model="gtp", input="Hello.")
    with pytest.raises(openai.NotFoundError):
        served.openai(key).embeddings.create(model="gtp", input="Hello.")
    messages: Any = [{"role": "user", "content": "Hello."}]
    with pytest.raises(anthropic.NotFoundError):
        served.anthropic(key).messages.create(model="clod", max_tokens=9, messages=messages)
    with pytest.raises(anthropic.NotFoundError):
        served.anthropic(key).messages.count_tokens(model="clod", messages=messages)
    with pytest.raises(anthropic.NotFoundError):  # with ?beta=true
        served.anthropic(key).beta.messages.create(model="clod", max_tokens=9, messages=messages)


@pytest.mark.parametrize("query", ["beta=false", "beta=true&beta=true", "api_base=x", "beta=true&", "%62eta=true"])
def test_any_other_query_is_refused(query: str, served: Served) -> None:
    for endpoint, dialect in DIALECTS.items():
        got = httpx.post(
            f"{served.url}{dialect.routes[0][1]}?{query}",
            json=interfaces.body(endpoint, "Hello."),
            headers={"authorization": f"Bearer {served.key('general')}"},
        )
        assert (got.status_code, got.json()["error"]["code"]) == (400, "ringfence_malformed_request")


# What vendors keep.


def _paths() -> Iterator[tuple[str, str]]:
    for surface in register.surfaces():
        for path in surface.paths:
            if path.startswith("/v1/") and not path.startswith(
                "/v1/models/"
            ):  # there GET is served, and all else a 405
                yield surface.id, path.replace("*", "some-id").rstrip("/")


@pytest.mark.parametrize(("surface", "path"), list(_paths()))
def test_surface_is_refused_by_name_and_on_record(surface: str, path: str, served: Served) -> None:
    key = served.key("phi")
    before = len(served.script.records)
    got = served.get(path, key, method="POST")
    assert got.status_code == 403, got.text
    error = got.json()["error"]
    assert error["code"] == "ringfence_surface_not_served"
    found = {each.id: each for each in register.surfaces_at(path)}
    [record] = served.script.records[before:]
    assert record.phase is Phase.NOTICE
    assert record.body == {
        "event": "surface_refused",
        "key": key.split("_")[1],
        "client": "test",
        "surface": record.body["surface"],
    }
    assert record.body["surface"] in found
    assert found[record.body["surface"]].why in error["message"]
    assert "some-id" not in got.text + str(record.body)


def test_shared_path_is_the_vendors_whose_interface_is_spoken(served: Served) -> None:
    for header, vendor in (({}, "openai"), ({"anthropic_version": VERSION[1]}, "anthropic")):
        got = served.get("/v1/files", served.key("general"), **header)
        assert vendor in got.json()["error"]["message"]
        assert served.script.records[-1].body["surface"] == f"{vendor}/files"


def test_surface_needs_a_key_and_its_record(served: Served) -> None:
    before = len(served.script.records)
    assert served.get("/v1/files").status_code == 401
    assert len(served.script.records) == before
    served.script.append_fails[Phase.NOTICE] = LedgerUnavailable("disk")
    try:
        assert served.get("/v1/files", served.key("general")).status_code == 503
    finally:
        served.script.append_fails.clear()


def test_every_library_gets_its_own_error_of_a_surface(served: Served) -> None:
    key = served.key("general")
    with pytest.raises(openai.PermissionDeniedError, match="not served"):
        served.openai(key).files.list()
    with pytest.raises(openai.PermissionDeniedError, match="not served"):
        served.openai(key).responses.retrieve("resp_1")
    with pytest.raises(anthropic.PermissionDeniedError, match="not served"):
        served.anthropic(key).messages.batches.list()


# The gateway's own description.


def test_openapi_lists_every_route_and_needs_no_key(served: Served) -> None:
    got = served.get("/openapi.json")
    assert got.status_code == 200
    document = got.json()
    assert document == json.loads(openapi.document(DIALECTS.values()))
    routes = {path for dialect in DIALECTS.values() for _, path in dialect.routes}
    assert set(document["paths"]) == routes | {"/health", "/ready", "/openapi.json", "/v1/models", "/v1/models/{model}"}
    assert served.get("/openapi.json", method="POST").status_code == 405
    with contextlib.suppress(ImportError):
        import jsonschema

        for endpoint, dialect in DIALECTS.items():
            [schema] = [
                operation["requestBody"]["content"]["application/json"]["schema"]
                for operation in document["paths"][dialect.routes[0][1]].values()
            ]
            jsonschema.validate(interfaces.body(endpoint, "Hello."), schema)


def test_openapi_says_nothing_of_this_installation(served: Served) -> None:
    text = served.get("/openapi.json").text
    for name in (*served.base.stations.state().register.services, "gpt-", "house-model"):
        assert name not in text
