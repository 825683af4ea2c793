"""How good predictions are: spans against gold, whatever their type, on letters and digits only.

charR, charP: recall and precision over the characters of identifiers. F2: of both, recall weighing twice. full, any:
gold spans of which every character, or at least one, is covered. docClean: documents with gold of which every span is
fully covered. FP/1k: characters predicted outside gold per 1,000. negHit: documents without gold that got a prediction.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec

from ringfence.scanning.spans import Gold, Predicted, PredictedSpan
from ringfence.vocabulary.errors import ConfigurationError

METRICS = ("charR", "charP", "F2", "any", "full", "docClean", "FP/1k", "negHit")
LESS_IS_BETTER = ("FP/1k", "negHit")


class Document(msgspec.Struct, frozen=True):
    """One document's errors, in letters and digits. `missed` are gold spans not fully covered, `false` predictions that
    reach beyond gold: (start, end, label or entity)."""

    id: str | int
    missed_characters: int
    false_characters: int
    missed: tuple[tuple[int, int, str], ...]
    false: tuple[tuple[int, int, str], ...]


class Score(msgspec.Struct, frozen=True):
    """Sums over all documents, and of gold spans by label. `documents` are those with errors, the worst first."""

    total: Counter[str]
    labels: dict[str, Counter[str]]
    documents: tuple[Document, ...]

    def metrics(self) -> dict[str, float]:
        """By name; nan where there was nothing to measure it on."""
        total = self.total
        recall, precision = ratio(total["both"], total["gold"]), ratio(total["both"], total["predicted"])
        return {
            "charR": recall,
            "charP": precision,
            "F2": ratio(5 * precision * recall, 4 * precision + recall),
            "any": ratio(total["any"], total["spans"]),
            "full": ratio(total["full"], total["spans"]),
            "docClean": ratio(total["clean"], total["docs"]),
            "FP/1k": 1000 * ratio(total["predicted"] - total["both"], total["chars"]),
            "negHit": ratio(total["negative_hits"], total["negatives"]),
        }


def ratio(part: float, whole: float) -> float:
    """nan where there is no whole."""
    return part / whole if whole else math.nan


def score(
    gold: Iterable[Gold], predicted: Iterable[Predicted], only: str = "", leave_out: Collection[str] = ()
) -> Score:
    """Scores every gold row. `only`: gold is only what has this text in its label. `leave_out`: labels that are no
    gold, and entities that are no prediction. Gold left aside so is neutral: neither missed, nor false where found.

    Raises ConfigurationError where a document has no prediction.
    """
    spans = {row.id: row.spans for row in predicted}
    total: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = {}
    documents = []
    for row in gold:
        if row.id not in spans:
            raise ConfigurationError(
                f"document {row.id} has no prediction", remedy="Predict all documents, an empty list of spans included."
            )
        found = [span for span in spans[row.id] if _entity(span) not in leave_out]
        masked = [span for span in row.spans if span[3]]
        wanted = [span for span in masked if only in span[2] and span[2] not in leave_out]
        neutral = [span for span in masked if span not in wanted]
        document = _add(total, labels, row, wanted, neutral, found)
        if document.missed or document.false:
            documents.append(document)
    documents.sort(key=lambda document: (-document.missed_characters, -document.false_characters))
    return Score(total, labels, tuple(documents))


def _add(
    total: Counter[str],
    labels: dict[str, Counter[str]],
    row: Gold,
    gold: list[tuple[int, int, str, int]],
    neutral: list[tuple[int, int, str, int]],
    found: list[PredictedSpan],
) -> Document:
    want = _covered(gold)
    got = _covered(found) - (_covered(neutral) - want)
    characters = {place for place, char in enumerate(row.text) if char.isalnum()}
    own, said = want & characters, got & characters
    total.update(chars=len(characters), gold=len(own), predicted=len(said), both=len(own & said))
    missed = []
    for start, end, label, _ in gold:
        there = characters.intersection(range(start, end))
        hits = len(there & got)
        for counter in (total, labels.setdefault(label, Counter())):
            counter.update(spans=1, any=hits > 0, full=hits == len(there))
        if hits < len(there):
            missed.append((start, end, label))
    total.update(docs=1, clean=not missed) if gold else total.update(negatives=1, negative_hits=bool(got))
    extra = said - own
    false = [(span[0], span[1], _entity(span)) for span in found if not extra.isdisjoint(range(span[0], span[1]))]
    return Document(row.id, len(own - said), len(extra), tuple(missed), tuple(false))


def _covered(spans: Iterable[PredictedSpan]) -> set[int]:
    return {place for span in spans for place in range(span[0], span[1])}


def _entity(span: PredictedSpan) -> str:
    return str(span[2]) if len(span) > 2 else ""


def below(metrics: Mapping[str, float], bars: Mapping[str, float]) -> list[str]:
    """A sentence for each bar that is not met. What could not be measured meets none."""
    return [
        f"{name} is {metrics[name]:.4f}, and should be at {'most' if name in LESS_IS_BETTER else 'least'} {bar:g}"
        for name, bar in bars.items()
        if not (metrics[name] <= bar if name in LESS_IS_BETTER else metrics[name] >= bar)
    ]
