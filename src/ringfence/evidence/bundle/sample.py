"""A sample of a bundle's decisions that nobody can steer, and that anybody draws again without this code.

The method: for each record of the population, SHA-256 over the seed, a colon and the record's index in decimal; the
records with the smallest digests are the sample. In a shell: `printf 'SEED:INDEX' | sha256sum`. Whoever chooses the
seed should do so after the bundle was handed over, so that its maker could not know which records would be looked at.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.archive import Archive, problem
from ringfence.evidence.bundle.bodies import Decided, Line, read_body, read_line
from ringfence.evidence.bundle.tiling import tiles_of_archive
from ringfence.ledger import handout
from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.record import MAX_LEAF_BYTES

_Drawn = tuple[bytes, int, bytes]  # digest, index, leaf


class Only(msgspec.Struct, frozen=True):
    """Which decisions are the population; "" stands for all."""

    effect: str = ""
    label: str = ""
    service: str = ""

    def fits(self, body: Decided | None) -> bool:
        """A decision of a shape that is not known belongs to every population: nothing hides behind its shape."""
        return body is None or (
            self.effect in ("", body.effect)
            and (not self.label or self.label in body.labels)
            and self.service in ("", body.service)
        )


class Item(msgspec.Struct, frozen=True):
    """A drawn record: its place in the draw, the digest that drew it, its decoded leaf, and the proof that it is in the
    log: https://c2sp.org/tlog-proof, as `ringfence ledger prove` writes it."""

    place: int
    index: int
    digest: str
    record: dict[str, Any]
    proof: str


class Sample(msgspec.Struct, frozen=True):
    """`population` decisions fit, of `decided` in the whole period; they are all that the period has."""

    seed: str
    only: Only
    decided: int
    population: int
    first: int
    records: int
    items: tuple[Item, ...]


def draw(path: Path, count: int, seed: str, only: Only = Only()) -> Sample:  # noqa: B008 - frozen
    """Draw `count` decisions, or all where there are fewer. One pass; only the sample is kept in memory.

    That the bundle is whole and signed is for `verify`; each item's proof is checked here against the newest signed
    checkpoint. Raises LedgerCorrupt where the file is no bundle or a proof does not hold, OSError.
    """
    with Archive(path, layout.most_bytes) as archive:
        manifest = layout.read_manifest(archive.read(layout.MANIFEST))
        chosen: list[tuple[int, int, bytes]] = []  # a heap, the largest digest first to go
        decided = population = 0
        for index, leaf in enumerate(archive.lines(layout.RECORDS, MAX_LEAF_BYTES), manifest.first):
            line = _line(leaf, index)
            if line.phase != "decided":
                continue
            decided += 1
            body = read_body(line)
            if not only.fits(body if isinstance(body, Decided) else None):
                continue
            population += 1
            rank = (-int.from_bytes(digest(seed, index), "big"), -index, leaf)
            if len(chosen) < count:
                heapq.heappush(chosen, rank)
            elif chosen and rank > chosen[0]:
                heapq.heapreplace(chosen, rank)
        drawn = sorted((digest(seed, -index), -index, leaf) for _, index, leaf in chosen)
        items = tuple(_items(archive, manifest, drawn))
    return Sample(seed, only, decided, population, manifest.first, manifest.records, items)


def digest(seed: str, index: int) -> bytes:
    """What orders the population."""
    return sha256(f"{seed}:{index}".encode()).digest()


def _line(leaf: bytes, index: int) -> Line:
    try:
        return read_line(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise problem(f"record {index} can't be read ({error})") from None


def _items(archive: Archive, manifest: layout.Manifest, drawn: list[_Drawn]) -> Iterator[Item]:
    verifier = Verifier.from_key_line(archive.read(layout.KEY).decode("ascii", "replace").removesuffix("\n"))
    note = archive.read(layout.NEWEST)
    tiles = tiles_of_archive(archive, manifest.size)
    for place, (found, index, leaf) in enumerate(drawn, 1):
        proof = handout.encode(handout.include(index, leaf, tiles, note, verifier))
        yield Item(place, index, found.hex(), msgspec.json.decode(leaf), proof.decode())
