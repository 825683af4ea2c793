"""`ringfence explain`: what would happen to a prompt or request, and why. Nothing is sent, nothing is recorded."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from ringfence import dialects
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.dialects import Dialect
from ringfence.gateway import boot, plan, speaking
from ringfence.gateway.admit import Caller
from ringfence.gateway.home import Home
from ringfence.gateway.keys import Key, KeyStore
from ringfence.gateway.plan import Plan
from ringfence.gateway.services import EMBEDDED, targets
from ringfence.gateway.stations import Stations
from ringfence.masking import MemoryBook
from ringfence.upstream import Upstreams
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

ENDPOINTS = tuple(dialect.endpoint for dialect in dialects.all())
_MODELS = {"messages": "claude-sonnet-4-5", "count_tokens": "claude-sonnet-4-5", "embeddings": "text-embedding-3-small"}
_DEFAULT_MODEL = "gpt-4o-mini"
_BY_INPUT = ("responses", "embeddings")


@click.command()
@click.argument("prompt")
@click.option("--key", "key_id", help="Id of a key whose declarations to use.")
@click.option(
    "--handles",
    multiple=True,
    type=click.Choice([label.value for label in Label]),
    help="Instead of --key: what a key declares.",
)
@click.option("--source", "sources", multiple=True, help="As header x-ringfence-source.")
@click.option("--label", "labels", multiple=True, help="As header x-ringfence-label.")
@click.option("--client", default="", help="Whose data it is.")
@click.option("--model", help=f"Model asked for, where PROMPT is text ({_DEFAULT_MODEL}, or one of that interface).")
@click.option(
    "--endpoint",
    type=click.Choice(ENDPOINTS),
    default=speaking.CHAT,
    show_default=True,
    help="The interface that the client speaks.",
)
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="One of the interface's own headers.")
@click.option("--needs-identity", is_flag=True, help="As of a key whose purpose needs to know the person.")
@click.option("--on-uncovered", type=click.Choice(["reroute", "deny"]), default="reroute", show_default=True)
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    prompt: str,
    model: str | None,
    endpoint: str,
    headers: tuple[str, ...],
    json_: bool,
    **who: Any,
) -> None:
    """Dry run on PROMPT: a text, a file with a text or a request in JSON, or - for standard input."""
    home = home_of(context)
    dialect = speaking.by_endpoint(endpoint)
    request = dialect.read(_body(prompt, model, endpoint), _headers(headers, dialect))
    stations = dry_stations(home)
    try:
        result = plan.make(request, dialect, _caller(home, **who), stations, every=True)
    finally:
        stations.close()
    if json_:
        as_json(report(request, result))
    else:
        _print(request, result)


def dry_stations(home: Home) -> Stations:
    """Stations that record and send nothing; surrogates live in memory only."""
    services = boot.load_register(home).services
    sender = Upstreams(targets(home.settings, services))
    embedded = EMBEDDED if home.settings.private.engine == "embedded" else ""  # taken to be up
    state = boot.load_state(home, lambda service: service == embedded or sender.configured(service))
    return boot.stations(
        home,
        state=lambda: state,
        sender=sender,
        book=lambda _scope: MemoryBook(secrets.token_bytes),
        append=boot.no_ledger,
        live=lambda _line: None,
        names=boot.open_names(home),
        files=boot.open_files(home),
    )


def _headers(given: tuple[str, ...], dialect: Dialect) -> list[tuple[str, str]]:
    split = [(name.strip().lower(), value.strip()) for name, _, value in (each.partition(":") for each in given)]
    for name, value in split:
        if name not in dialect.headers or not value:
            known = ", ".join(dialect.headers) or "none"
            raise click.UsageError(f"--header takes NAME:VALUE with a header of {dialect.endpoint}: {known}.")
    return split


def _body(prompt: str, model: str | None, endpoint: str) -> bytes:
    """The request body that PROMPT means: a request as it is, a text as one user message."""
    text = _text(prompt)
    try:
        tree = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        tree = None
    if isinstance(tree, dict) and {"messages", "input"} & tree.keys():
        if model is not None:
            raise click.UsageError("--model goes with a text; a request names its own model.")
        return text.encode()
    said = {"input": text} if endpoint in _BY_INPUT else {"messages": [{"role": "user", "content": text}]}
    limit = {"max_tokens": 1024} if endpoint == "messages" else {}
    return json.dumps({"model": model or _MODELS.get(endpoint, _DEFAULT_MODEL), **limit, **said}).encode()


def _text(prompt: str) -> str:
    """What PROMPT names: standard input, a file, or itself."""
    try:
        if prompt == "-":
            return sys.stdin.buffer.read().decode()
        if _is_file(prompt):
            return Path(prompt).read_text(encoding="utf-8")
        prompt.encode()  # an argument that is not UTF-8 comes as halves of surrogate pairs
    except UnicodeError:
        raise click.UsageError("PROMPT is not text in UTF-8.") from None
    return prompt


def _is_file(prompt: str) -> bool:
    try:
        return Path(prompt).is_file()
    except OSError:  # too long for a name
        return False


def _caller(home: Home, key_id: str | None, sources: tuple[str, ...], labels: tuple[str, ...], **fields: Any) -> Caller:
    fields["handles"] = tuple(Label(label) for label in fields["handles"])
    if key_id is None:
        key = Key(id="explain", digest="", purpose="dry run", created=datetime.now(UTC), demonstration=True, **fields)
        return Caller(key, sources, labels)
    if fields["handles"]:
        raise click.UsageError("--handles and --key exclude one another: a key declares what it handles.")
    found = next((key for key in KeyStore(home.folder).all() if key.id == key_id), None)
    if found is None:
        raise ConfigurationError(f"no key {key_id}", remedy="List them with `ringfence keys list`.")
    return Caller(found, (*found.sources, *sources), labels)


def report(request: CanonicalRequest, result: Plan) -> dict[str, Any]:
    """The `--json` document: effect, service, labels, spans, candidates, coverage and digests."""
    decision, classification = result.decision, result.classification
    return {
        "effect": decision.effect,
        "service": decision.service,
        "endpoint": request.endpoint,
        "model": request.model,
        "labels": sorted(classification.labels),
        "declared": sorted(classification.declared),
        "completeness": classification.completeness,
        "names_searched": classification.names_searched,
        "names_why": classification.names_why,
        "spans": [
            {
                "pointer": finding.segment,
                "start": finding.start,
                "end": finding.end,
                "entity": finding.entity,
                "score": finding.score,
                "detector": finding.detector,
                "place": finding.place,
            }
            for finding in classification.findings
        ],
        "candidates": [
            {
                "service": verdict.facts.service,
                "form": verdict.facts.form,
                "allowed": verdict.allowed,
                "rules": msgspec.to_builtins(verdict.reasons),
                "uncovered": list(verdict.facts.uncovered),
                "unknown_fields": list(verdict.facts.unknown_fields),
                "forbidden_fields": list(verdict.facts.forbidden_fields),
            }
            for verdict in decision.verdicts
        ],
        "rules": list(decision.determining_rules),
        "coverage": msgspec.to_builtins(decision.coverage),
        "rewrites": msgspec.to_builtins(result.rewrites),
        "gaps": list(result.gaps),
        "replaced": result.masked.replaced if result.masked else {},
        "reasons": list(classification.reasons),
        "exceptions": list(result.exceptions),
        "policy_digest": decision.policy_digest,
        "register_digest": decision.register_digest,
    }


def _print(request: CanonicalRequest, result: Plan) -> None:
    decision, classification = result.decision, result.classification
    click.echo(f"effect   {decision.effect}" + (f" -> {decision.service}" if decision.service else ""))
    click.echo(f"model    {request.model} asked for")
    click.echo(f"labels   {', '.join(sorted(classification.labels))}")
    click.echo(
        f"read     {classification.completeness}; names in free text were "
        + ("searched" if classification.names_searched else f"not searched: {classification.names_why}")
    )
    for reason in classification.reasons:
        click.echo(f"         {reason}")
    if classification.findings:
        click.echo()
        rows = [(f.segment, f"{f.start}-{f.end}", f.entity, f.detector) for f in classification.findings]
        table(("WHERE", "SPAN", "ENTITY", "DETECTOR"), rows)
    click.echo()
    table(
        ("CANDIDATE", "FORM", "ALLOWED", "BECAUSE"),
        [
            (
                verdict.facts.service,
                verdict.facts.form,
                "yes" if verdict.allowed else "no",
                " ".join(f"{reason.rule}: {reason.says}" for reason in verdict.reasons),
            )
            for verdict in decision.verdicts
        ],
    )
    click.echo()
    table(
        ("SERVICE", "LABEL", "COVERED", "BY / WHY NOT"),
        [
            (
                cover.service,
                cover.label,
                f"until {cover.until}" if cover.covered and cover.until else "yes" if cover.covered else "no",
                ", ".join(cover.documents) if cover.covered else " ".join(cover.reasons),
            )
            for cover in decision.coverage
        ],
    )
    if result.exceptions:
        click.echo(f"excepted by {', '.join(result.exceptions)}: without it this candidate would be denied")
    for rewrite in result.rewrites:
        click.echo(f"rewritten {rewrite.pointer or 'the body'}: {rewrite.why}")
    for gap in result.gaps:
        click.echo(f"can't do: {gap}")
