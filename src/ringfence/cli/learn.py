"""`ringfence detect learn`: a rule of your own for what was missed, shown before it is written."""

from __future__ import annotations

import getpass
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from ringfence.classify.rules import Find, Rules
from ringfence.classify.rules import load as read_rules
from ringfence.cli.common import home_of
from ringfence.cli.names import taggers_for
from ringfence.cli.output import table
from ringfence.extract.characters import decode
from ringfence.gateway import home as homes
from ringfence.gateway.state import DETECTION, load_rules, shipped_rules
from ringfence.scanning.finder import Finder, Passage
from ringfence.scanning.learning import Example, as_toml, name_for
from ringfence.scanning.learning import learn as learned
from ringfence.scanning.outputs import shown
from ringfence.scanning.setup import Setup
from ringfence.scanning.spans import Text, read
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.text import Finding

_SHOWN = 20


@click.command()
@click.option("--entity", required=True, metavar="ENTITY", help="What it is, such as MEDICAL_RECORD_NUMBER.")
@click.option("--example", "texts", multiple=True, required=True, metavar="TEXT", help="A text in which it was missed.")
@click.option("--value", "values", multiple=True, required=True, metavar="VALUE", help="What was missed in that text.")
@click.option("--context", "words", multiple=True, metavar="WORD", help="A word that must stand near it.")
@click.option("--no-context", is_flag=True, help="It is found whatever stands near it.")
@click.option("--name", default="", help="Name of the rule; it stands in findings as local-NAME.")
@click.option("--note", default="", help="Why, for whoever reads the file.")
@click.option("--who", default="", help="Who answers for it (your user name).")
@click.option(
    "--against",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text, or JSON lines with a `text`: what the rule would match there. Can be repeated.",
)
@click.option("--show", is_flag=True, help="Print what it would match: that is content.")
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.pass_context
def learn(
    context: click.Context,
    /,
    entity: str,
    texts: Sequence[str],
    values: Sequence[str],
    words: Sequence[str],
    no_context: bool,
    name: str,
    against: Sequence[Path],
    show: bool,
    yes: bool,
    **said: str,
) -> None:
    """Make a rule from an identifier that was missed, and write it into detection.toml of the policies folder.

    A value with digits becomes a pattern of its shape, which must stand near words of the example; any other value is
    found as it is. --example and --value can be repeated, in pairs, for one rule. A running gateway uses it within a
    second, and its policy digest changes.
    """
    if entity not in ENTITIES:
        raise click.BadParameter(f"{entity} is no entity; see docs/reference/detectors.md", param_hint="--entity")
    if len(texts) != len(values):
        raise click.UsageError("--example and --value go in pairs.")
    if words and no_context:
        raise click.UsageError("--context and --no-context exclude one another.")
    home = home_of(context)
    folder = home.policies
    rules = load_rules(folder)
    setup = Setup(rules=rules.text, load_taggers=taggers_for(home, False))
    finder = setup.finder()
    examples = [Example(*pair) for pair in zip(texts, values, strict=True)]
    found = [[each.text[f.start : f.end] for f in _findings(finder, each.text)] for each in examples]
    if all(any(each.value.strip() in value for value in some) for each, some in zip(examples, found, strict=True)):
        click.echo("It is found already; nothing was written.")
        return
    rule = learned(
        examples,
        entity,
        name=name or name_for(entity, {rule.name for rule in (*rules.file.find, *rules.file.ignore)}),
        context=[] if no_context else list(words) or None,
        not_context=[value for some in found for value in some],
    )
    today = datetime.now(UTC).date()
    rule = msgspec.structs.replace(rule, note=said["note"], who=said["who"] or getpass.getuser(), date=today)
    _propose(rule, rules, folder, examples)
    _compare(rule, finder, against, show)
    if yes or click.confirm(f"Write it to {folder / DETECTION}?"):
        homes.create(home)
        _write(folder, rules.text + as_toml(rule))
        click.echo(f"wrote {folder / DETECTION}")
    else:
        click.echo("Nothing was written.")


def _propose(rule: Find, rules: Rules, folder: Path, examples: Sequence[Example]) -> None:
    """Prints the rule. Raises ConfigurationError where it can't be used, or misses its own example."""
    new = read_rules(rules.text + as_toml(rule), str(folder / DETECTION))
    alone = read_rules(as_toml(rule), DETECTION)
    for example in examples:
        matched = {example.text[hit.start : hit.end] for _, hit in alone.scan(example.text).hits}
        if example.value.strip() not in matched:
            raise ConfigurationError(
                "the rule would not find the value where it stands in the example",
                remedy="Give the whole value, from blank to blank, or other words with --context.",
            )
    click.echo(as_toml(new.file.find[-1]).strip() + "\n")


def _compare(rule: Find, finder: Finder, against: Sequence[Path], show: bool) -> None:
    """What the rule matches in other files, and how much of it is found today."""
    alone = read_rules(as_toml(rule), DETECTION)
    rows, new = [], Counter[str]()
    for path in against:
        texts = matches = found = 0
        for text in _texts(path):
            texts += 1
            hits = [hit for _, hit in alone.scan(text).hits]
            if not hits:
                continue
            known = [(f.start, f.end) for f in _findings(finder, text)]
            for hit in hits:
                matches += 1
                if any(start < hit.end and hit.start < end for start, end in known):
                    found += 1
                else:
                    new[text[hit.start : hit.end]] += 1
        rows.append((texts, matches, found, matches - found, shown(str(path))))
    if rows:
        table(("TEXTS", "MATCHES", "FOUND TODAY", "NEW", "FILE"), rows)
    if show:
        for value, count in new.most_common(_SHOWN):
            click.echo(f"{count:>7}  {shown(value)}")
        if len(new) > _SHOWN:
            click.echo(f"and {len(new) - _SHOWN} other values")


def _findings(finder: Finder, text: str) -> tuple[Finding, ...]:
    return finder.find([[Passage(text)]])[0].passages[0]


def _texts(path: Path) -> Iterator[str]:
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        yield from (row.text for row in read(path, Text))
    else:
        yield decode(path.read_bytes()).text


def _write(folder: Path, text: str) -> None:
    """Replaces the file at once, so that a gateway never reads half of it.

    A policies folder that is not there yet is made with the shipped Cedar rules, which counted until now: without any
    nothing would be permitted.
    """
    if folder.is_dir():
        _replace(folder / DETECTION, text)
        return
    made = folder.with_name(f".{folder.name}.new")
    made.mkdir(parents=True, exist_ok=True)
    for name, rules in {**shipped_rules(), DETECTION: text}.items():
        _replace(made / name, rules)
    made.rename(folder)
    click.echo(f"made  {folder}, with the shipped rules")


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text.lstrip("\n"))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
