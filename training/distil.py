"""What the teacher makes of permitted text that nobody labelled, as shards that `training.fit` reads beside gold ones.

`python -m training.distil SHARED LEXICON DEEP_BIN FOLDER KIND...` (kinds: `training.unlabelled.KINDS`): `soft` float16 [words,
tags] in each shard; no tag of its own (`NO_LOSS`) but where identifiers of the generator were planted between
sentences: those have gold tags and no soft ones (zeros).
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np

from ringfence.classify.tagger.deep import DeepTagger
from ringfence.classify.tagger.features import COLUMNS, Lexicon, words
from training.base import base_folder, load_lexicon
from training.dataset import GAP, LONGEST, NO_LOSS, TAGS, tagged
from training.unlabelled import KINDS, Text

TEXTS_A_SHARD = 1000


def shard(teacher: DeepTagger, given: list[Text], lexicon: Lexicon) -> dict[str, np.ndarray]:
    """features, tags and soft tags of all texts in a row, `GAP` padding words after each."""
    features, tags, softs = [], [], []
    for text in given:
        found = words(text.doc.text[:LONGEST], lexicon)
        soft = teacher.tags(text.doc.text[:LONGEST]).astype(np.float16)
        its_tags = np.full(len(soft), NO_LOSS, np.int16)
        if text.gold:
            _, gold = tagged(text.doc, lexicon)
            for start, end in text.gold:
                first, last = np.searchsorted(found.starts, (start, end))
                its_tags[first:last] = gold[first:last]
                soft[first:last] = 0
        features += [found.features, np.full((GAP, len(COLUMNS)), -1, np.int32)]
        tags += [its_tags, np.full(GAP, NO_LOSS, np.int16)]
        softs += [soft, np.zeros((GAP, len(TAGS)), np.float16)]
    return {"features": np.concatenate(features), "tags": np.concatenate(tags), "soft": np.concatenate(softs)}


def main(shared: Path, lexicon: Path, deep: Path, folder: Path, kinds: list[str]) -> None:
    """`lexicon`: the student's; the teacher has its own."""
    base, held = base_folder(), load_lexicon(lexicon)
    teacher = DeepTagger(
        deep.read_bytes(), (base / "model.safetensors").read_bytes(), (base / "vocab.txt").read_bytes()
    )
    for kind in kinds:
        given = KINDS[kind](shared)
        for number in itertools.count():
            some = list(itertools.islice(given, TEXTS_A_SHARD))
            if not some:
                break
            made = shard(teacher, some, held)
            path = folder / f"{kind}-{number:03d}.npz"
            temporary = path.with_suffix(".part")
            with temporary.open("wb") as out:
                np.savez(out, **made)
            temporary.rename(path)
            print(path, len(some), "texts", len(made["tags"]), "words", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:])
