"""Bytes become text in whichever encoding they are."""

from __future__ import annotations

import codecs

import pytest

from ringfence.extract.characters import decode, looks_like_text

WORDS = "Mara Quinn, Zoë Müller-Straße 5 – “seen” €\n" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_encoding_is_known_by_its_bytes(encoding: str) -> None:
    decoded = decode(WORDS.encode(encoding))
    assert (decoded.text, decoded.doubt) == (WORDS, "")


@pytest.mark.parametrize("encoding", ["shift_jis", "koi8-r", "gb18030", "iso8859-2", "cp850", "euc_kr", "utf-7"])
def test_a_named_encoding_is_believed(encoding: str) -> None:
    word = {"shift_jis": "山田太郎", "koi8-r": "Иванов", "gb18030": "张伟", "euc_kr": "김민준"}.get(encoding, "Müller")
    assert decode(word.encode(encoding), encoding).text == word


@pytest.mark.parametrize("charset", ["rot13", "hex", "idna", "no-such", "x" * 500, "é", "utf-8\0", "ascii"])
def test_a_wrong_or_dangerous_name_is_not_believed(charset: str) -> None:
    assert decode("Müller".encode(), charset).text == "Müller"


def test_a_wrong_byte_costs_itself_only() -> None:
    assert decode("Zoë ".encode() + b"Zo\xeb \x81 " + "Zoë".encode()).text == "Zoë Zoë \x81 Zoë"


def test_many_strange_bytes_are_doubted() -> None:
    assert "not known" in decode("Иванов Пётр".encode("koi8-r")).doubt
    assert decode(codecs.BOM_UTF16_LE + b"\x00\xd8" * 50).doubt


def test_binary_is_no_text() -> None:
    assert looks_like_text(WORDS.encode())
    assert looks_like_text(WORDS.encode("utf-16-le"))
    assert looks_like_text(b"\x1b[31mred\x1b[0m\x0c")
    assert not looks_like_text(bytes(range(64)))
    assert not looks_like_text(b"abc\x00def")
