"""What is no format that we read: named where its bytes name it, and searched for loose runs of text."""

from __future__ import annotations

from ringfence.extract.format import File, Format
from ringfence.extract.loose import put_loose_text
from ringfence.extract.output import Out


def read(file: File, out: Out) -> None:
    out.reason("its format is not known: only loose runs of text were read. Convert it to one that is")
    put_loose_text(file.data, out)


FORMAT = Format(
    kind="",
    certainty=0,
    recognise=lambda _file: True,
    read=read,
    reads="loose runs of four and more printable characters",
    leaves="everything else: PARTIAL",
    source="",
)
