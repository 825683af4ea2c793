"""What the teacher makes of permitted text that nobody labelled, as shards that `training.fit` reads beside gold ones.

`python -m training.distil SHARED LEXICON TEACHER FOLDER`: `soft` float16 [words, tags] in each shard; no tag of its own
(`NO_LOSS`) but where identifiers of the generator were planted between clinical sentences: those have gold tags and
no soft ones (zeros).
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

from ringfence.classify.tagger.features import COLUMNS, Lexicon
from ringfence.classify.tagger.reading import Reading, read, row, stretches
from training.dataset import GAP, LONGEST, NO_LOSS, TAGS, tagged
from training.teach import load_lexicon, padded, subwords
from training.teacher import Teacher
from training.unlabelled import Text, texts

TEXTS_A_SHARD = 2500
_SUBWORDS_A_CALL = 6144


def soft(model: Teacher, readings: list[Reading]) -> list[np.ndarray]:
    """For each text float16 [words, tags], as the deep tagger would read it: in rows that overlap."""
    found = [np.zeros((len(each.marks), len(TAGS)), np.float16) for each in readings]
    rows = [
        (number, taken, row(each, start, end, subwords()))
        for number, each in enumerate(readings)
        for start, end, taken in stretches(each)
    ]
    rows.sort(key=lambda one: len(one[2].ids))
    while rows:
        count = max(1, min(len(rows), _SUBWORDS_A_CALL // len(rows[-1][2].ids)))
        group, rows = rows[-count:], rows[:-count]
        ids, marks, lengths = padded([one for _, _, one in group])
        tags = torch.softmax(model(ids, marks, lengths), -1).numpy()
        for place, (number, taken, one) in enumerate(group):
            end = one.start + len(one.places)
            found[number][taken:end] = tags[place, one.places[taken - one.start :]]
    return found


def shard(model: Teacher, given: list[Text], lexicon: Lexicon) -> dict[str, np.ndarray]:
    """features, tags and soft tags of all texts in a row, `GAP` padding words after each."""
    readings = [read(text.doc.text[:LONGEST], lexicon, subwords()) for text in given]
    features, tags, softs = [], [], []
    for text, reading, its_soft in zip(given, readings, soft(model, readings), strict=True):
        its_tags = np.full(len(reading.marks), NO_LOSS, np.int16)
        if text.gold:
            _, gold = tagged(text.doc, lexicon)
            for start, end in text.gold:
                first = np.searchsorted(reading.words.starts, start)
                last = np.searchsorted(reading.words.starts, end)
                its_tags[first:last] = gold[first:last]
                its_soft[first:last] = 0
        features += [reading.words.features, np.full((GAP, len(COLUMNS)), -1, np.int32)]
        tags += [its_tags, np.full(GAP, NO_LOSS, np.int16)]
        softs += [its_soft, np.zeros((GAP, len(TAGS)), np.float16)]
    return {"features": np.concatenate(features), "tags": np.concatenate(tags), "soft": np.concatenate(softs)}


def write(given: Iterable[tuple[str, Text]], model: Teacher, lexicon: Lexicon, folder: Path) -> None:
    for name, group in itertools.groupby(given, lambda one: one[0]):
        for number in itertools.count():
            some = [text for _, text in itertools.islice(group, TEXTS_A_SHARD)]
            if not some:
                break
            temporary, path = folder / f"{name}-{number:03d}.part", folder / f"{name}-{number:03d}.npz"
            made = shard(model, some, lexicon)
            with temporary.open("wb") as out:
                np.savez(out, **made)
            temporary.rename(path)
            print(path, len(some), "texts", len(made["tags"]), "words", flush=True)


def main(shared: Path, lexicon: Path, teacher: Path, folder: Path) -> None:
    torch.set_num_threads(2)
    model = Teacher(torch.bfloat16)
    model.load_state_dict(torch.load(teacher)["model"])
    model.eval()
    with torch.inference_mode():
        write(texts(shared), model, load_lexicon(lexicon), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
