"""`ringfence ledger hold`: legal holds, which forbid that records are forgotten."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from ringfence import approvals
from ringfence.cli.common import home_of, json_option
from ringfence.cli.forget import DATE, actor, stated
from ringfence.cli.output import as_json, table
from ringfence.gateway import boot, onrecord
from ringfence.gateway import home as homes
from ringfence.gateway.forgetting import carry, holds
from ringfence.gateway.forgetting.holds import Hold, Holds
from ringfence.gateway.forgetting.rules import rules
from ringfence.gateway.forgetting.selection import Selection
from ringfence.gateway.home import Home
from ringfence.gateway.prober import Prober
from ringfence.ledger.record import rfc3339
from ringfence.vocabulary.approval import Act, Proposal
from ringfence.vocabulary.errors import ConfigurationError

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("hold")
def command() -> None:
    """Legal holds: requests, present and future, of which nothing may be forgotten or expire."""


@command.command("add")
@click.option("--key", default="", help="Requests of this API key (its id).")
@click.option("--client", default="", help="Requests for this client.")
@click.option("--application", "purpose", default="", help="Requests for this purpose, as the key states it.")
@click.option("--from", "since", type=DATE, help="Requests from this day on (UTC).")
@click.option("--before", type=DATE, help="Requests before this day (UTC).")
@click.option("--reason", required=True, help="Why; it goes on record for good.")
@click.pass_context
def add(context: click.Context, /, since: datetime | None, before: datetime | None, reason: str, **fields: Any) -> None:
    """Hold requests; without a selection, all of them. In force at once."""
    stated(reason)
    home = home_of(context)
    homes.create(home)
    hold = Hold(
        id=f"hold-{secrets.token_hex(4)}",
        selection=Selection(since=_start(since), before=_start(before), **fields),
        reason=reason,
        actor=actor(),
        at=rfc3339(datetime.now(UTC).timestamp()),
    )
    Holds(home.holds).add(hold)
    onrecord.put(home, Prober(home), [holds.notice_of(hold, home.settings.ledger.instance)])
    click.echo(f"{hold.id} is in force.")


@command.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """List the holds in force."""
    found = _in_force(home_of(context))
    if json_:
        as_json(list(found.values()))
    elif not found:
        click.echo("There is no hold.")
    else:
        rows = [(each.id, each.at, each.actor, _words(each.selection), each.reason) for each in found.values()]
        table(("HOLD", "SINCE", "BY", "REQUESTS", "WHY"), rows)


@command.command("release")
@click.argument("hold", required=False)
@click.option("--reason", default="", help="Why; it goes on record for good.")
@click.option("--proposal", type=_FILE, help="Where to write the proposal that two people must approve.")
@click.option("--approved", type=_FILE, help="Carry out the proposal in this file.")
@click.pass_context
def release(context: click.Context, hold: str | None, reason: str, proposal: Path | None, approved: Path | None) -> int:
    """End HOLD. Needs two people: first it writes a proposal, then `--approved FILE` carries it out."""
    home = home_of(context)
    found = _in_force(home)
    if approved is not None:
        return _carry_out(home, approvals.read_proposal(approved), found)
    if hold not in found:
        raise ConfigurationError(f"no hold {hold}", remedy="List them with `ringfence ledger hold list`.")
    stated(reason)
    path = proposal or Path(f"release-{hold}.json")
    approvals.write_proposal(path, Proposal(Act(holds.RELEASE_ACT, {"hold": hold, "reason": reason})))
    click.echo(
        f"{hold} is still in force. Two people must approve {path} with `ringfence approve`; then:\n"
        f"  ringfence ledger hold release --approved {path}",
        err=True,
    )
    return 1


def _start(day: datetime | None) -> str:
    return rfc3339(day.replace(tzinfo=UTC).timestamp()) if day else ""


def _carry_out(home: Home, proposal: Proposal, in_force: dict[str, Hold]) -> int:
    hold = str(proposal.act.body.get("hold", ""))
    if proposal.act.kind != holds.RELEASE_ACT or hold not in in_force:
        raise ConfigurationError("this releases no hold that is in force", remedy="Name the right proposal's file.")
    people = approvals.load_people(home.approvers)
    given = approvals.require(proposal, people, datetime.now(UTC), rules().people)
    onrecord.leave(home, carry.release_of(proposal, actor(), home.settings.ledger.instance, given))
    done = onrecord.drain(home, Prober(home))
    click.echo(f"{hold} is released." if done else f"The running gateway releases {hold} within seconds.")
    return 0


def _in_force(home: Home) -> dict[str, Hold]:
    return Holds(home.holds).in_force(boot.reader_or_none(home))


def _words(selection: Selection) -> str:
    stated = msgspec.to_builtins(selection)
    return ", ".join(f"{name} {value}" for name, value in stated.items()) or "all"
