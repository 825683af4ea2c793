"""The formats by name, and the writing of a log's requests in one of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ringfence.evidence.bundle.period import Period
from ringfence.evidence.exports import cloudevents, ocsf, otel
from ringfence.evidence.exports.format import Format, Source
from ringfence.evidence.exports.requests import Requests, without_names

FORMATS: dict[str, Format] = {each.name: each for each in (cloudevents.FORMAT, ocsf.FORMAT, otel.FORMAT)}

_encoder = msgspec.json.Encoder()


def lines(
    requests: Requests, format_: Format, source: Source, period: Period | None = None, *, names: bool = True
) -> Iterator[bytes]:
    """One JSON line, its newline included, for each request that ended since the last call, within the period (by the
    time at which it ended). `names` false: without the operator's names of client and purpose. Raises LedgerCorrupt."""
    for request in requests.more():
        if period is None or period.first <= request.ended_at <= period.last:
            event = format_.event(request if names else without_names(request), source)
            yield _encoder.encode(event) + b"\n"
