"""`ringfence register`: services and documents on file, and what they cover today."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from ringfence import register
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot
from ringfence.gateway.services import private_services
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

_TABLES = ("dates", "scope", "report", "limits", "method", "file", "review")


@click.group()
def command() -> None:
    """Services and documents on file, and what they cover today."""


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List services and documents, and whether each document counts today."""
    snapshot = boot.load_register(home_of(context))
    today = _today()
    documents = [
        {
            "id": document.id,
            "kind": document.kind,
            "subject": document.subject,
            "counts": standing.counts,
            "until": standing.until,
            "why": standing.why,
            "demonstration": document.demonstration,
        }
        for document in snapshot.documents.values()
        for standing in (snapshot.standing(document, today),)
    ]
    if json_:
        services = msgspec.to_builtins(list(snapshot.services.values()))
        as_json({"digest": snapshot.digest, "services": services, "documents": documents})
        return
    rows = [
        (service.id, _note(service.private, service.demonstration), service.host, ", ".join(service.models))
        for service in snapshot.services.values()
    ]
    table(("SERVICE", "", "HOST", "MODELS"), rows)
    click.echo()
    if not documents:
        click.echo("No document is on file, so vendors cover `general` only. Add one: ringfence register add --help")
        return
    table(
        ("DOCUMENT", "KIND", "ABOUT", "COUNTS TODAY"),
        [
            (each["id"], each["kind"], each["subject"], f"until {each['until']}" if each["counts"] else each["why"])
            for each in documents
        ],
    )


@command.command("check")
@json_option
@click.pass_context
def check(context: click.Context, json_: bool) -> int:
    """What is wrong with the register today. Exit code 1 where it can't be loaded."""
    home = home_of(context)
    problems = register.check(
        home.register if home.register.is_dir() else None,
        _today(),
        extra_services=private_services(home.settings.private),
    )
    if json_:
        as_json(problems)
    elif not problems:
        click.echo("The register loads, and every document on file counts today.")
    else:
        for problem in problems:
            click.echo(f"{problem.severity:<8} {problem.where}: {problem.says}\n{'':9}remedy: {problem.remedy}")
    return 1 if any(problem.severity == "error" for problem in problems) else 0


@command.command("coverage")
@click.option("--service", "wanted", multiple=True, help="Only these services.")
@click.option(
    "--label", "labels", multiple=True, type=click.Choice([label.value for label in Label]), help="Only these labels."
)
@click.option("--client", default="", help="Whose data it is (for a business associate).")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="On another day than today (UTC).")
@json_option
@click.pass_context
def coverage(
    context: click.Context,
    wanted: tuple[str, ...],
    labels: tuple[str, ...],
    client: str,
    on: datetime | None,
    json_: bool,
) -> None:
    """For each service and kind of data: covered until when and by what, or what is missing."""
    home = home_of(context)
    state = boot.load_state(home, lambda _service: True)
    covers = [
        cover
        for service in state.register.services.values()
        if (service.id in wanted if wanted else not service.demonstration)
        for cover in register.cover(
            state.register,
            service.id,
            [Label(label) for label in labels] or list(Label),
            service.endpoints[0],
            service.models[0] if service.models else "",
            on.date() if on else _today(),
            state.organisation,
            client,
        )
    ]
    if json_:
        as_json(covers)
        return
    rows = [
        (
            cover.service,
            cover.label,
            (f"until {cover.until}" if cover.until else "yes") if cover.covered else "no",
            ", ".join(cover.documents) if cover.covered else " ".join(cover.reasons),
        )
        for cover in covers
    ]
    table(("SERVICE", "LABEL", "COVERED", "BY / WHY NOT"), rows)


@command.command("needs")
@json_option
@click.pass_context
def needs(context: click.Context, json_: bool) -> None:
    """What each kind of data needs on file, and whether law or house policy, which can be relaxed, asks for it."""
    snapshot = boot.load_register(home_of(context))
    today = _today()
    relaxed = {each.need: each.expires_on for each in snapshot.relaxations if each.in_force(today)}
    rows = [
        {
            "label": need.label,
            "need": need.id,
            "basis": "house policy" if need.basis == "policy" else need.basis,
            "relaxable": need.relaxable,
            "relaxed_until": relaxed.get(need.id),
            "says": need.says,
            "source": need.source,
        }
        for need in snapshot.needs
    ]
    if json_:
        as_json(rows)
        return
    table(
        ("LABEL", "NEED", "BASIS", "RELAXED", "SAYS"),
        [(*(row[name] for name in ("label", "need", "basis")), _relaxed(row), row["says"]) for row in rows],
    )


def _relaxed(row: dict[str, Any]) -> str:
    if row["relaxed_until"]:
        return f"until {row['relaxed_until']}"
    return "no" if row["relaxable"] else "never"


@command.command("add")
@click.argument("kind", type=click.Choice([kind.value for kind in register.Kind]))
@click.option("--id", "document_id", required=True, help="Its name here, such as baa-openai-2026.")
@click.option("--subject", required=True, help="Vendor id, host, customer or service that it is about.")
@click.option("--title", default="", help="Its title on paper.")
@click.option("--party", "parties", multiple=True, metavar="NAME=ROLE", help="A party and its role; one option each.")
@click.option("--file", "paper", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The paper itself.")
@click.option("--set", "fields", multiple=True, metavar="TABLE.FIELD=VALUE", help="Such as dates.ends_on=2027-01-31.")
@click.pass_context
def add(
    context: click.Context,
    kind: str,
    document_id: str,
    subject: str,
    title: str,
    parties: tuple[str, ...],
    paper: Path | None,
    fields: tuple[str, ...],
) -> None:
    """Put a document on file. What it must state and does not stands in the new file as comments.

    The paper stays where it is; its SHA-256 goes on file.
    """
    home = home_of(context)
    tables = _tables(fields)
    if paper is not None:
        tables.setdefault("file", {})["sha256"] = hashlib.sha256(paper.read_bytes()).hexdigest()
    text = register.new_document(
        kind, id=document_id, subject=subject, title=title, parties=_parties(parties), **tables
    )
    path = home.register / "documents" / f"{document_id}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already", remedy="Edit it, or use another --id.") from error
    click.echo(f"wrote {path}")
    standing = _standing(home_of(context), document_id)
    click.echo(standing)


def _standing(home: Any, document_id: str) -> str:
    snapshot = boot.load_register(home)
    standing = snapshot.standing(snapshot.documents[document_id], _today())
    return f"It counts today, until {standing.until}." if standing.counts else f"It does not count yet: {standing.why}"


def _tables(fields: Iterable[str]) -> dict[str, Any]:
    """`table.field=value` options as tables. A value is TOML, or else a plain text."""
    tables: dict[str, Any] = {}
    for each in fields:
        name, equals, value = each.partition("=")
        table_name, dot, field = name.partition(".")
        if not (equals and dot and field):
            raise click.BadParameter(f"{each!r} is not TABLE.FIELD=VALUE", param_hint="--set")
        if table_name not in _TABLES:
            raise click.BadParameter(f"no table {table_name!r}; there are {', '.join(_TABLES)}", param_hint="--set")
        tables.setdefault(table_name, {})[field] = _value(value)
    return tables


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _parties(parties: Iterable[str]) -> list[dict[str, str]]:
    rows = []
    for each in parties:
        name, equals, role = each.rpartition("=")
        if not equals:
            raise click.BadParameter(f"{each!r} is not NAME=ROLE", param_hint="--party")
        rows.append({"name": name, "role": role})
    return rows


def _note(private: bool, demonstration: bool) -> str:
    return "private" if private else "demonstration" if demonstration else ""


def _today() -> date:
    return datetime.now(UTC).date()
