"""Findings in many texts at once, so that a tagger gets full batches whatever the texts' sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, repeat

import msgspec

from ringfence.classify import Answers, Classifier, Inquiry, Provenance, Tagger, tag
from ringfence.classify.inquiry import Names
from ringfence.classify.names import Hits
from ringfence.classify.rules import NO_RULES, Rules
from ringfence.vocabulary.text import Classification, Completeness, Finding, Place, Segment

_TAGGED_AT_ONCE = 64
"""Texts given to a tagger in one call; it cuts them into windows of its own."""


class Passage(msgspec.Struct, frozen=True):
    """A text, and the words that label it where it stands: a column's header, a field's name, or ""."""

    text: str
    context: str = ""


class Found(msgspec.Struct, frozen=True):
    """What was found in one document, by its passages' order. `failed` are reasons, without content, why some of it was
    not searched."""

    passages: tuple[tuple[Finding, ...], ...]
    failed: tuple[str, ...] = ()


class Finder:
    """Detectors, taggers and an organisation's own rules, applied to whole documents."""

    def __init__(self, classifier: Classifier, taggers: Sequence[Tagger] = (), rules: Rules = NO_RULES) -> None:
        """`classifier` needs no taggers of its own: they are asked here."""
        self._classifier, self._taggers, self._rules = classifier, tuple(taggers), rules

    def find(self, documents: Sequence[Sequence[Passage]]) -> list[Found]:
        """What stands in each document. A value found once in a document is found everywhere in it."""
        begun = [self._classifier.begin(_segments(some), (), Provenance(), rules=self._rules) for some in documents]
        names: Iterable[Names | None] = repeat(None)
        if self._taggers:
            inquiries = [self._classifier.inquire(each, (), self._rules) for each in begun]
            names = [inquiry.names(answers) for inquiry, answers in zip(inquiries, self._ask(inquiries), strict=True)]
        return [
            _found(self._classifier.conclude(each, said), len(some))
            for each, said, some in zip(begun, names, documents, strict=False)
        ]

    def _ask(self, inquiries: Sequence[Inquiry]) -> list[Answers]:
        """The taggers' answers to each inquiry. Where a tagger fails, all that were in its batch count as failed."""
        texts = [text for inquiry in inquiries for text in inquiry.texts]
        answers: list[Hits | None] = []
        for start in range(0, len(texts), _TAGGED_AT_ONCE):
            some = texts[start : start + _TAGGED_AT_ONCE]
            try:
                answers += tag(self._taggers, some)
            except Exception:  # whatever a tagger raises: its documents are reported as not searched
                answers += [None] * len(some)
        given = iter(answers)
        each = [tuple(islice(given, len(inquiry.texts))) for inquiry in inquiries]
        return [Answers(hits, failed=None in hits) for hits in each]


def _segments(passages: Sequence[Passage]) -> list[Segment]:
    """Each passage at a pointer that ends in its context, where the classifier looks for it."""
    return [
        Segment(f"/{number}{_last(passage.context)}", "file", passage.text, Place.FILE)
        for number, passage in enumerate(passages)
    ]


def _last(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1") if name else ""  # RFC 6901 section 3


def _found(classification: Classification, passages: int) -> Found:
    by_passage: list[list[Finding]] = [[] for _ in range(passages)]
    for finding in classification.findings:
        by_passage[int(finding.segment.split("/")[1])].append(finding)
    failed = classification.completeness is Completeness.FAILED
    return Found(
        tuple(map(tuple, by_passage)), ("a detector failed, so not everything was searched",) if failed else ()
    )
