"""What was read beside what the documents claim: findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ringfence.posture.claims import Claim
from ringfence.posture.probe import Account, Reading
from ringfence.vocabulary.posture import AccountState, Finding, FindingKind, Observation


def state(
    account: Account,
    readings: Iterable[Reading],
    made: tuple[Claim, ...],
    before: AccountState | None,
    now: datetime,
    lifetime: timedelta,
) -> AccountState:
    """The account after one probe. `before` is the state after the last one.

    INVARIANT: what could not be read keeps the end of its last observation and never moves it; what was never read has
    none. So `verified_until` is never later than the end of the oldest observation that a claim rests on.
    """
    readings = tuple(readings)
    ends = {(each.scope, each.setting): each.counts_until for each in before.findings} if before else {}
    findings = tuple(
        _finding(account, each, made, ends.get((each.scope, each.setting)), now + lifetime) for each in readings
    )
    checked = [each for each in findings if each.documents and each.kind is not FindingKind.MISSING_CAPABILITY]
    all_agree = all(each.kind is FindingKind.AGREES for each in checked)
    ends_at = [each.counts_until for each in checked]
    until = min((each for each in ends_at if each is not None), default=now + lifetime) if None not in ends_at else None
    return AccountState(
        vendor=account.vendor,
        services=account.services,
        probed_at=now,
        considered=tuple(sorted({claim.document for claim in made})),
        observations=tuple(_observation(account, each, now, now + lifetime) for each in readings if _was_read(each)),
        findings=findings,
        verified_at=now if all_agree else before.verified_at if before else None,
        verified_until=until,
    )


def _was_read(reading: Reading) -> bool:
    return not reading.unreadable and not reading.uncheckable


def _observation(account: Account, reading: Reading, now: datetime, expires_at: datetime) -> Observation:
    return Observation(
        vendor=account.vendor,
        scope=reading.scope,
        setting=reading.setting,
        value=reading.value,
        observed_at=now,
        expires_at=expires_at,
        source=reading.source,
        services=account.services,
    )


def _finding(
    account: Account, reading: Reading, made: tuple[Claim, ...], counts_until: datetime | None, expires_at: datetime
) -> Finding:
    about = [claim for claim in made if reading.about and claim.about == reading.about]
    broken = [claim for claim in about if not agrees(reading, claim)]
    where = f"{account.vendor}, {reading.scope}: {reading.setting}"
    kind, says, claims = FindingKind.AGREES, f"{where} is {reading.value}, as {_names(about)} says.", about
    if not about:
        kind, says = FindingKind.UNCLAIMED, f"{where} is {reading.value}. No document claims anything of it."
        if reading.uncheckable:
            says = f"{where} can't be read at this vendor. No document claims anything of it."
    elif reading.uncheckable:
        kind = FindingKind.MISSING_CAPABILITY
        says = f"{where} can't be read at this vendor: {_names(about)} alone speaks for it."
    elif reading.unreadable:
        kind, says = FindingKind.UNREADABLE, f"{where} could not be read: {reading.unreadable}."
    elif broken:
        wanted = " or ".join(sorted({each for claim in broken for each in claim.wanted}))
        kind, claims = FindingKind.DRIFT, broken
        says = f"{where} is {reading.value}, but {_names(broken)} says {wanted}."
    if reading.unreadable and not about:
        kind = FindingKind.UNREADABLE
        says = f"{where} could not be read: {reading.unreadable}. No document claims anything of it."
    return Finding(
        kind=kind,
        vendor=account.vendor,
        scope=reading.scope,
        setting=reading.setting,
        value=reading.value,
        says=says,
        source=reading.source,
        services=tuple(sorted({each for claim in claims for each in claim.services})) or account.services,
        documents=tuple(sorted({claim.document for claim in claims})),
        kinds=tuple(sorted({claim.kind for claim in claims})),
        counts_until=_counts_until(kind, counts_until, expires_at),
    )


def _counts_until(kind: FindingKind, before: datetime | None, expires_at: datetime) -> datetime | None:
    if kind is FindingKind.UNREADABLE:
        return before
    return None if kind is FindingKind.MISSING_CAPABILITY else expires_at


def agrees(reading: Reading, claim: Claim) -> bool:
    """Whether a setting keeps to a claim. Data that may also be elsewhere does not keep to a place."""
    if claim.about == "residency":
        return bool(reading.meets) and set(reading.meets) <= set(claim.wanted)
    return bool(set(reading.meets) & set(claim.wanted))


def _names(made: list[Claim]) -> str:
    return ", ".join(sorted({claim.document for claim in made}))
