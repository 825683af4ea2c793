"""What a second look at the masked request still finds, less what masking itself put there."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

import msgspec

from ringfence.masking.jsontext import ESCAPED_BLANK
from ringfence.masking.mask import Edit, Masked
from ringfence.masking.people import PEOPLE, after_titles
from ringfence.masking.surrogates import LONGEST, REMOVED, occurrences
from ringfence.vocabulary.text import Finding, Place, Segment

_REMOVED = re.compile("|".join(map(re.escape, sorted(REMOVED))))
_ESCAPE_LETTERS = frozenset("bfnrt")
_REACH = max(LONGEST, *map(len, REMOVED))


class Residual(msgspec.Struct, frozen=True):
    """`entities` are still there, sorted. `again` are what is left of their findings, in the texts as they were before
    masking, for `mask` to replace as well; `stuck` is true where one of them is beyond its reach."""

    entities: tuple[str, ...] = ()
    again: tuple[Finding, ...] = ()
    stuck: bool = False


def residual(
    segments: Sequence[Segment],
    findings: Iterable[Finding],
    masked: Masked,
    *,
    json_text: Container[str] = frozenset(),
) -> Residual:
    """What of `findings` (made on the masked `segments`) masking did not write itself.

    A surrogate may look like an identifier: that is its purpose. Discounted are the stretches that masking wrote, the
    surrogates that this request issued wherever they stand, and the fixed texts of removal: they tell nothing of a
    value. What a finding covers beyond them counts if it holds a letter or a digit, also in a surrogate's shape that
    this request did not issue. In `json_text` (pointers of strings that are themselves JSON) the letter of an escape
    belongs to the escape: `\\nmail-...` is a line end and then a surrogate.
    """
    texts = {(segment.pointer, segment.place): segment.text for segment in segments}
    entities: set[str] = set()
    again: list[Finding] = []
    stuck = False
    for finding in findings:
        text = texts.get((finding.segment, finding.place))
        if text is None:
            entities.add(finding.entity)
            stuck = True
            continue
        value = finding.place is Place.VALUE
        edits = masked.edits.get(finding.segment, ()) if value and finding.segment in masked.texts else ()
        for start, end in _left(text, finding, edits, masked, value and finding.segment in json_text):
            entities.add(finding.entity)
            stuck = stuck or not value
            before = _before(edits, start)
            again.append(msgspec.structs.replace(finding, start=start - before, end=end - before, structured=False))
    return Residual(tuple(sorted(entities)), tuple(again), stuck)


def _left(
    text: str, finding: Finding, edits: Sequence[Edit], masked: Masked, nested: bool
) -> Iterator[tuple[int, int]]:
    """The pieces of a finding that masking did not write and that hold a letter or a digit."""
    start = _after_escape(text, finding.start) if nested else finding.start
    offset = max(0, start - _REACH)
    window = text[offset : finding.end + _REACH]
    ours = [(edit.new_start, edit.new_end) for edit in edits if edit.new_start < finding.end and start < edit.new_end]
    ours += [(offset + o.start, offset + o.end) for o in occurrences(window) if o.surrogate in masked.issued]
    ours += [(offset + match.start(), offset + match.end()) for match in _REMOVED.finditer(window)]
    at = start
    for first, last in (*sorted(ours), (finding.end, finding.end)):
        end = min(first, finding.end)
        piece = ESCAPED_BLANK.sub(" ", text[at:end]) if nested else text[at:end]
        if finding.entity in PEOPLE:
            piece = piece.lstrip()[after_titles(piece.lstrip()) :]  # a title was left in on purpose
        if any(map(str.isalnum, piece)):
            yield at, end
        at = max(at, last)


def _after_escape(text: str, start: int) -> int:
    """`start`, or the place after an escape's one letter where `start` is that letter (RFC 8259 section 7)."""
    slashes = len(text[:start]) - len(text[:start].rstrip("\\")) if text[start : start + 1] in _ESCAPE_LETTERS else 0
    return start + slashes % 2


def _before(edits: Sequence[Edit], place: int) -> int:
    """By how much masking moved `place`, which lies in no edit."""
    last = None
    for edit in edits:
        if edit.new_end > place:
            break
        last = edit
    return last.new_end - last.end if last else 0
