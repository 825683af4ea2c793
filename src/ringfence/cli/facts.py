"""`ringfence evidence facts`: what can be said of the AI stack today, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
import msgspec

from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json
from ringfence.cli.world import world_of
from ringfence.evidence.facts import collect
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.fact import Basis, Fact

_DAYS = 90
_DATE = click.DateTime(["%Y-%m-%d"])


@click.command("facts")
@click.option("--from", "from_", type=_DATE, help=f"First day of the traffic (UTC). None: {_DAYS} days up to --to.")
@click.option("--to", type=_DATE, help="Last day of the traffic, inclusive (UTC). None: today.")
@click.option("--subject", help="Only facts about this vendor, or about the `organisation`.")
@json_option
@click.pass_context
def command(
    context: click.Context, from_: datetime | None, to: datetime | None, subject: str | None, json_: bool
) -> None:
    """List every fact about your AI stack: its value, what it rests on, how old that is, and what it does not say.

    Reads the register, what was read of vendors' accounts, the ledger and the settings. Writes nothing.
    """
    now = datetime.now(UTC)
    first, last = _period(from_, to, now.date())
    facts = collect(world_of(home_of(context), first, last, now))
    chosen = [each for each in facts if subject in (None, each.subject)]
    if not chosen:
        known = ", ".join(sorted({each.subject for each in facts}))
        raise ConfigurationError(f"no fact is about {subject!r}", remedy=f"There are facts about {known}.")
    if json_:
        as_json({"from": first, "to": last, "at": now, "facts": [_as_dict(each, now.date()) for each in chosen]})
        return
    for each in chosen:
        for line in _lines(each, now.date()):
            click.echo(line)
    click.echo(f"{len(chosen)} facts on {now.date()}; traffic from {first} to {last}. {_counted(chosen)}")


def _period(from_: datetime | None, to: datetime | None, today: date) -> tuple[date, date]:
    last = to.date() if to else today
    first = from_.date() if from_ else last - timedelta(days=_DAYS - 1)
    if last > today:
        raise click.UsageError(f"--to {last}: that day is still to come.")
    if first > last:
        raise click.UsageError(f"--from {first} is after the last day, {last}.")
    return first, last


def _as_dict(fact: Fact, today: date) -> dict[str, Any]:
    own: dict[str, Any] = msgspec.to_builtins(fact)
    return {"id": fact.id, **own, "age_days": fact.age_days(today), "live": fact.live(today)}


def _lines(fact: Fact, today: date) -> Iterable[str]:
    value = ", ".join(map(str, fact.value)) if isinstance(fact.value, tuple) else str(fact.value)
    days = fact.age_days(today)
    until = f", may be relied on until {fact.expires_on}" if fact.expires_on else ""
    yield f"{fact.id} = {value or '(none)'}"
    yield f"  {fact.says}"
    yield f"  {fact.basis}, {days} {'day' if days == 1 else 'days'} old{until}"
    yield f"  check: {fact.check}"
    yield from (f"  limit: {each}" for each in fact.limits)
    yield ""


def _counted(facts: Iterable[Fact]) -> str:
    bases = [each.basis for each in facts]
    return ", ".join(f"{bases.count(each)} {each}" for each in Basis if each in bases) + "."
