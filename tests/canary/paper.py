"""A home with a vendor at which nothing, everything or a method of masking is on file, and a private service."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ringfence import register
from ringfence.vocabulary.labels import Label
from support import home

PRIVATE = """\
url = "http://127.0.0.1:{port}/v1"
model = "house-model"
own_host = true
"""
ACCEPTED = "openai/accepted"
EXPERT = "openai/expert"
MODELS = {
    home.UNCOVERED: "gpt-4o-mini",
    home.COVERED: "gpt-4o-baa",
    ACCEPTED: "gpt-4.1-accepted",
    EXPERT: "gpt-4.1-exp",
}
REACHABLE = frozenset({*MODELS, "private/url"})
_COVERS = {home.COVERED: {Label.PHI, Label.PERSONAL, Label.CONFIDENTIAL}}
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
endpoints = ["chat_completions"]
models = ["{model}*"]
modalities = ["text"]
"""


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


def service(service_id: str, model: str) -> str:
    """One more service for a file of the register, whose models begin with `model`."""
    return _SERVICE.format(service=service_id, model=model)


def upstream(service_id: str, port: int) -> str:
    """Its address in ringfence.toml."""
    return _UPSTREAM.format(service=service_id, port=port)


def write(folder: Path, vendor_port: int = 9, private_port: int = 9) -> Path:
    """The home. ACCEPTED has an acceptance of structured masking, EXPERT an expert's determination."""
    addresses = "".join(upstream(each, vendor_port) for each in (ACCEPTED, EXPERT))
    home.write(folder, vendor_port, engine="url", settings=PRIVATE.format(port=private_port) + addresses)
    services = folder / "register/services/openai.toml"
    more = "".join(service(each, MODELS[each]) for each in (ACCEPTED, EXPERT))
    services.write_text(services.read_text(encoding="utf-8") + more, encoding="utf-8")
    documents = folder / "register/documents"
    accepted = method("structured_masking_acceptance", ACCEPTED, ["personal", "financial", "card"], "attester")
    (documents / "accepted.toml").write_text(accepted, encoding="utf-8")
    expert = method("expert_determination", EXPERT, ["phi", "personal", "financial"], "expert")
    (documents / "expert.toml").write_text(expert, encoding="utf-8")
    return folder
