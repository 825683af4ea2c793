"""Writes the generated pages of docs/reference from the code itself; `--check` fails where one is out of date."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import click

from ringfence.classify import SOURCES, detectors
from ringfence.cli.app import COMMANDS, group
from ringfence.cli.output import EXIT_CODES
from ringfence.evidence.facts import topics
from ringfence.gateway.state import schema_text, shipped_rules
from ringfence.policy import Policy
from ringfence.policy.catalogue import rules
from ringfence.register import AllowList, Practices, clients, load, surfaces
from ringfence.settings.template import LISTS, rows
from ringfence.upstream import vendors
from ringfence.vocabulary import errors
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.labels import Label

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_NOTE = "<!-- Written by `make docs` from the code. Don't edit. -->\n"


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "Every key of `ringfence.toml`. Unknown keys are refused. `ringfence init --print` prints it.",
        "",
    ]
    table = ""
    for row in rows():
        if row.table != table:
            table = row.table
            head = f"[[{table}]]" if table in LISTS else f"[{table}]"
            lines += ["", f"## `{head}`", "", "| key | type | default | what it does |", "|---|---|---|---|"]
        lines.append(f"| `{row.key}` | {row.kind} | `{row.default}` | {row.says} |")
    return "\n".join(lines)


def rules_page() -> str:
    lines = [
        "# Rules",
        "",
        "The shipped Cedar rules. A forbid wins over every permit; see `policies/ringfence.cedar`.",
        "",
    ]
    lines += ["| rule | effect | says | remedy |", "|---|---|---|---|"]
    for rule in rules(Policy.load(shipped_rules(), schema_text())):
        lines.append(f"| `{rule.id}` | {rule.effect} | {rule.says} | {rule.remedy} |")
    return "\n".join(lines)


def errors_page() -> str:
    lines = [
        "# Errors",
        "",
        "Every error code, as it stands in the reply's `error.code`. `ringfence_denied` (403) is no",
        "",
    ]
    lines[-2] += " error but a decision: its message names each rule and what is missing on paper."
    lines += ["| code | HTTP | remedy |", "|---|---|---|"]
    for _, cls in inspect.getmembers(errors, inspect.isclass):
        if issubclass(cls, errors.RingfenceError):
            lines.append(f"| `{cls.code}` | {cls.http_status} | {cls.remedy} |")
    return "\n".join(lines)


def detectors_page() -> str:
    lines = [
        "# Detectors",
        "",
        "What is found by patterns, checksums and context. Names in free text are found by the tagger beside them: see",
        "[find names](../how-to/find-names.md).",
        "",
    ]
    lines += ["| detector | entities | says | source |", "|---|---|---|---|"]
    for detector in detectors.all():
        lines.append(f"| `{detector.id}` | {', '.join(detector.entities)} | {detector.says} | {detector.source} |")
    lines += [
        "",
        "## Entities",
        "",
        "The label is what a finding alone raises; the letter is that of 45 CFR 164.514(b)(2)(i).",
        "",
    ]
    lines += ["| entity | what | label | Safe Harbor | masked by |", "|---|---|---|---|---|"]
    for entity in ENTITIES.values():
        lines.append(
            f"| `{entity.name}` | {entity.says} | {entity.raises or '-'} | {entity.safe_harbor or '-'} | {entity.disposal} |"
        )
    lines += [
        "",
        "## Source tags",
        "",
        "Values of `x-ringfence-source`; a tag that is not listed is treated as anything.",
        "",
    ]
    lines += ["| tag | labels | says |", "|---|---|---|"]
    for tag, source in SOURCES.items():
        lines.append(f"| `{tag}` | {', '.join(sorted(source.labels))} | {source.says} |")
    lines += ["", f"Labels: {', '.join(f'`{label}`' for label in Label)}."]
    return "\n".join(lines)


def services_page() -> str:
    lines = [
        "# Services that can be reached",
        "",
        "| service | address | interfaces | variables of its key | note | source |",
        "|---|---|---|---|---|---|",
    ]
    for vendor in vendors.all():
        address = vendor.base_url or "(your own)"
        interfaces = ", ".join(f"`{endpoint}`" for endpoint in vendor.paths) or "-"
        variables = ", ".join(filter(None, (vendor.credential_env, *vendor.signing_env))) or "-"
        lines.append(
            f"| `{vendor.service}` | {address} | {interfaces} | {variables} | {vendor.note or '-'} | {vendor.source} |"
        )
    return "\n".join(lines)


def terms_page() -> str:
    snapshot = load(None)
    lines = ["# Terms: what vendors keep", ""]
    lines += ["What this release knows, with the day on which somebody read it. Why it matters is told in"]
    lines += [
        "[the terms catalogue](../explanation/terms.md); each field of a list: `ringfence terms show VENDOR ENDPOINT`."
    ]
    lines += [
        "",
        "## Allow-lists",
        "",
        "| vendor | endpoint | models | fields | reviewed | until |",
        "|---|---|---|---|---|---|",
    ]
    for each in snapshot.terms:
        models = ", ".join(f"`{model}`" for model in each.models)
        dates = f"{each.reviewed_on} | {each.expires_on}"
        lines.append(f"| {each.vendor} | `{each.endpoint}` | {models} | {len(each.fields)} | {dates} |")
    lines += ["", "## What the gateway sets, and models that regulated data does not go with", ""]
    lines += ["| vendor | endpoint | what | why | source |", "|---|---|---|---|---|"]
    lines += [row for each in snapshot.terms for row in _terms_rows(each)]
    for practices in snapshot.practices.values():
        lines += _practices(practices)
    lines += ["", "## Endpoints that are not served", "", "`unknown` counts as no.", ""]
    lines += ["| surface | paths | what is kept | ZDR | HIPAA | why | source |", "|---|---|---|---|---|---|---|"]
    for surface in surfaces():
        paths = ", ".join(f"`{path}`" for path in surface.paths)
        about = f"{surface.keeps} | {surface.zdr} | {surface.hipaa} | {surface.why} | {surface.source}"
        lines.append(f"| {surface.title} (`{surface.id}`) | {paths} | {about} |")
    lines += ["", "## Clients", "", "| client | for regulated data | speaks | why | source |", "|---|---|---|---|---|"]
    for client in clients():
        speaks = ", ".join(f"`{each}`" for each in client.speaks) or "-"
        suitable = "yes" if client.suitable else "**unsuitable**"
        lines.append(f"| {client.title} | {suitable} | {speaks} | {client.why} | {client.source} |")
    return "\n".join(lines)


def _terms_rows(terms: AllowList) -> list[str]:
    rows = [(f"`{each.pointer}` = `{each.value!s}`", each) for each in terms.forced]
    rows += [(f"models {', '.join(f'`{model}`' for model in each.models)}", each) for each in terms.model_rules]
    return [f"| {terms.vendor} | `{terms.endpoint}` | {what} | {each.why} | {each.source} |" for what, each in rows]


def _practices(practices: Practices) -> list[str]:
    lines = ["", f"## What is kept: {practices.vendor}", "", f"Reviewed on {practices.reviewed_on}.", ""]
    lines += ["| what | tiers | endpoints | how long | source |", "|---|---|---|---|---|"]
    for each in practices.retention:
        tiers, where = (", ".join(f"`{name}`" for name in names) or "all" for names in (each.tiers, each.endpoints))
        lines.append(f"| {each.what} | {tiers} | {where} | {each.says} | {each.source} |")
    for said in practices.training:
        where = ", ".join(f"`{each}`" for each in said.services) or "all services"
        lines += [
            "",
            f"Training on what is sent ({where}): *{said.answer}*. {said.says} ({said.source}, {said.reviewed_on})",
        ]
    for question in practices.questions:
        lines += ["", f"*{'Resolved' if question.resolved else 'Unresolved'}*: {question.asks}.", ""]
        lines += [
            f"* **{claim.answer}**: {claim.says} ({claim.source}, {claim.reviewed_on})" for claim in question.claims
        ]
    return lines


def facts_page() -> str:
    lines = [
        "# Facts",
        "",
        "What `ringfence evidence facts` can say, by topic. Each fact names its subject (a vendor, or the organisation), what",
        "it rests on, how old that is and until when it counts: see [list what is true](../how-to/list-what-is-true.md).",
    ]
    for topic in topics():
        lines += ["", f"## {topic.title}", "", f"Source: {topic.source}.", ""]
        lines += ["| fact | value | what it means | such as |", "|---|---|---|---|"]
        for each in topic.predicates:
            lines.append(f"| `{each.name}` | {_VALUES[each.type]} | {each.says} | {each.example} |")
    return "\n".join(lines)


_VALUES = {bool: "yes or no", int: "number", float: "number", str: "word", tuple: "list"}


def commands_page() -> str:
    lines = [
        "# Commands",
        "",
        "Exit codes: " + "; ".join(f"{code} {says}" for code, says in EXIT_CODES.items()) + ".",
        "",
    ]
    context = click.Context(group, info_name="ringfence")
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        lines += _help(command, click.Context(command, info_name=name, parent=context))
    return "\n".join(lines)


def _help(command: click.Command, context: click.Context) -> list[str]:
    lines = [f"## `{context.command_path}`", "", "```", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            assert each is not None
            lines += _help(each, click.Context(each, info_name=name, parent=context))
    return lines


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "rules.md": rules_page,
    "errors.md": errors_page,
    "detectors.md": detectors_page,
    "services.md": services_page,
    "terms.md": terms_page,
    "facts.md": facts_page,
    "commands.md": commands_page,
}


def main() -> int:
    """Writes the pages, or with --check names those that differ."""
    stale = []
    for name, page in PAGES.items():
        text = _NOTE + page().rstrip() + "\n"
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"out of date in docs/reference: {', '.join(stale)}. Run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
