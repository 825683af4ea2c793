"""sealed: ciphertext is told from text, whatever the text was encoded in."""

from __future__ import annotations

import base64
import random

import pytest

from ringfence.dialects import Dialect
from ringfence.dialects.sealed import is_sealed
from ringfence.dialects.strict_json import encode

TEXTS = {
    "english": "The patient was seen on Monday, and her cough is better; she may go home. Call 555-0100. " * 8,
    "russian": "Пациентка пришла в понедельник, кашель стал слабее, домой можно завтра. " * 8,
    "chinese": "病人周一来诊，咳嗽好转，可以回家，下周复诊，请多喝水，注意休息。" * 8,
    "digits": "".join(str(number * number) for number in range(400)),
    "letters": "ThepatientwasseenonMondayandhercoughisbetterandshemaygohometomorrow" * 8,
}


def token(size: int, seed: int = 3) -> str:
    return base64.urlsafe_b64encode(b"\x80\0\0\0\0" + random.Random(seed).randbytes(size)).decode()


@pytest.mark.parametrize("size", [150, 500, 5_000, 100_000])
def test_ciphertext_is_sealed(size: int) -> None:
    for seed in range(100 if size < 1_000 else 5):
        assert is_sealed(token(size, seed))
        assert is_sealed(token(size, seed).rstrip("="))
        assert is_sealed(token(size, seed).replace("-", "+").replace("_", "/"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_never_is(text: str) -> None:
    for length in (100, 150, 400, len(text)):
        some = text[:length]
        assert not is_sealed(some)
        assert not is_sealed("".join(filter(str.isalnum, some)))
        for encoding in ("utf-8", "utf-16", "utf-32"):
            plain = some.encode(encoding)
            for inner in (plain, base64.b64encode(plain), plain.hex().encode()):
                assert not is_sealed(base64.b64encode(inner).decode()), (encoding, length)
                assert not is_sealed(inner.decode("latin-1"))


@pytest.mark.parametrize("text", ["", "gAAAAA", token(60)[:80], token(500)[:300] + " Ann", token(500) + "\n"])
def test_nor_is_what_is_short_or_not_only_base64(text: str) -> None:
    assert not is_sealed(text)


def test_text_before_or_behind_noise_is_seen() -> None:
    plain = base64.b64encode(TEXTS["english"].encode()).decode()[:600]
    assert not is_sealed(plain + token(90_000).rstrip("=")[:4_000])
    assert not is_sealed(token(90_000)[:4_000] + plain)


@pytest.mark.parametrize("at", [1_500, 2_000, 50_000])
def test_text_between_noise_is_seen(at: int) -> None:
    """Ends that look right don't vouch for the middle."""
    noise = token(90_000).rstrip("=")
    for plain in (TEXTS["letters"], base64.b64encode(TEXTS["english"].encode()).decode()):
        assert not is_sealed(noise[:at] + plain[:400] + noise[at:])


def test_reasoning_goes_back_unread_and_unscanned(responses: Dialect) -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": token(2_000)}
    read = responses.read(encode({"model": "m", "input": [item, {"type": "compaction", **item}]}))
    assert read.unread == () and read.modalities == ("text",)
    assert not [segment for segment in read.segments if "encrypted_content" in segment.pointer]
    assert [use.value for use in read.uses if use.path == "/input/*/encrypted_content"] == ["sealed"]


def test_what_only_pretends_to_be_encrypted_is_scanned(responses: Dialect) -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "Ann Lee, MRN 12345678"}
    read = responses.read(encode({"model": "m", "input": [item]}))
    assert "Ann Lee, MRN 12345678" in [segment.text for segment in read.segments]
    assert [use.value for use in read.uses if use.path == "/input/*/encrypted_content"] == [""]
