"""`ringfence probe`: read vendors' accounts, acknowledge what was found, compare usage counts with the ledger."""

from __future__ import annotations

from datetime import datetime

import click
import msgspec

from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, table
from ringfence.gateway import home as homes
from ringfence.gateway import onrecord, reconciling
from ringfence.gateway.home import Home
from ringfence.gateway.prober import ACKNOWLEDGED_EVENT, Prober, now_utc
from ringfence.posture import SEEN_ONLY, Excess, reach
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.posture import Acknowledgement, FindingKind

_BAD = (FindingKind.DRIFT, FindingKind.UNREADABLE)


@click.group(invoke_without_command=True)
@click.option("--vendor", "vendors", multiple=True, help="Only this vendor's account.")
@json_option
@click.pass_context
def command(context: click.Context, vendors: tuple[str, ...], json_: bool) -> int | None:
    """Read vendors' accounts and compare them with the documents on file.

    Exit code 1 on drift, and where a setting of which a document claims something could not be read.
    """
    if context.invoked_subcommand is not None:
        return None
    home = _ready(context)
    prober = Prober(home)
    states, notices = prober.probe(vendors)
    notices += prober.lapses()
    onrecord.put(home, prober, notices)
    open_ = [drift for drift in prober.store.drifts() if drift.acknowledged is None]
    findings = [finding for state in states for finding in state.findings]
    if json_:
        as_json({"accounts": states, "open": open_})
    elif not states:
        click.echo("No account is named: add [[account]] to ringfence.toml.")
    else:
        table(
            ("KIND", "VENDOR", "SCOPE", "SETTING", "WHAT"),
            [(each.kind, each.vendor, each.scope, each.setting, each.says) for each in findings],
        )
        for drift in open_:
            click.echo(
                f"{drift.id}: {drift.says} Acknowledge it: ringfence probe acknowledge {drift.id} --by ... --reason ..."
            )
    return 1 if open_ or any(each.kind in _BAD and each.documents for each in findings) else 0


@command.command("acknowledge")
@click.argument("finding")
@click.option("--by", required=True, help="Who you are.")
@click.option("--reason", required=True, help="What you did about it, or why it may stay.")
@click.pass_context
def acknowledge(context: click.Context, finding: str, by: str, reason: str) -> None:
    """Say that you have seen FINDING. It goes on record.

    Coverage comes back where the account is set right again. Where it is not, labels that need a document which claims
    otherwise stay closed.
    """
    home = _ready(context)
    prober = Prober(home)
    drift = prober.find(finding)
    for name, text, most in (("--by", by, 200), ("--reason", reason, 1000)):
        if not text.strip() or len(text) > most:
            raise click.BadParameter(f"write something, of at most {most} characters", param_hint=name)
    word = Acknowledgement(by.strip(), now_utc(), reason.strip())
    body = {"event": ACKNOWLEDGED_EVENT, "finding": drift.id, "says": drift.says, "word": msgspec.to_builtins(word)}
    done = onrecord.put(home, prober, [body])
    click.echo(
        f"{drift.id} acknowledged." if done else f"{drift.id}: the running gateway puts it on record within seconds."
    )
    if drift.cause == "setting" and drift.resolved_at is None:
        click.echo("The account is still set so: what needs a document that claims otherwise stays closed.")


@command.command("reconcile")
@click.option("--vendor", default="", help="Only this vendor's account.")
@click.option("--days", type=click.IntRange(1, 31), default=7, show_default=True, help="UTC days up to today.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this UTC day on, instead.")
@json_option
@click.pass_context
def reconcile(context: click.Context, vendor: str, days: int, since: datetime | None, json_: bool) -> int:
    """Compare vendors' own usage counts with the ledger. Exit code 1 where anything went past the gateway, where a key
    exists that it does not hold, and where the counts could not be read."""
    home = _ready(context)
    done = reconciling.run(home, vendor, since.date() if since else None, days, now_utc())
    onrecord.put(home, Prober(home), [reconciling.notice(each) for each in done])
    if json_:
        as_json(done)
    for each in () if json_ else done:
        if each.result is None:
            click.echo(f"{each.vendor}: not reconciled, {each.why_not}. Every statement is only {SEEN_ONLY}.")
            continue
        clean = not each.result.findings
        span = (each.result.vendor, each.result.first, each.result.last)
        click.echo(f"{each.vendor}: {'nothing' if clean else len(each.result.findings)} found, {span[1]} to {span[2]}.")
        click.echo(f"A statement on traffic now reads: {reach(span if clean else None)}.")
        for found in each.result.findings:
            click.echo(f"{found.kind:<12} {found.says}")
    bad = any(not each.result or any(f.kind is not Excess.UNDECIDED for f in each.result.findings) for each in done)
    return 1 if bad else 0


def _ready(context: click.Context) -> Home:
    home = home_of(context)
    if not home.folder.exists():
        raise ConfigurationError(f"{home.folder}: there is no home here", remedy="Start the gateway: `ringfence up`.")
    homes.create(home)
    return home
