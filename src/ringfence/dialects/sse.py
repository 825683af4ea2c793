"""Server-sent events: bytes in any pieces -> whole events, and back.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import re

import msgspec

from ringfence.vocabulary.errors import UpstreamBroken

MAX_EVENT_BYTES = 8 * 1024 * 1024
"""Whole images and audio pieces arrive as one event."""

_BOM = b"\xef\xbb\xbf"
# Two line ends: LF, CR or CRLF each, and never the two halves of one CRLF (the groups are atomic).
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
# So much of a blank line may have arrived that searching on must see it: its first line end, or the end of that.
_OVERLAP = 1


class Event(msgspec.Struct, frozen=True):
    """`raw`: all of its bytes, blank line included. `data`: its data lines joined by LF, None if it has none.

    `head`: its other lines (event, id, retry, comments), each ended by LF.
    """

    raw: bytes
    data: bytes | None
    head: bytes = b""


class Decoder:
    """Feeds on pieces of any size. The `raw` of all events plus `rest()` are exactly the bytes fed."""

    def __init__(self) -> None:
        # One growing array: joining `bytes` for each piece of a long event would copy it again and again.
        self._buffer = bytearray()
        self._searched = 0
        self._first = True

    def feed(self, chunk: bytes) -> list[Event]:
        """The events completed by this piece.

        Raises UpstreamBroken where an event, even before this piece, was over MAX_EVENT_BYTES: it never has events to
        give at the same time, so that none of them is lost.
        """
        buffer = self._buffer
        if len(buffer) > MAX_EVENT_BYTES:
            raise UpstreamBroken(f"The service sent an event of over {MAX_EVENT_BYTES} bytes", where="stream")
        buffer += chunk
        events: list[Event] = []
        start = 0
        while match := _BLANK_LINE.search(buffer, max(start, self._searched)):
            events.append(self._event(bytes(buffer[start : match.end()])))
            start = match.end()
        del buffer[:start]
        self._searched = max(0, len(buffer) - _OVERLAP)
        return events

    def rest(self) -> Event | None:
        """At the end of the stream: an event that lacks its blank line. Its data may be cut off."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._searched = 0
        return self._event(rest) if rest else None

    def _event(self, raw: bytes) -> Event:
        if self._first:
            self._first = False
            if raw.startswith(_BOM):
                return msgspec.structs.replace(_parsed(raw[len(_BOM) :]), raw=raw)
        return _parsed(raw)


_LINE_ENDS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))


def encoded(data: bytes, head: bytes = b"") -> bytes:
    """One event; `data` is one line of JSON, as encoders write it.

    Some clients split lines as Python's `str.splitlines` does, at more than CR and LF (WHATWG HTML 9.2.6 has only
    those). In JSON such a character stands inside a string only, where an escape says the same.
    """
    for raw, escaped in _LINE_ENDS:
        if raw in data:
            data = data.replace(raw, escaped)
    return b"%bdata: %b\n\n" % (head, data)


def _parsed(raw: bytes) -> Event:
    # The usual event: one data line.
    if raw.startswith(b"data: ") and raw.endswith(b"\n\n") and raw.count(b"\n") == 2 and b"\r" not in raw:
        return Event(raw, raw[6:-2])
    data: list[bytes] = []
    head: list[bytes] = []
    for line in raw.splitlines():
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
        elif line:
            head.append(line + b"\n")
    return Event(raw, b"\n".join(data) if data else None, b"".join(head))
