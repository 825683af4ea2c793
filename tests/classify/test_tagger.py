"""The shipped tagger: the same answer whatever stands beside a text, exact offsets, bounded work, sound files."""

from __future__ import annotations

import itertools
from importlib import resources

import numpy as np
import pytest

from ringfence.classify.detector import Hit
from ringfence.classify.tagger import NeuralTagger, model, spans
from ringfence.classify.tagger.features import Lexicon, short, word_hash, words
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import ConfigurationError

BYTES = (resources.files("ringfence.classify") / "tagger" / "model.bin").read_bytes()
TEXTS = (
    "Please call Mara Lindqvist in Uppsala before the 14th of March 2024.",
    "",
    "   \n\t ",
    "😀 Ms. Ana Ruiz-Keller 😀 was seen at Cedar Valley Hospital on 3/4/23 😀",
    "def close(self) -> None: return self._socket.close()",
    "ward round: pt ELENA MARCHETTI, 94 years old, MRN 44-120-77, lives at 12 Harbour Lane, Akron",
    "ok",
    "Summarise the history of the metric system in three sentences.",
)


@pytest.fixture(scope="module")
def tagger() -> NeuralTagger:
    return NeuralTagger(BYTES)


def _found(tagger: NeuralTagger, text: str) -> dict[str, str]:
    return {text[hit.start : hit.end]: hit.entity for hit in tagger.find(text)}


def test_names_places_dates_and_ages_are_found(tagger: NeuralTagger) -> None:
    assert _found(tagger, TEXTS[0]) == {
        "Mara Lindqvist": "PERSON",
        "Uppsala": "LOCATION",
        "14th of March 2024": "DATE",
    }
    assert _found(tagger, TEXTS[3])["Cedar Valley Hospital"] == "FACILITY"
    assert "94" in _found(tagger, TEXTS[5])


@pytest.mark.parametrize("text", [TEXTS[4], TEXTS[7], "Take 20 mg twice a day.", "Grüße", "你好", "1450 rpm"])
def test_nobody_is_found_where_nobody_is(tagger: NeuralTagger, text: str) -> None:
    assert tagger.find(text) == []


def test_an_answer_does_not_depend_on_the_texts_beside_it(tagger: NeuralTagger) -> None:
    alone = [tagger.find(text) for text in TEXTS]
    for order in itertools.islice(itertools.permutations(range(len(TEXTS))), 0, 5000, 97):
        together = tagger.find_many([TEXTS[number] for number in order])
        assert together == [alone[number] for number in order]


def test_a_long_text_is_read_in_windows_without_a_seam(tagger: NeuralTagger) -> None:
    plain = "the cat sat on the mat and looked at the rain for a while . "
    texts = [plain * count + TEXTS[0] + " " + plain * 4 for count in (0, 900, 1263, 1264, 4300)]
    for text in texts:
        assert _found(tagger, text)["Mara Lindqvist"] == "PERSON"


def test_spans_are_sorted_disjoint_and_of_known_entities(tagger: NeuralTagger) -> None:
    for text in TEXTS:
        end = 0
        for hit in tagger.find(text):
            assert end <= hit.start < hit.end <= len(text)
            assert hit.entity in tagger.entities <= set(ENTITIES)
            assert text[hit.start].isalnum() and text[hit.end - 1].isalnum()
            end = hit.end


def test_words_are_runs_of_letters_of_digits_or_of_one_mark() -> None:
    text = "O'Brien-Müller 12th\n--😀 x1"
    found = words(text, Lexicon(np.zeros(0, np.uint32), np.zeros(0, np.uint8)))
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == [
        "O", "'", "Brien", "-", "Müller", "12", "th", "--", "😀", "x", "1",
    ]  # fmt: skip


def test_a_lexicon_knows_words_in_any_case_and_without_accents() -> None:
    hashes = short(np.array([word_hash("Muller")], np.uint64))
    found = words("MÜLLER muller miller", Lexicon(hashes, np.array([5], np.uint8)))
    assert found.features[:, -1].tolist() == [5, 5, 0]


def test_the_model_is_small_enough_to_ship() -> None:
    assert len(BYTES) <= 10_000_000


@pytest.mark.parametrize("place", [0, 20, 60, 5_000, len(BYTES) - 1])
def test_a_damaged_file_is_refused(place: int) -> None:
    damaged = bytearray(BYTES)
    damaged[place] ^= 1
    with pytest.raises(ConfigurationError, match="damaged") as raised:
        model.read(bytes(damaged))
    assert "make train" in raised.value.remedy


def test_two_people_are_two_and_a_court_is_nobody() -> None:
    text = "Mara Brandt and Ines Okafor left the Supreme Court for Aarhus District Court"
    hits = [Hit(0, 27, "PERSON", 0.9), Hit(33, 50, "ORGANIZATION", 0.9), Hit(55, 76, "ORGANIZATION", 0.9)]
    parts = [text[part.start : part.end] for hit in hits for part in spans._parts(hit, text)]
    assert parts == ["Mara Brandt", "Ines Okafor", "Aarhus"]
