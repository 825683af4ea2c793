"""`ringfence scan`: which identifiers stand in which files."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import click

from ringfence.cli.common import home_of
from ringfence.cli.names import taggers_for
from ringfence.cli.output import progress, table
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.gateway.keys import write_private
from ringfence.gateway.state import load_rules
from ringfence.scanning.cluster import search_on_ray
from ringfence.scanning.done import Done
from ringfence.scanning.outputs import JsonLines, Output, Sarif, shown
from ringfence.scanning.pool import MakeSearcher, search
from ringfence.scanning.report import CLASSES, Report, class_of
from ringfence.scanning.results import Passed, Searched, Spotted, Unit
from ringfence.scanning.safe_harbor import LETTERS, by_letter
from ringfence.scanning.setup import Setup, no_taggers
from ringfence.scanning.walk import Choice, units
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import ConfigurationError

_FAIL_ON = ("any", *map(str, CLASSES[1:]), "never")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", re.IGNORECASE)
_ROWS = 100
_PROGRESS_S = 0.2
_Engine = Callable[[MakeSearcher, Iterable[Unit], int], Generator[Searched, None, None]]


def _size(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """`10MB` -> bytes; "" -> 0."""
    if not value:
        return 0
    match = _SIZE.fullmatch(value.strip())
    if match is None:
        raise click.BadParameter("write it as 500K, 20MB or 1G", context, parameter)
    return int(float(match[1]) * 1024 ** " kmgt".index(match[2].lower() or " "))


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("--json", "json_", metavar="FILE", help="Write JSON lines: one for each finding; - for standard output.")
@click.option("--sarif", metavar="FILE", help="Write SARIF 2.1.0, which code hosts and editors show.")
@click.option("--patterns-only", is_flag=True, help="Without the search for names in free text: some 20 times faster.")
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each core).")
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON),
    default="personal",
    show_default=True,
    help="Exit code 1 where something of this class or a higher one is found.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders by name, or by path.")
@click.option("--max-size", default="", callback=_size, metavar="SIZE", help="Leave out larger files, such as 20MB.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Go on where a scan was broken off.")
@click.option("--ray", is_flag=True, help="Search on the Ray cluster at RAY_ADDRESS, or on one started here.")
@click.option("--show", is_flag=True, help="Also print what was found: that is content.")
@click.pass_context
def command(context: click.Context, /, paths: Sequence[str], fail_on: str, **options: Any) -> int:
    """Search files and folders for identifiers, and say where they stand.

    Reads text, PDF, DOCX, XLSX, CSV, e-mail, HTML and JSON. Nothing leaves this machine, nothing is changed, and what
    was found is not printed unless you ask with --show.

    Exit codes: 0 nothing found, 1 something found (see --fail-on), 2 a file could not be read, 130 broken off.
    """
    if options["show"] and options["state"]:
        raise click.UsageError("--show and --state exclude one another: a state holds no content to show.")
    home = home_of(context)
    setup = _setup(home, **options)
    with contextlib.ExitStack() as undo:
        done = None
        if options["state"]:
            done = undo.enter_context(contextlib.closing(Done(options["state"], setup.digest())))
        outputs = list(_outputs(options["json_"], options["sarif"], undo))
        engine = search_on_ray if options["ray"] else search
        scan = _Scan(outputs, setup, done, engine, options["workers"] or len(os.sched_getaffinity(0)))
        scan.run(paths, Choice(options["exclude"], options["max_size"]))
    if options["json_"] != "-":
        _print(scan)
    if not scan.whole:
        click.echo("Broken off: this is what was found until then.", err=True)
        return 130
    if scan.report.failures:
        return 2
    return 1 if scan.report.rows and scan.report.worst >= _least(fail_on) else 0


def _least(fail_on: str) -> int:
    """The lowest class that counts, as its place in CLASSES."""
    return {"any": 0, "never": len(CLASSES)}[fail_on] if fail_on in ("any", "never") else CLASSES.index(fail_on)


def _setup(home: Home, **options: Any) -> Setup:
    lasting = options["json_"] or options["sarif"] or options["state"]
    return Setup(
        key=_key(home) if lasting else b"",
        rules=load_rules(home.policies).text,
        load_taggers=taggers_for(home, options["patterns_only"]),
        digests=bool(options["state"]),
        show=options["show"],
    )


def _key(home: Home) -> bytes:
    """The key of fingerprints, the same for every scan of this home; made with the first one."""
    path = home.folder / "scan.key"
    if not path.exists():
        homes.create(home)
        write_private(path, secrets.token_bytes(32), replace=False)
    key = path.read_bytes()
    if len(key) != 32:
        raise ConfigurationError(
            f"{path}: it is no key of 32 bytes",
            remedy="Put it back from a copy, or remove it: fingerprints then change.",
        )
    return key


def _outputs(json_: str | None, sarif: str | None, undo: contextlib.ExitStack) -> Iterator[Output]:
    if json_:
        yield JsonLines(sys.stdout.buffer if json_ == "-" else undo.enter_context(_new(json_)))
    if sarif:
        yield Sarif(undo.enter_context(_new(sarif)))


def _new(path: str) -> IO[bytes]:
    return Path(path).open("wb")


class _Scan:
    """One scan: walks, searches, tells the outputs, and keeps what was found when it is broken off."""

    def __init__(
        self, outputs: Sequence[Output], setup: Setup, done: Done | None, engine: _Engine, workers: int
    ) -> None:
        self._outputs, self._setup, self._done = outputs, setup, done
        self._engine, self._workers = engine, workers
        self.report = Report(self._found, self._passed)
        self.whole = False
        self.names = setup.load_taggers is not no_taggers
        self.seconds = 0.0
        self._said = 0.0

    def run(self, paths: Sequence[str], choice: Choice) -> None:
        started = time.monotonic()
        try:
            with contextlib.closing(self._search(paths, choice)) as found:
                for searched in found:
                    self.report.add(self._done.told(searched) if self._done else searched)
                    self._progress(started)
            self.whole = True
        except KeyboardInterrupt:
            self.report.interrupt()
        finally:
            self.seconds = time.monotonic() - started
            progress("")
            for output in self._outputs:
                output.close(self.summary(), self.whole)

    def _search(self, paths: Sequence[str], choice: Choice) -> Generator[Searched, None, None]:
        return self._engine(self._setup.searcher, self._units(paths, choice), self._workers)

    def _units(self, paths: Sequence[str], choice: Choice) -> Iterator[Unit]:
        for unit in units(paths, choice):
            if isinstance(unit, Passed):
                self.report.add_passed(unit)
            else:
                yield self._done.asked(unit) if self._done else unit

    def _found(self, path: str, spotted: Spotted) -> None:
        for output in self._outputs:
            output.found(path, spotted)

    def _passed(self, passed: Passed) -> None:
        for output in self._outputs:
            output.passed(passed)

    def _progress(self, started: float) -> None:
        now = time.monotonic()
        if now - self._said >= _PROGRESS_S:
            self._said = now
            rate = self.report.bytes / 1e6 / max(now - started, 0.001)
            found = sum(self.report.entities.values())
            progress(
                f"{self.report.files:,} files, {self.report.bytes / 1e6:,.1f} MB, {rate:.1f} MB/s, {found:,} found"
            )

    def summary(self) -> dict[str, Any]:
        report = self.report
        return {
            "files": report.files,
            "files_with_findings": report.files_with,
            "bytes": report.bytes,
            "not_searched": report.failures,
            "left_out": report.left_out,
            "entities": dict(sorted(report.entities.items())),
            "safe_harbor": by_letter(report.entities),
        }


def _print(scan: _Scan) -> None:
    report = scan.report
    rows = report.top()
    if rows:
        shows = any(row.value for row in rows)
        table(
            ("FILE", "PLACE", "ENTITY", "COUNT", "CLASS", *(("VALUE",) if shows else ())),
            [
                (shown(row.path), shown(row.place), row.entity, row.count, _class(row.entity))
                + ((shown(row.value),) if shows else ())
                for row in rows[:_ROWS]
            ],
        )
        if report.rows > _ROWS:
            click.echo(f"and {report.rows - len(rows[:_ROWS]):,} more; --json FILE has all of them")
        click.echo("")
        table(
            ("ENTITY", "COUNT", "FILES", "CLASS", "SAFE HARBOR"),
            [
                (name, count, report.files_of[name], _class(name), ENTITIES[name].safe_harbor or "-")
                for name, count in report.entities.most_common()
            ],
        )
        click.echo("")
        letters = by_letter(report.entities)
        table(("SAFE HARBOR", "COUNT", "WHAT"), [(letter, count, LETTERS[letter]) for letter, count in letters.items()])
        click.echo("")
    for passed in report.failed[:_ROWS]:
        click.echo(f"not searched: {shown(passed.path)}: {passed.why}", err=True)
    if report.failures > _ROWS:
        click.echo(f"and {report.failures - _ROWS:,} more; --json FILE has all of them", err=True)
    names = "" if scan.names else ", by patterns only: names in free text were not searched for"
    click.echo(
        f"{report.files:,} files searched{names}; {report.files_with:,} with findings, {report.failures:,} not read, "
        f"{report.left_out:,} left out; {report.bytes / 1e6:,.1f} MB in {scan.seconds:.1f} s"
    )


def _class(entity: str) -> str:
    return CLASSES[class_of(entity)] or "-"
