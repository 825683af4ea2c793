"""`ringfence doctor`: what is misconfigured, with the remedy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import click
import msgspec

from ringfence import register
from ringfence.approvals import load_people
from ringfence.cli.common import json_option
from ringfence.cli.output import as_json
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.accounts import probed
from ringfence.gateway.anchored import age, last
from ringfence.gateway.anchors import anchorers, kept
from ringfence.gateway.home import Home
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.services import private_services, targets
from ringfence.gateway.state import DETECTION, MASKING, load_masking, load_policy, load_rules, shipped_rules
from ringfence.gateway.taggers import load_taggers, load_with_deep
from ringfence.ledger.checkpoint import Verifier, read_note
from ringfence.posture import Store
from ringfence.settings.model import Organisation
from ringfence.upstream import Upstreams
from ringfence.vocabulary.errors import RingfenceError
from ringfence.vocabulary.posture import AccountState, FindingKind

_LATE, _DAY_S = 3, 86_400  # an anchor is late after so many intervals and a day, for a gateway that rests at night


class Advice(msgspec.Struct, frozen=True):
    """`severity`: error (the gateway won't start or denies), warning (worth a look), ok (checked and sound)."""

    severity: str
    where: str
    says: str
    remedy: str = ""


@click.command()
@json_option
@click.pass_context
def command(context: click.Context, json_: bool) -> int:
    """Check settings, register, policies, keys, ledger and services. Exit code 1 where there is an error."""
    advice = list(examine(context))
    bad = any(each.severity == "error" for each in advice)
    if json_:
        as_json(advice)
        return 1 if bad else 0
    for each in advice:
        click.echo(f"{each.severity:<8} {each.where}: {each.says}")
        if each.remedy:
            click.echo(f"{'':9}remedy: {each.remedy}")
    return 1 if bad else 0


def examine(context: click.Context) -> Iterator[Advice]:
    """Every finding, in the order in which a start would meet them."""
    try:
        home = homes.find(context.obj["home"], context.obj["config"])
    except RingfenceError as error:
        yield Advice("error", "settings", error.message, error.remedy)
        return
    yield Advice("ok", "settings", f"{home.config}" + ("" if home.config.exists() else " (absent: defaults)"))
    checks: tuple[tuple[str, Callable[[Home], Iterator[Advice]]], ...] = (
        ("home", _home),
        ("private model", _private),
        ("register", _register),
        ("policies", _policies),
        ("exceptions", _exceptions),
        ("keys", _keys),
        ("names", _names),
        ("services", _services),
        ("accounts", _accounts),
        ("ledger", _ledger),
        ("anchors", _anchors),
    )
    for name, check in checks:
        try:
            yield from check(home)
        except RingfenceError as error:
            yield Advice("error", name, error.message, error.remedy)
        except OSError as error:
            yield Advice("error", name, f"{error.filename}: {error.strerror}", "Check the path and its permissions.")


def _home(home: Home) -> Iterator[Advice]:
    if not home.folder.exists():
        yield Advice("warning", "home", f"{home.folder} is not there yet", "Start the gateway: `ringfence up`.")
        return
    if home.folder.stat().st_mode & 0o077:
        yield Advice("error", "home", f"{home.folder}: others may enter it", f"chmod 700 {home.folder}")
    if not os.access(home.folder, os.W_OK):
        yield Advice("error", "home", f"{home.folder}: can't be written", "Run it as the user who owns the folder.")
    if home.ledger_highest.parent == home.ledger.parent:
        yield Advice(
            "warning",
            "ledger",
            "the highest checkpoint is kept beside the ledger, so a copy of the folder rolls both back",
            "Set [ledger] highest to a path on another disk, before the first start.",
        )


def _private(home: Home) -> Iterator[Advice]:
    private = home.settings.private
    if private.engine == "none":
        yield Advice(
            "warning", "private model", "there is none, so what no document covers is denied", "Set [private] engine."
        )
    for service in private_services(private):
        yield Advice(
            "ok", "private model", f"{service.id} answers to {service.models[0]}, {', '.join(service.endpoints)}"
        )
        if not service.own_host:
            yield Advice(
                "warning",
                "private model",
                f"it runs on a host of {service.host}, which needs agreements of its own on file",
                "See `ringfence register coverage`.",
            )


def _register(home: Home) -> Iterator[Advice]:
    problems = register.check(
        home.register if home.register.is_dir() else None,
        datetime.now(UTC).date(),
        extra_services=private_services(home.settings.private),
    )
    for problem in problems:
        yield Advice(problem.severity, f"register {problem.where}", problem.says, problem.remedy)
    if not problems:
        yield Advice("ok", "register", "every document on file counts today")
    if home.settings.organisation.name == Organisation().name:
        yield Advice(
            "warning",
            "organisation",
            "no name is stated, so no document names you as a party and none counts",
            "Set [organisation] name to what stands on your documents.",
        )
    if home.settings.organisation.role == "neither" and not home.settings.organisation.regimes:
        yield Advice(
            "warning",
            "organisation",
            "no role and no regime is stated",
            "Set [organisation] role and regimes in ringfence.toml, if HIPAA, Part 2 or GLBA apply to you.",
        )


def _policies(home: Home) -> Iterator[Advice]:
    policy = load_policy(home.policies)
    for warning in policy.warnings:
        yield Advice("warning", "policies", warning, "Run `ringfence init`, or copy the shipped ringfence.cedar there.")
    for name, text in shipped_rules().items():
        file = home.policies / name
        if file.exists() and file.read_text(encoding="utf-8") != text:
            says = f"{file} differs from the shipped rules of this version"
            yield Advice("warning", "policies", says, "Compare them; a changed rule is yours to answer for.")
    yield Advice("ok", "policies", f"{len(policy.rules)} rules, digest {policy.digest[:16]}")
    own = load_rules(home.policies).file
    if own.find or own.ignore:
        yield Advice("ok", "policies", f"{DETECTION}: {len(own.find)} to find, {len(own.ignore)} to ignore")
    masks = load_masking(home.policies)
    if masks.safe_harbor.on or masks.entities or masks.labels:
        switch = "on" if masks.safe_harbor.on else "off"
        yield Advice("ok", "policies", f"{MASKING}: Safe Harbor {switch}, {len(masks.entities)} kinds of their own")


def _exceptions(home: Home) -> Iterator[Advice]:
    people, given = load_people(home.approvers), home.settings.organisation
    organisation = register.organisation(given.role, given.regimes, given.name)
    found = boot.load_exceptions(home, boot.load_register(home), organisation)
    for entry in found.entries:
        if entry.problem:
            says = f"{entry.file} does not count: {entry.problem}"
            yield Advice("warning", "exceptions", says, "See `ringfence exception list`.")
    counting = found.in_force(datetime.now(UTC))
    if people or found.entries:
        yield Advice("ok", "exceptions", f"{len(people)} people may approve, {len(counting)} exceptions are in force")


def _keys(home: Home) -> Iterator[Advice]:
    if not home.folder.exists():
        return
    keys = [key for key in KeyStore(home.folder).all() if not key.disabled]
    if not keys:
        yield Advice("warning", "keys", "there is no key in use", "ringfence keys create --client NAME --purpose WHY")
    for key in keys:
        if not key.handles and not key.demonstration:
            says = f"key {key.id} ({key.client}) declares nothing, so all of its traffic is private"
            yield Advice("warning", "keys", says, "Make one with --handles, if you know what it handles.")


def _names(home: Home) -> Iterator[Advice]:
    if not home.settings.detection.names:
        yield Advice(
            "warning",
            "names",
            "names in free text are not searched for",
            "Set [detection] names = true: without it a name in a prompt to a vendor is seen by nobody.",
        )
        return
    for tagger in load_with_deep() if home.settings.detection.deep else load_taggers():
        yield Advice("ok", "names", f"{tagger.name} is loaded and answers")


def _services(home: Home) -> Iterator[Advice]:
    services = boot.load_register(home).services
    upstreams = Upstreams(targets(home.settings, services))
    idle: dict[tuple[str, str], list[str]] = {}
    for service in services.values():
        if service.private or service.demonstration:
            continue
        if why := upstreams.why_not(service.id):
            idle.setdefault((service.vendor, why), []).append(service.id.partition("/")[2])
        else:
            yield Advice("ok", f"service {service.id}", f"{', '.join(service.endpoints)}: can be reached")
    for (vendor, why), ids in idle.items():
        remedy = "If you use it, set its variable, or its [[upstream]] in ringfence.toml."
        yield Advice("warning", f"vendor {vendor}", f"{', '.join(ids)}: {why}", remedy)


def _accounts(home: Home) -> Iterator[Advice]:
    """What the last probe of each account left, read from its file: nothing is asked of a vendor here."""
    store, now = Store(home.posture, home.incidents), datetime.now(UTC)
    open_ = [drift.vendor for drift in store.drifts() if drift.acknowledged is None]
    for account in probed(home.settings):
        yield _account(account.vendor, store.account(account.vendor), open_.count(account.vendor), now)


def _account(vendor: str, state: AccountState | None, open_: int, now: datetime) -> Advice:
    where = f"account {vendor}"
    again = (
        "Run `ringfence probe`: it says what could not be read. A running gateway tries at its start and at intervals."
    )
    if state is None:
        return Advice("warning", where, "not probed yet, so nothing regulated goes to it", again)
    if open_ or any(each.kind is FindingKind.DRIFT and each.documents for each in state.findings):
        return Advice(
            "error",
            where,
            f"it is, or was, set otherwise than documents claim (not acknowledged: {open_})",
            "Run `ringfence incident list`, set the account right, then `ringfence probe acknowledge`.",
        )
    until = state.verified_until
    if until is None or until <= now:
        says = f"what was read of it expired at {until:%Y-%m-%d %H:%M} UTC" if until else "some of it was never read"
        return Advice("warning", where, f"{says}, so documents that claim it don't count", again)
    return Advice(
        "ok",
        where,
        f"as documents claim; probed {state.probed_at:%Y-%m-%d %H:%M}, counts to {until:%Y-%m-%d %H:%M} UTC",
    )


def _ledger(home: Home) -> Iterator[Advice]:
    if home.settings.ledger.store == "postgres":
        log = boot.reader_or_none(home)
        said = "no record yet" if log is None else f"{read_note(log.checkpoint()).checkpoint.size} records signed"
        yield Advice("ok", "ledger", f"in PostgreSQL, written as {home.settings.ledger.instance!r}: {said}")
    elif home.ledger.is_dir() and not home.ledger_highest.exists():
        yield Advice(
            "error",
            "ledger",
            f"{home.ledger_highest} is missing",
            "Put it back from a copy: it proves nothing was cut.",
        )
    for path in (home.ledger_key, home.vault_key):
        if path.exists() and path.stat().st_mode & 0o077:
            yield Advice("error", "keys", f"{path}: others can read it", f"chmod 600 {path}")


def _anchors(home: Home) -> Iterator[Advice]:
    named = anchorers(home)
    if not named:
        yield Advice(
            "warning",
            "anchors",
            "none is named, so whoever holds the ledger's key could rewrite its past unnoticed",
            "Add [[timestamp]], [[witness]] or [[worm]]: docs/how-to/anchor-the-ledger.md.",
        )
    elif reader := boot.reader_or_none(home):
        now, kept_ = datetime.now(UTC), kept(home, Verifier.from_key_line(reader.key_line))
        best = last(kept_)
        interval_s = home.settings.anchors.interval_s
        late = best is None or best.time is None or (now - best.time).total_seconds() > _LATE * interval_s + _DAY_S
        severity = "warning" if late or any(each.wrong for each in kept_) else "ok"
        yield Advice(
            severity,
            "anchors",
            f"{len(named)} named; {age(kept_, now)}",
            "Run `ringfence ledger anchor`, and `ringfence ledger anchors`." if severity == "warning" else "",
        )
