"""Documents that hold nothing about a person: hardly a false character, and the same ones for the same seed."""

from __future__ import annotations

from collections import Counter

from classify.negatives import documents

MOST_FALSE_CHARACTERS_PER_1000 = 0.5


def test_hardly_a_false_character_in_documents_without_persons(classifier, scale, capsys):
    false: Counter[str] = Counter()
    characters = 0
    for document in documents(seed=5, count=480 * scale):
        characters += sum(map(str.isalnum, document.text))
        for finding in classifier.spans(document.text):
            false[document.kind] += sum(map(str.isalnum, document.text[finding.start : finding.end]))
    with capsys.disabled():
        print(f"\n  {sum(false.values())} false of {characters} characters {dict(false)}", end="")
    assert characters > 100_000
    assert 1000 * sum(false.values()) / characters <= MOST_FALSE_CHARACTERS_PER_1000


def test_the_documents_are_many_of_each_kind_and_repeat():
    first = list(documents(seed=5, count=480))
    assert first == list(documents(seed=5, count=480)) != list(documents(seed=6, count=480))
    assert len({document.text for document in first}) == 480
    assert min(Counter(document.kind for document in first).values()) == 40


def test_a_log_line_about_a_person_keeps_its_time(classifier):
    quiet = "2024-05-20T21:03:42.123Z INFO worker started pid=4821\n"
    told = "2024-05-20T21:03:43.001Z INFO mail to jo@example.org sent\n"
    note = "2024-05-20 09:15 seen in clinic, no complaints\n"
    text = quiet + told + note
    found = [text[f.start : f.end] for f in classifier.spans(text) if f.entity == "DATE"]
    assert found == ["2024-05-20T21:03:43.001Z", "2024-05-20 09:15"]
