"""mask -> a model that repeats -> restore gives back what was sent, and never what somebody else sent."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ringfence.masking import MemoryBook, Restorer, Vault, mask, residual, restore, scope_of
from ringfence.masking.surrogates import FORMS
from ringfence.vocabulary.text import Finding, Segment

AT = "/messages/0/content"
PIECES = st.one_of(
    st.text(max_size=12), st.sampled_from(["a@x.com", "A@x.com", "PHONE-K7Q2XD9F", "-", "mail-", "\\", '"', "😀"])
)


def at_random(text: str, data: st.DataObject) -> list[Finding]:
    """Findings anywhere, overlapping or not."""
    if not text:
        return []
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 12), st.sampled_from(sorted(FORMS)))
    return [
        Finding(AT, start, min(start + length, len(text)), entity, 1.0, "test/1")
        for start, length, entity in data.draw(st.lists(spans, max_size=6))
    ]


def streamed(text: str, originals: dict[str, str], rng: random.Random, *, json_string: bool = False) -> str:
    restorer = Restorer(originals, json_string=json_string)
    out, at = "", 0
    while at < len(text):
        size = rng.randint(1, 9)
        out += restorer.feed(text[at : at + size])
        at += size
    return out + restorer.flush()


@given(st.lists(PIECES, max_size=6).map("".join), st.data(), st.integers(0, 2**32))
def test_what_is_masked_and_repeated_comes_back_exactly(text: str, data: st.DataObject, seed: int) -> None:
    rng = random.Random(seed)
    findings = at_random(text, data)
    masked = mask([Segment(AT, "user", text)], findings, MemoryBook(rng.randbytes))
    sent = masked.texts.get(AT, text)
    assert restore(sent, masked.originals) == text
    assert streamed(sent, masked.originals, rng) == text
    assert all(surrogate in sent for surrogate in masked.issued)
    assert sum(masked.replaced.values()) >= bool(findings)
    # every issued surrogate found again is discounted
    again = [Finding(AT, sent.index(s), sent.index(s) + len(s), "URL", 1.0, "test/1") for s in masked.issued]
    assert residual([Segment(AT, "user", sent)], again, masked).entities == ()


@given(st.lists(PIECES, max_size=6).map("".join), st.data(), st.integers(0, 2**32), st.booleans())
def test_tool_arguments_come_back_as_the_same_json(
    value: str, data: st.DataObject, seed: int, ascii_only: bool
) -> None:
    rng = random.Random(seed)
    text = json.dumps({"to": value, value: 1}, ensure_ascii=ascii_only)
    masked = mask([Segment(AT, "assistant", text)], at_random(text, data), MemoryBook(rng.randbytes), json_text={AT})
    sent = masked.texts.get(AT, text)
    json.loads(sent)
    assert json.loads(restore(sent, masked.originals, json_string=True)) == json.loads(text)
    assert json.loads(streamed(sent, masked.originals, rng, json_string=True)) == json.loads(text)


def test_conversations_stay_apart_over_turns_and_restarts(
    open_vault: Callable[..., Vault], scale: int, rng: random.Random
) -> None:
    vault = open_vault()
    shared_by_all = "front.desk@clinic.example"
    owner_of: dict[str, str] = {}
    for number in range(2_000 * scale):
        scope = scope_of(f"key{number % 50}", f"conversation{number // 50}" if number % 50 else "")
        own = f"patient{number}@x.com"
        turns = [f"Write to {own} and {shared_by_all}.", f"Again: {own}, then \U0001f600 {own}, {shared_by_all}"]
        if number % 500 == 250:
            vault.close()
            vault = open_vault()
        issued: list[frozenset[str]] = []
        for text in turns:
            findings = []
            for value in (own, shared_by_all):
                start = text.index(value)
                findings.append(Finding(AT, start, start + len(value), "EMAIL_ADDRESS", 1.0, "test/1"))
            book = vault.book(scope)
            masked = mask([Segment(AT, "user", text)], findings, book)
            book.commit()
            issued.append(masked.issued)
            assert streamed(masked.texts[AT], masked.originals, rng) == text
            # a model that repeats what another conversation was given gets nothing back
            foreign = " ".join(s for s in list(owner_of)[-3:] if owner_of[s] != scope)
            assert restore(foreign, masked.originals) == foreign
            assert restore(foreign, book.originals()) == foreign
            assert mask([Segment(AT, "user", foreign)], [], book).originals == {}
        if number % 50:
            assert issued[0] == issued[1]
            assert not issued[0] & owner_of.keys()
        owner_of.update(dict.fromkeys(issued[0], scope))


def test_what_is_redacted_never_reaches_the_vault_file(open_vault: Callable[..., Vault], tmp_path: Path) -> None:
    vault = open_vault()
    text = "card 4111111111111111, mail ann@canary.example, key sk-canary-0123456789"
    findings = [
        Finding(AT, text.index(value), text.index(value) + len(value), entity, 1.0, "test/1")
        for value, entity in (
            ("4111111111111111", "CREDIT_CARD"),
            ("ann@canary.example", "EMAIL_ADDRESS"),
            ("sk-canary-0123456789", "API_KEY"),
        )
    ]
    book = vault.book(scope_of("key"))
    masked = mask([Segment(AT, "user", text)], findings, book)
    book.commit()
    assert list(book.originals().values()) == ["ann@canary.example"]
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (b"4111", b"canary", b"sk-"):
        assert secret not in content
    assert restore(masked.texts[AT], masked.originals) == (
        "card [CARD NUMBER REMOVED], mail ann@canary.example, key [ACCESS DETAIL REMOVED]"
    )
