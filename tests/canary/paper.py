"""A home with vendors at which nothing, everything or a method of masking is on file, and a private service."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ringfence import register
from ringfence.vocabulary.labels import Label
from support import home, surfaces

PRIVATE = """\
url = "http://127.0.0.1:{port}/v1"
model = "house-model"
own_host = true
endpoints = {speaks}
"""
ACCEPTED = "openai/accepted"
EXPERT = "openai/expert"
MODELS = {
    home.UNCOVERED: "gpt-4o-mini",
    home.COVERED: "gpt-4o-baa",
    ACCEPTED: "gpt-4o-accepted",
    EXPERT: "gpt-4o-exp",
}
CLAUDES = {
    "anthropic/open": "claude-sonnet-4-5",
    "anthropic/covered": "claude-baa",
    "anthropic/accepted": "claude-accepted",
    "anthropic/expert": "claude-exp",
}
"""As `MODELS`, in the same order, of the other vendor."""
_OPENAI = ["chat_completions", "responses", "embeddings"]
_ANTHROPIC = ["messages", "count_tokens"]
ALL = (*_OPENAI, *_ANTHROPIC)
"""Every interface."""
REACHABLE = frozenset({*MODELS, *CLAUDES, "private/url"})
_COVERS = {each: {Label.PHI, Label.PERSONAL, Label.CONFIDENTIAL} for each in (home.COVERED, "anthropic/covered")}
_UPSTREAM = """
[[upstream]]
service = "{service}"
base_url = "http://127.0.0.1:{port}/v1"
api_key = "env:SCRIPTED_VENDOR_KEY"
"""
_SERVICE = """
[[services]]
id = "{service}"
title = "a method on file"
host = "127.0.0.1"
endpoints = {endpoints}
models = ["{model}*"]
modalities = {modalities}
"""


def models(endpoint: str) -> dict[str, str]:
    """Service -> its model, for an interface; the first has nothing on file."""
    return MODELS if endpoint in _OPENAI else CLAUDES


def covered_at(service: str) -> set[Label]:
    """The labels that the documents of this home cover at a service; everything in the house itself."""
    return set(Label) if service.startswith("private/") else _COVERS.get(service, set())


def method(kind: str, service: str, labels: list[str], role: str, **more: dict[str, Any]) -> str:
    """The text of a document on a method of masking; `more` are further tables."""
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=30), today + timedelta(days=335)
    tables: dict[str, dict[str, Any]] = {
        "dates": {"effective_on": first, "ends_on": last},
        "scope": {"services": [service], "labels": labels},
        "file": {"sha256": hashlib.sha256(kind.encode()).hexdigest()},
        "review": {"reviewed_by": "A. Reviewer", "reviewed_on": first, "expires_on": last},
    }
    parties = [{"name": "M. Meyer", "role": role}]
    return register.new_document(kind, id=f"test-{kind}", subject="organisation", parties=parties, **(tables | more))


def service(
    service_id: str, model: str, endpoints: list[str] = _OPENAI, modalities: tuple[str, ...] = ("text",)
) -> str:
    """One more service for a file of the register, whose models begin with `model`."""
    return _SERVICE.format(service=service_id, model=model, endpoints=_toml(endpoints), modalities=_toml(modalities))


def _toml(words: Sequence[str]) -> str:
    return str(list(words)).replace("'", '"')


def upstream(service_id: str, port: int) -> str:
    """Its address in ringfence.toml."""
    return _UPSTREAM.format(service=service_id, port=port)


def write(folder: Path, vendor_port: int = 9, private_port: int = 9, speaks: Sequence[str] = ALL) -> Path:
    """The home. ACCEPTED has an acceptance of structured masking, EXPERT an expert's determination. `speaks`: the
    interfaces of the private service."""
    addresses = "".join(upstream(each, vendor_port) for each in (ACCEPTED, EXPERT, *CLAUDES))
    private = PRIVATE.format(port=private_port, speaks=_toml(speaks))
    home.write(folder, vendor_port, engine="url", settings=private + addresses)
    services = folder / "register/services"
    openai = (services / "openai.toml").read_text(encoding="utf-8")
    head = openai.partition("[[services]]")[0].replace("openai", "anthropic").replace("OpenAI", "Anthropic")
    openai = openai.replace('["chat_completions"]', _toml(_OPENAI))
    more = "".join(service(each, MODELS[each]) for each in (ACCEPTED, EXPERT))
    (services / "openai.toml").write_text(openai + more, encoding="utf-8")
    claudes = ""
    for each, model in CLAUDES.items():
        readable = ("text", "image", "file") if each in ("anthropic/open", "anthropic/covered") else ("text",)
        claudes += service(each, model, _ANTHROPIC, readable)
    (services / "anthropic.toml").write_text(head + claudes, encoding="utf-8")
    surfaces.write_terms(folder)
    embeddings = folder / "register/terms/openai-embeddings.toml"
    embeddings.write_text(embeddings.read_text().replace('models = ["text-embedding-*"]', 'models = ["gpt-*"]'))
    _write_documents(folder / "register/documents")
    return folder


def _write_documents(documents: Path) -> None:
    today = datetime.now(UTC).date()
    for kind in ("baa", "zdr_approval", "dpa"):
        text = surfaces.document(kind, "anthropic", ["anthropic/covered"], today)
        (documents / f"anthropic-{kind}.toml").write_text(text, encoding="utf-8")
    for name, kind, services, labels, role in (
        (
            "accepted",
            "structured_masking_acceptance",
            (ACCEPTED, "anthropic/accepted"),
            ["personal", "financial", "card"],
            "attester",
        ),
        ("expert", "expert_determination", (EXPERT, "anthropic/expert"), ["phi", "personal", "financial"], "expert"),
    ):
        scope = {"services": list(services), "labels": labels}
        text = method(kind, services[0], labels, role, scope=scope)
        (documents / f"{name}.toml").write_text(text, encoding="utf-8")
