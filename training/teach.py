"""Training of the teacher on fresh documents of the generator and the permitted public sets.

`python -m training.teach SHARED LEXICON FOLDER STEPS` writes FOLDER/teacher.pt every few minutes and at the end; called
again it goes on from there, with the learning rate that belongs to that step of the (perhaps new) budget.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch

from ringfence.classify.tagger.features import Lexicon
from ringfence.classify.tagger.reading import MARK_ROWS, Row, read, row, stretches
from ringfence.classify.tagger.subwords import Subwords
from training import public
from training.base import base_folder, load_lexicon
from training.dataset import LONGEST, NO_LOSS, tagged
from training.generate.markup import Doc
from training.generate.noise import spoil
from training.generate.stream import documents
from training.teacher import Teacher

DOCUMENTS_A_CHUNK, PUBLIC_A_CHUNK = 1200, 100
SUBWORDS_A_STEP = 2048
RATE, WARM_STEPS = 1e-3, 100
SAVE_EVERY_S = 180
SEED = 77
_Labelled = tuple[Row, np.ndarray]


@cache
def _public(shared: Path) -> list[Doc]:
    return [doc for _, doc in public.documents(shared)]


@cache
def subwords() -> Subwords:
    return Subwords((base_folder() / "vocab.txt").read_bytes())


def labelled(doc: Doc, lexicon: Lexicon) -> Iterator[_Labelled]:
    """The rows of a document with the tag of each of their words."""
    reading = read(doc.text[:LONGEST], lexicon, subwords())
    _, tags = tagged(doc, lexicon)
    for start, end, _ in stretches(reading, 0):
        yield row(reading, start, end, subwords()), tags[start:end].astype(np.int64)


def chunk(number: int, shared: Path, lexicon: Path) -> list[_Labelled]:
    """The rows of one chunk of documents, the same for the same number."""
    rng = random.Random(SEED * 100_000 + number)
    docs = [doc for _, doc in itertools.islice(documents(rng.getrandbits(48)), DOCUMENTS_A_CHUNK)]
    docs += [spoil(rng, doc) if rng.random() < 0.4 else doc for doc in rng.choices(_public(shared), k=PUBLIC_A_CHUNK)]
    held = load_lexicon(lexicon)
    rows = [each for doc in docs for each in itertools.islice(labelled(doc, held), 8)]
    return [each for each in rows if (each[1] != NO_LOSS).any()]


def batches(rows: list[_Labelled], rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, ...]]:
    """ids, marks, lengths, tags of rows of about the same length, `SUBWORDS_A_STEP` together with padding."""
    order = np.argsort([len(each.ids) * rng.uniform(0.9, 1.1) for each, _ in rows])
    groups: list[list[_Labelled]] = [[]]
    for index in order:
        longest = max(len(each.ids) for each, _ in [*groups[-1], rows[index]])
        if (len(groups[-1]) + 1) * longest > SUBWORDS_A_STEP and groups[-1]:
            groups.append([])
        groups[-1].append(rows[index])
    for at in rng.permutation(len(groups)):
        ids, marks, lengths = padded([each for each, _ in groups[at]])
        tags = torch.full(ids.shape, NO_LOSS)
        for place, (each, its) in enumerate(groups[at]):
            tags[place, torch.from_numpy(each.places)] = torch.from_numpy(its)
        yield ids, marks, lengths, tags


def padded(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    size = max(len(each.ids) for each in rows)
    ids = torch.zeros(len(rows), size, dtype=torch.int64)
    marks = torch.zeros(len(rows), size, len(MARK_ROWS), dtype=torch.int64)
    for place, each in enumerate(rows):
        ids[place, : len(each.ids)] = torch.from_numpy(each.ids)
        marks[place, : len(each.ids)] = torch.from_numpy(each.marks)
    return ids, marks, torch.tensor([len(each.ids) for each in rows])


def train(shared: Path, lexicon: Path, folder: Path, steps: int, threads: int = 2) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    model = Teacher(torch.bfloat16)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    path, step, number = folder / "teacher.pt", 0, 0
    if path.exists():
        held = torch.load(path)
        model.load_state_dict(held["model"])
        optimiser.load_state_dict(held["optimiser"])
        step, number = held["step"], held["chunk"]
    began = saved = time.monotonic()
    shown, first = 0.0, step

    def save() -> None:
        temporary = path.with_suffix(".part")
        torch.save(
            {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "chunk": number}, temporary
        )
        temporary.rename(path)

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        coming = pool.apply_async(chunk, (number, shared, lexicon))
        while step < steps:
            rows = coming.get()
            coming = pool.apply_async(chunk, (number + 1, shared, lexicon))
            for ids, marks, lengths, tags in batches(rows, np.random.default_rng(number)):
                for group in optimiser.param_groups:
                    group["lr"] = RATE * min(1.0, (step + 1) / WARM_STEPS) * max(0.02, 1 - step / steps)
                loss = torch.nn.functional.cross_entropy(model(ids, marks, lengths).flatten(0, 1), tags.flatten())
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                step += 1
                now = float(loss.detach())
                shown = now if step == first + 1 else 0.98 * shown + 0.02 * now
                if step % 20 == 0:
                    print(
                        f"step {step}/{steps} chunk {number} loss {shown:.4f} {time.monotonic() - began:.0f} s",
                        flush=True,
                    )
                if time.monotonic() - saved > SAVE_EVERY_S:
                    save()
                    saved = time.monotonic()
                if step >= steps:
                    break
            number += 1
    save()


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
