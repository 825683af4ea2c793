"""Optical character recognition, where Tesseract is installed: one engine for the life of a worker.

The engine and its data must be loaded before the worker shuts itself in; afterwards it opens nothing.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

_DATA: Final = ("/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share")
"""Where systems put Tesseract's language data; TESSDATA_PREFIX goes before them."""
_LANGUAGES: Final = ("eng", "spa")
"""Those of which the detectors know names; each more makes it slower."""

_engine: Any = None


class Line(NamedTuple):
    """One line of text in an image. `confidence` is Tesseract's, 0 to 100."""

    text: str
    confidence: float


class Seen(NamedTuple):
    """What an image shows: its lines, and whether there are areas that are no text (a photograph, a drawing)."""

    lines: tuple[Line, ...]
    pictures: bool


def why_not() -> str:
    """Why images can't be read here, in a plain sentence, else ""."""
    for package in ("tesserocr", "PIL"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed (pip install 'ringfence[ocr]')"
    return "" if _data() else "Tesseract's language data is not installed (Debian: tesseract-ocr)"


def preload() -> None:
    """Loads the engine, where there is one. Once per process, before it gives up opening files."""
    global _engine
    if _engine is not None or why_not():
        return
    import tesserocr  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from PIL import Image

    Image.init()  # else it would import the readers of each format as it meets them
    data = _data()
    found = "+".join(language for language in _LANGUAGES if (data / f"{language}.traineddata").is_file())  # type: ignore[operator]
    _engine = tesserocr.PyTessBaseAPI(path=f"{data}{os.sep}", lang=found, psm=tesserocr.PSM.AUTO)


def ready() -> bool:
    """Was the engine loaded in this process?"""
    return _engine is not None


def read(image: Any) -> Seen:
    """The text of one `PIL.Image`. Raises RuntimeError where the engine gives up."""
    _engine.SetImage(image)
    try:
        if not _engine.Recognize():
            raise RuntimeError("not recognised")
        return Seen(tuple(_lines()), _pictures())
    finally:
        _engine.Clear()  # nothing of an image stays for the next file


def _lines() -> Iterator[Line]:
    import tesserocr

    level = tesserocr.RIL.TEXTLINE
    for result in tesserocr.iterate_level(_engine.GetIterator(), level):
        if not result.Empty(level) and (text := result.GetUTF8Text(level).strip()):
            yield Line(text, result.Confidence(level))


def _pictures() -> bool:
    import tesserocr

    images = {tesserocr.PT.FLOWING_IMAGE, tesserocr.PT.HEADING_IMAGE, tesserocr.PT.PULLOUT_IMAGE}
    level = tesserocr.RIL.BLOCK
    layout = _engine.AnalyseLayout()
    return layout is not None and any(block.BlockType() in images for block in tesserocr.iterate_level(layout, level))


def _data() -> Path | None:
    prefix = os.environ.get("TESSDATA_PREFIX", "")
    for place in filter(None, (prefix, *_DATA)):
        for found in sorted(Path(place).glob("**/eng.traineddata")):
            return found.parent
    return None
