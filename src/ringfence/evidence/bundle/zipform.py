"""The one form of zip that a bundle has: whoever reads it accepts this form to the byte, and nothing else.

Names, sizes and checksums are all that differ between two bundles: fixed time, no comment, no encryption, no data
descriptor, no member that is a folder or a link, no byte between members. So nothing can hide in what a reader would
skip, and a reader needs no trust in the directory at the end: it is what the members before it say, or the file is
refused. PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.5; any tool for zip reads it.
"""

from __future__ import annotations

import struct

import msgspec

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
LOCAL_BYTES = 30

ZIP64_FROM = 0xF000_0000
"""Contents of this many bytes or more have their sizes in the 64-bit extra field: deflated they can still grow past
what 32 bits hold (APPNOTE 4.5.3)."""

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_NO_TIME, _FIRST_OF_1980 = 0, 0x0021  # MS-DOS: midnight, 1 January 1980, the earliest that the format can say
_DEFLATED = 8
_MADE_ON_UNIX = 3 << 8
_PLAIN_FILE = 0o100644 << 16
_FULL32, _FULL16 = 0xFFFF_FFFF, 0xFFFF


class Member(msgspec.Struct, frozen=True):
    """One file: `stored` bytes deflated, `size` bytes in all, `crc` of these, `offset` of its header in the archive."""

    name: str
    offset: int
    stored: int
    size: int
    crc: int

    @property
    def data_offset(self) -> int:
        """Where its deflated bytes begin."""
        return self.offset + len(encode_local(self))

    @property
    def end(self) -> int:
        """Where the next header begins."""
        return self.data_offset + self.stored


def encode_local(member: Member) -> bytes:
    """The header before a member's bytes."""
    name, wide = member.name.encode("ascii"), member.size >= ZIP64_FROM
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.stored) if wide else b""
    stored, size = (_FULL32, _FULL32) if wide else (member.stored, member.size)
    fixed = (45 if wide else 20, 0, _DEFLATED, _NO_TIME, _FIRST_OF_1980, member.crc, stored, size)
    return _LOCAL.pack(LOCAL, *fixed, len(name), len(extra)) + name + extra


def decode_local(fixed: bytes, rest: bytes, offset: int) -> Member | None:
    """The member whose header is `fixed` (30 bytes) and then `rest` (name and extra field), or None where the two are
    not to the byte what `encode_local` writes."""
    values = _LOCAL.unpack(fixed)
    crc, stored, size, name_bytes = values[6], values[7], values[8], values[9]
    try:
        name = rest[:name_bytes].decode("ascii")
        if size == _FULL32:
            size, stored = struct.unpack("<QQ", rest[name_bytes + 4 :])
    except (UnicodeDecodeError, struct.error):
        return None
    member = Member(name, offset, stored, size, crc)
    return member if encode_local(member) == fixed + rest else None


def local_rest_bytes(fixed: bytes) -> int:
    """How many bytes of name and extra field follow the 30 of a header."""
    values = _LOCAL.unpack(fixed)
    return int(values[9]) + int(values[10])


def encode_directory(members: list[Member], offset: int) -> bytes:
    """All that follows the last member, which ends at `offset`."""
    entries = b"".join(_central(member) for member in members)
    count, wide = len(members), offset + len(entries) >= _FULL32 or len(members) >= _FULL16
    if not wide:
        return entries + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), offset, 0)
    end64 = _END64.pack(b"PK\x06\x06", 44, _MADE_ON_UNIX | 45, 45, 0, 0, count, count, len(entries), offset)
    locator = _LOCATOR.pack(b"PK\x06\x07", 0, offset + len(entries), 1)
    return entries + end64 + locator + _END.pack(b"PK\x05\x06", 0, 0, _FULL16, _FULL16, _FULL32, _FULL32, 0)


def _central(member: Member) -> bytes:
    name, wide_sizes, far = member.name.encode("ascii"), member.size >= ZIP64_FROM, member.offset >= _FULL32
    values = ([member.size, member.stored] if wide_sizes else []) + ([member.offset] if far else [])
    extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
    stored, size = (_FULL32, _FULL32) if wide_sizes else (member.stored, member.size)
    version = 45 if values else 20
    fixed = (_MADE_ON_UNIX | version, version, 0, _DEFLATED, _NO_TIME, _FIRST_OF_1980, member.crc, stored, size)
    more = (len(name), len(extra), 0, 0, 0, _PLAIN_FILE, _FULL32 if far else member.offset)
    return _CENTRAL.pack(CENTRAL, *fixed, *more) + name + extra
