"""An organisation's own rules: what is found besides, and what is no identifier. Pure: the file's text is handed in.

`[[find]]` names terms or a pattern to find; `[[ignore]]` names what a detector takes for an identifier and isn't one.
Patterns are RE2 with bounded repetition, so that reading stays linear whatever a rule and a text say.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
import re2
from msgspec import Meta

from ringfence.classify import detectors
from ringfence.classify.detector import CONFIRMED, Detector, Hit
from ringfence.classify.merging import Span
from ringfence.classify.patterns import Patterns, Scan
from ringfence.classify.repetition import unbounded
from ringfence.vocabulary.entities import ENTITIES, Disposal
from ringfence.vocabulary.errors import ConfigurationError

_LETTER_OR_DIGIT = r"\pL\pN"
_MAX_PATTERN_BYTES = 64 << 20
_MOST_TERMS = 20_000
_PREFIX = "local-"
_LINE = re.compile(r"at line (\d+)")

_Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
_Term = Annotated[str, Meta(min_length=2, max_length=200)]
_Pattern = Annotated[str, Meta(max_length=2000)]
_Within = Annotated[int, Meta(ge=1, le=500)]


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """`terms` are exact words, whatever their case; `pattern` is RE2. A match counts where no letter or digit adjoins
    it and, if there are `context` words, where one of them stands within `within` code points of it."""

    name: _Name
    terms: tuple[_Term, ...] = ()
    pattern: _Pattern = ""
    context: tuple[_Term, ...] = ()
    within: _Within = 40
    note: str = ""
    date: date | None = None
    who: str = ""


class Find(_Rule, frozen=True):
    """What to report as `entity`."""

    entity: str


class Ignore(_Rule, frozen=True):
    """What not to report: findings that lie within a match, of `entity` or, where that is "", of any."""

    entity: str = ""


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`detection.toml` as it is written."""

    find: tuple[Find, ...] = ()
    ignore: tuple[Ignore, ...] = ()


class Rules:
    """Compiled rules. Immutable after construction; safe to share between threads. Make them with `load`."""

    def __init__(self, file: RuleFile = RuleFile(), text: str = "", where: str = "") -> None:  # noqa: B008 - frozen
        """Raises ConfigurationError, naming file, rule, key and remedy, for a rule that can't be used."""
        self.file, self.text = file, text
        self.digest = hashlib.sha256(text.encode()).hexdigest() if text else ""
        """Hex SHA-256 of the file's text; "" where there is none."""
        found = [_detector(rule, where) for rule in file.find]
        ignored = [_detector(rule, where) for rule in file.ignore]
        self._find = Patterns(found) if found else None
        self._ignore = Patterns(ignored) if ignored else None

    def scan(self, text: str) -> Scan:
        """What the [[find]] rules find in `text`, which must encode to UTF-8."""
        return self._find.scan(text) if self._find else Scan()

    def kept(self, text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """The spans of `text` that no [[ignore]] rule silences.

        INVARIANT: a span whose check digit holds, a card, a secret and what a [[find]] rule found are always kept.
        """
        if self._ignore is None or not any(map(_may_be_ignored, spans)):
            return spans
        over = [hit for _, hit in self._ignore.scan(text).hits]
        return [span for span in spans if not (_may_be_ignored(span) and any(_silences(hit, span) for hit in over))]


NO_RULES = Rules()


def load(text: str, where: str) -> Rules:
    """The rules in the TOML `text` of the file `where`. Raises ConfigurationError."""
    try:
        file = msgspec.convert(tomllib.loads(text), RuleFile)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))  # of the parser's words only this: they may quote a term
        raise ConfigurationError(
            f"{where}: not valid TOML{f' (line {line[1]})' if line else ''}", remedy="Correct the file."
        ) from None
    except msgspec.ValidationError as error:
        remedy = "A rule has name, entity, terms or pattern, context, within, note, date, who, and no other keys."
        raise ConfigurationError(f"{where}: {error}", remedy=remedy) from None
    _check(file, where)
    return Rules(file, text, where)


def _silences(hit: Hit, span: Span) -> bool:
    return hit.start <= span.start and span.end <= hit.end and hit.entity in ("", span.entity)


def _may_be_ignored(span: Span) -> bool:
    redacted = ENTITIES[span.entity].disposal is Disposal.REDACT
    return not (span.checked or redacted or span.detector.startswith(_PREFIX))


def _check(file: RuleFile, where: str) -> None:
    names = [rule.name for rule in (*file.find, *file.ignore)]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"{where}: two rules are named {name}", remedy="Give each a name of its own.")
    if sum(len(rule.terms) for rule in (*file.find, *file.ignore)) > _MOST_TERMS:
        raise ConfigurationError(f"{where}: more than {_MOST_TERMS} terms", remedy="Write patterns instead.")
    if file.ignore:
        patterns = Patterns(detectors.all())
        for rule in file.ignore:
            _check_ignore(rule, patterns, where)


def _check_ignore(rule: Ignore, patterns: Patterns, where: str) -> None:
    """Refuses what would silence nothing: cards, secrets and values with a valid check digit stay findings. A term is
    named by its number only, since it may be an identifier."""
    place = _place(where, rule)
    if rule.entity in ENTITIES and ENTITIES[rule.entity].disposal is Disposal.REDACT:
        raise ConfigurationError(
            f"{place}, key entity: cards and secrets are never ignored", remedy="Remove the rule, or its entity."
        )
    for number, term in enumerate(rule.terms, 1):
        hits = [hit for _, hit in patterns.scan(term).hits]
        if any(hit.checked or ENTITIES[hit.entity].disposal is Disposal.REDACT for hit in hits):
            raise ConfigurationError(
                f"{place}, key terms, number {number}: its check digit holds, or it is a card or a secret, and those "
                "are never ignored",
                remedy="Remove the term.",
            )


def _place(where: str, rule: Find | Ignore) -> str:
    return f"{where}: [[{'find' if isinstance(rule, Find) else 'ignore'}]] {rule.name}"


def _detector(rule: Find | Ignore, where: str) -> Detector:
    """The rule as a detector, so that it is prefiltered and read as all others are."""
    place = _place(where, rule)
    if rule.entity not in ENTITIES and (rule.entity or isinstance(rule, Find)):
        raise ConfigurationError(
            f"{place}, key entity: there is no such entity", remedy="Use one of docs/reference/detectors.md."
        )
    if bool(rule.terms) == bool(rule.pattern):
        raise ConfigurationError(f"{place}: it needs either terms or a pattern", remedy="Write one of the two.")
    value = _words(rule.terms) if rule.terms else _checked(rule.pattern, place)
    whole = _compiled(_bordered(value), place)
    context = _compiled(_bordered(_words(rule.context)), place) if rule.context else None

    def extract(text: str) -> Iterator[Hit]:
        for start, end in _standing_alone(whole, text):
            if context is None or _beside(context, text, start, end, rule.within):
                yield Hit(start, end, rule.entity, CONFIRMED)

    return Detector(_PREFIX + rule.name, 1, (rule.entity,), rule.note, "", (value,), extract, (), ())


def _words(terms: Sequence[str]) -> str:
    """An RE2 pattern for any of these phrases, in any case, with any blanks between their words."""
    each = sorted(
        {r"\s{1,8}".join(map(re2.escape, term.split())) for term in terms if term.split()}, key=len, reverse=True
    )
    return f"(?i:{'|'.join(each)})"


def _bordered(value: str) -> str:
    return rf"(?:^|[^{_LETTER_OR_DIGIT}])({value})(?:$|[^{_LETTER_OR_DIGIT}])"


def _checked(pattern: str, place: str) -> str:
    """The pattern as one group. Raises ConfigurationError where it is not RE2, unbounded, or matches the empty text."""
    place += ", key pattern"
    compiled = _compiled(pattern, place)
    if unbounded(pattern):
        raise ConfigurationError(
            f"{place}: a repetition has no upper bound", remedy="Write {0,40} instead of *, and {1,40} instead of +."
        )
    if compiled.groups:
        raise ConfigurationError(f"{place}: it has a capturing group", remedy="Write (?:...) instead of (...).")
    if compiled.search("") is not None:
        raise ConfigurationError(
            f"{place}: it matches the empty text", remedy="Write what must be there, such as \\d{6}."
        )
    return f"(?:{pattern})"


def _compiled(pattern: str, place: str) -> Any:
    options = re2.Options()
    options.max_mem = _MAX_PATTERN_BYTES
    options.log_errors = False
    options.longest_match = True  # of two terms that begin alike the longer one is meant
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        said = error.args[0]
        reason = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise ConfigurationError(
            f"{place}: RE2 can't use it: {reason.partition(':')[0]}",
            remedy="Use the syntax of https://github.com/google/re2/wiki/Syntax (no look-around, no back-references).",
        ) from None


def _standing_alone(pattern: Any, text: str) -> Iterator[tuple[int, int]]:
    """Spans of group 1 in code points. The next search begins where the value ends, so that the one character between
    two values borders both."""
    raw = text.encode()
    same = len(raw) == len(text)
    place = seen = points = 0
    while (match := pattern.search(raw, place)) is not None:
        start, place = match.span(1)
        if same:
            yield start, place
            continue
        points += len(raw[seen:start].decode())
        seen = start
        yield points, points + len(raw[start:place].decode())


def _beside(context: Any, text: str, start: int, end: int, within: int) -> bool:
    """Whether a context word stands before or after the value."""
    before, after = text[max(0, start - within) : start], text[end : end + within]
    return context.search(before) is not None or context.search(after) is not None
