"""What a report of a verification says, in the order of its sections, whatever it is printed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ringfence.evidence.bundle.outcome import Verified

TITLE = "Verification of an evidence bundle"

READING = (
    "Proven: it follows from signatures and hashes, under the condition that stands beside it. Not observed: nobody "
    "was looking. Unproven: what would prove it is not in the bundle, or does not hold."
)

_Rows = list[tuple[str, ...]]

_MOST_ROWS = 500
_MOST_CHARS = 1000  # in a cell
_TIME = "%Y-%m-%d %H:%M:%S"
_TABLES = {
    "effects": "Decisions by effect",
    "labels": "Decisions by kind of data",
    "services": "Decisions by service",
    "keys": "Decisions by API key",
    "denials_by_rule": "Denials by rule",
    "documents_relied_on": "Decisions by document relied on",
    "exceptions_used": "Decisions by exception used",
    "outcomes": "Requests by outcome",
    "events": "Notices by event",
}


class Table(msgspec.Struct, frozen=True):
    """A section: its title, the heads of its columns, its rows, and what stands below it."""

    title: str
    heads: tuple[str, ...]
    rows: _Rows
    note: str = ""


def verdict(found: Verified) -> str:
    """The one line at the top."""
    return "Verified: no step failed." if found.ok else "NOT VERIFIED: see the steps that failed."


def shown(text: str) -> str:
    """`text`, which the bundle's maker may have written, as it stands there: what would move a terminal's cursor, hide
    or turn the direction of what is read is spelt out, and what is very long is cut."""
    cut = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}... ({len(text)} characters)"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in cut)


def tables(found: Verified) -> Iterator[Table]:
    """All sections of a report, with nothing in them but what is shown as it is written."""
    for table in _tables(found):
        rows = [tuple(shown(cell) for cell in row) for row in table.rows]
        yield Table(table.title, table.heads, rows, table.note)


def _tables(found: Verified) -> Iterator[Table]:
    about: _Rows = [
        ("Log", found.origin),
        ("Public key", f"{found.key_line} ({'given by you' if found.key_given else 'taken from the bundle'})"),
        ("Period", f"{found.from_} to {found.to} (UTC, both inclusive)"),
        ("Records", f"{found.records} (from index {found.first}); the log had {found.size} at the export"),
        ("Newest root", found.root),
        ("SHA-256 of the bundle", f"{found.bundle_sha256} ({found.bundle_size} bytes)"),
    ]
    yield Table("The bundle", ("", ""), about)
    claims: _Rows = [(str(each.verdict), each.says, each.because) for each in found.claims]
    yield Table("What follows", ("Verdict", "Claim", "Why"), claims, READING)
    steps: _Rows = [(str(s.number), str(s.status), s.title, " ".join(s.details)) for s in found.steps]
    yield Table("The steps", ("", "Result", "Step", "Found"), steps)
    yield from _records(found.summary)
    spans: _Rows = [(f"{s.start:{_TIME}}", f"{s.end:{_TIME}}", str(s.why or "")) for s in found.not_observed]
    yield _bounded("Not observed", ("From (UTC)", "To (UTC)", "Why"), spans)
    anchors: _Rows = [(str(a.kind), str(a.size), f"{a.time:{_TIME}}" if a.time else "", a.by) for a in found.anchors]
    title = "Outside anchors that hold" + (
        "" if found.trust_given else ", where those are believed whom the bundle's maker named"
    )
    yield _bounded(title, ("Kind", "Records", "Time (UTC)", "By"), anchors)


def _records(summary: dict[str, Any]) -> Iterator[Table]:
    for name, title in _TABLES.items():
        if counts := summary.get(name):
            yield _bounded(title, ("", "Number"), [(str(key), str(count)) for key, count in counts.items()])
    rows: _Rows
    if changes := summary.get("changes"):
        rows = [
            (str(c["index"]), c["time"], c["event"], c["actor"], ", ".join(c["approvers"]) or "nobody") for c in changes
        ]
        yield _bounded("Changes, by whom, approved by whom", ("Record", "Time", "What", "Actor", "Approvers"), rows)
    if documents := summary.get("documents"):
        rows = [(id_, each["kind"], each["sha256"] or "(not on file)") for id_, each in documents.items()]
        yield _bounded("Documents on file, by the SHA-256 of the paper", ("Document", "Kind", "SHA-256"), rows)


def _bounded(title: str, heads: tuple[str, ...], rows: _Rows) -> Table:
    more = len(rows) - _MOST_ROWS
    note = "None." if not rows else f"{more} more are in summary.json." if more > 0 else ""
    return Table(title, heads, rows[:_MOST_ROWS], note)
