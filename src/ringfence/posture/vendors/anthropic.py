"""Anthropic: where workspaces keep and process data, the organisation's compliance settings; usage counts and keys.

https://platform.claude.com/docs/en/manage-claude/api-and-data-retention: no interface states zero data retention, so an
approval on file is the only evidence of it, and says so. Shapes also as in anthropic-sdk-python 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from ringfence.posture.anthropic_usage import usage
from ringfence.posture.probe import Account, Desk, Probe, Reading, attempt, pages, plain

_WORKSPACES = "/v1/organizations/workspaces"
_COMPLIANCE = "/v1/organizations/compliance_settings"


class _Residency(msgspec.Struct):
    allowed_inference_geos: list[str] | str
    default_inference_geo: str
    workspace_geo: str


class _Workspace(msgspec.Struct):
    id: str
    data_residency: _Residency
    archived_at: str | None = None


class _Workspaces(msgspec.Struct):
    data: list[_Workspace]
    has_more: bool
    last_id: str | None = None


class _State(msgspec.Struct):
    type: str


class _Compliance(msgspec.Struct):
    type: Literal["compliance_settings"]
    state: _State


def read(desk: Desk, account: Account) -> list[Reading]:
    """Zero retention, as not readable; compliance settings; and each workspace in use."""
    readings = [Reading(scope="organization", setting="data_retention", source="", about="retention", uncheckable=True)]
    compliance = Reading(scope="organization", setting="compliance_settings", source=_COMPLIANCE)
    listing = Reading(scope="organization", setting="workspaces", source=_WORKSPACES, about="residency")

    def settings() -> Iterator[Reading]:
        state = desk.read(_COMPLIANCE, _Compliance).state.type
        yield msgspec.structs.replace(compliance, value=plain(state))

    attempt(readings, compliance, settings)
    attempt(readings, listing, lambda: _workspaces(desk, account))
    return readings


def _workspaces(desk: Desk, account: Account) -> list[Reading]:
    query = (("limit", "100"), ("include_default", "true"))
    listed = [
        each
        for page in pages(desk, _WORKSPACES, _Workspaces, query, cursor=("after_id", "last_id"))
        for each in page.data
    ]
    readings = [
        _residency(each)
        for each in listed
        if each.archived_at is None and (not account.scopes or each.id in account.scopes)
    ]
    count = Reading(scope="organization", setting="workspaces", source=_WORKSPACES, value=f"{len(readings)} in use")
    readings.insert(0, count)
    for missing in sorted(set(account.scopes) - {each.id for each in listed if each.archived_at is None}):
        readings.append(
            Reading(
                scope=f"workspace {plain(missing)}",
                setting="residency",
                source=_WORKSPACES,
                about="residency",
                unreadable="the organisation lists no such workspace in use",
            )
        )
    return readings


def _residency(workspace: _Workspace) -> Reading:
    said = workspace.data_residency
    geos = said.allowed_inference_geos
    # Any text in place of the list (`unrestricted`, or what a later version says) names no place.
    meets = tuple(sorted({*geos, said.default_inference_geo, said.workspace_geo})) if isinstance(geos, list) else ()
    allowed = ", ".join(geos) if isinstance(geos, list) else geos
    return Reading(
        scope=f"workspace {plain(workspace.id)}",
        setting="residency",
        source=_WORKSPACES,
        value=plain(f"stored in {said.workspace_geo}, processed in {allowed}"),
        about="residency",
        meets=meets,
    )


PROBE = Probe(
    vendor="anthropic",
    title="Anthropic",
    base_url="https://api.anthropic.com",
    hosts=("api.anthropic.com",),
    services=("anthropic/*",),
    credential_env="ANTHROPIC_ADMIN_KEY",
    source="https://platform.claude.com/docs/en/api/admin",
    reviewed_on="2026-11-22",
    read=read,
    usage=usage,
    auth_header="x-api-key",
    auth_prefix="",
    headers=(("anthropic-version", "2023-06-01"),),
)
