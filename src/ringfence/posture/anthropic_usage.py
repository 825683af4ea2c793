"""Anthropic's own counts of tokens per workspace, key and UTC day, and the keys that exist. It counts no requests.

https://platform.claude.com/docs/en/api/admin/usage_report/retrieve_messages
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from ringfence.posture.probe import Account, Day, Desk, Unreadable, Usage, VendorKey, pages, plain


class _Creation(msgspec.Struct):
    ephemeral_5m_input_tokens: int = 0
    ephemeral_1h_input_tokens: int = 0


class _Result(msgspec.Struct):
    uncached_input_tokens: int
    output_tokens: int
    cache_read_input_tokens: int = 0
    cache_creation: _Creation | None = None
    workspace_id: str | None = None
    api_key_id: str | None = None


class _Bucket(msgspec.Struct):
    starting_at: str
    results: list[_Result]


class _Page(msgspec.Struct):
    data: list[_Bucket]
    has_more: bool
    next_page: str | None = None


class _Scope(msgspec.Struct):
    type: str
    workspace_id: str | None = None


class _Key(msgspec.Struct):
    id: str
    name: str
    scope: _Scope | None = None


class _Keys(msgspec.Struct):
    data: list[_Key]
    has_more: bool
    last_id: str | None = None


def usage(desk: Desk, account: Account, first: str, last: str) -> Usage:
    """The days from `first` to `last` (ISO, both included) and every key, whatever its status. Raises Unreadable."""
    query = (("limit", "100"),)
    keys = tuple(
        VendorKey(each.id, plain(each.name), plain((each.scope.workspace_id if each.scope else None) or "organization"))
        for page in pages(desk, "/v1/organizations/api_keys", _Keys, query, cursor=("after_id", "last_id"))
        for each in page.data
    )
    return Usage(tuple(_days(desk, first, last)), keys)


def _days(desk: Desk, first: str, last: str) -> Iterator[Day]:
    query = (
        ("starting_at", f"{first}T00:00:00Z"),
        ("ending_at", f"{date.fromisoformat(last) + timedelta(days=1)}T00:00:00Z"),
        ("bucket_width", "1d"),
        ("group_by[]", "api_key_id"),
        ("group_by[]", "workspace_id"),
        ("limit", "31"),
    )
    path = "/v1/organizations/usage_report/messages"
    for page in pages(desk, path, _Page, query, cursor=("page", "next_page")):
        for bucket in page.data:
            for result in bucket.results:
                yield _day(bucket, result)


def _day(bucket: _Bucket, result: _Result) -> Day:
    try:
        day = date.fromisoformat(bucket.starting_at[:10])
    except ValueError:
        raise Unreadable("the answer is not of the documented form") from None
    written = result.cache_creation or _Creation()
    return Day(
        day=day.isoformat(),
        kind="messages",
        project=plain(result.workspace_id or "default"),
        key=result.api_key_id or "",
        requests=None,
        tokens=result.uncached_input_tokens
        + result.output_tokens
        + result.cache_read_input_tokens
        + written.ephemeral_5m_input_tokens
        + written.ephemeral_1h_input_tokens,
    )
