"""AWS Bedrock: per Region the retention mode, invocation logging, and which modes named models allow.

https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html: the mode holds in its own Region only, and a
Region that nobody set says `inherit`, which falls back to each model's default. `default` is not zero either.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetAccountDataRetention.html
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from ringfence.posture.probe import Account, Desk, Probe, Reading, Unreadable, attempt, plain
from ringfence.register.kinds import Tier

_ZERO = (Tier.ZERO_DATA_RETENTION, Tier.PRIVATE_RETENTION, Tier.SAFETY_RETENTION, Tier.MODIFIED_ABUSE_MONITORING)
_MEETS: dict[str, tuple[str, ...]] = {
    "none": _ZERO,
    "default": (),
    "inherit": (),
    "aws_review": (),
    "provider_data_share": (),
}
_MODELS = "https://bedrock-mantle.{region}.api.aws"


class _Retention(msgspec.Struct):
    mode: str


class _Logging(msgspec.Struct, rename="camel"):
    """Text, images and the rest are delivered unless switched off: an absent switch is on."""

    text_data_delivery_enabled: bool = True
    image_data_delivery_enabled: bool = True
    embedding_data_delivery_enabled: bool = True
    video_data_delivery_enabled: bool = True
    audio_data_delivery_enabled: bool = True


class _LoggingConfiguration(msgspec.Struct, rename="camel"):
    logging_config: _Logging | None = None


class _Modes(msgspec.Struct):
    allowed_modes: list[str]


class _Model(msgspec.Struct):
    """Documentation names `allowed_modes` and not where it stands: at the top, or under `data_retention`."""

    id: str
    allowed_modes: list[str] | None = None
    data_retention: _Modes | None = None


def read(desk: Desk, account: Account) -> list[Reading]:
    """Each Region in use. Where none is named, nobody can say which to read, and that confirms nothing."""
    readings: list[Reading] = []
    if not account.scopes:
        unknown = Reading(scope="account", setting="data_retention", source="/data-retention", about="retention")
        why = "no Region is named by the settings or by a document"
        return [msgspec.structs.replace(unknown, unreadable=why)]
    for region in account.scopes:
        _region(desk, region, account.models, readings)
    return readings


def _region(desk: Desk, region: str, models: tuple[str, ...], readings: list[Reading]) -> None:
    scope = f"region {plain(region)}"
    mode = Reading(scope=scope, setting="data_retention", source="/data-retention", about="retention")
    logging = Reading(scope=scope, setting="invocation_logging", source="/logging/modelinvocations", about="retention")

    def retention() -> Iterator[Reading]:
        value = desk.read(mode.source, _Retention, region=region).mode
        if value not in _MEETS:
            raise Unreadable(f"the vendor states a mode that this version does not know: {plain(value)}")
        yield msgspec.structs.replace(mode, value=value, meets=_MEETS[value])

    def invocations() -> Iterator[Reading]:
        said = desk.read(logging.source, _LoggingConfiguration, region=region).logging_config
        on = said is not None and any(getattr(said, name) for name in _Logging.__struct_fields__)
        yield msgspec.structs.replace(logging, value="on" if on else "off", meets=() if on else _ZERO)

    attempt(readings, mode, retention)
    attempt(readings, logging, invocations)
    for model in models:
        _model(desk, region, model, readings)


def _model(desk: Desk, region: str, model: str, readings: list[Reading]) -> None:
    path = f"/v1/models/{quote(model, safe='')}"
    empty = Reading(
        scope=f"region {plain(region)}", setting=f"allowed_modes of {plain(model)}", source=path, about="retention"
    )

    def step() -> Iterator[Reading]:
        said = desk.read(path, _Model, base=_MODELS, region=region)
        modes = said.data_retention.allowed_modes if said.data_retention else said.allowed_modes
        if modes is None:
            raise Unreadable("the answer is not of the documented form")
        value = ", ".join(plain(each) for each in modes) or "(no mode)"
        yield msgspec.structs.replace(empty, value=value, meets=_ZERO if "none" in modes else ())

    attempt(readings, empty, step)


PROBE = Probe(
    vendor="aws-bedrock",
    title="AWS (Bedrock)",
    base_url="https://bedrock.{region}.amazonaws.com",
    hosts=("bedrock.*.amazonaws.com", "bedrock-mantle.*.api.aws"),
    services=("aws-bedrock/*",),
    credential_env="AWS_ACCESS_KEY_ID",
    source="https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html",
    reviewed_on="2026-11-22",
    read=read,
    signed=True,
)
