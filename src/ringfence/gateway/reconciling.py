"""Reads vendors' own usage counts and compares them with the ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from ringfence.gateway import boot, sent
from ringfence.gateway.accounts import accounts, probe_of
from ringfence.gateway.fetching import getter
from ringfence.gateway.home import Home
from ringfence.gateway.prober import Notice
from ringfence.posture import Desk, Result, Unreadable, reconcile
from ringfence.settings import resolve_secret
from ringfence.vocabulary.errors import ConfigurationError

_MOST_LISTED = 50  # findings in one record


class Reconciled(msgspec.Struct, frozen=True):
    """What came of one vendor: a result, or why there is none."""

    vendor: str
    result: Result | None = None
    why_not: str = ""


def run(home: Home, vendor: str, since: date | None, days: int, now: datetime) -> list[Reconciled]:
    """Each account whose vendor counts usage (only `vendor`, unless ""), over the last `days` UTC days up to today, or
    from `since` on. Days before the gateway's first whole one are left out: what was sent then it can't know.

    Raises ConfigurationError and LedgerError.
    """
    done = []
    for settings, account in accounts(home.settings, boot.load_register(home)):
        probe = probe_of(settings)
        if vendor and account.vendor != vendor:
            continue
        if probe.usage is None:
            done.append(Reconciled(account.vendor, why_not="this vendor gives no counts that can be compared"))
            continue
        records, begins = sent.sent(boot.reader_or_none(home), account.vendor, now)
        first = since or now.date() - timedelta(days=days - 1)
        if begins is None:
            done.append(Reconciled(account.vendor, why_not="the ledger is empty"))
            continue
        first = since or max(first, begins.date() + timedelta(days=1))
        if first > now.date():
            done.append(Reconciled(account.vendor, why_not="the ledger holds no whole day yet"))
            continue
        try:
            secret = resolve_secret(settings.credential or f"env:{probe.credential_env}")
            desk = Desk(probe, account, getter(home.settings.posture.timeout_s), credential=secret)
            usage = probe.usage(desk, account, first.isoformat(), now.date().isoformat())
        except (Unreadable, ConfigurationError) as error:
            done.append(Reconciled(account.vendor, why_not=f"its counts could not be read: {error}"))
            continue
        done.append(Reconciled(account.vendor, reconcile(account, usage, records, first, now.date())))
    return done


def notice(done: Reconciled) -> Notice:
    """What goes on record of one reconciliation, also of one that did not come about."""
    result = done.result
    findings = [msgspec.to_builtins(each) for each in result.findings] if result else []
    return {
        "event": "posture_reconciled",
        "vendor": done.vendor,
        "first": result.first if result else "",
        "last": result.last if result else "",
        "why_not": done.why_not,
        "findings": findings[:_MOST_LISTED],
        "all_findings": len(findings),
    }
