"""Images, read by the real Tesseract in the real worker: printed text is found, and what is no text is never passed off
as read."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest

from ringfence.extract import Extractor, ocr
from ringfence.vocabulary.extracted import Extracted
from ringfence.vocabulary.text import Completeness
from support.needs import need

need(not ocr.why_not(), ocr.why_not())
from PIL import Image, ImageDraw, ImageFont  # noqa: E402

LINES = ("Discharge summary", "Patient: Mara Lindqvist", "Record number 48213377", "Phone (415) 867-5309")
TIMEOUT_S = 30.0


def drawn(lines: tuple[str, ...] = LINES, *, size: tuple[int, int] = (1000, 400), letters: int = 28) -> Any:
    """Black print on white."""
    image = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(letters)
    for number, line in enumerate(lines):
        pen.text((40, 40 + 2 * letters * number), line, fill="black", font=font)
    return image


def saved(image: Any, kind: str = "PNG", **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def photograph(image: Any) -> Any:
    """With an area of many colours, as a face would be."""
    draw = random.Random(1)
    patch = Image.new("RGB", (300, 200))
    patch.putdata([(draw.randrange(256), draw.randrange(256), draw.randrange(256)) for _ in range(300 * 200)])
    image.paste(patch, (600, 150))
    return image


def texts(found: Extracted) -> list[str]:
    return [piece.text for piece in found.pieces]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_printed_text_is_read_in_each_format(kind: str, extractor: Extractor) -> None:
    found = extractor.extract(saved(drawn(), kind), "scan", "", TIMEOUT_S)
    assert (found.kind, found.completeness) == ("image", Completeness.COMPLETE), found.reasons
    assert texts(found) == list(LINES)
    assert found.pieces[2].where == "line 3"


def test_white_letters_and_transparent_ground(extractor: Extractor) -> None:
    clear = Image.new("RGBA", (1000, 200), (0, 0, 0, 0))
    ImageDraw.Draw(clear).text((40, 40), LINES[1], fill="black", font=ImageFont.load_default(40))
    assert LINES[1] in texts(extractor.extract(saved(clear), "a.png", "image/png", TIMEOUT_S))


def test_every_image_of_a_file_is_read(extractor: Extractor) -> None:
    pages = [drawn((line,)) for line in LINES]
    found = extractor.extract(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]), "", "", TIMEOUT_S)
    assert texts(found) == list(LINES)
    assert found.pieces[1].where == "image 2, line 1"


def test_notes_beside_the_picture_are_read(extractor: Extractor) -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Comment", "for Mara Lindqvist")
    assert "for Mara Lindqvist" in texts(extractor.extract(saved(drawn(), pnginfo=notes), "", "", TIMEOUT_S))


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (photograph(drawn()), "more than text"),
        (drawn(()), "no text was found"),
        (photograph(drawn(())), ""),
        (drawn(size=(500, 200), letters=7), "surely"),
    ],
    ids=["with a photograph", "empty", "a photograph alone", "too small"],
)
def test_what_is_not_surely_text_is_partial(image: Any, why: str, extractor: Extractor) -> None:
    found = extractor.extract(saved(image), "", "", TIMEOUT_S)
    assert found.completeness is Completeness.PARTIAL
    assert any(why in reason for reason in found.reasons)


def test_hostile_images(extractor: Extractor) -> None:
    """Cut off, too large, claimed to be large: PARTIAL with a reason, and the next one is read."""
    whole = saved(drawn())
    large = Image.new("1", (9_000, 9_000))
    claimed = bytearray(whole)
    claimed[16:24] = b"\x00\xff\xff\xff\x00\xff\xff\xff"
    for data in (whole[:300], whole[: len(whole) // 2], saved(large), bytes(claimed), whole[:33] + whole):
        found = extractor.extract(data, "", "", TIMEOUT_S)
        assert found.completeness is Completeness.PARTIAL
        assert found.reasons
    assert texts(extractor.extract(whole, "", "", TIMEOUT_S)) == list(LINES)
