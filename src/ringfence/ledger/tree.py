"""The Merkle tree of RFC 6962 section 2.1, kept as its frontier: one hash per complete subtree, largest first."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""RFC 6962 section 2.1: the hash of an empty list is the hash of an empty string."""


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962 section 2.1. The prefix keeps a leaf from passing as a node."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """Appends in amortised one hash, and yields the root, from at most 64 hashes of 32 bytes.

    `peaks` has one hash for each bit set in `size`, the largest subtree first.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf_hash: bytes) -> None:
        """Add the next leaf. Two subtrees of one size become one, as a carry does in binary addition."""
        carry, merged = self.size, leaf_hash
        while carry & 1:
            merged = sha256(b"\x01" + self.peaks.pop() + merged).digest()
            carry >>= 1
        self.peaks.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root, 32 bytes. Subtrees join from the smallest up."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root
