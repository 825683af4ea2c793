"""Reads one text: every view of it, through every detector, back to spans of the text itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

import msgspec

from ringfence.classify import layouts
from ringfence.classify.loglines import without_log_times
from ringfence.classify.merging import Span, merge, span_of, without_parts
from ringfence.classify.normalise import View, views
from ringfence.classify.patterns import Patterns, Scan
from ringfence.classify.rules import NO_RULES, Rules

_LONGEST_NUMBER = 40


class Reading(msgspec.Struct, frozen=True):
    """What was found in one text: merged spans, and every entity found (merging may give a character to another one).

    `failed` names detectors that raised; `late` is true where time ran out. Either makes the reading incomplete.
    """

    spans: tuple[Span, ...] = ()
    entities: frozenset[str] = frozenset()
    failed: tuple[str, ...] = ()
    late: bool = False

    @property
    def whole(self) -> bool:
        return not self.failed and not self.late


class Reader:
    """All detectors. Immutable after construction; safe to share between threads."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns

    def read(
        self, text: str, context: str = "", late: Callable[[], bool] = lambda: False, rules: Rules = NO_RULES
    ) -> Reading:
        """Read `text`; `context` is a word that stands before it elsewhere (the name of the JSON member)."""
        prefix = f"{context}: " if context else ""
        spans: list[Span] = []
        failed: list[str] = []
        ways: list[View] = list(views(prefix + text, late))
        for view, sure in layouts.read(ways):
            spans.extend(_behind(span, span.start, span.end, len(prefix)) for span in sure if span.end > len(prefix))
            ways.extend([view] if view else [])
        for view in ways:
            scan = self._scan(view, late, rules)
            failed.extend(scan.failed)
            spans.extend(self._found(view, scan, len(prefix), rules))
            if scan.late:
                return self._reading(text, spans, failed, late=True)
        return self._reading(text, spans, failed, late=False)

    def read_number(
        self, text: str, context: str = "", late: Callable[[], bool] = lambda: False, rules: Rules = NO_RULES
    ) -> Reading:
        """Read each form of a JSON number that the text gives: as written, and after a blank its plain digits. A form
        with an exponent or a fraction of zeros is read as the integer that it is, too."""
        # Apart from one another: side by side their digits would run together into another number.
        forms = dict.fromkeys(text.split())
        forms |= dict.fromkeys(integer for form in forms if (integer := _as_integer(form)) is not None)
        read = [self.read(form, context, late, rules) for form in forms]
        # A digit of one form has no place of its own in another: what is found covers the whole number.
        spans = [msgspec.structs.replace(span, start=0, end=len(text)) for each in read for span in each.spans]
        return Reading(
            merge(spans, text),
            frozenset().union(*(each.entities for each in read)),
            tuple(dict.fromkeys(name for each in read for name in each.failed)),
            any(each.late for each in read),
        )

    def _scan(self, view: View, late: Callable[[], bool], rules: Rules) -> Scan:
        scan, own = self._patterns.scan(view.text, late, view.fresh), rules.scan(view.text)
        return Scan((*scan.hits, *own.hits), (*scan.failed, *own.failed), scan.late)

    def _found(self, view: View, scan: Scan, prefix: int, rules: Rules) -> Iterator[Span]:
        """What the scan of one view found, as spans of the text that follows the prefix."""
        hits = [span_of(detector, hit) for detector, hit in scan.hits]
        for span in without_parts(without_log_times(view.text, rules.kept(view.text, hits))):
            start, end = view.original(span.start, span.end)
            if end > max(prefix, start):
                yield _behind(span, start, end, prefix)

    def _reading(self, text: str, spans: list[Span], failed: list[str], late: bool) -> Reading:
        entities = frozenset(span.entity for span in spans)
        return Reading(merge(spans, text), entities, tuple(dict.fromkeys(failed)), late)


def _behind(span: Span, start: int, end: int, prefix: int) -> Span:
    return msgspec.structs.replace(span, start=max(0, start - prefix), end=end - prefix)


def _as_integer(text: str) -> str | None:
    """`4.1E+3` -> `4100`, `7.0` -> `7`; None for plain integers, real fractions and anything longer than 40 digits."""
    if not any(mark in text for mark in ".eE"):
        return None
    try:
        number = Decimal(text)
        if not number.is_finite() or number.adjusted() > _LONGEST_NUMBER or number != number.to_integral_value():
            return None
    except InvalidOperation:
        return None
    return f"{abs(number):.0f}"
