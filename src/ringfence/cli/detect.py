"""`ringfence detect`: how good detection is on your own texts, and how to teach it what it missed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from ringfence.cli.common import home_of, json_option
from ringfence.cli.learn import learn
from ringfence.cli.names import taggers_for
from ringfence.cli.output import as_json, progress, table
from ringfence.gateway.state import load_rules
from ringfence.scanning.finder import Finder, Passage
from ringfence.scanning.outputs import shown
from ringfence.scanning.score import LESS_IS_BETTER, METRICS, Document, Score, below, ratio, score
from ringfence.scanning.setup import Setup
from ringfence.scanning.spans import Gold, Predicted, Text, read, write
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import ConfigurationError, InternalError

_AT_ONCE = 64
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Measure detection on your own texts, and teach it what it missed.

    Texts are JSON lines, also gzipped: {"id", "text"}, and where you know what should be found "spans":
    [[start, end, label, to_mask], ...], in characters, the end not included.
    """


command.add_command(learn)


def _entities(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if name not in ENTITIES:
            raise click.BadParameter(f"{name} is no entity; see docs/reference/detectors.md", context, parameter)
    return value


@command.command("spans")
@click.argument("source", metavar="IN.jsonl", type=_file)
@click.argument("target", metavar="OUT.jsonl", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--patterns-only", is_flag=True, help="Without the search for names, places and the like in free text.")
@click.option(
    "--leave-out", multiple=True, metavar="ENTITY", callback=_entities, help="Do not report it. Can be repeated."
)
@click.pass_context
def spans(context: click.Context, source: Path, target: Path, patterns_only: bool, leave_out: Sequence[str]) -> None:
    """Write what is found in each text of IN.jsonl to OUT.jsonl.

    Rows of OUT.jsonl: {"id", "spans": [[start, end, entity, score, detector], ...]}. No text is copied.
    """
    if target.exists() and target.samefile(source):
        raise click.UsageError("OUT.jsonl is IN.jsonl; name another file.")
    found = _predictions(context, read(source, Text), patterns_only)
    kept = (Predicted(row.id, tuple(span for span in row.spans if span[2] not in leave_out)) for row in found)
    count = write(target, kept)
    progress("")
    click.echo(f"{count} texts searched, {target} written")


def _bars(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, float]:
    """`NAME=NUMBER`, as often as it was given."""
    bars = {}
    for given in value:
        name, _, number = given.partition("=")
        known = [metric for metric in METRICS if (metric in LESS_IS_BETTER) == (parameter.name == "at_most")]
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of {', '.join(known)}", context, parameter)
        try:
            bars[name] = float(number)
        except ValueError:
            raise click.BadParameter(f"write it as {name}=.99", context, parameter) from None
    return bars


@command.command("bench")
@click.argument("gold", metavar="GOLD.jsonl", type=_file)
@click.option("--predictions", type=_file, help="Score this file of predictions, instead of searching.")
@click.option("--patterns-only", is_flag=True, help="Without the search for names, places and the like in free text.")
@click.option("--only", default="", metavar="TEXT", help="Gold is only what has TEXT in its label.")
@click.option(
    "--leave-out",
    multiple=True,
    metavar="NAME",
    help="A label or entity that counts on neither side. Can be repeated.",
)
@click.option("--by-label", is_flag=True, help="Also how much of each gold label is found.")
@click.option("--worst", type=click.IntRange(0), default=5, show_default=True, help="How many documents to list.")
@click.option("--show", is_flag=True, help="Print the texts of the worst documents' errors: they are content.")
@click.option("--at-least", multiple=True, callback=_bars, metavar="NAME=NUMBER", help="Exit code 1 below it.")
@click.option("--at-most", multiple=True, callback=_bars, metavar="NAME=NUMBER", help="Exit code 1 above it.")
@json_option
@click.pass_context
def bench(context: click.Context, /, gold: Path, predictions: Path | None, **options: Any) -> int:
    """Score detection on GOLD.jsonl, by the letters and digits of identifiers, whatever their type.

    \b
    charR, charP  share of gold characters found; of found characters that are gold
    F2            both in one, what was missed weighing more
    full, any     gold spans of which every character, or at least one, is found
    docClean      documents with gold in which nothing was missed
    FP/1k         characters found that are no gold, per 1,000
    negHit        documents without gold in which something was found
    """
    rows = list(read(gold, Gold))
    if not rows:
        raise ConfigurationError(f"{gold}: there is no document in it", remedy="Name a file of annotated texts.")
    found = (
        read(predictions, Predicted)
        if predictions
        else _predictions(context, (Text(row.id, row.text) for row in rows), options["patterns_only"])
    )
    result = score(rows, found, options["only"], options["leave_out"])
    progress("")
    metrics = result.metrics()
    missed = below(metrics, options["at_least"] | options["at_most"])
    worst = result.documents[: options["worst"]]
    texts = {row.id: row.text for row in rows} if options["show"] else None
    if options["json_"]:
        as_json(_document(result, metrics, worst, texts, missed))
    else:
        _print(result, metrics, worst, texts, options["by_label"])
        for line in missed:
            click.echo(f"NOT REACHED: {line}", err=True)
    return 1 if missed else 0


def _predictions(context: click.Context, rows: Iterable[Text], patterns_only: bool) -> Iterator[Predicted]:
    """Searched in groups, so that taggers get full batches."""
    home = home_of(context)
    rules, taggers = load_rules(home.policies), taggers_for(home, patterns_only)
    finder = Setup(rules=rules.text, load_taggers=taggers).finder()
    group: list[Text] = []
    done = 0
    for row in rows:
        group.append(row)
        if len(group) == _AT_ONCE:
            yield from _searched(finder, group)
            done += len(group)
            progress(f"{done} texts")
            group = []
    yield from _searched(finder, group)


def _searched(finder: Finder, rows: Sequence[Text]) -> Iterator[Predicted]:
    for row, found in zip(rows, finder.find([[Passage(row.text)] for row in rows]), strict=True):
        if found.failed:
            raise InternalError(f"document {row.id}: {found.failed[0]}")
        yield Predicted(row.id, tuple((f.start, f.end, f.entity, f.score, f.detector) for f in found.passages[0]))


def _print(
    result: Score,
    metrics: dict[str, float],
    worst: Sequence[Document],
    texts: dict[str | int, str] | None,
    by_label: bool,
) -> None:
    click.echo("  ".join(f"{name} {metrics[name]:.{2 if name == 'FP/1k' else 4}f}" for name in METRICS))
    if by_label and result.labels:
        click.echo("")
        ordered = sorted(result.labels.items(), key=lambda item: (-item[1]["spans"], item[0]))
        rows = [
            (name, count["spans"], _share(count["any"], count["spans"]), _share(count["full"], count["spans"]))
            for name, count in ordered
        ]
        table(("LABEL", "SPANS", "ANY", "FULL"), rows)
    if worst:
        click.echo("\nDocuments with errors, the worst first (characters missed, and found without being gold):")
        table(
            ("ID", "MISSED", "FALSE", "WHERE"),
            [(row.id, row.missed_characters, row.false_characters, _errors(row, texts)) for row in worst],
        )


def _share(part: int, whole: int) -> str:
    return f"{ratio(part, whole):.3f}"


def _errors(row: Document, texts: dict[str | int, str] | None) -> str:
    def said(kind: str, span: tuple[int, int, str]) -> str:
        start, end, name = span
        content = f" {shown(texts[row.id][start:end])!r}" if texts else ""
        return f"{kind} {name} {start}-{end}{content}"

    return "; ".join([*(said("missed", span) for span in row.missed), *(said("false", span) for span in row.false)])


def _document(
    result: Score,
    metrics: dict[str, float],
    worst: Sequence[Document],
    texts: dict[str | int, str] | None,
    missed: Sequence[str],
) -> dict[str, Any]:
    """The `--json` document. What could not be measured is null."""
    labels = {
        name: {
            "spans": count["spans"],
            "any": ratio(count["any"], count["spans"]),
            "full": ratio(count["full"], count["spans"]),
        }
        for name, count in sorted(result.labels.items())
    }
    errors = [
        {
            "id": row.id,
            "missed_characters": row.missed_characters,
            "false_characters": row.false_characters,
            **{
                kind: [
                    [*span, texts[row.id][span[0] : span[1]]] if texts else list(span) for span in getattr(row, kind)
                ]
                for kind in ("missed", "false")
            },
        }
        for row in worst
    ]
    measured = {name: None if math.isnan(value) else value for name, value in metrics.items()}
    return {"metrics": measured, "labels": labels, "worst": errors, "not_reached": list(missed)}
