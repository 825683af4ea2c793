from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.ledger.proof import consistency_holds, consistency_path, inclusion_holds, inclusion_path
from ringfence.ledger.tree import EMPTY_ROOT, leaf_hash

LEAVES = [b"", *(bytes([n]) * n for n in range(1, 40))]
"""Distinct, and the first is the empty leaf."""

Path = list[bytes]


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256(b"").digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> Path:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), mth(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), mth(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], b: bool) -> Path:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], b), mth(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def subtree(start: int, end: int) -> bytes:
    return mth(LEAVES[start:end])


def flipped(value: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(value))


def broken(path: Path, *others: bytes) -> Iterator[tuple[str, Path]]:
    """Every way to spoil a path that must be noticed: `others` are hashes that belong elsewhere in the proof."""
    for at in range(len(path)):
        yield f"bit of [{at}]", [*path[:at], flipped(path[at], (7 * at + 3) % 256), *path[at + 1 :]]
        yield f"without [{at}]", path[:at] + path[at + 1 :]
        yield f"[{at}] short", [*path[:at], path[at][:-1], *path[at + 1 :]]
        yield f"[{at}] twice", [*path[: at + 1], *path[at:]]
    for other in (*others, EMPTY_ROOT, b""):
        yield "something before", [other, *path]
        yield "something after", [*path, other]
    if len(path) > 1:
        yield "reversed", path[::-1]
        yield "empty", []


@pytest.mark.parametrize("size", range(1, 40))
def test_inclusion_vectors(size: int) -> None:
    root = mth(LEAVES[:size])
    for index in range(size):
        leaf = leaf_hash(LEAVES[index])
        path = inclusion_path(index, size, subtree)
        assert path == naive_path(index, LEAVES[:size])
        assert inclusion_holds(leaf, index, size, path, root)
        for name, bad in broken(path, root, leaf):
            if bad != path:
                assert not inclusion_holds(leaf, index, size, bad, root), name
        assert not inclusion_holds(leaf, index, size, path, flipped(root, 9))
        assert not inclusion_holds(flipped(leaf, 200), index, size, path, root)
        for wrong in {*range(size), -1, size, size + 1, index + 2**40} - {index}:
            assert not inclusion_holds(leaf, wrong, size, path, root), wrong
        for wrong in (-1, 0, index, 2**62):
            assert not inclusion_holds(leaf, index, wrong, path, root) or wrong == size, wrong


@pytest.mark.parametrize("path", [[], [EMPTY_ROOT], [leaf_hash(b"")]])
@pytest.mark.parametrize("root", [EMPTY_ROOT, leaf_hash(b"")])
def test_nothing_is_in_an_empty_tree(path: Path, root: bytes) -> None:
    for leaf in (EMPTY_ROOT, leaf_hash(b"")):
        assert not inclusion_holds(leaf, 0, 0, path, root)
        assert not consistency_holds(0, EMPTY_ROOT, 0, root, path)
        assert not consistency_holds(0, EMPTY_ROOT, 1, leaf, path)
        assert not consistency_holds(1, leaf, 0, EMPTY_ROOT, path)


def test_a_tree_of_one_needs_no_path() -> None:
    leaf = leaf_hash(b"")
    assert inclusion_holds(leaf, 0, 1, [], leaf)
    assert not inclusion_holds(leaf, 0, 1, [leaf], leaf)
    assert consistency_holds(1, leaf, 1, leaf, [])
    assert not consistency_holds(1, leaf, 1, leaf, [leaf])


@pytest.mark.parametrize("size", range(1, 40))
def test_equal_sizes_need_equal_roots(size: int) -> None:
    root = mth(LEAVES[:size])
    assert consistency_holds(size, root, size, root, [])
    assert not consistency_holds(size, root, size, flipped(root, 0), [])
    assert not consistency_holds(size, flipped(root, 0), size, root, [])


@pytest.mark.parametrize("new", range(1, 40))
def test_consistency_vectors(new: int) -> None:
    new_root = mth(LEAVES[:new])
    for old in range(1, new):
        old_root = mth(LEAVES[:old])
        path = consistency_path(old, new, subtree)
        assert path == naive_subproof(old, LEAVES[:new], True)
        assert consistency_holds(old, old_root, new, new_root, path)
        for name, bad in broken(path, old_root, new_root):
            if bad != path:
                assert not consistency_holds(old, old_root, new, new_root, bad), name
        assert not consistency_holds(old, flipped(old_root, 77), new, new_root, path)
        assert not consistency_holds(old, old_root, new, flipped(new_root, 77), path)
        assert not consistency_holds(old, new_root, new, old_root, path)
        assert not consistency_holds(new, new_root, old, old_root, path)
        for wrong in {*range(-1, new + 2)} - {old}:
            assert not consistency_holds(wrong, old_root, new, new_root, path), wrong


@given(st.data())
def test_a_rewritten_log_has_no_consistency_proof(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 39))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:changed], b"another", *LEAVES[changed + 1 : new]]
    path = consistency_path(old, new, lambda start, end: mth(rewritten[start:end]))
    assert not consistency_holds(old, mth(LEAVES[:old]), new, mth(rewritten), path)


@given(st.integers(-2, 9), st.integers(-2, 9))
def test_generation_refuses_what_does_not_exist(first: int, second: int) -> None:
    if not 0 <= first < second:
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(first, second, subtree)
    if not 0 < first <= second:
        with pytest.raises(ValueError, match="no consistency"):
            consistency_path(first, second, subtree)
