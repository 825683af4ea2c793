"""One small request of each interface, a home where all of them are reached, and what a scripted service answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from ringfence import dialects
from ringfence.dialects import Dialect
from support import surfaces
from support.inprocess import FakeReply, InProcess, says
from support.scripted_model import obey
from support.vendor import Received

DIALECTS: dict[str, Dialect] = {dialect.endpoint: dialect for dialect in dialects.all()}
STREAMED = ("chat_completions", "responses", "messages")
TRANSLATED = ("responses", "messages")
OPENAI = ("chat_completions", "responses", "embeddings")
VERSION = ("anthropic-version", "2023-06-01")
PRIVATE = "private/url"
SERVICES = {
    endpoint: surfaces.service_of(vendor, interface, "open")
    for vendor, interfaces in surfaces.ENDPOINTS.items()
    for interface, endpoint in interfaces.items()
} | {"count_tokens": surfaces.service_of("anthropic", "messages", "open")}
"""Endpoint -> the service with nothing on file; "covered" instead of "open" has documents."""
MODELS = {endpoint: surfaces.models(service.partition("/")[0], endpoint) for endpoint, service in SERVICES.items()}


def body(endpoint: str, text: str, model: str = "", *, stream: bool = False, **members: Any) -> dict[str, Any]:
    """The smallest request that says `text`, to the model with nothing on file."""
    request: dict[str, Any] = {"model": model or MODELS[endpoint]["open"], **members}
    if endpoint in ("responses", "embeddings"):
        request["input"] = text
    else:
        request["messages"] = [{"role": "user", "content": text}]
    if endpoint == "messages":
        request["max_tokens"] = 64
    return request | ({"stream": True} if stream else {})


def headers(endpoint: str) -> tuple[tuple[str, str], ...]:
    """Those that the interface's own library always sends."""
    return (VERSION,) if DIALECTS[endpoint].headers else ()


def write(folder: Path, *, private: bool = True, endpoints: str = "") -> Path:
    """The files of a home with each service. `endpoints`: what the private server speaks, as TOML."""
    surfaces.write(folder, 9, 9 if private else 0)
    if endpoints:
        path = folder / "ringfence.toml"
        path.write_text(path.read_text().replace("[private]\n", f"[private]\nendpoints = {endpoints}\n"))
    # One model for all interfaces of a vendor, as in that home; the shipped terms of embeddings name models of theirs.
    terms = folder / "register/terms/openai-embeddings.toml"
    terms.write_text(terms.read_text().replace('models = ["text-embedding-*"]', 'models = ["*"]'))
    return folder


def everywhere(folder: Path, **options: Any) -> InProcess:
    """The stations of such a home, made with the options of `write`."""
    return inside(write(folder, **options))


def inside(folder: Path) -> InProcess:
    """The stations of a home that was written."""
    covered = {service.replace("-open", "-covered") for service in SERVICES.values()}
    reachable = {*SERVICES.values(), *covered, PRIVATE}
    return InProcess(folder, lambda _sent, streamed: says("Hi.", streamed=streamed), reachable)


async def answered(path: str, sent: bytes) -> FakeReply:
    """What the scripted model answers to these bytes, as the upstream room hands it over."""
    return await reply_of(obey, path, sent)


async def reply_of(answer: Callable[[Received], AsyncIterator[bytes]], path: str, sent: bytes) -> FakeReply:
    """An answer of `support.vendor` without its HTTP."""
    pieces = [piece async for piece in answer(Received("POST", path, {}, sent))]
    head, _, rest = pieces[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    named = dict(line.lower().split(": ", 1) for line in lines[1:])
    kind = [("content-type", named["content-type"])]
    if "transfer-encoding" in named:
        chunks = [piece.split(b"\r\n", 1)[1][:-2] for piece in pieces[1:] if not piece.startswith(b"0\r\n")]
        return FakeReply(int(lines[0].split(" ")[1]), kind, chunks)
    return FakeReply(int(lines[0].split(" ")[1]), kind, [rest])
