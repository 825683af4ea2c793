"""`make train`: every step from word lists to the model file and its card. Each step leaves a file and is not repeated.

The result goes to build/training; `--install` copies it into the package. Steps, each well under 90 minutes on 2 cores:
lexicon, shards, student, teacher, soft, distil, export, calibrate, card.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from ringfence.classify.tagger.features import VERSION, Lexicon
from ringfence.classify.tagger.model import Model, read, write
from training import calibrate, lexicon, public
from training.dataset import GAP, TAGS, save, stream
from training.export import network
from training.fit import fit
from training.generate import noise
from training.generate.markup import Doc
from training.generate.stream import documents
from training.generate.world import LABELS
from training.student import DILATIONS, Student

PACKAGE = Path(__file__).parents[1] / "src/ringfence/classify/tagger"
SEED = 11
SHARDS, DOCUMENTS = 24, 20_000
PUBLIC_EVERY = 10
"""One public document for so many generated ones."""
STEPS, RATE = 3_200, 3e-3
DISTIL_STEPS, DISTIL_RATE = 800, 8e-4


class Steps:
    """The steps over one output folder. Each method returns the file that it left, now or in an earlier run."""

    def __init__(self, out: Path, shared: Path) -> None:
        self.out, self.shared = out, shared
        out.mkdir(parents=True, exist_ok=True)

    def lexicon(self) -> Lexicon:
        path = self.out / "lexicon.npz"
        if not path.exists():
            built = lexicon.build(self.shared)
            np.savez(path, hashes=built.hashes, lists=built.lists)
        with np.load(path) as kept:
            return Lexicon(kept["hashes"], kept["lists"])

    def shards(self) -> list[Path]:
        paths = [self.out / f"gold-{number:03d}.npz" for number in range(SHARDS)]
        listed = [doc for _, doc in public.documents(self.shared)]
        for number, path in enumerate(paths):
            if not path.exists():
                docs = list(_mixed(SEED * 1000 + number, listed))
                save(path, *stream(docs, self.lexicon()))
                print(f"{path.name}: {len(docs)} documents", flush=True)
        return paths

    def student(self) -> Path:
        path = self.out / "student.pt"
        shards = self.shards()
        torch.manual_seed(SEED)
        fit(Student(), shards, STEPS, RATE, SEED, path)
        return path

    def distilled(self, soft: list[Path]) -> Path:
        """The student trained on, on the teacher's tags beside gold."""
        path = self.out / "distilled.pt"
        model = Student()
        model.load_state_dict(torch.load(self.student())["model"])
        fit(model, self.shards()[: len(soft) * 3] + soft, DISTIL_STEPS, DISTIL_RATE, SEED + 1, path)
        return path

    def model(self, weights: Path) -> Path:
        """The model file of the package, with calibrated thresholds."""
        path = self.out / "model.bin"
        student = Student()
        student.load_state_dict(torch.load(weights)["model"])
        student.eval()
        with np.load(self.shards()[0]) as shard:
            rows = torch.from_numpy(shard["features"][: 64 * 256].reshape(64, 256, -1))
        words = self.lexicon()
        version = read((PACKAGE / "model.bin").read_bytes()).version + 1 if (PACKAGE / "model.bin").exists() else 1
        made = Model(
            version,
            VERSION,
            TAGS,
            dict.fromkeys(LABELS, 0.5),
            GAP,
            sum(DILATIONS),
            network(student, rows),
            words.hashes.tobytes(),
            words.lists.tobytes(),
        )
        held_out = list(_mixed(SEED * 1000 + 999, []))[:6000]
        path.write_bytes(write(calibrate.calibrated(made, held_out)))
        return path


def _mixed(seed: int, listed: list[Doc]) -> Iterator[Doc]:
    """Generated documents and, between them, public ones, two of five spoilt as well."""
    rng = random.Random(seed)
    for number, (_, doc) in enumerate(itertools.islice(documents(seed), DOCUMENTS)):
        yield doc
        if listed and number % PUBLIC_EVERY == 0:
            other = rng.choice(listed)
            yield noise.spoil(rng, other) if rng.random() < 0.4 else other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="the folder with the public sets")
    parser.add_argument("--install", action="store_true", help="copy the model and its card into the project")
    given = parser.parse_args()
    torch.set_num_threads(2)
    steps = Steps(given.out, given.shared)
    made = steps.model(steps.student())
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
    if given.install:
        shutil.copy(made, PACKAGE / "model.bin")


if __name__ == "__main__":
    main()
