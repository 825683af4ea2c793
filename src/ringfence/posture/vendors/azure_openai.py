"""Azure OpenAI: whether an account's content is stored for abuse monitoring.

https://learn.microsoft.com/azure/foundry/responsible-ai/openai/data-privacy: the capability `ContentLogging` is listed,
as `false`, only where storage is off. Where it is absent, it is on.
https://learn.microsoft.com/rest/api/aiservices/accountmanagement/accounts/get
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from ringfence.posture.probe import Account, Desk, Probe, Reading, Unreadable, attempt, plain
from ringfence.register.kinds import Tier

# Modified abuse monitoring is what Microsoft approves; with storage off nothing is kept, so zero retention is met too.
_MEETS = (Tier.MODIFIED_ABUSE_MONITORING, Tier.ZERO_DATA_RETENTION)
_VERSION = (("api-version", "2024-10-01"),)


class _Capability(msgspec.Struct):
    name: str
    value: str | None = None


class _Properties(msgspec.Struct):
    capabilities: list[_Capability]


class _Account(msgspec.Struct):
    properties: _Properties
    location: str


def read(desk: Desk, account: Account) -> list[Reading]:
    """Each resource in `scopes`: /subscriptions/.../providers/Microsoft.CognitiveServices/accounts/NAME."""
    readings: list[Reading] = []
    if not account.scopes:
        unknown = Reading(scope="account", setting="ContentLogging", source="", about="retention")
        return [msgspec.structs.replace(unknown, unreadable="no resource is named by the settings")]
    for resource in account.scopes:
        name = plain(resource.rstrip("/").rpartition("/")[2])
        empty = Reading(scope=f"resource {name}", setting="ContentLogging", source=resource, about="retention")
        attempt(readings, empty, partial(_resource, desk, resource, empty))
    return readings


def _resource(desk: Desk, resource: str, empty: Reading) -> Iterator[Reading]:
    if not resource.startswith("/subscriptions/") or set(resource) & set("?#% \\") or ".." in resource:
        raise Unreadable("the settings' name for it is no resource id")
    said = desk.read(resource.rstrip("/"), _Account, _VERSION)
    stated = [each.value for each in said.properties.capabilities if each.name == "ContentLogging"]
    if len(stated) > 1 or (stated and stated[0] not in ("true", "false")):
        raise Unreadable("the answer is not of the documented form")
    off = stated == ["false"]
    value = "false" if off else "true" if stated else "absent, so on"
    yield msgspec.structs.replace(empty, value=value, meets=_MEETS if off else ())


PROBE = Probe(
    vendor="azure-openai",
    title="Microsoft (Azure OpenAI)",
    base_url="https://management.azure.com",
    hosts=("management.azure.com",),
    services=("azure-openai/*",),
    credential_env="AZURE_MANAGEMENT_TOKEN",
    source="https://learn.microsoft.com/azure/foundry/responsible-ai/openai/data-privacy",
    reviewed_on="2026-11-22",
    read=read,
)
