"""A file packed with gzip: read as the file that is in it."""

from __future__ import annotations

import zlib

from ringfence.extract.format import File, Format
from ringfence.extract.output import Out

_CHUNK_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS  # https://docs.python.org/3/library/zlib.html#zlib.decompressobj


def read(file: File, out: Out) -> None:
    name = file.name.removesuffix(".gz")
    parts, rest = [], file.data
    try:
        while rest.startswith(b"\x1f\x8b"):  # members may follow one another
            unpacker = zlib.decompressobj(_GZIP)
            while not unpacker.eof:
                part = unpacker.decompress(rest, _CHUNK_BYTES)
                rest = unpacker.unconsumed_tail
                out.ledger.unpacked(len(part))
                parts.append(part)
                if not part and not rest:
                    out.reason("it breaks off: the rest was not read. Pack the file anew")
                    break
            rest = unpacker.unused_data
    except zlib.error:
        out.reason("it can't be unpacked whole: the rest was not read. Pack the file anew")
    out.within("unpacked").file(b"".join(parts), name)


FORMAT = Format(
    kind="gzip",
    certainty=60,
    recognise=lambda file: file.data.startswith(b"\x1f\x8b\x08"),
    read=read,
    reads="the file that is packed, as the file that it is",
    leaves="nothing; where it breaks off: PARTIAL",
    source="https://www.rfc-editor.org/rfc/rfc1952",
    suffixes=(".gz",),
    media_types=("application/gzip",),
)
