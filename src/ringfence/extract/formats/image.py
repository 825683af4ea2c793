"""Images: the text in them by OCR, where Tesseract is installed. Elsewhere `unreadable` names them."""

from __future__ import annotations

import io
from typing import Any, Final

from ringfence.extract import ocr
from ringfence.extract.format import File, Format
from ringfence.extract.loose import put_loose_text
from ringfence.extract.output import Out

_MAGIC: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_FORMATS: Final = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")
_MAX_PIXELS: Final = 40_000_000
"""An A3 page at 400 dots per inch has 31 million."""
_MAX_FRAMES: Final = 50
_SMALL: Final = 900
"""Pixels. Tesseract reads letters of 20 pixels and more best; a smaller image is enlarged."""
_SURE: Final = 70.0
"""Confidence of a line. On clean print it is over 90; what is under this was often read wrong."""

_OF_FORMAT: Final = ("version", "compression", "icc_profile")
"""What Pillow lists among the notes and is the format's own."""


def _is_image(file: File) -> bool:
    data = file.data
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    bitmap = data[:2] == b"BM" and not file.head
    return webp or bitmap or data.startswith(_MAGIC)


def read(file: File, out: Out) -> None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(file.data), formats=_FORMATS) as image:
            if image.width * image.height > _MAX_PIXELS:
                out.reason(f"an image of more than {_MAX_PIXELS:,} pixels: not read. Send it smaller")
                return
            _notes(image, out)
            for number in range(_frames(image, out)):
                image.seek(number)
                _frame(image, out.within(f"image {number + 1}") if number else out)
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, Image.DecompressionBombError) as error:
        out.reason(f"the image can't be read ({type(error).__name__}). Send the text of it")


def _notes(image: Any, out: Out) -> None:
    """What cameras and programs wrote beside the picture: comments, EXIF, XMP."""
    for name, value in image.info.items():
        if name in _OF_FORMAT:
            continue
        if isinstance(value, str):
            out.add(f"note {name}", value)
        elif isinstance(value, bytes):
            put_loose_text(value, out.within(f"note {name}", "note"))


def _frames(image: Any, out: Out) -> int:
    frames = int(getattr(image, "n_frames", 1))
    if frames > _MAX_FRAMES:
        out.reason(f"more than {_MAX_FRAMES} images in one: the rest was not read. Split the file")
    return min(frames, _MAX_FRAMES)


def _frame(image: Any, out: Out) -> None:
    """INVARIANT: whole only where all that is seen is text and was read surely. A photograph may show a face, which is
    an identifier by itself (45 CFR 164.514(b)(2)(i)(Q)), and so may an image in which no text was found."""
    grey = _on_white(image)
    if max(grey.size) < _SMALL:
        grey = grey.resize((grey.width * 2, grey.height * 2))
    seen = ocr.read(grey)
    for number, line in enumerate(seen.lines, 1):
        out.add(f"line {number}", line.text)
    if not seen.lines:
        out.reason("no text was found in the image, and what else it shows is not read. Send the text of it")
    elif seen.pictures:
        out.reason("the image shows more than text, such as a photograph, which is not read. Cut it out")
    if any(line.confidence < _SURE for line in seen.lines):
        out.reason("a part of the image could not be read surely. Send it larger or sharper, or the text of it")


def _on_white(image: Any) -> Any:
    """Grey on white: what is transparent would else be black, and hide black letters."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    return image.convert("L")


FORMAT = Format(
    kind="image",
    certainty=60,
    recognise=lambda file: ocr.ready() and _is_image(file),
    read=read,
    reads="lines of text by OCR where Tesseract is installed (the extra `ocr`), and notes such as EXIF",
    leaves="photographs, drawings, handwriting, small or blurred letters: PARTIAL; without Tesseract, all: PARTIAL",
    source="https://tesseract-ocr.github.io/tessdoc/",
)
