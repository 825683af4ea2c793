"""`make train`: every step from word lists to the model files and the card. Each step leaves a file and is not repeated;
training goes on from its last checkpoint.

The result goes to build/training; `--install` copies it into the project. Steps, each under 90 minutes on 2 idle cores:
the lexicon, gold shards, the teacher and its export (the deep tier), soft shards that the teacher tags, the student on
gold and then on both, its export with calibrated thresholds, the card.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from ringfence.classify.tagger import adapter
from ringfence.classify.tagger.features import VERSION, Lexicon
from ringfence.classify.tagger.model import Model, read, write
from training import calibrate, card, deep_export, distil, lexicon, public, teach
from training.dataset import GAP, TAGS, save, stream
from training.export import network
from training.fit import fit
from training.generate import noise
from training.generate.markup import Doc
from training.generate.stream import documents
from training.generate.world import LABELS
from training.student import DILATIONS, Student

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/ringfence/classify/tagger"
SEED = 11
HELD_OUT_SEED = 99_991
SHARDS, DOCUMENTS = 24, 20_000
PUBLIC_EVERY = 6
"""One public document for so many generated ones."""
STEPS, RATE = 2_600, 3e-3
TEACHER_STEPS = 1_200
SOFT_KINDS = ("carrier", "planted", "tab")
"""Of `unlabelled.KINDS`: what people wrote. Of generated text the gold tags are known."""
DISTIL_STEPS, DISTIL_RATE = 1_100, 1e-3


class Steps:
    """The steps over one output folder. Each method returns the file that it left, now or in an earlier run."""

    def __init__(self, out: Path, shared: Path, keep_deep: bool = False) -> None:
        """`keep_deep`: the teacher is the package's deep tier, rather than one trained here."""
        self.out, self.shared, self.keep_deep = out, shared, keep_deep
        out.mkdir(parents=True, exist_ok=True)

    def lexicon_file(self) -> Path:
        path = self.out / "lexicon.npz"
        if not path.exists():
            built = lexicon.build(self.shared)
            np.savez(path, hashes=built.hashes, lists=built.lists)
        return path

    def lexicon(self) -> Lexicon:
        with np.load(self.lexicon_file()) as kept:
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

    def deep(self) -> Path:
        """The teacher, exported as the deep tier's file."""
        if self.keep_deep:
            return PACKAGE / "deep.bin"
        path = self.out / "deep.bin"
        if not path.exists():
            teach.train(self.shared, self.lexicon_file(), self.out, TEACHER_STEPS)
            deep_export.main(self.out / "teacher.pt", self.lexicon_file(), _next_version("deep.bin"), path)
        return path

    def soft(self) -> list[Path]:
        """What the teacher says of text that nobody labelled."""
        done = self.out / "soft.done"
        if not done.exists():
            distil.main(self.shared, self.lexicon_file(), self.deep(), self.out, list(SOFT_KINDS))
            done.touch()
        return sorted(path for kind in SOFT_KINDS for path in self.out.glob(f"{kind}-*.npz"))

    def student(self) -> Path:
        path = self.out / "student.pt"
        torch.manual_seed(SEED)
        fit(Student(), self.shards(), STEPS, RATE, SEED, path)
        return path

    def distilled(self) -> Path:
        """The student trained on, on the teacher's tags beside gold."""
        path = self.out / "distilled.pt"
        student = Student()
        student.load_state_dict(torch.load(self.student())["model"])
        soft = self.soft()
        fit(student, self.shards()[: len(soft)] + soft, DISTIL_STEPS, DISTIL_RATE, SEED + 1, path)
        return path

    def model(self, weights: Path) -> Path:
        """The model file of the package, with calibrated thresholds, and the card beside it."""
        path = self.out / "model.bin"
        student = Student()
        student.load_state_dict(torch.load(weights)["model"])
        student.eval()
        with np.load(self.shards()[0]) as shard:
            rows = torch.from_numpy(shard["features"][: 64 * 256].reshape(64, 256, -1))
        words = self.lexicon()
        made = Model(
            _next_version("model.bin"),
            VERSION,
            TAGS,
            dict.fromkeys(LABELS, 0.5),
            GAP,
            sum(DILATIONS),
            network(student, rows),
            words.hashes.tobytes(),
            words.lists.tobytes(),
        )
        held_out = list(itertools.islice(_mixed(HELD_OUT_SEED, []), 12_000))
        made = calibrate.calibrated(made, held_out[:6000])
        path.write_bytes(write(made))
        teacher = "the package's deep tier" if self.keep_deep else f"trained for {TEACHER_STEPS} steps"
        steps = (
            f"{STEPS} steps on gold, {DISTIL_STEPS} on gold and the teacher's tags (teacher: {teacher}), seed {SEED}"
        )
        day = datetime.datetime.now(datetime.UTC).date()
        card.write(self.out / "tagger.md", made, held_out[6000:], path.stat().st_size, steps, day)
        return path


def _next_version(name: str) -> int:
    """One more than the version of the file that the package has now."""
    there = PACKAGE / name
    if not there.exists():
        return 1
    kept = read(there.read_bytes()) if name == "model.bin" else adapter.read(there.read_bytes())
    return kept.version + 1


def _mixed(seed: int, listed: list[Doc]) -> Iterator[Doc]:
    """Generated documents and, between them, public ones: most with other names, two of five spoilt."""
    rng = random.Random(seed)
    for number, (_, doc) in enumerate(itertools.islice(documents(seed), DOCUMENTS)):
        yield doc
        if listed and number % PUBLIC_EVERY == 0:
            other = rng.choice(listed)
            other = public.renamed(rng, other) if rng.random() < 0.6 else other
            yield noise.spoil(rng, other) if rng.random() < 0.4 else other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="the folder with the public sets")
    parser.add_argument(
        "--keep-deep", action="store_true", help="take the package's deep tier as the teacher: half an hour less"
    )
    parser.add_argument("--install", action="store_true", help="copy the models and the card into the project")
    given = parser.parse_args()
    if not given.shared.is_dir():
        raise SystemExit(f"{given.shared} is not there: name the folder with the public sets with --shared")
    torch.set_num_threads(2)
    steps = Steps(given.out, given.shared, given.keep_deep)
    made = steps.model(steps.distilled())
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
    if given.install:
        shutil.copy(made, PACKAGE / "model.bin")
        if not given.keep_deep:
            shutil.copy(steps.deep(), PACKAGE / "deep.bin")
        shutil.copy(given.out / "tagger.md", ROOT / "docs/reference/tagger.md")


if __name__ == "__main__":
    main()
