"""A home with every interface of two vendors, with and without documents, and a private model that speaks one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

from support import home
from support.gateway import GatewayProcess
from support.place import Place, assert_recorded
from support.scripted_model import obey
from support.vendor import ScriptedVendor

ENDPOINTS = {
    "openai": {"chat": "chat_completions", "responses": "responses", "embeddings": "embeddings"},
    "anthropic": {"messages": "messages"},
}
MODELS = {
    "openai": {"open": "gpt-4o-mini", "covered": "gpt-4o-baa"},
    "anthropic": {"open": "claude-sonnet-4-5", "covered": "claude-baa"},
}
"""Vendor -> a model with nothing on file, and one with a BAA, a ZDR approval and a DPA."""
EMBEDDING_MODELS = {"open": "text-embedding-3-small", "covered": "text-embedding-baa"}


def models(vendor: str, endpoint: str) -> dict[str, str]:
    """Those of a vendor at one of its interfaces."""
    return EMBEDDING_MODELS if endpoint == "embeddings" else MODELS[vendor]


HOUSE_MODEL = "house-model"
KEYS = {
    "general": (("general",), {}),
    "phi": (("phi",), {}),
    "phi by name": (("phi",), {"needs_identity": True}),
    "phi or nothing": (("phi",), {"on_uncovered": "deny"}),
}
_SERVICE = """
[[services]]
id = "{service}"
title = "{title}"
host = "127.0.0.1"
endpoints = {endpoints}
models = ["{model}*"]
modalities = ["text", "image", "audio", "file"]
"""
_UPSTREAM = """
[[upstream]]
service = "{service}"
base_url = "http://127.0.0.1:{port}/v1"
api_key = "env:SCRIPTED_VENDOR_KEY"
"""
_PRIVATE = """
url = "http://127.0.0.1:{port}/v1"
model = "house-model"
own_host = true
"""


@dataclass
class Surfaces(Place):
    """As `Place`; `house` is the private model's server."""

    house: ScriptedVendor | None = None


@contextmanager
def surfaces(folder: Path, *, private: bool) -> Iterator[Surfaces]:
    """Starts it all. At the end everything that was decided has ended, and the ledger verifies."""
    with ScriptedVendor(obey) as vendor, ScriptedVendor(obey) as house:
        write(folder, vendor.port, house.port if private else 0)
        keys = {name: home.key(folder, *handles, **more) for name, (handles, more) in KEYS.items()}
        with GatewayProcess(folder) as gateway:
            yield Surfaces(folder, vendor, gateway, keys, house=house)
    assert_recorded(folder)


def service_of(vendor: str, interface: str, kind: str) -> str:
    """The id of a service of this home."""
    return f"{vendor}/{interface}-{kind}"


def write(folder: Path, vendor_port: int, house_port: int) -> None:
    """The home, without its keys. `house_port` 0: no private model."""
    today = datetime.now(UTC).date()
    expires = today + timedelta(days=365)
    private = f'engine = "url"{_PRIVATE.format(port=house_port)}' if house_port else 'engine = "none"'
    upstreams = ""
    for vendor, interfaces in ENDPOINTS.items():
        head = f'vendor = "{vendor}"\ntitle = "{vendor.title()}"\nsource = "tests"\n'
        text = f"{head}reviewed_on = {today}\nexpires_on = {expires}\n"
        for interface, endpoint in interfaces.items():
            endpoints = [endpoint, *(["count_tokens"] if endpoint == "messages" else [])]
            for kind, model in models(vendor, endpoint).items():
                service = service_of(vendor, interface, kind)
                text += _SERVICE.format(service=service, title=kind, endpoints=endpoints, model=model)
                upstreams += _UPSTREAM.format(service=service, port=vendor_port)
        _file(folder / f"register/services/{vendor}.toml", text.replace("'", '"'))
        for kind in ("baa", "zdr_approval", "dpa"):
            services = [service_of(vendor, interface, "covered") for interface in interfaces]
            _file(folder / f"register/documents/{vendor}-{kind}.toml", document(kind, vendor, services, today))
    write_terms(folder)
    _file(folder / "ringfence.toml", f'[organisation]\nname = "Us"\n\n[private]\n{private}\n{upstreams}')
    folder.chmod(0o700)


def write_terms(folder: Path) -> None:
    """The shipped terms of both vendors, for all of their interfaces."""
    today = datetime.now(UTC).date()
    for path in resources.files("ringfence.register").joinpath("terms").iterdir():
        if path.name.split(".")[0].split("-")[0] in ENDPOINTS:
            text = _dated(path.read_text(encoding="utf-8"), today, today + timedelta(days=365))
            _file(folder / f"register/terms/{path.name}", text)


def document(kind: str, vendor: str, services: list[str], today: date) -> str:
    """The text of one document for these services of a vendor."""
    scope = {"services": services, "labels": ["phi", "personal", "confidential"]}
    text = home.document(kind, today, scope=scope)
    if vendor == "anthropic":
        text = text.replace('id = "test-', 'id = "anthropic-').replace('"openai"', '"anthropic"')
        text = text.replace("OpenAI", "Anthropic")
    return text


def _dated(text: str, today: date, expires: date) -> str:
    """Shipped terms with dates around today, so that tests pass in any year."""
    text = re.sub(r"(?m)^expires_on = .*$", f"expires_on = {expires}", text)
    return re.sub(r"(?m)^reviewed_on = .*$", f"reviewed_on = {today}", text)


def _file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
