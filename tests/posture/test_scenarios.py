"""Scripted drifts are all flagged, settings that can't be read confirm nothing, clean accounts raise nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ringfence.vocabulary.posture import AccountState, FindingKind
from support import admin_apis as scripted
from support.admin_apis import RESOURCE, AdminApi, Says

from .conftest import NOW, Probe, in_us, no_third_party, zdr

DRIFT, UNREADABLE = FindingKind.DRIFT, FindingKind.UNREADABLE
OFF = [{"name": "ContentLogging", "value": "false"}]
REGIONS = ("us-east-1", "us-west-2")
DELIVERED = {"s3Config": {"bucketName": "b"}, "textDataDeliveryEnabled": True}
SILENT = {f"{each}DataDeliveryEnabled": False for each in ("text", "image", "embedding", "video", "audio")}


def case(name: str, vendor: str, answers: dict[str, Any], kind: FindingKind, where: str, **more: Any) -> Any:
    """`where` is `scope: setting` of the finding that must be there; `more` as `_run` takes it."""
    return pytest.param(vendor, answers, kind, where, more, id=f"{vendor}: {name}")


def with_(answers: dict[str, Any], path: str, says: Any) -> dict[str, Any]:
    return answers | {path: says}


ORG = "organization: data_retention"
A = "project proj_a: data_retention"
OPENAI = scripted.openai()
RETENTION = "/organization/data_retention"
PROJECT = "/organization/projects/proj_a/data_retention"
TWO = scripted.bedrock({"us-east-1": "none", "us-west-2": "none"})
MANY = [(f"proj_{n}", "organization_default") for n in range(6)]

FLAGGED = [
    case("organisation only modified", "openai", scripted.openai("modified_abuse_monitoring"), DRIFT, ORG),
    case("organisation enhanced modified", "openai", scripted.openai("enhanced_modified_abuse_monitoring"), DRIFT, ORG),
    case("inherits what is not zero", "openai", scripted.openai("modified_abuse_monitoring"), DRIFT, A),
    case("project none under a zero organisation", "openai", scripted.openai(projects=[("proj_a", "none")]), DRIFT, A),
    case("project modified", "openai", scripted.openai(projects=[("proj_a", "modified_abuse_monitoring")]), DRIFT, A),
    case(
        "project none on the third page",
        "openai",
        scripted.openai(projects=[*MANY, ("proj_z", "none")]),
        DRIFT,
        "project proj_z: data_retention",
    ),
    case(
        "named project none",
        "openai",
        scripted.openai(projects=[*MANY, ("proj_z", "none")]),
        DRIFT,
        "project proj_z: data_retention",
        scopes=("proj_z",),
    ),
    case(
        "modified claimed, project none",
        "openai",
        scripted.openai("modified_abuse_monitoring", [("proj_a", "none")]),
        DRIFT,
        A,
        tier="modified_abuse_monitoring",
    ),
    case(
        "residency global", "openai", scripted.openai(residency="GLOBAL"), DRIFT, "project proj_a: residency", us=True
    ),
    case("residency absent", "openai", scripted.openai(residency=None), DRIFT, "project proj_a: residency", us=True),
    case(
        "residency in the EU",
        "openai",
        scripted.openai(residency="EU_STORAGE_PROCESSING"),
        DRIFT,
        "project proj_a: residency",
        us=True,
    ),
    case(
        "stored there, processed anywhere",
        "openai",
        scripted.openai(residency="US_STORAGE"),
        DRIFT,
        "project proj_a: residency",
        us=True,
    ),
    case("mcp on", "openai", scripted.openai(tools=["mcp"]), DRIFT, "project proj_a: hosted_tools", alone=True),
    case(
        "web search on",
        "openai",
        scripted.openai(tools=["web_search"]),
        DRIFT,
        "project proj_a: hosted_tools",
        alone=True,
    ),
    case("unknown retention", "openai", scripted.openai("eternal_retention"), UNREADABLE, ORG),
    case("unknown project retention", "openai", scripted.openai(projects=[("proj_a", "eternal")]), UNREADABLE, A),
    case("organisation 403", "openai", with_(OPENAI, RETENTION, Says(403)), UNREADABLE, ORG),
    case("inherits what can't be read", "openai", with_(OPENAI, RETENTION, Says(403)), UNREADABLE, A),
    case("project 401", "openai", with_(OPENAI, PROJECT, Says(401)), UNREADABLE, A),
    case("project 404", "openai", with_(OPENAI, PROJECT, Says(404)), UNREADABLE, A),
    case("organisation 500", "openai", with_(OPENAI, RETENTION, Says(500)), UNREADABLE, ORG),
    case("organisation 429", "openai", with_(OPENAI, RETENTION, Says(429)), UNREADABLE, ORG),
    case("not JSON", "openai", with_(OPENAI, RETENTION, Says(raw=b"<html>")), UNREADABLE, ORG),
    case("not UTF-8", "openai", with_(OPENAI, RETENTION, Says(raw=b'{"type":"\xff"}')), UNREADABLE, ORG),
    case("a list", "openai", with_(OPENAI, RETENTION, ["zero_data_retention"]), UNREADABLE, ORG),
    case("no type", "openai", with_(OPENAI, RETENTION, {"object": "organization.data_retention"}), UNREADABLE, ORG),
    case(
        "type a number",
        "openai",
        with_(OPENAI, RETENTION, {"object": "organization.data_retention", "type": 0}),
        UNREADABLE,
        ORG,
    ),
    case(
        "another object",
        "openai",
        with_(OPENAI, RETENTION, {"object": "x", "type": "zero_data_retention"}),
        UNREADABLE,
        ORG,
    ),
    case("empty", "openai", with_(OPENAI, RETENTION, Says(raw=b"")), UNREADABLE, ORG),
    case(
        "broken off",
        "openai",
        with_(OPENAI, RETENTION, Says(raw=b'{"object": "org' + b" " * 99, cut=True)),
        UNREADABLE,
        ORG,
    ),
    case("redirect", "openai", with_(OPENAI, RETENTION, Says(302, headers=(("location", "/x"),))), UNREADABLE, ORG),
    case("hanging", "openai", with_(OPENAI, RETENTION, Says(hang_s=30)), UNREADABLE, ORG, timeout_s=0.3),
    case(
        "byte by byte",
        "openai",
        with_(OPENAI, RETENTION, Says(raw=b" " * 500, trickle_s=0.02)),
        UNREADABLE,
        ORG,
        timeout_s=0.3,
    ),
    case("too long", "openai", with_(OPENAI, RETENTION, Says(raw=b" " * (9 << 20))), UNREADABLE, ORG),
    case(
        "projects 403",
        "openai",
        with_(OPENAI, "/organization/projects", Says(403)),
        UNREADABLE,
        "organization: projects",
    ),
    case(
        "projects without end",
        "openai",
        with_(OPENAI, "/organization/projects", {"data": [], "has_more": True, "last_id": "same"}),
        UNREADABLE,
        "organization: projects",
    ),
    case(
        "more projects, no cursor",
        "openai",
        with_(OPENAI, "/organization/projects", {"data": [], "has_more": True}),
        UNREADABLE,
        "organization: projects",
    ),
    case(
        "named project gone",
        "openai",
        OPENAI,
        UNREADABLE,
        "project proj_x: data_retention",
        scopes=("proj_a", "proj_x"),
    ),
    case(
        "named project archived",
        "openai",
        scripted.openai(archived=["proj_x"]),
        UNREADABLE,
        "project proj_x: data_retention",
        scopes=("proj_a", "proj_x"),
    ),
    case("no key", "openai", OPENAI, UNREADABLE, ORG, credential=""),
    *(
        case(
            f"one Region {mode}",
            "aws-bedrock",
            scripted.bedrock({"us-east-1": "none", "us-west-2": mode}),
            DRIFT,
            "region us-west-2: data_retention",
            scopes=REGIONS,
        )
        for mode in ("inherit", "default", "aws_review", "provider_data_share")
    ),
    case(
        "a new mode",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "some"}),
        UNREADABLE,
        "region us-east-1: data_retention",
        scopes=("us-east-1",),
    ),
    case(
        "a Region that does not answer",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}),
        UNREADABLE,
        "region us-west-2: data_retention",
        scopes=REGIONS,
    ),
    case("no Region named", "aws-bedrock", TWO, UNREADABLE, "account: data_retention"),
    case(
        "invocations logged",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, logging=DELIVERED),
        DRIFT,
        "region us-east-1: invocation_logging",
        scopes=("us-east-1",),
    ),
    case(
        "logging switches absent",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, logging={"s3Config": {"bucketName": "b"}}),
        DRIFT,
        "region us-east-1: invocation_logging",
        scopes=("us-east-1",),
    ),
    case(
        "only images logged",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, logging=SILENT | {"imageDataDeliveryEnabled": True}),
        DRIFT,
        "region us-east-1: invocation_logging",
        scopes=("us-east-1",),
    ),
    case(
        "logging 403",
        "aws-bedrock",
        with_(scripted.bedrock({"us-east-1": "none"}), "/us-east-1/logging/modelinvocations", Says(403)),
        UNREADABLE,
        "region us-east-1: invocation_logging",
        scopes=("us-east-1",),
    ),
    case(
        "a model that must keep",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, models={"keeps-30-days": ["provider_data_share"]}),
        DRIFT,
        "region us-east-1: allowed_modes of keeps-30-days",
        scopes=("us-east-1",),
        models=("keeps-30-days",),
    ),
    case(
        "a model without modes",
        "aws-bedrock",
        with_(scripted.bedrock({"us-east-1": "none"}), "/us-east-1/v1/models/m", {"id": "m"}),
        UNREADABLE,
        "region us-east-1: allowed_modes of m",
        scopes=("us-east-1",),
        models=("m",),
    ),
    case(
        "ContentLogging absent",
        "azure-openai",
        scripted.azure([]),
        DRIFT,
        "resource ours: ContentLogging",
        scopes=(RESOURCE,),
    ),
    case(
        "ContentLogging true",
        "azure-openai",
        scripted.azure([{"name": "ContentLogging", "value": "true"}]),
        DRIFT,
        "resource ours: ContentLogging",
        scopes=(RESOURCE,),
    ),
    case(
        "ContentLogging odd",
        "azure-openai",
        scripted.azure([{"name": "ContentLogging", "value": "off"}]),
        UNREADABLE,
        "resource ours: ContentLogging",
        scopes=(RESOURCE,),
    ),
    case(
        "ContentLogging twice",
        "azure-openai",
        scripted.azure(OFF + OFF),
        UNREADABLE,
        "resource ours: ContentLogging",
        scopes=(RESOURCE,),
    ),
    case(
        "no capabilities",
        "azure-openai",
        scripted.azure(None),
        UNREADABLE,
        "resource ours: ContentLogging",
        scopes=(RESOURCE,),
    ),
    case("no resource named", "azure-openai", scripted.azure(OFF), UNREADABLE, "account: ContentLogging"),
    case(
        "a resource that is a path",
        "azure-openai",
        scripted.azure(OFF),
        UNREADABLE,
        "resource x: ContentLogging",
        scopes=("/subscriptions/../x",),
    ),
    case(
        "caching absent, so on",
        "google",
        scripted.vertex(),
        DRIFT,
        "project ours@us-central1: cacheConfig",
        scopes=("ours@us-central1",),
    ),
    case(
        "caching on",
        "google",
        scripted.vertex(disableCache=False),
        DRIFT,
        "project ours@us-central1: cacheConfig",
        scopes=("ours@us-central1",),
    ),
    case(
        "caching a text",
        "google",
        scripted.vertex(disableCache="true"),
        UNREADABLE,
        "project ours@us-central1: cacheConfig",
        scopes=("ours@us-central1",),
    ),
    case(
        "no location",
        "google",
        scripted.vertex(disableCache=True),
        UNREADABLE,
        "project ours: cacheConfig",
        scopes=("ours",),
    ),
    case("no project", "google", scripted.vertex(disableCache=True), UNREADABLE, "project: cacheConfig"),
    case(
        "unrestricted", "anthropic", scripted.anthropic("unrestricted"), DRIFT, "workspace wrkspc_a: residency", us=True
    ),
    case(
        "global allowed",
        "anthropic",
        scripted.anthropic(("us", "global")),
        DRIFT,
        "workspace wrkspc_a: residency",
        us=True,
    ),
    case(
        "global by default",
        "anthropic",
        scripted.anthropic(("us",), default="global"),
        DRIFT,
        "workspace wrkspc_a: residency",
        us=True,
    ),
    case(
        "stored elsewhere",
        "anthropic",
        scripted.anthropic(("us",), storage="eu"),
        DRIFT,
        "workspace wrkspc_a: residency",
        us=True,
    ),
    case(
        "workspaces 500",
        "anthropic",
        with_(scripted.anthropic(), "/v1/organizations/workspaces", Says(500)),
        UNREADABLE,
        "organization: workspaces",
        us=True,
    ),
    case(
        "workspace gone",
        "anthropic",
        scripted.anthropic(),
        UNREADABLE,
        "workspace wrkspc_x: residency",
        us=True,
        scopes=("wrkspc_x",),
    ),
    case("nothing looked at", "xai", {}, UNREADABLE, "team: x-zero-data-retention"),
]


def _run(probe: Probe, vendor: str, answers: dict[str, Any], more: dict[str, Any]) -> AccountState:
    more = dict(more)
    claims = [zdr(vendor, more.pop("tier", "zero_data_retention"))] if more.pop("zero", True) else []
    claims += [in_us(vendor)] if more.pop("us", False) else []
    claims += [no_third_party(vendor)] if more.pop("alone", False) else []
    return probe(vendor, answers, *claims, **more)


@pytest.mark.parametrize(("vendor", "answers", "kind", "where", "more"), FLAGGED)
def test_flagged(
    vendor: str, answers: dict[str, Any], kind: FindingKind, where: str, more: dict[str, Any], probe: Probe
) -> None:
    state = _run(probe, vendor, answers, more)
    found = {f"{each.scope}: {each.setting}": each for each in state.findings}
    assert found[where].kind is kind, found[where].says
    assert found[where].documents, "a claim is at stake"
    assert state.verified_at is None
    if kind is UNREADABLE:
        assert state.verified_until is None, "what was never read confirms nothing"
        assert "secret-admin-key" not in found[where].says


def clean(name: str, vendor: str, answers: dict[str, Any], **more: Any) -> Any:
    return pytest.param(vendor, answers, more, id=f"{vendor}: {name}")


CLEAN = [
    clean("zero", "openai", OPENAI),
    clean("enhanced zero", "openai", scripted.openai("enhanced_zero_data_retention")),
    clean("six projects on three pages", "openai", scripted.openai(projects=MANY)),
    clean(
        "project zero of its own",
        "openai",
        scripted.openai("modified_abuse_monitoring", [("proj_a", "zero_data_retention")]),
    ),
    clean(
        "project enhanced zero of its own",
        "openai",
        scripted.openai("modified_abuse_monitoring", [("proj_a", "enhanced_zero_data_retention")]),
    ),
    clean("an archived project", "openai", scripted.openai(archived=["proj_old"])),
    clean(
        "a sandbox that is not in use",
        "openai",
        scripted.openai(projects=[*MANY, ("proj_z", "none")]),
        scopes=("proj_0",),
    ),
    clean(
        "modified, as approved",
        "openai",
        scripted.openai("modified_abuse_monitoring"),
        tier="modified_abuse_monitoring",
    ),
    clean("zero where modified is approved", "openai", OPENAI, tier="modified_abuse_monitoring"),
    clean("in the US", "openai", OPENAI, us=True),
    clean("no third party", "openai", scripted.openai(tools=["code_interpreter", "image_generation"]), alone=True),
    clean("tools on, no document speaks of them", "openai", scripted.openai(tools=["mcp", "web_search"])),
    clean("anywhere, no document speaks of places", "openai", scripted.openai(residency="GLOBAL")),
    clean(
        "default, no document claims zero",
        "openai",
        scripted.openai("modified_abuse_monitoring", [("proj_a", "none")]),
        zero=False,
    ),
    clean("no project at all", "openai", scripted.openai(projects=[])),
    clean("two Regions", "aws-bedrock", TWO, scopes=REGIONS),
    clean("one Region", "aws-bedrock", TWO, scopes=("us-east-1",)),
    clean(
        "logging configured and silent",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, logging=SILENT),
        scopes=("us-east-1",),
    ),
    clean(
        "a model that allows none",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "none"}, models={"m": ["none", "default"]}),
        scopes=("us-east-1",),
        models=("m",),
    ),
    clean(
        "default, no document claims zero",
        "aws-bedrock",
        scripted.bedrock({"us-east-1": "inherit"}, logging=DELIVERED),
        scopes=("us-east-1",),
        zero=False,
    ),
    clean("ContentLogging off", "azure-openai", scripted.azure(OFF), scopes=(RESOURCE,)),
    clean(
        "ContentLogging off among others",
        "azure-openai",
        scripted.azure([{"name": "VirtualNetworks"}, *OFF, {"name": "x", "value": None}]),
        scopes=(RESOURCE,),
    ),
    clean(
        "ContentLogging on, modified not claimed", "azure-openai", scripted.azure([]), scopes=(RESOURCE,), zero=False
    ),
    clean("caching off", "google", scripted.vertex(disableCache=True), scopes=("ours@us-central1",)),
    clean("in the US", "anthropic", scripted.anthropic(), us=True),
    clean("three workspaces", "anthropic", scripted.anthropic(names=("a", "b", "c")), us=True),
    clean("unrestricted, no document speaks of places", "anthropic", scripted.anthropic("unrestricted")),
]


@pytest.mark.parametrize(("vendor", "answers", "more"), CLEAN)
def test_clean(vendor: str, answers: dict[str, Any], more: dict[str, Any], probe: Probe) -> None:
    state = _run(probe, vendor, answers, more)
    bad = [each.says for each in state.findings if each.kind in (DRIFT, UNREADABLE)]
    assert bad == []
    assert state.verified_at == NOW
    assert state.verified_until is not None


def test_there_are_enough_scenarios() -> None:
    assert len(FLAGGED) >= 40
    assert len(CLEAN) >= 20


def test_only_reads(probe: Probe, api: AdminApi) -> None:
    probe("openai", scripted.openai(projects=MANY), zdr("openai"))
    assert {method for method, _, _ in api.asked} == {"GET"}
    assert {headers["authorization"] for _, _, headers in api.asked} == {"Bearer secret-admin-key"}


@pytest.mark.parametrize(
    "base", ["https://evil.example/v1", "http://api.openai.com/v1", "https://api.openai.com.evil.example"]
)
def test_the_key_goes_to_the_vendor_only(base: str, probe: Probe) -> None:
    state = probe("openai", OPENAI, zdr("openai"), base=base)
    assert {each.kind for each in state.findings} == {UNREADABLE}
    assert "hosts that this key is sent to" in state.findings[0].says
