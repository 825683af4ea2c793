"""Google Vertex AI: whether a project's inputs are cached in memory.

https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/projects: caching is on unless `disableCache` is true; an
answer without that member means on. Abuse logging has no interface: an exception on file is the only evidence of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

import msgspec

from ringfence.posture.probe import Account, Desk, Probe, Reading, Unreadable, attempt, plain
from ringfence.register.kinds import Tier

_MEETS = (Tier.ZERO_DATA_RETENTION, Tier.MODIFIED_ABUSE_MONITORING)


class _Cache(msgspec.Struct, rename="camel"):
    name: str
    disable_cache: bool = False


def read(desk: Desk, account: Account) -> list[Reading]:
    """Each PROJECT@LOCATION in `scopes`."""
    readings = [Reading(scope="project", setting="abuse_logging", source="", about="retention", uncheckable=True)]
    if not account.scopes:
        unknown = Reading(scope="project", setting="cacheConfig", source="", about="retention")
        why = "no project is named by the settings (PROJECT@LOCATION)"
        return [*readings, msgspec.structs.replace(unknown, unreadable=why)]
    for scope in account.scopes:
        project, _, location = scope.partition("@")
        path = f"/v1/projects/{quote(project, safe='')}/cacheConfig"
        empty = Reading(scope=f"project {plain(scope)}", setting="cacheConfig", source=path, about="retention")
        attempt(readings, empty, partial(_cache, desk, location, empty))
    return readings


def _cache(desk: Desk, location: str, empty: Reading) -> Iterator[Reading]:
    if not location:
        raise Unreadable("the settings' name for it has no location (PROJECT@LOCATION)")
    off = desk.read(empty.source, _Cache, region=location).disable_cache
    yield msgspec.structs.replace(empty, value="off" if off else "on", meets=_MEETS if off else ())


PROBE = Probe(
    vendor="google",
    title="Google Vertex AI",
    base_url="https://{region}-aiplatform.googleapis.com",
    hosts=("*-aiplatform.googleapis.com",),
    services=("google/vertex-*",),
    credential_env="GOOGLE_ACCESS_TOKEN",
    source="https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/projects",
    reviewed_on="2026-11-22",
    read=read,
)
