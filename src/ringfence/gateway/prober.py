"""One round of probing: reads each account, compares, keeps what was found, and says what belongs on record."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from ringfence import register
from ringfence.gateway import boot, sent
from ringfence.gateway.accounts import accounts, probe_of
from ringfence.gateway.fetching import getter
from ringfence.gateway.home import Home
from ringfence.posture import Account, Desk, NoReply, Reading, Sign, Store, claims, compare, follow, lapses, opened
from ringfence.posture import acknowledged as with_word
from ringfence.posture import affected as of_services
from ringfence.posture.store import write
from ringfence.posture.vendors import xai
from ringfence.register.globs import any_matches
from ringfence.settings import model as settings_model
from ringfence.settings import resolve_secret
from ringfence.upstream.sigv4 import ENVIRONMENT, SigV4
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.posture import AccountState, Acknowledgement, Drift, Finding, Incident

Notice = dict[str, Any]
"""The body of a NOTICE record."""
_MOST_LISTED = 100  # findings in one record, which must stay below the ledger's bound
DRIFT_EVENT, ACKNOWLEDGED_EVENT = "posture_drift", "posture_acknowledged"


def now_utc() -> datetime:
    return datetime.now(UTC)


class Prober:
    """Blocks while it reads; use it from a thread. `now` gives the time in UTC."""

    def __init__(self, home: Home, now: Callable[[], datetime] = now_utc) -> None:
        self.home, self._now = home, now
        self.store = Store(home.posture, home.incidents)
        self._cache = home.run / "seen.json"
        self._seen: sent.Seen | None = None

    def today(self) -> date:
        """The day in UTC."""
        return self._now().date()

    def probe(self, vendors: Collection[str] = ()) -> tuple[list[AccountState], list[Notice]]:
        """Reads the accounts that the settings name (of `vendors` only, if any are given).

        Raises ConfigurationError where the register or a file of findings can't be read; a vendor that can't be read is
        a finding.
        """
        snapshot = boot.load_register(self.home)
        states, notices = [], []
        for settings, account in accounts(self.home.settings, snapshot):
            if vendors and account.vendor not in vendors:
                continue
            now = self._now()
            readings = self._read(settings, account)
            made = claims(snapshot, account.vendor, account.services, now.date())
            with self.store.locked():
                state, noted = self._keep(account, readings, made, now)
            states.append(state)
            notices += noted
        return states, notices

    def _read(self, settings: settings_model.Account, account: Account) -> list[Reading]:
        probe = probe_of(settings)
        if account.vendor == xai.PROBE.vendor:
            return [self._header(account)]
        get = getter(self.home.settings.posture.timeout_s)
        reference = settings.credential or f"env:{probe.credential_env}"
        try:
            secret = "" if probe.signed and not settings.credential else resolve_secret(reference)
        except ConfigurationError:
            secret = ""  # then nothing can be read, and the findings say so
        sign = _signer(secret, self._now) if probe.signed else None
        return probe.read(Desk(probe, account, get, credential=secret, sign=sign), account)

    def _header(self, account: Account) -> Reading:
        """What the services on an account last said of themselves in a reply's header."""
        notes = self._learnt().notes
        return xai.worst(each.get(xai.HEADER) for service, each in notes.items() if _on(account, service))

    def _keep(
        self, account: Account, readings: list[Reading], made: tuple[Any, ...], now: datetime
    ) -> tuple[AccountState, list[Notice]]:
        """INVARIANT: a drift is on disk before the state that it came with, so that a crash between them closes more
        than it should, never less."""
        before = self.store.account(account.vendor)
        lifetime = timedelta(seconds=self.home.settings.posture.lifetime_s)
        state = compare.state(account, readings, made, before, now, lifetime)
        if before and before.probed_at > now:  # another process has read the account since
            return before, []
        notices: list[Notice] = [self._here(_probed(state))]
        for drift in follow(state, self.store.drifts(), before.verified_at if before else None, now):
            self.store.keep(drift)
            notices.append(self._here(_drift(drift)))
            if drift.resolved_at is None:
                notices.append(self._incident(drift))
        self.store.keep(state)
        return state, notices

    def lapses(self) -> list[Notice]:
        """Opens an incident for each document that ended while it was in use. Raises as `probe`, and LedgerError."""
        snapshot = boot.load_register(self.home)
        table = self.home.settings.organisation
        organisation = register.organisation(table.role, table.regimes, table.name)
        uses = list(self._learnt().uses.values())
        notices = []
        if not uses:
            return []
        with self.store.locked():
            for drift in lapses(snapshot, uses, self.store.drifts(), organisation, self._now()):
                self.store.keep(drift)
                notices += [self._here(_drift(drift)), self._incident(drift)]
        return notices

    def settle(self, drift_id: str) -> list[Notice]:
        """Lists the requests of an incident once more: those decided while the drift was being noticed belong to it."""
        with self.store.locked():
            before = {each.drift: len(each.requests) for each in self.store.all_incidents()}
            drift = next((each for each in self.store.drifts() if each.id == drift_id), None)
            if drift is None:
                return []
            notice = self._incident(drift)
        return [notice] if notice["requests"] != before.get(drift_id) else []

    def acknowledge(self, drift_id: str, word: Acknowledgement) -> None:
        """Puts a person's word to a drift. Its record must be durable by then. Raises ConfigurationError."""
        with self.store.locked():
            drift = self.find(drift_id)
            self._incident(drift)
            self.store.keep(with_word(drift, word))

    def find(self, drift_id: str) -> Drift:
        """The drift of that id. Raises ConfigurationError."""
        for drift in self.store.drifts():
            if drift.id == drift_id:
                return drift
        raise ConfigurationError(
            f"no finding {drift_id} stands open", remedy="List them with `ringfence incident list`."
        )

    def _incident(self, drift: Drift) -> Notice:
        requests = of_services(sent.affected(boot.reader_or_none(self.home), drift.since), drift.services, drift.since)
        incident = opened(drift, requests)
        self.store.keep(incident)
        return self._here(_opened(incident))

    def _here(self, notice: Notice) -> Notice:
        """Gateways of one log read the accounts each for itself."""
        return {**notice, "instance": self.home.settings.ledger.instance}

    def _learnt(self) -> sent.Seen:
        """What the ledger says, read on from where it was left. The cache may be lost; a wrong one is read anew."""
        if self._seen is None:
            try:
                self._seen = msgspec.json.decode(self._cache.read_bytes(), type=sent.Seen)
            except (OSError, msgspec.MsgspecError):
                self._seen = sent.Seen()
        before = self._seen.following
        self._seen.learn(boot.reader_or_none(self.home))
        if self._seen.following != before:
            write(self._cache, msgspec.json.encode(self._seen))
        return self._seen


def _on(account: Account, service: str) -> bool:
    return any_matches(account.services, service)


def _signer(secret: str, now: Callable[[], datetime]) -> Sign:
    """Signs with a key id, a secret and perhaps a session token: in `secret`, apart by white space, else AWS's own
    variables."""
    words = secret.split() or [os.environ.get(name, "").strip() for name in ENVIRONMENT]
    key_id, key, token = (*words, "", "", "")[:3]

    def sign(region: str, host: str, path: str) -> dict[str, str]:
        if not key_id or not key:
            raise NoReply(f"no key to sign requests with is configured ({ENVIRONMENT[0]} is not set)")
        service = "bedrock-mantle" if host.startswith("bedrock-mantle.") else "bedrock"
        signer = SigV4(key_id, key, token, region=region, service=service)
        return dict(signer.headers("GET", host, path, b"", now()))

    return sign


def _probed(state: AccountState) -> Notice:
    listed = [_listed(each) for each in state.findings]
    return {
        "event": "posture_probed",
        "vendor": state.vendor,
        "probed_at": state.probed_at.isoformat(timespec="seconds"),
        "verified_until": state.verified_until.isoformat(timespec="seconds") if state.verified_until else "",
        "considered": list(state.considered[:_MOST_LISTED]),
        "findings": listed[:_MOST_LISTED],
        "all_findings": len(listed),
        "state_sha256": hashlib.sha256(msgspec.json.encode(state)).hexdigest(),
    }


def _listed(finding: Finding) -> dict[str, str]:
    return {
        "kind": finding.kind.value,
        "scope": finding.scope,
        "setting": finding.setting,
        "value": finding.value,
        "source": finding.source,
    }


def _drift(drift: Drift) -> Notice:
    return {
        "event": DRIFT_EVENT,
        "finding": drift.id,
        "cause": drift.cause,
        "says": drift.says,
        "services": list(drift.services),
        "resolved": drift.resolved_at is not None,
    }


def _opened(incident: Incident) -> Notice:
    indexes = [each.index for each in incident.requests]
    return {
        "event": "incident",
        "incident": incident.id,
        "finding": incident.drift,
        "since": incident.since.isoformat(timespec="seconds") if incident.since else "",
        "requests": len(indexes),
        "first_index": indexes[0] if indexes else -1,
        "last_index": indexes[-1] if indexes else -1,
        "list_sha256": hashlib.sha256(msgspec.json.encode(incident.requests)).hexdigest(),
    }
