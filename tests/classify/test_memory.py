"""Results are remembered by keyed digest, in bounds."""

from __future__ import annotations

import pytest

from ringfence.classify.memory import Memory


def test_the_least_recently_used_leaves_first():
    memory: Memory[int] = Memory(b"k" * 16, 2)
    a, b, c = (memory.digest("text", name) for name in "abc")
    memory.put(a, 1)
    memory.put(b, 2)
    assert memory.get(a) == 1
    memory.put(c, 3)
    assert (memory.get(a), memory.get(b), memory.get(c)) == (1, None, 3)


def test_digests_depend_on_key_kind_and_where_texts_part():
    one, other = Memory(b"k" * 16, 2), Memory(b"l" * 16, 2)
    digests = [one.digest("text", "ab", "c"), one.digest("text", "a", "bc"), one.digest("number", "ab", "c")]
    digests += [other.digest("text", "ab", "c"), one.digest("text", "ab", "\ud800")]
    assert len(set(digests)) == 5


def test_no_text_is_kept():
    memory: Memory[int] = Memory(b"k" * 16, 2)
    memory.put(memory.digest("text", "536-22-8412"), 1)
    assert "536" not in repr(vars(memory))


@pytest.mark.parametrize("size", [0, 15, 65])
def test_a_key_too_short_or_long_is_refused(size):
    with pytest.raises(ValueError, match="16 to 64"):
        Memory(b"k" * size, 2)
