"""OpenAI: retention of the organisation and of each project, residency, hosted tools; usage counts and keys.

https://developers.openai.com/api/reference/resources/admin/subresources/organization (shapes: openai-python 3, too).
A project set to `none` has none of the controls that the organisation has, whose own setting alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

import msgspec

from ringfence.posture.openai_usage import usage
from ringfence.posture.probe import Account, Desk, Probe, Reading, Unreadable, attempt, pages, plain
from ringfence.register.kinds import Tier

_BELOW_ZERO = (Tier.ZERO_DATA_RETENTION, Tier.PRIVATE_RETENTION, Tier.SAFETY_RETENTION, Tier.MODIFIED_ABUSE_MONITORING)
# Which tiers of the register each setting keeps to: whoever keeps nothing also keeps to every lesser promise.
_MEETS: dict[str, tuple[str, ...]] = {
    "zero_data_retention": _BELOW_ZERO,
    "enhanced_zero_data_retention": _BELOW_ZERO,
    "modified_abuse_monitoring": (Tier.MODIFIED_ABUSE_MONITORING,),
    "enhanced_modified_abuse_monitoring": (Tier.MODIFIED_ABUSE_MONITORING,),
    "none": (),
}
_INHERITS = "organization_default"
_THIRD_PARTIES = ("mcp", "web_search")
_ORGANISATION = "/organization/data_retention"
_PROJECTS = "/organization/projects"


class _OrganisationRetention(msgspec.Struct):
    object: Literal["organization.data_retention"]
    type: str


class _ProjectRetention(msgspec.Struct):
    object: Literal["project.data_retention"]
    type: str


class _Project(msgspec.Struct):
    id: str
    status: str | None = None
    residency: str | None = None


class _Projects(msgspec.Struct):
    data: list[_Project]
    has_more: bool = False
    last_id: str | None = None


class _Tool(msgspec.Struct):
    enabled: bool


class _Tools(msgspec.Struct):
    code_interpreter: _Tool
    file_search: _Tool
    image_generation: _Tool
    mcp: _Tool
    web_search: _Tool


def read(desk: Desk, account: Account) -> list[Reading]:
    """The organisation, then each project in use (all active ones, where the settings name none)."""
    organisation = _organisation(desk)
    listing = Reading(scope="organization", setting="projects", source=_PROJECTS)
    try:
        projects = _in_use(desk, account)
    except Unreadable as error:
        # Then nobody knows whether one of them keeps data.
        return [organisation, msgspec.structs.replace(listing, about="retention", unreadable=str(error))]
    readings = [msgspec.structs.replace(listing, value=f"{len(projects)} in use")]
    inherited = [_project(desk, project, organisation, readings) for project in projects]
    if projects and not any(inherited):
        # Every project in use has a setting of its own, so the organisation's is not what holds.
        organisation = msgspec.structs.replace(organisation, about="")
    for missing in sorted(set(account.scopes) - {project.id for project in projects}):
        why = "the organisation lists no such active project"
        readings.append(msgspec.structs.replace(_of_project(missing), source=_PROJECTS, unreadable=why))
    return [organisation, *readings]


def _of_project(project_id: str) -> Reading:
    source = f"{_PROJECTS}/{quote(project_id, safe='')}/data_retention"
    return Reading(scope=f"project {plain(project_id)}", setting="data_retention", source=source, about="retention")


def _organisation(desk: Desk) -> Reading:
    failed = Reading(scope="organization", setting="data_retention", source=_ORGANISATION, about="retention")
    found: list[Reading] = []

    def step() -> Iterator[Reading]:
        value = desk.read(_ORGANISATION, _OrganisationRetention).type
        yield _retention(failed, value)

    attempt(found, failed, step)
    return found[0]


def _retention(empty: Reading, value: str) -> Reading:
    meets = _MEETS.get(value)
    if meets is None:
        raise Unreadable(f"the vendor states a retention that this version does not know: {plain(value)}")
    return msgspec.structs.replace(empty, value=value, meets=meets)


def _in_use(desk: Desk, account: Account) -> list[_Project]:
    listed = (each for page in pages(desk, _PROJECTS, _Projects, (("limit", "100"),)) for each in page.data)
    active = [each for each in listed if each.status in (None, "active")]
    return [each for each in active if not account.scopes or each.id in account.scopes]


def _project(desk: Desk, project: _Project, organisation: Reading, readings: list[Reading]) -> bool:
    """Adds the readings of one project; True where its retention is the organisation's."""
    scope = f"project {plain(project.id)}"
    path = f"{_PROJECTS}/{quote(project.id, safe='')}"
    empty = _of_project(project.id)
    inherits = False

    def retention() -> Iterator[Reading]:
        nonlocal inherits
        value = desk.read(f"{path}/data_retention", _ProjectRetention).type
        inherits = value == _INHERITS
        if not inherits:
            yield _retention(empty, value)
        elif organisation.unreadable:
            raise Unreadable("it is the organisation's, which could not be read")
        else:
            yield msgspec.structs.replace(empty, value=f"{_INHERITS}, {organisation.value}", meets=organisation.meets)

    def tools() -> Iterator[Reading]:
        said = desk.read(f"{path}/hosted_tool_permissions", _Tools)
        on = [name for name in _Tools.__struct_fields__ if getattr(said, name).enabled]
        third = ("none",) if not set(on) & set(_THIRD_PARTIES) else ()
        value = ", ".join(on) or "none"
        yield msgspec.structs.replace(permissions, value=value, meets=third)

    permissions = Reading(
        scope=scope, setting="hosted_tools", source=f"{path}/hosted_tool_permissions", about="third_parties"
    )
    attempt(readings, empty, retention)
    attempt(readings, permissions, tools)
    readings.append(_residency(scope, project.residency))
    return inherits


def _residency(scope: str, value: str | None) -> Reading:
    """Only a place that also processes there keeps data there; a project without a setting is processed anywhere."""
    place, _, what = (value or "").partition("_")
    meets = (place.lower(),) if what == "STORAGE_PROCESSING" else ()
    said = plain(value) if value else "absent"
    return Reading(scope=scope, setting="residency", source=_PROJECTS, value=said, about="residency", meets=meets)


PROBE = Probe(
    vendor="openai",
    title="OpenAI",
    base_url="https://api.openai.com/v1",
    hosts=("api.openai.com", "*.api.openai.com"),
    services=("openai/*",),
    credential_env="OPENAI_ADMIN_KEY",
    source="https://developers.openai.com/api/docs/guides/admin-apis",
    reviewed_on="2026-11-22",
    read=read,
    usage=usage,
)
