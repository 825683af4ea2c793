"""The register of the demonstration vendor: two services on this machine, one with example documents on file.

Nothing here is real. Every service and document says `demonstration = true`, and the loader lets such documents count
for such services only.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from typing import Any

from ringfence.register import reading
from ringfence.register.render import new_document

VENDOR = "demonstration"
DEMONSTRATION_CLIENT = "demonstration"
"""The client that a key must state for the example customer BAA to be found."""
COVERED = "demonstration/covered"
UNCOVERED = "demonstration/uncovered"

_BEFORE = timedelta(days=30)
_AFTER = timedelta(days=365)

_SERVICES = """\
# DEMONSTRATION: a vendor that does not exist, answered for by a program on this machine.
vendor = "demonstration"
title = "the demonstration vendor"
source = "ringfence tour"
reviewed_on = {today}
expires_on = {expires}

[[services]]
id = "demonstration/covered"
title = "Demonstration vendor, with example documents on file"
host = "127.0.0.1"
endpoints = ["chat_completions"]
models = ["demo-covered*"]
modalities = ["text"]
demonstration = true

[[services]]
id = "demonstration/uncovered"
title = "Demonstration vendor, with nothing on file"
host = "127.0.0.1"
endpoints = ["chat_completions"]
models = ["demo-uncovered*"]
modalities = ["text"]
demonstration = true
"""


def demonstration(today: date) -> dict[str, str]:
    """Relative path -> text. The documents are in force from 30 days before `today` to 365 days after it."""
    expires = today + _AFTER
    return {
        "services/demonstration.toml": _SERVICES.format(today=today, expires=expires),
        "terms/demonstration.toml": _terms(today, expires),
        **{f"documents/{kind}.toml": _document(kind, today) for kind in ("baa", "zdr_approval", "dpa", "customer_baa")},
    }


def _terms(today: date, expires: date) -> str:
    """OpenAI's shipped terms under the demonstration's name and dates, so that a tour still works when those expire."""
    head, rules = reading.shipped_file("terms/openai.toml").split("\n\n", 1)
    for name, value in (
        ("vendor", f'"{VENDOR}"'),
        ("models", '["demo-*"]'),
        ("reviewed_on", str(today)),
        ("expires_on", str(expires)),
    ):
        head = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", head)
    # What OpenAI's newer models keep says nothing of a vendor that has no models.
    rules = re.sub(r"(?ms)^(# [^\n]*\n)*\[\[model_rules\]\].*?(?=^(# [^\n]*\n)*\[\[|\Z)", "", rules)
    return f"# DEMONSTRATION: judges fields as these terms do.\n{head}\n\n{rules}"


def _document(kind: str, today: date) -> str:
    vendor, us, customer = "The demonstration vendor", "Whoever runs the demonstration", "The demonstration customer"
    parties = {
        "baa": ((us, "business_associate"), (vendor, "subcontractor")),
        "zdr_approval": ((us, "customer"), (vendor, "service_provider")),
        "dpa": ((us, "controller"), (vendor, "processor")),
        "customer_baa": ((customer, "covered_entity"), (us, "business_associate")),
    }[kind]
    labels = {
        "baa": ["phi", "personal"],
        "zdr_approval": ["phi", "personal", "confidential"],
        "dpa": ["personal", "confidential"],
        "customer_baa": ["phi"],
    }[kind]
    limits: dict[str, Any] = {"zdr_approval": {"retention": ["prompt_cache_24h"]}}.get(
        kind, {"ai": "permitted", "subcontractors": "permitted", "deidentification": "permitted"}
    )
    return new_document(
        kind,
        id=f"demonstration-{kind.replace('_', '-')}",
        subject=DEMONSTRATION_CLIENT if kind == "customer_baa" else VENDOR,
        title="EXAMPLE, not a real document",
        demonstration=True,
        parties=[{"name": name, "role": role} for name, role in parties],
        dates={"effective_on": today - _BEFORE, "ends_on": today + _AFTER},
        scope={"services": [COVERED], "labels": labels},
        limits=limits,
        file={"sha256": hashlib.sha256(f"example {kind}".encode()).hexdigest()},
        review={"reviewed_by": "ringfence tour", "reviewed_on": today - _BEFORE, "expires_on": today + _AFTER},
    )
