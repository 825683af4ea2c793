"""`ringfence terms`: the shipped and own allow-lists, and what a vendor's specification has that they lack."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import click
import msgspec

from ringfence import register
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot
from ringfence.register import AllowList, Difference, Rule, Snapshot, Tier
from ringfence.vocabulary.errors import ConfigurationError

_MAX_BYTES = 32 * 1024 * 1024
"""Of a specification: OpenAI's whole one has about 3 MiB."""


@click.group()
def command() -> None:
    """What vendors do with each field of a request, and where their specifications have moved on."""


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List the allow-lists: vendor, endpoint, how many fields, and until when each may be relied on."""
    snapshot = boot.load_register(home_of(context))
    head = ("vendor", "endpoint", "fields", "reviewed_on", "expires_on", "models")
    rows = [
        (terms.vendor, terms.endpoint, len(terms.fields), terms.reviewed_on, terms.expires_on, terms.models)
        for terms in snapshot.terms
    ]
    if json_:
        lists = [dict(zip(head, row, strict=True)) for row in rows]
        as_json({"lists": lists, "surfaces": register.surfaces(), "clients": register.clients()})
        return
    table([name.upper() for name in head], [(*row[:-1], ", ".join(row[-1])) for row in rows])


@command.command("show")
@click.argument("vendor")
@click.argument("endpoint")
@click.option(
    "--tier", type=click.Choice([tier.value for tier in Tier]), default=Tier.DEFAULT.value, help="What was approved."
)
@json_option
@click.pass_context
def show(context: click.Context, vendor: str, endpoint: str, tier: str, json_: bool) -> None:
    """Show one allow-list: what may go with regulated data, what is set, what is kept and for how long."""
    snapshot = boot.load_register(home_of(context))
    terms = _list(snapshot, vendor, endpoint)
    kept = register.retention(snapshot, vendor, endpoint, Tier(tier))
    practices = snapshot.practices.get(vendor)
    unresolved = [each for each in practices.questions if not each.resolved] if practices else []
    if json_:
        shown = {name: getattr(terms, name) for name in ("vendor", "endpoint", "models", "reviewed_on", "expires_on")}
        parts = {"rules": terms.rules, "forced": terms.forced, "model_rules": terms.model_rules}
        as_json({**shown, **parts, "tier": tier, "retention": kept, "unresolved": unresolved})
        return
    click.echo(f"{vendor} {endpoint}, reviewed on {terms.reviewed_on}, until {terms.expires_on}\n")
    rows = [(_verdict(rule), f"{_fields(rule)}: {rule.why} ({rule.source})") for rule in terms.rules]
    rows += [("set", f"{each.pointer} = {json.dumps(each.value)}: {each.why} ({each.source})") for each in terms.forced]
    rows += [("model", f"{', '.join(each.models)}: {each.why} ({each.source})") for each in terms.model_rules]
    table(("VERDICT", "FIELDS AND WHY"), rows)
    click.echo(f"\nWhat is kept under {tier}:")
    table(("WHAT", "HOW LONG"), [(each.what, f"{each.says} ({each.source})") for each in kept])
    for question in unresolved:
        click.echo(f"\nunresolved: {question.sentence}")


@command.command("diff")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vendor", default="", help="Whose specification it is. Default: as its title says.")
@click.option("--endpoint", "wanted", multiple=True, help="Only these endpoints, such as responses.")
@json_option
@click.pass_context
def diff(context: click.Context, spec: Path, vendor: str, wanted: tuple[str, ...], json_: bool) -> int:
    """Compare a vendor's OpenAPI SPEC with the catalogue. Exit code 1 where the catalogue lacks something.

    Fields, values of fields that choose, and endpoints that no list knows; then listed fields that the SPEC lacks.
    """
    snapshot = boot.load_register(home_of(context))
    document = register.check_specification(_read(spec))
    vendor = vendor or _vendor(snapshot, register.title_of(document))
    lists = [terms for terms in snapshot.terms if terms.vendor == vendor]
    chosen = [_list(snapshot, vendor, endpoint) for endpoint in wanted] or lists
    found: list[Difference] = []
    for terms in chosen:
        if terms.endpoint in register.ROUTES and (body := register.request_body(document, terms.endpoint)) is not None:
            found += register.compare(terms, body)
        elif wanted:
            remedy = f"Name one that it has; paths end in {', '.join(register.ROUTES.values())}."
            raise ConfigurationError(f"{spec} does not describe {terms.endpoint}", remedy=remedy)
    if not wanted:
        own = [surface for surface in register.surfaces() if surface.vendor == vendor]
        found += register.compare_endpoints(register.endpoints(document), lists, own)
    if json_:
        as_json({"vendor": vendor, "differences": [{**msgspec.to_builtins(d), "unknown": d.unknown} for d in found]})
    else:
        _print(vendor, found)
    return 1 if any(each.unknown for each in found) else 0


def _print(vendor: str, found: list[Difference]) -> None:
    if not found:
        click.echo(f"The catalogue for {vendor} and the specification name the same.")
        return
    table(
        ("WHAT", "ENDPOINT", "NAME"),
        [
            (
                each.kind.replace("_", " "),
                each.endpoint or "-",
                each.name + (f" and {each.below} below" * bool(each.below)),
            )
            for each in found
        ],
    )
    unknown = sum(each.unknown for each in found)
    click.echo(f"\n{unknown} unknown to the catalogue; {len(found) - unknown} listed that the specification lacks.")


def _list(snapshot: Snapshot, vendor: str, endpoint: str) -> AllowList:
    for terms in snapshot.terms:
        if (terms.vendor, terms.endpoint) == (vendor, endpoint):
            return terms
    raise ConfigurationError(f"no allow-list for {endpoint} at {vendor}", remedy="See `ringfence terms list`.")


def _vendor(snapshot: Snapshot, title: str) -> str:
    """The vendor whose id or title a specification's title begins with, as whole words."""
    words = title.casefold().split()
    for vendor, profile in snapshot.profiles.items():
        if words[:1] in ([vendor], profile.title.casefold().split()[:1]):
            return vendor
    remedy = f"Say --vendor: {', '.join(sorted({terms.vendor for terms in snapshot.terms}))}."
    raise ConfigurationError(
        f"the specification's title, {title!r:.60}, names no vendor of the register", remedy=remedy
    )


def _verdict(rule: Rule) -> str:
    under = f" unless {' or '.join(rule.allowed_under)}" if rule.allowed_under else ""
    never = f", never {', '.join(rule.forbid_labels)}" if rule.allowed_under and rule.forbid_labels else ""
    only = f" for {', '.join(rule.forbid_labels)}" if rule.forbid_labels and not rule.allowed_under else ""
    return f"{rule.verdict.replace('_regulated', '')}{under}{never}{only}"


def _fields(rule: Rule) -> str:
    values = f" = {' or '.join(rule.values)}" if rule.values else ""
    return f"{', '.join(rule.paths)}{values}"


def _read(path: Path) -> Any:
    """JSON, or YAML where a reader for it is installed. Raises ConfigurationError."""
    if path.stat().st_size > _MAX_BYTES:
        raise ConfigurationError(f"{path} has more than {_MAX_BYTES >> 20} MiB", remedy="Is it a specification?")
    text = path.read_bytes()
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        if path.suffix not in (".yaml", ".yml"):
            raise ConfigurationError(f"{path} is no JSON: {error}", remedy="YAML must end in .yaml or .yml.") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path} nests too deep", remedy="Is it a specification?") from error
    return _yaml(path, text)


def _yaml(path: Path, text: bytes) -> Any:
    try:
        yaml: Any = importlib.import_module("yaml")
    except ImportError as error:
        remedy = "pip install 'ringfence[specs]', or turn the file into JSON."
        raise ConfigurationError(f"{path} is YAML, and no reader for it is installed", remedy=remedy) from error
    try:
        # Safe loaders make plain data only; the one in C is some ten times as fast.
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        says = str(getattr(error, "problem", "")) or type(error).__name__
        raise ConfigurationError(f"{path} is no YAML: {says:.120}", remedy="Is it a specification?") from error
