from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash

# The eight leaves and roots with which Certificate Transparency logs have been checked since 2013:
# https://github.com/google/certificate-transparency (merkletree tests)
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", KNOWN_ROOTS)
def test_known_roots(size: int) -> None:
    frontier = Frontier()
    for leaf in KNOWN_LEAVES[:size]:
        frontier.append(leaf_hash(bytes.fromhex(leaf)))
    assert frontier.root().hex() == KNOWN_ROOTS[size]
    assert frontier.size == size


def test_an_empty_leaf_is_not_an_empty_tree() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    frontier.append(leaf_hash(b""))
    assert frontier.root() == leaf_hash(b"") != EMPTY_ROOT


def test_a_leaf_cannot_pass_as_a_node() -> None:
    left, right = leaf_hash(b"l"), leaf_hash(b"r")
    assert leaf_hash(left + right) != node_hash(left, right)


@given(st.lists(st.binary(max_size=4), max_size=70), st.integers(0, 70))
def test_frontier_agrees_with_the_naive_tree_and_goes_on_from_its_peaks(leaves: list[bytes], stop: int) -> None:
    frontier = Frontier()
    for position, leaf in enumerate(leaves):
        if position == stop:
            frontier = Frontier(frontier.size, tuple(frontier.peaks))
        assert frontier.root() == naive_root(leaves[:position])
        assert len(frontier.peaks) == position.bit_count()
        frontier.append(leaf_hash(leaf))
    assert frontier.root() == naive_root(leaves)
