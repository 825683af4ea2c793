"""Probing one scripted account with the real HTTP client, and the findings beside given claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ringfence.gateway.fetching import getter
from ringfence.posture import Account, Claim, Desk, compare
from ringfence.posture import vendors as known
from ringfence.vocabulary.posture import AccountState
from support.admin_apis import AdminApi

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
LIFETIME = timedelta(hours=24)


def zdr(vendor: str, tier: str = "zero_data_retention") -> Claim:
    return Claim("retention", (tier,), "zdr-approval", "zdr_approval", (f"{vendor}/*",))


def in_us(vendor: str) -> Claim:
    return Claim("residency", ("us",), "baa", "baa", (f"{vendor}/*",))


def no_third_party(vendor: str) -> Claim:
    return Claim("third_parties", ("none",), "baa", "baa", (f"{vendor}/*",))


Probe = Callable[..., AccountState]


@pytest.fixture
def api() -> Iterator[AdminApi]:
    with AdminApi() as made:
        yield made


@pytest.fixture
def probe(api: AdminApi) -> Probe:
    def run(
        vendor: str,
        answers: dict[str, Any],
        *claims: Claim,
        scopes: tuple[str, ...] = (),
        models: tuple[str, ...] = (),
        before: AccountState | None = None,
        now: datetime = NOW,
        timeout_s: float = 5.0,
        base: str = "",
        credential: str = "secret-admin-key",
    ) -> AccountState:
        api.answers = answers
        found = known.all()[vendor]
        account = Account(
            vendor=vendor,
            services=found.services,
            base_url=base or (api.url + ("/{region}" if vendor == "aws-bedrock" else "")),
            scopes=scopes,
            models=models,
        )
        desk = Desk(
            found,
            account,
            getter(timeout_s),
            credential=credential,
            sign=lambda region, host, path: {"authorization": f"AWS4 {region}"},
        )
        return compare.state(account, found.read(desk, account), claims, before, now, LIFETIME)

    return run
