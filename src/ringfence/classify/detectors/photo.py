"""Photographs of persons, by file name or link."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

_IMAGE = r"(?i:jpe?g|png|heic|heif|tiff?|bmp|webp|gif|dcm|raw)"
_FILE = rf"(?:[a-zA-Z]+://)?[A-Za-zÀ-ɏ0-9_~%./:-]*[A-Za-zÀ-ɏ0-9_-][A-Za-zÀ-ɏ0-9_.%-]*\.{_IMAGE}\b"
_PICTURE = (
    r"(?i:photo(?:graph)?s?|pictures?|pics?|headshots?|selfies?|portraits?|mug ?shots?|face images?|(?:patient|"
    r"member|client|employee|profile|wound|face|id) (?:image|photo|picture|pic)s?|profile_?(?:image|photo|picture|"
    r"pic)|foto(?:graf[ií]a)?s?|retrato|avatar)"
)
_BESIDE = compiled(rf"\b{_PICTURE}\b[^\n]{{0,24}}?[\s\"'`(:=\[]({_FILE})")
_WORD = (
    r"(?i:photo|headshot|selfie|portrait|mugshot|facepic|face_?image|patient_?(?:image|pic)|profile_?(?:pic|image|"
    r"photo))"
)
_NAMED = compiled(rf"((?:[a-zA-Z]+://)?[A-Za-zÀ-ɏ0-9_~%./:-]*{_WORD}[A-Za-zÀ-ɏ0-9_.%/-]*\.{_IMAGE})\b")
_NOBODY = compiled(
    r"(?i)(?:logo|icon|banner|background|placeholder|default|sample|example|screenshot|diagram|chart|sprite|photo|"
    r"photos|portrait|avatar|image|profile|picture|headshot|selfie)\.[a-z]+$"
)


def extract(text: str) -> Iterator[Hit]:
    for pattern, score in ((_BESIDE, LABELLED), (_NAMED, LIKELY)):
        for start, end in find(pattern, text, 1):
            value = text[start:end].rpartition("/")[2]
            if not _NOBODY.search(value) and (any(map(str.isdigit, value)) or len(value) > 8):
                yield Hit(start, end, "PHOTO", score)


DETECTOR = Detector(
    name="photo",
    version=1,
    entities=("PHOTO",),
    says="An image's file name or link beside a word such as photo or headshot, or with such a word in its name.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(Q)",
    prefilters=(rf"\b{_PICTURE}\b[^\n]{{0,120}}\.{_IMAGE}\b", rf"{_WORD}[A-Za-zÀ-ɏ0-9_.%/-]*\.{_IMAGE}\b"),
    extract=extract,
    examples=(
        marked("Patient photo: «okoye_m_0412.jpg»", "PHOTO"),
        marked("see «/intake/headshot-88213.png» please", "PHOTO"),
        marked("the selfie is at «https://files.example.org/u/7/IMG_2231.HEIC»", "PHOTO"),
    ),
    counterexamples=("photo.jpg", "logo.png and background.webp", "a photo of the bridge", "img/portrait.png"),
)
