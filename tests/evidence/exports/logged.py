"""A log of requests that ended in every way, as the gateway writes it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ringfence.evidence.exports.format import Source
from ringfence.evidence.exports.requests import Request, Requests
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.reader import SegmentsReader
from ringfence.vocabulary.record import Phase, Record

SOURCE = Source("example.com/ringfence", "9.9.9")
SECRET = "prompt text: Erika Mustermann, MRN 4471992"
"""Stands in members that no format knows, in commitments' contents and in a notice: it must reach no event."""

DECIDED: dict[str, Any] = {
    "key": "k4Jp2mZq01",
    "client": "billing",
    "purpose": "summaries",
    "demonstration": False,
    "dialect": "chat_completions",
    "endpoint": "chat_completions",
    "model": "gpt-4o-mini",
    "stream": True,
    "labels": ["general", "personal"],
    "declared": ["general"],
    "completeness": "complete",
    "names_searched": False,
    "findings": {"EMAIL_ADDRESS": 2, "DATE": 1},
    "replaced": {"EMAIL_ADDRESS": 2},
    "effect": "MASK",
    "service": "openai/chat-completions",
    "form": "masked",
    "rules": ["send"],
    "candidates": [
        {"facts": {"service": "openai/chat-completions", "vendor": "openai", "unknown_fields": [SECRET]}},
        {"facts": {"service": "openai/chat-completions", "vendor": "openai"}, "allowed": True, "rules": ["send"]},
    ],
    "policy_digest": "ab" * 32,
    "register_digest": "cd" * 32,
    "rewrites": [{"pointer": SECRET}],
    "gaps": [SECRET],
    "added_later": SECRET,
}
ENDED: dict[str, Any] = {
    "outcome": "completed",
    "status": 200,
    "duration_ms": 1234,
    "model": "gpt-4o-mini-2024-07-18",
    "usage": {"prompt_tokens": 40, "completion_tokens": 2, "total_tokens": 42},
    "finish": ["stop"],
    "reply_findings": {"EMAIL_ADDRESS": 1},
    "notes": {"x-said": SECRET},
    "added_later": SECRET,
}
DENIED = {"effect": "DENY", "service": "", "form": "as_requested", "rules": ["label-not-covered", "not-readable"]}

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "masked": ({}, {}),
    "allowed": ({"effect": "ALLOW", "form": "as_requested", "replaced": {}}, {"finish": [], "usage": {}}),
    "rerouted": ({"effect": "REROUTE", "service": "private/embedded"}, {"model": "", "reply_findings": {}}),
    "denied": (DENIED, {"outcome": "denied", "status": 403, "usage": {}, "finish": [], "model": ""}),
    "partial": ({"completeness": "partial", "labels": ["phi", "secret", "card", "confidential", "new"]}, {}),
    "failed": ({"completeness": "failed"}, {"outcome": "upstream_failed", "status": 502}),
    "refused": ({}, {"status": 429}),
    "left": ({}, {"outcome": "client_left"}),
    "embedding": ({"endpoint": "embeddings", "dialect": "embeddings", "stream": False}, {}),
    "counted": ({"endpoint": "count_tokens", "dialect": "count_tokens"}, {"usage": {"input_tokens": 9}}),
    "cached": (
        {"endpoint": "messages"},
        {"usage": {"input_tokens": 9, "cache_read_input_tokens": 31, "output_tokens": 7}},
    ),
    "no candidate": ({**DENIED, "candidates": [], "rules": ["no-candidate"]}, {"outcome": "denied", "status": 403}),
}


class Log:
    """A real ledger in a folder, whose clock goes on by a second with each look at it."""

    def __init__(self, folder: Path) -> None:
        ticks = itertools.count(1_900_000_000)
        self.ledger = Ledger.open(
            folder / "ledger",
            key_path=folder / "key.pem",
            highest_path=folder / "highest",
            origin=SOURCE.origin,
            clock=lambda: float(next(ticks)),
            on_fatal=lambda _: None,
            start_body={},
        )
        self.reader = SegmentsReader(folder / "ledger", folder / "highest")

    def decide(self, number: int, **changes: Any) -> int:
        """Puts a DECIDED record and returns its index."""
        record = Record(f"r{number}", Phase.DECIDED, DECIDED | changes, {"received": SECRET.encode()})
        return self.ledger.append_blocking(record, 10).index

    def end(self, number: int, index: int, **changes: Any) -> None:
        """Puts the ENDED record of the DECIDED one at `index`."""
        body = {**ENDED, "decided": index, **changes}
        self.ledger.append_blocking(Record(f"r{number}", Phase.ENDED, body, {}), 10)


def fill(log: Log) -> None:
    """One request of each kind, each of which ends before the next is decided; and notices between."""
    for number, (decided, ended) in enumerate(KINDS.values()):
        log.end(number, log.decide(number, **decided), **ended)
        log.ledger.append_blocking(Record("", Phase.NOTICE, {"event": "x", "actor": f"os:{SECRET}"}, {}), 10)


def by_kind(log: Log) -> Iterator[tuple[str, Request]]:
    """The requests of `fill`, with the names of their kinds."""
    yield from zip(KINDS, Requests(log.reader).more(), strict=True)
