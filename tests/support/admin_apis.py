"""Scripted vendors' administration: a real server on loopback whose answers are data, traps included."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = dict[str, list[str]]


@dataclass
class Says:
    """An answer other than JSON with status 200."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hang_s: float = 0.0
    trickle_s: float = 0.0
    cut: bool = False


class AdminApi:
    """`answers`: path -> JSON, a `Says`, or a function of the query that gives either. Others are 404. Use as a context
    manager; `asked` are the method, path and headers of everything that came."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.answers: dict[str, Any] = answers or {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> AdminApi:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                parts = urlsplit(self.path)
                api.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                answer = api.answers.get(parts.path, Says(404, {"error": "no such path"}))
                if callable(answer):
                    answer = answer(parse_qs(parts.query))
                said = answer if isinstance(answer, Says) else Says(body=answer)
                api._stop.wait(said.hang_s)
                data = said.raw if said.raw is not None else json.dumps(said.body).encode()
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                if said.cut:
                    data = data[: len(data) // 2]
                if not said.trickle_s:
                    self.wfile.write(data)
                    return
                for byte in data:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if api._stop.wait(said.trickle_s):
                        return

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _any

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def paged(items: list[dict[str, Any]], size: int = 2) -> Callable[[Query], dict[str, Any]]:
    """A list with the cursors of both OpenAI (`after`) and Anthropic (`after_id`)."""

    def answer(query: Query) -> dict[str, Any]:
        after = (query.get("after") or query.get("after_id") or [""])[0]
        ids = [item["id"] for item in items]
        start = ids.index(after) + 1 if after else 0
        page = items[start : start + size]
        more = start + size < len(items)
        return {"object": "list", "data": page, "has_more": more, "last_id": page[-1]["id"] if page else None}

    return answer


def buckets(days: list[dict[str, Any]], size: int = 2) -> Callable[[Query], dict[str, Any]]:
    """Usage buckets, `size` to a page, with a `next_page` cursor."""

    def answer(query: Query) -> dict[str, Any]:
        start = int(query.get("page", ["page_0"])[0].removeprefix("page_"))
        more = start + size < len(days)
        following = f"page_{start + size}" if more else None
        return {"object": "page", "data": days[start : start + size], "has_more": more, "next_page": following}

    return answer


TOOLS = ("code_interpreter", "file_search", "image_generation", "mcp", "web_search")


def openai(
    organisation: str = "zero_data_retention",
    projects: Iterable[tuple[str, str]] = (("proj_a", "organization_default"),),
    *,
    residency: str | None = "US_STORAGE_PROCESSING",
    tools: Iterable[str] = (),
    archived: Iterable[str] = (),
) -> dict[str, Any]:
    """OpenAI's answers for an organisation with projects of these retentions, three times a page of two."""
    root = "/organization"
    listed = [
        {"id": name, "object": "organization.project", "name": name, "status": "active", "residency": residency}
        for name, _ in projects
    ]
    answers: dict[str, Any] = {
        f"{root}/data_retention": {"object": "organization.data_retention", "type": organisation},
        f"{root}/projects": paged(
            [*listed, *({"id": each, "object": "organization.project", "status": "archived"} for each in archived)]
        ),
    }
    for name, retention in projects:
        answers[f"{root}/projects/{name}/data_retention"] = {"object": "project.data_retention", "type": retention}
        answers[f"{root}/projects/{name}/hosted_tool_permissions"] = {
            each: {"enabled": each in tuple(tools)} for each in TOOLS
        }
    return answers


def bedrock(modes: dict[str, str], *, logging: dict[str, Any] | None = None, models: Any = ()) -> dict[str, Any]:
    """Bedrock's answers below `/{region}` for each Region; `models`: id -> allowed modes."""
    answers: dict[str, Any] = {}
    for region, mode in modes.items():
        answers[f"/{region}/data-retention"] = {"mode": mode, "updatedAt": "2026-11-01T00:00:00Z"}
        answers[f"/{region}/logging/modelinvocations"] = {"loggingConfig": logging} if logging is not None else {}
        for model, allowed in dict(models).items():
            answers[f"/{region}/v1/models/{model}"] = {"id": model, "data_retention": {"allowed_modes": allowed}}
    return answers


RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/ours"


def azure(capabilities: Any) -> dict[str, Any]:
    """One Azure account; `capabilities` as they stand in `properties`, None for no such member."""
    properties = {} if capabilities is None else {"capabilities": capabilities}
    return {RESOURCE: {"location": "eastus", "properties": properties}}


def vertex(**config: Any) -> dict[str, Any]:
    """One Vertex project, `ours`."""
    return {"/v1/projects/ours/cacheConfig": {"name": "projects/ours/cacheConfig", **config}}


def anthropic(
    geos: Any = ("us",), *, default: str = "us", storage: str = "us", names: Iterable[str] = ("wrkspc_a",)
) -> dict[str, Any]:
    """Anthropic's answers for workspaces with this residency."""
    geos = list(geos) if isinstance(geos, tuple) else geos
    residency = {"allowed_inference_geos": geos, "default_inference_geo": default, "workspace_geo": storage}
    return {
        "/v1/organizations/compliance_settings": {"type": "compliance_settings", "state": {"type": "enabled"}},
        "/v1/organizations/workspaces": paged(
            [
                {"id": name, "type": "workspace", "name": name, "archived_at": None, "data_residency": residency}
                for name in names
            ]
        ),
    }


def wait(condition: Callable[[], Any], timeout_s: float = 10.0) -> None:
    """Until it holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
