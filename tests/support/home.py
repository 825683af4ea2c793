"""A RINGFENCE_HOME for a test: OpenAI's services at a loopback address, some with documents, in force around today."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from ringfence import register
from ringfence.gateway.keys import KeyStore

UNCOVERED = "openai/chat-completions"
"""Models `gpt-*`: nothing on file."""
COVERED = "openai/covered"
"""Models `gpt-4o-baa*`: BAA, ZDR approval and DPA on file for phi, personal and confidential."""

_SERVICES = """\
vendor = "openai"
title = "OpenAI (scripted)"
source = "tests"
reviewed_on = {today}
expires_on = {expires}

[[services]]
id = "openai/chat-completions"
title = "nothing on file"
host = "127.0.0.1"
endpoints = ["chat_completions"]
models = ["gpt-*"]
modalities = ["text", "image", "audio", "file"]

[[services]]
id = "openai/covered"
title = "documents on file"
host = "127.0.0.1"
endpoints = ["chat_completions"]
models = ["gpt-4o-baa*"]
modalities = ["text", "image", "audio", "file"]
"""

_UPSTREAM = """
[[upstream]]
service = "{service}"
base_url = "http://127.0.0.1:{port}/v1"
api_key = "env:SCRIPTED_VENDOR_KEY"
"""


def write(folder: Path, vendor_port: int, *, settings: str = "", engine: str = "none", upstream: str = "") -> Path:
    """Makes the home. `settings` is more TOML for ringfence.toml, `upstream` for each [[upstream]]; `engine` as
    [private] engine. Returns the folder."""
    today = datetime.now(UTC).date()
    upstreams = "".join(
        f"{_UPSTREAM.format(service=service, port=vendor_port)}{upstream}\n" for service in (UNCOVERED, COVERED)
    )
    _file(
        folder / "ringfence.toml",
        f'[organisation]\nname = "Us"\n\n[private]\nengine = "{engine}"\n{settings}\n{upstreams}',
    )
    expires = today + timedelta(days=365)
    _file(folder / "register/services/openai.toml", _SERVICES.format(today=today, expires=expires))
    _file(folder / "register/terms/openai.toml", _terms(today, expires))
    for kind in ("baa", "zdr_approval", "dpa"):
        _file(folder / f"register/documents/{kind}.toml", document(kind, today))
    folder.chmod(0o700)
    return folder


def document(kind: str, today: date, **changes: Any) -> str:
    """The text of one document for COVERED, in force from 30 days ago for a year; `changes` replace tables."""
    parties = {
        "baa": (("Us", "covered_entity"), ("OpenAI", "business_associate")),
        "zdr_approval": (("Us", "customer"), ("OpenAI", "service_provider")),
        "dpa": (("Us", "controller"), ("OpenAI", "processor")),
    }[kind]
    first, last = today - timedelta(days=30), today + timedelta(days=335)
    limits: dict[str, Any] = {"ai": "permitted", "subcontractors": "permitted", "deidentification": "permitted"}
    tables: dict[str, Any] = {
        "dates": {"effective_on": first, "ends_on": last},
        "scope": {"services": [COVERED], "labels": ["phi", "personal", "confidential"]},
        "limits": {"retention": ["prompt_cache_24h"]} if kind == "zdr_approval" else limits,
        "file": {"sha256": hashlib.sha256(kind.encode()).hexdigest()},
        "review": {"reviewed_by": "A. Reviewer", "reviewed_on": first, "expires_on": last},
    }
    named = [{"name": name, "role": role} for name, role in parties]
    return register.new_document(kind, id=f"test-{kind}", subject="openai", parties=named, **(tables | changes))


def key(folder: Path, *handles: str, **fields: Any) -> str:
    """Makes an API key in the home and returns its text."""
    return KeyStore(folder).create(client="test", purpose="tests", handles=handles, **fields)[1]


def records(folder: Path) -> list[dict[str, Any]]:
    """Every record of the home's ledger, decoded, with its index."""
    from ringfence.ledger.read import entries

    return [{"index": entry.index, **json.loads(entry.leaf)} for entry in entries(folder / "ledger")]


def _terms(today: date, expires: date) -> str:
    """The shipped terms with dates around today, so that tests pass in any year."""
    text = resources.files("ringfence.register").joinpath("terms/openai.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^expires_on = .*$", f"expires_on = {expires}", text, count=1)
    return re.sub(r"(?m)^reviewed_on = .*$", f"reviewed_on = {today}", text)


def _file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
