"""Bytes -> text, whichever encoding they are in."""

from __future__ import annotations

import codecs
from typing import Final

import msgspec

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings that a file may name. Others (and those that are no encoding of text, such as rot13) are not believed.
_NAMED: Final = (
    "ascii utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be iso8859-1 iso8859-2 iso8859-3 iso8859-4 "
    "iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp1250 "
    "cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp866 koi8-r koi8-u mac-roman shift_jis "
    "cp932 euc_jp iso2022_jp gb2312 gbk gb18030 big5 euc_kr cp949 tis-620 utf-7"
)
# A file in a Western encoding has few bytes over 127 that are no UTF-8; one in another encoding has many.
_DOUBTFUL_SHARE: Final = 0.2
_SAMPLE_BYTES: Final = 4096
_CONTROLS: Final = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27})
_FALLBACK: Final = "ringfence-windows-1252"


class Decoded(msgspec.Struct, frozen=True):
    """`doubt` is "" or a reason: characters may have been read as others than they are."""

    text: str
    encoding: str
    doubt: str = ""


def decode(data: bytes, charset: str = "") -> Decoded:
    """The text of `data`: by its byte order mark, the charset it names, as UTF-8 or UTF-16, or else Windows-1252.

    Never fails: a byte that fits nowhere becomes one character, so that nothing is lost beside it.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, _doubt(text.count("\ufffd"), len(text)))
    if encoding := _known(charset):
        try:
            return Decoded(data.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            pass  # what it says of itself is wrong
    if encoding := _wide(data):
        return Decoded(data.decode(encoding, "replace"), encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        strange = sum(byte > 127 for byte in data[:: max(1, len(data) // _SAMPLE_BYTES)][:_SAMPLE_BYTES])
        return Decoded(data.decode("utf-8", _FALLBACK), "cp1252", _doubt(strange, min(len(data), _SAMPLE_BYTES)))


def looks_like_text(data: bytes) -> bool:
    """Has the start of a file the bytes of text, in any encoding that `decode` knows?"""
    if data.startswith(tuple(mark for mark, _ in _BOMS)) or _wide(data):
        return True
    return len(data.translate(None, _CONTROLS)) == len(data)


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name if charset.isascii() else ""
    except (LookupError, ValueError):
        return ""
    return name if name in _NAMED.split() else ""


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of text in a Western language is zero."""
    sample = data[: _SAMPLE_BYTES & ~1]
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _doubt(strange: int, of: int) -> str:
    if strange <= _DOUBTFUL_SHARE * max(of, 1):
        return ""
    return "the encoding of its characters is not known, so some may have been read as others. Save it as UTF-8"


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """For a byte that is no UTF-8: what Windows-1252 has there, else Latin-1."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return "".join(_CP1252[byte] for byte in wrong), error.end


_CP1252: Final = tuple(
    bytes([byte]).decode("cp1252", "ignore") or bytes([byte]).decode("latin-1") for byte in range(256)
)
codecs.register_error(_FALLBACK, _windows_1252)
