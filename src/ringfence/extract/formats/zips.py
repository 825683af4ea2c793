"""A zip archive: each member is read as the file that it is."""

from __future__ import annotations

from ringfence.extract.archive import Archive
from ringfence.extract.format import File, Format
from ringfence.extract.output import Out


def read(file: File, out: Out) -> None:
    archive = Archive(file.data, out)
    out.add("comment of the archive", archive.comment.decode("utf-8", "replace"))
    for number, info in enumerate(archive.members, 1):
        out.add(f"name of member {number}", info.filename)
        out.add(f"comment of member {number}", info.comment.decode("utf-8", "replace"))
        data = archive.read(info, f"member {number}")
        if data is not None:
            # A member's name is only said, never used as a path.
            out.within(f"member {info.filename}", f"member {number}").file(data, info.filename)


FORMAT = Format(
    kind="zip",
    certainty=60,
    recognise=lambda file: file.data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")),
    read=read,
    reads="each member as the file that it is; members' names, comments",
    leaves="encrypted members: PARTIAL",
    source="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT",
    suffixes=(".zip",),
    media_types=("application/zip",),
)
