"""What a vendor counted beside what the gateway sent: every bypass is found, and nothing else."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ringfence.gateway.fetching import getter
from ringfence.posture import SEEN_ONLY, Account, Desk, Excess, Result, Sent, Unreadable, Usage, reach, reconcile
from ringfence.posture import vendors as known
from ringfence.posture.probe import Day, VendorKey
from support.admin_apis import AdminApi, Says, buckets, paged

DAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ACCOUNT = Account(vendor="openai", services=("openai/*",), keys=("key_ours", "key_too"))
CLAUDE = Account(vendor="anthropic", services=("anthropic/*",), keys=("key_ours",))
OURS = (VendorKey("key_ours", "gateway", "proj_a"), VendorKey("key_too", "gateway", "proj_a"))


def sent(
    at: datetime = NOON, *, endpoint: str = "chat_completions", counted: bool | None = True, tokens: int | None = 12
) -> Sent:
    return Sent("openai/chat-completions", endpoint, at, at + timedelta(seconds=2), counted, tokens)


def day(requests: int | None, tokens: int, key: str = "key_ours", kind: str = "completions", on: date = DAY) -> Day:
    return Day(day=on.isoformat(), kind=kind, project="proj_a", key=key, requests=requests, tokens=tokens)


def run(days: list[Day], records: list[Sent], keys: tuple[VendorKey, ...] = OURS, account: Account = ACCOUNT) -> Result:
    return reconcile(account, Usage(tuple(days), keys), records, DAY - timedelta(days=3), DAY)


MIDNIGHT = datetime(2026, 12, 2, tzinfo=UTC)
CLEAN: dict[str, tuple[list[Day], list[Sent]]] = {
    "nothing": ([], []),
    "as many": ([day(2, 24)], [sent(), sent()]),
    "over two keys": ([day(1, 12), day(1, 12, "key_too")], [sent(), sent()]),
    "counted late": ([day(1, 12)], [sent(), sent(), sent()]),
    "refused requests are not counted": ([day(1, 12)], [sent(), sent(counted=False, tokens=None)]),
    "counted on the day after": ([day(1, 12, on=DAY)], [sent(MIDNIGHT - timedelta(days=1, minutes=2))]),
    "counted on the day before": ([day(1, 12, on=DAY)], [sent(MIDNIGHT + timedelta(minutes=2))]),
    "responses count as completions": ([day(1, 12)], [sent(endpoint="responses")]),
    "embeddings": ([day(1, 12, kind="embeddings")], [sent(endpoint="embeddings")]),
    "a day of zeros": ([day(0, 0), day(0, 0, "key_other")], []),
}
BYPASSED: dict[str, tuple[list[Day], list[Sent]]] = {
    "one more": ([day(3, 36)], [sent(), sent()]),
    "nothing was sent": ([day(1, 12)], []),
    "as many, more tokens": ([day(2, 25)], [sent(), sent()]),
    "behind refused requests": ([day(2, 24)], [sent(), sent(counted=False, tokens=None)]),
    "on another day": ([day(1, 12, on=DAY - timedelta(days=1))], [sent()]),
    "just too far from midnight": ([day(1, 12)], [sent(MIDNIGHT + timedelta(minutes=6))]),
    "another interface": ([day(1, 12, kind="moderations")], [sent()]),
    "images": ([day(1, 0, kind="images")], [sent()]),
    "embeddings beside chats": ([day(1, 12), day(1, 12, kind="embeddings")], [sent(), sent()]),
    "a key of somebody else": ([day(2, 24), day(1, 12, "key_other")], [sent(), sent()]),
    "no key: a console": ([day(1, 12, "")], [sent(), sent()]),
    "tokens of a foreign key": ([day(0, 12, "key_other")], [sent()]),
    "more than all that is open": ([day(4, 48)], [sent(), sent(counted=None, tokens=None)]),
}


@pytest.mark.parametrize("name", CLEAN)
def test_all_accounted_for(name: str) -> None:
    assert run(*CLEAN[name]).findings == ()


@pytest.mark.parametrize("name", BYPASSED)
def test_bypass(name: str) -> None:
    assert Excess.BYPASS in {each.kind for each in run(*BYPASSED[name]).findings}


@pytest.mark.parametrize(
    ("days", "records"),
    [
        ([day(2, 24)], [sent(), sent(counted=None, tokens=None)]),
        ([day(2, 99)], [sent(), sent(tokens=None)]),
    ],
)
def test_what_nobody_saw_the_end_of_is_undecided(days: list[Day], records: list[Sent]) -> None:
    assert {each.kind for each in run(days, records).findings} == {Excess.UNDECIDED}


def test_a_key_that_the_gateway_does_not_hold() -> None:
    [found] = run([], [], (*OURS, VendorKey("key_other", "laptop", "proj_b"))).findings
    assert (found.kind, found.key, found.project) == (Excess.FOREIGN_KEY, "key_other", "proj_b")


def test_tokens_alone() -> None:
    """Anthropic counts no requests."""
    ours = (VendorKey("key_ours", "gateway", "organization"),)
    mine = [sent(endpoint="messages"), sent(endpoint="messages")]
    assert run([day(None, 24, kind="messages")], mine, ours, CLAUDE).findings == ()
    [found] = run([day(None, 25, kind="messages")], mine, ours, CLAUDE).findings
    assert (found.kind, found.unit, found.counted, found.known) == (Excess.BYPASS, "tokens", 25, 24)


def test_any_excess_is_found_and_any_share_is_not(scale: int) -> None:
    """Seeded: whatever is sent when, its own counts raise nothing, and one request more is found."""
    chance = random.Random(4)
    for _ in range(200 * scale):
        records = [
            sent(NOON - timedelta(hours=chance.randrange(-11, 60)), tokens=chance.randrange(1, 99))
            for _ in range(chance.randrange(1, 20))
        ]
        counts: dict[date, list[int]] = {}
        for each in records:
            counts.setdefault(each.left_at.date(), []).append(each.tokens or 0)
        days = [
            day(len(tokens), sum(tokens), on=on) for on, tokens in counts.items() if DAY - timedelta(3) <= on <= DAY
        ]
        assert run(days, records).findings == ()
        if days:
            more = days[0]
            extra = [day((more.requests or 0) + 1, more.tokens, on=date.fromisoformat(more.day)), *days[1:]]
            assert run(extra, records).findings


class TestOpenAI:
    @pytest.fixture
    def answers(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            f"/organization/usage/{kind}": buckets([])
            for kind in ("embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions")
        }
        start = int(datetime(2026, 11, 28, tzinfo=UTC).timestamp())
        used = [
            {
                "object": "bucket",
                "start_time": start + n * 86400,
                "end_time": start + (n + 1) * 86400,
                "results": [
                    {
                        "object": "organization.usage.completions.result",
                        "num_model_requests": n,
                        "input_tokens": 9 * n,
                        "output_tokens": 3 * n,
                        "project_id": "proj_a",
                        "api_key_id": "key_ours" if n else None,
                    }
                ],
            }
            for n in range(4)
        ]
        made["/organization/usage/completions"] = buckets(used)
        made["/organization/projects"] = paged([{"id": f"proj_{each}"} for each in "abc"])
        made["/organization/projects/proj_a/api_keys"] = paged([{"id": f"key_{n}", "name": "n"} for n in range(5)])
        made["/organization/projects/proj_b/api_keys"] = paged([])
        made["/organization/projects/proj_c/api_keys"] = paged([{"id": "key_c", "name": "n"}])
        return made

    def read(self, answers: dict[str, Any]) -> tuple[Usage, AdminApi]:
        with AdminApi(answers) as api:
            account = Account(vendor="openai", services=("openai/*",), base_url=api.url)
            probe = known.all()["openai"]
            assert probe.usage is not None
            desk = Desk(probe, account, getter(5), credential="k")
            return probe.usage(desk, account, "2026-11-28", "2026-12-01"), api

    def test_every_page_of_days_and_keys(self, answers: dict[str, Any]) -> None:
        usage, api = self.read(answers)
        assert [(each.day, each.requests, each.tokens) for each in usage.days] == [
            ("2026-11-28", 0, 0),
            ("2026-11-29", 1, 12),
            ("2026-11-30", 2, 24),
            ("2026-12-01", 3, 36),
        ]
        assert [each.id for each in usage.keys] == ["key_0", "key_1", "key_2", "key_3", "key_4", "key_c"]
        asked = next(path for _, path, _ in api.asked if "usage/completions" in path)
        assert "bucket_width=1d" in asked
        assert "group_by=project_id&group_by=api_key_id" in asked
        assert "start_time=1795824000&end_time=1796169600" in asked

    @pytest.mark.parametrize(
        ("path", "says"),
        [
            ("/organization/usage/completions", Says(403)),
            ("/organization/usage/embeddings", Says(500)),
            ("/organization/usage/images", Says(raw=b"{")),
            ("/organization/usage/moderations", {"data": [], "has_more": True, "next_page": "page_0"}),
            ("/organization/usage/audio_speeches", {"data": []}),
            ("/organization/projects", Says(404)),
            ("/organization/projects/proj_b/api_keys", Says(403)),
        ],
    )
    def test_half_a_count_is_none(self, answers: dict[str, Any], path: str, says: Any) -> None:
        with pytest.raises(Unreadable):
            self.read(answers | {path: says})


def test_anthropic() -> None:
    result = {
        "uncached_input_tokens": 100,
        "output_tokens": 20,
        "cache_read_input_tokens": 3,
        "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
        "api_key_id": "apikey_1",
        "workspace_id": None,
    }
    used = [{"starting_at": f"2026-12-0{n}T00:00:00Z", "ending_at": "", "results": [result]} for n in (1, 2, 3)]
    answers = {
        "/v1/organizations/usage_report/messages": buckets(used),
        "/v1/organizations/api_keys": paged([{"id": f"apikey_{n}", "name": "n"} for n in range(3)]),
    }
    with AdminApi(answers) as api:
        account = Account(vendor="anthropic", services=("anthropic/*",), base_url=api.url)
        probe = known.all()["anthropic"]
        assert probe.usage is not None
        usage = probe.usage(Desk(probe, account, getter(5), credential="k"), account, "2026-12-01", "2026-12-03")
    assert [(each.day, each.tokens, each.requests) for each in usage.days] == [
        (f"2026-12-0{n}", 132, None) for n in (1, 2, 3)
    ]
    assert len(usage.keys) == 3
    _, path, headers = api.asked[-1]
    assert headers["x-api-key"] == "k"
    assert "ending_at=2026-12-04T00%3A00%3A00Z" in path


def test_statements_reach_no_further_than_what_is_known() -> None:
    assert reach(None) == SEEN_ONLY == "of the traffic that the gateway saw"
    assert "openai" in reach(("openai", "2026-12-01", "2026-12-02"))
