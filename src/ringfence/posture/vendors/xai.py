"""xAI: no interface states retention; each reply does, in a header. `observed` reads that of a reply of the traffic.

https://docs.x.ai/docs/resources/faq-api/security: zero data retention is set for a whole team, and every reply of a
team that has it carries `x-zero-data-retention: true`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ringfence.posture.probe import Account, Desk, Probe, Reading
from ringfence.register.kinds import Tier

HEADER = "x-zero-data-retention"
_MEETS = (Tier.ZERO_DATA_RETENTION, Tier.MODIFIED_ABUSE_MONITORING)
_EMPTY = Reading(scope="team", setting=HEADER, source="a reply's header", about="retention")


def read(desk: Desk, account: Account) -> list[Reading]:
    """Nothing can be asked for; see `observed`."""
    return [unseen()]


def unseen() -> Reading:
    """Before the first reply was looked at."""
    return msgspec.structs.replace(_EMPTY, unreadable="it is read from replies, and none has been looked at")


def observed(value: str | None) -> Reading:
    """What one reply's header says; None where the reply has none."""
    if value == "true":
        return msgspec.structs.replace(_EMPTY, value="true", meets=_MEETS)
    if value == "false":
        return msgspec.structs.replace(_EMPTY, value="false")
    why = "the reply has no such header" if value is None else "the header is neither true nor false"
    return msgspec.structs.replace(_EMPTY, unreadable=why)


def worst(said: Iterable[str | None]) -> Reading:
    """What the last replies of several services say together: one that keeps data, or does not say, is enough."""
    readings = [observed(value) for value in said]
    return min(readings, key=lambda each: (each.value != "false", not each.unreadable), default=unseen())


PROBE = Probe(
    vendor="xai",
    title="xAI",
    base_url="https://api.x.ai",
    hosts=("api.x.ai",),
    services=("xai/*",),
    credential_env="XAI_API_KEY",
    source="https://docs.x.ai/docs/resources/faq-api/security",
    reviewed_on="2026-11-22",
    read=read,
)
