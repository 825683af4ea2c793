"""`ringfence ledger forget`: make what records commit to unlinkable, on record, where no hold forbids it."""

from __future__ import annotations

import os
import pwd
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from ringfence import approvals
from ringfence.cli.common import home_of, json_option
from ringfence.cli.opening import custodians, opened
from ringfence.cli.output import as_json
from ringfence.evidence.affected.subjects import same
from ringfence.gateway import boot, onrecord
from ringfence.gateway.forgetting import carry
from ringfence.gateway.forgetting import order as orders
from ringfence.gateway.forgetting.holds import Holds
from ringfence.gateway.forgetting.order import Order, Ranges
from ringfence.gateway.forgetting.rules import kept_since, rules
from ringfence.gateway.forgetting.selection import Chosen, Selection, choose
from ringfence.gateway.home import Home
from ringfence.gateway.prober import Prober
from ringfence.ledger.record import rfc3339
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Opened, Subjects
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.errors import ConfigurationError

DATE = click.DateTime(["%Y-%m-%d"])
_MOST_REASON = 500
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("forget")
@click.option("--key", "key", default="", help="Requests of this API key (its id).")
@click.option("--client", default="", help="Requests for this client.")
@click.option("--application", "purpose", default="", help="Requests for this purpose, as the key states it.")
@click.option("--subject", default="", help="Requests that name this person or number; needs two custodians' keys.")
@click.option("--before", type=DATE, help="Requests before this day (UTC).")
@click.option("--reason", default="", help="Why; it goes on record for good, so it must not name a person.")
@click.option("--proposal", type=_FILE, help="Where to write the proposal, if two people must approve it.")
@click.option("--approved", type=_FILE, help="Carry out the proposal in this file.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@custodians
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    subject: str,
    before: datetime | None,
    reason: str,
    proposal: Path | None,
    approved: Path | None,
    yes: bool,
    json_: bool,
    **more: Any,
) -> int:
    """Erase the salts of records, so that nobody can link them to any content any more; and what is kept of them beside
    the ledger. The records stay, and every proof still verifies."""
    home = home_of(context)
    prober = Prober(home)
    if not onrecord.drain(home, prober):
        click.echo("The running gateway still carries out what was ordered before.", err=True)
    if approved is not None:
        found = approvals.read_proposal(approved)
        order = orders.order_of(found.act)
        return _carry_out(home, prober, order, orders.read_ranges(home.forgets, order), found, json_=json_)
    selection = Selection(
        key=more.pop("key"),
        client=more.pop("client"),
        purpose=more.pop("purpose"),
        before=rfc3339(before.replace(tzinfo=UTC).timestamp()) if before else "",
        by_subject=bool(subject),
    )
    if selection == Selection():
        raise click.UsageError("Say what to forget: --key, --client, --application, --subject or --before.")
    stated(reason)
    read = opened(home, **more)
    chosen = _chosen(home, selection, subject, read)
    if not chosen.indexes:
        click.echo(f"Nothing is left to forget{_held(chosen)}.")
        return 0
    order, ranges = orders.make(secrets.token_hex(8), selection, reason, chosen)
    click.echo(_says(order, chosen, read), err=json_)
    orders.keep_ranges(home.forgets, ranges)
    if order.last_time >= kept_since(datetime.now(UTC)):
        return _propose(order, proposal)
    if not yes:
        click.confirm("Forget them? This can't be undone", abort=True)
    return _carry_out(home, prober, order, ranges, Proposal(orders.act_of(order)), json_=json_)


def stated(reason: str) -> None:
    """It stands on record, so it must say something. Raises UsageError."""
    if not reason.strip() or len(reason) > _MOST_REASON:
        raise click.UsageError(f"--reason must say why, in at most {_MOST_REASON} characters.")


def actor() -> str:
    """Who gave the command, as records write it."""
    try:
        return f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"os:{os.getuid()}"


def _chosen(home: Home, selection: Selection, subject: str, read: Opened | None) -> Chosen:
    """Raises ConfigurationError where a subject is named and nobody can look."""
    only = None
    if subject:
        if read is None:
            raise ConfigurationError(
                "whose data was in a request is sealed", remedy="Name two custodians' keys with --key-a and --key-b."
            )
        only = {
            index
            for index, named in read.entries.items()
            if any(same(each.value, subject) for each in named.identifiers)
        }
    reader = boot.reader(home)
    holds = [hold.selection for hold in Holds(home.holds).in_force(reader).values()]
    beside = {*Contents(home.content).indexes(), *Subjects(home.subjects).indexes()}
    chosen = choose(reader, selection, holds, only=only, beside=beside)
    if chosen.held and not chosen.indexes:
        raise ConfigurationError(
            f"{chosen.held} requests are under legal hold, so nothing is forgotten",
            remedy="See them with `ringfence ledger hold list`.",
        )
    return chosen


def _says(order: Order, chosen: Chosen, read: Opened | None) -> str:
    lines = [
        f"{order.requests} requests, {order.records} records from {order.first_index} to {order.last_index}, "
        f"{order.first_time} to {order.last_time}{_held(chosen)}.",
        "Their salts are erased, and what the content vault and the subject sidecar keep of them. The masking vault's "
        "surrogates expire by themselves, [masking] lifetime_s after their last use. Backups are out of reach.",
    ]
    lines += [f"Not searched: {problem}" for problem in (read.problems if read else ())]
    return "\n".join(lines)


def _held(chosen: Chosen) -> str:
    return f"; {chosen.held} more requests are under legal hold and stay" if chosen.held else ""


def _propose(order: Order, path: Path | None) -> int:
    """Young records: two people first. Exit code 1, because nothing was forgotten."""
    path = path or Path(f"forget-{order.order}.json")
    approvals.write_proposal(path, Proposal(orders.act_of(order)))
    rule = rules()
    click.echo(
        f"Nothing is forgotten yet: some are younger than {rule.years} years ({rule.source.partition(',')[0]}), so "
        f"{rule.people} people must approve {path}:\n"
        f"  ringfence approve {path} --as ID --key PRIVATE_KEY --reason ...\n"
        f"Then: ringfence ledger forget --approved {path}",
        err=True,
    )
    return 1


def _carry_out(home: Home, prober: Prober, order: Order, ranges: Ranges, found: Proposal, *, json_: bool) -> int:
    """Raises ConfigurationError where too few people approved, or a hold keeps one of the records by now."""
    people = approvals.load_people(home.approvers)
    body = orders.notice_of(order, ranges, actor(), home.settings.ledger.instance, found, ())
    body = carry.check(body, home.forgets, lambda: boot.reader(home), people, datetime.now(UTC))
    carry.refuse_held(boot.reader(home), home.holds, order, ranges)
    onrecord.leave(home, body)
    done = onrecord.drain(home, prober)
    if json_:
        as_json({"order": msgspec.to_builtins(order), "approvers": body["approvers"], "done": done})
    elif done:
        click.echo(f"Forgotten: {order.records} records of {order.requests} requests, order {order.order}.")
    else:
        click.echo(f"The running gateway carries out order {order.order} within seconds, and puts that on record.")
    return 0
