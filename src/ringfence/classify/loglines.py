"""The time at which a machine wrote a line is no date about a person, unless the line says something of one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from ringfence.classify.matching import compiled
from ringfence.classify.merging import Span
from ringfence.vocabulary.entities import ENTITIES

# What servers write beside the time: a level, a process and its number, a request, a thread, a file's mode.
_MACHINE = compiled(
    r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|PANIC)\b|\w\[\d+\]:|"
    r"\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /|\b(?:level|severity|loglevel|lvl)[\"']?[=:]|\b(?:pid|tid|"
    r"thread)[=:]|"
    r"^[-dlcbps][r-][w-][xsS-]|\s---\s+\[|^\[?[IWEF]\d{4} |\bkernel: "
)
_LONGEST_LINE = 4096
_BREAK = re.compile("\n")


def without_log_times(text: str, spans: Sequence[Span]) -> list[Span]:
    """Leaves out the dates of log lines on which nothing else that was found is about a person."""
    if not any(span.entity == "DATE" for span in spans) or _MACHINE.search(text) is None:
        return list(spans)
    breaks = [-1, *(found.start() for found in _BREAK.finditer(text)), len(text)]
    personal = {
        line
        for span in spans
        if ENTITIES[span.entity].raises is not None
        for line in range(bisect_left(breaks, span.start), bisect_left(breaks, span.end) + 1)
    }

    def is_log_time(span: Span) -> bool:
        line = bisect_left(breaks, span.start)
        start, end = breaks[line - 1] + 1, breaks[line]
        return line not in personal and end - start <= _LONGEST_LINE and bool(_MACHINE.search(text[start:end]))

    return [span for span in spans if span.entity != "DATE" or not is_log_time(span)]
