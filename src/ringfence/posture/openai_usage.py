"""OpenAI's own counts of requests and tokens per project, key and UTC day, and the keys that exist in its projects.

https://developers.openai.com/api/reference/resources/admin/subresources/organization/subresources/usage
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import msgspec

from ringfence.posture.probe import Account, Day, Desk, Usage, VendorKey, pages, plain

KINDS = ("completions", "embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions")
"""Interfaces that OpenAI counts apart. `completions` are those of Chat Completions and of Responses."""
_DAYS_A_PAGE = "31"  # the most that it gives for buckets of a day


class _Result(msgspec.Struct):
    num_model_requests: int
    input_tokens: int = 0
    output_tokens: int = 0
    project_id: str | None = None
    api_key_id: str | None = None


class _Bucket(msgspec.Struct):
    start_time: int
    results: list[_Result]


class _Page(msgspec.Struct):
    data: list[_Bucket]
    has_more: bool
    next_page: str | None = None


class _Key(msgspec.Struct):
    id: str
    name: str | None = None


class _Keys(msgspec.Struct):
    data: list[_Key]
    has_more: bool = False
    last_id: str | None = None


class _Named(msgspec.Struct):
    id: str


class _Projects(msgspec.Struct):
    data: list[_Named]
    has_more: bool = False
    last_id: str | None = None


def usage(desk: Desk, account: Account, first: str, last: str) -> Usage:
    """The days from `first` to `last` (ISO, both included) and every key of every project, also of archived ones: a key
    may have been used before. Raises Unreadable where any of it can't be read: half a count proves nothing."""
    days = tuple(day for kind in KINDS for day in _days(desk, kind, first, last))
    keys = tuple(key for project in _ids(desk) for key in _keys(desk, project))
    return Usage(days, keys)


def _days(desk: Desk, kind: str, first: str, last: str) -> Iterator[Day]:
    start = int(datetime.combine(date.fromisoformat(first), datetime.min.time(), UTC).timestamp())
    end_day = date.fromisoformat(last) + timedelta(days=1)
    end = int(datetime.combine(end_day, datetime.min.time(), UTC).timestamp())
    query = [
        ("start_time", str(start)),
        ("end_time", str(end)),
        ("bucket_width", "1d"),
        ("group_by", "project_id"),
        ("group_by", "api_key_id"),
        ("limit", _DAYS_A_PAGE),
    ]
    for page in pages(desk, f"/organization/usage/{kind}", _Page, query, cursor=("page", "next_page")):
        for bucket in page.data:
            day = datetime.fromtimestamp(bucket.start_time, UTC).date().isoformat()
            for result in bucket.results:
                yield Day(
                    day=day,
                    kind=kind,
                    project=plain(result.project_id or ""),
                    key=result.api_key_id or "",
                    requests=result.num_model_requests,
                    tokens=result.input_tokens + result.output_tokens,
                )


def _ids(desk: Desk) -> Iterator[str]:
    query = (("limit", "100"), ("include_archived", "true"))
    return (each.id for page in pages(desk, "/organization/projects", _Projects, query) for each in page.data)


def _keys(desk: Desk, project: str) -> Iterator[VendorKey]:
    path = f"/organization/projects/{quote(project, safe='')}/api_keys"
    # `any`: else keys of people who left the project, and still work, are not listed.
    query = (("limit", "100"), ("owner_project_access", "any"))
    for page in pages(desk, path, _Keys, query):
        yield from (VendorKey(each.id, plain(each.name or "(no name)"), plain(project)) for each in page.data)
