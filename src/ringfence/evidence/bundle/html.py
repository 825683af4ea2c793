"""A report as one HTML page: no scripts, nothing from elsewhere, every text escaped; made to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ringfence.evidence.bundle.outcome import Verified
from ringfence.evidence.bundle.wording import TITLE, Table, tables, verdict

_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; margin: .5rem 0; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ccc;
  overflow-wrap: anywhere; }}
td:first-child {{ white-space: nowrap; }}
tr {{ break-inside: avoid; }}
h2 {{ margin-top: 2rem; break-after: avoid; }}
.verdict {{ font-weight: 600; padding: .6rem; border: 2px solid; }}
.failed, .unproven {{ color: #8b0000; }}
.ok, .proven {{ color: #0a5a1f; }}
.finding, .skipped, .not-observed {{ color: #7a4a00; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="verdict {kind}">{verdict}</p>
"""
_MARKED = frozenset({"failed", "ok", "finding", "skipped", "proven", "unproven", "not observed"})


def as_html(found: Verified) -> str:
    """The page."""
    head = _HEAD.format(title=escape(TITLE), kind="ok" if found.ok else "failed", verdict=escape(verdict(found)))
    return head + "".join(_section(table) for table in tables(found)) + "</body>\n</html>\n"


def _section(table: Table) -> str:
    return f"<section>\n<h2>{escape(table.title)}</h2>\n{''.join(_parts(table))}</section>\n"


def _parts(table: Table) -> Iterator[str]:
    if table.rows:
        yield "<table>\n"
        if any(table.heads):
            heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
            yield f"<thead><tr>{heads}</tr></thead>\n"
        yield "<tbody>\n"
        for row in table.rows:
            yield f"<tr>{''.join(map(_cell, row))}</tr>\n"
        yield "</tbody>\n</table>\n"
    if table.note:
        yield f"<p>{escape(table.note)}</p>\n"


def _cell(text: str) -> str:
    kind = f' class="{text.replace(" ", "-")}"' if text in _MARKED else ""
    return f"<td{kind}>{escape(text)}</td>"
