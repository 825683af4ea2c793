"""Inclusion and consistency proofs, RFC 6962 sections 2.1.1 and 2.1.2, both ways and in the RFC's own recursion.

Generation asks `subtree(start, end)` for the hash of the leaves start..end-1, so that it works from anything that can
answer. Verification trusts nothing: sizes, indexes and paths come from elsewhere, and whatever is not exactly the one
valid shape is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest

from ringfence.ledger.tree import node_hash

Subtree = Callable[[int, int], bytes]


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes, nearest the leaf first, that lead from leaf `index` to the root of `size` leaves.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _inclusion_path(index, 0, size, subtree)


def consistency_path(old_size: int, new_size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show the first `old_size` leaves to be unchanged in `new_size`; empty for equal sizes.

    Raises ValueError unless 0 < old_size <= new_size: every tree extends the empty one, so a proof would say nothing.
    """
    if not 0 < old_size <= new_size:
        raise ValueError(f"no consistency proof from {old_size} to {new_size}")
    return _consistency_path(old_size, 0, new_size, subtree, whole=True)


def inclusion_holds(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from the leaf hash `leaf` at `index` to `root` at `size`. All hashes have 32 bytes."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path) or len(path) > size.bit_length():
        return False
    found = _inclusion_root(leaf, index, size, path)
    return found is not None and compare_digest(found, root)


def consistency_holds(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows the tree of `old_size` and `old_root` to be the beginning of the other one.

    False for an old size of 0, also against itself: whoever compares with an empty tree has nothing to compare.
    """
    if not 0 < old_size <= new_size or not _are_hashes(old_root, new_root, *path):
        return False
    if len(path) > new_size.bit_length() + 1:
        return False
    found = _consistency_roots(old_size, new_size, path, old_root)
    return found is not None and compare_digest(found[0], old_root) and compare_digest(found[1], new_root)


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(each) == 32 for each in hashes)


def _split(size: int) -> int:
    """The largest power of two below `size` (> 1): where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def _inclusion_path(index: int, start: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_inclusion_path(index, start, middle, subtree), subtree(middle, end)]
    return [*_inclusion_path(index, middle, end, subtree), subtree(start, middle)]


def _consistency_path(old_end: int, start: int, end: int, subtree: Subtree, *, whole: bool) -> list[bytes]:
    """`whole`: the old tree is exactly these leaves, so that its root is known to the verifier already."""
    if old_end == end:
        return [] if whole else [subtree(start, end)]
    middle = start + _split(end - start)
    if old_end <= middle:
        return [*_consistency_path(old_end, start, middle, subtree, whole=whole), subtree(middle, end)]
    return [*_consistency_path(old_end, middle, end, subtree, whole=False), subtree(start, middle)]


def _inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    split = _split(size)
    if index < split:
        left = _inclusion_root(leaf, index, split, path[:-1])
        return None if left is None else node_hash(left, path[-1])
    right = _inclusion_root(leaf, index - split, size - split, path[:-1])
    return None if right is None else node_hash(path[-1], right)


def _consistency_roots(
    old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes | None
) -> tuple[bytes, bytes] | None:
    """Both roots that `path` leads to. `old_root` is set while the old tree's root itself may be the seed."""
    if old_size == new_size:
        if old_root is not None:
            return None if path else (old_root, old_root)
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    split = _split(new_size)
    if old_size <= split:
        left = _consistency_roots(old_size, split, path[:-1], old_root)
        return None if left is None else (left[0], node_hash(left[1], path[-1]))
    right = _consistency_roots(old_size - split, new_size - split, path[:-1], None)
    return None if right is None else (node_hash(path[-1], right[0]), node_hash(path[-1], right[1]))
