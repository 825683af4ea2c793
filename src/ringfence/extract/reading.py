"""A file of any kind: which format it is, and its reader's errors turned into reasons."""

from __future__ import annotations

from ringfence.extract import formats
from ringfence.extract.format import File, Format
from ringfence.extract.output import Enough, Out

# From here on a format knows its own bytes beyond doubt, whatever the file is called.
_CERTAIN = 50


def read(data: bytes, name: str, media_type: str, out: Out) -> None:
    """Put the text of the file out. Raises Enough or OutOfTime only."""
    file = File(data, name, media_type)
    format = recognise(file)
    if out.depth == 0:
        out.ledger.kind(format.kind)
    if not data:
        return
    try:
        format.read(file, out)
    except Enough:
        raise
    except MemoryError:
        out.ledger.worn = True
        out.reason(
            f"its reading took more than {out.ledger.limits.memory_bytes >> 20} MiB of memory: the rest was not read. "
            "Split the file, or raise memory_bytes"
        )
    except RecursionError:
        out.reason("it is nested too deeply: the rest was not read. Convert it to a plainer form")
    except Exception as error:  # the one boundary: libraries raise what they like on broken files
        # The error's own words may quote the file; its class can't.
        out.reason(
            f"broken as {format.kind or 'a file'} ({type(error).__name__}): the rest was not read. Repair or convert it"
        )


def recognise(file: File) -> Format:
    """By the bytes where they are certain, else by name, else by media type, else by what the text looks like."""
    every = formats.all()
    for format in every:
        if format.certainty > _CERTAIN and format.recognise(file):
            return format
    readable = [format for format in every if format.certainty <= _CERTAIN]
    if file.head:
        for said, known in ((file.suffix, "suffixes"), (file.media_type, "media_types")):
            for format in readable:
                if said and said in getattr(format, known):
                    return format
    return next(format for format in readable if format.recognise(file))
