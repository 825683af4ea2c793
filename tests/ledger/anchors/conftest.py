"""A log that can be rewritten by whoever holds its key, and scripted answers over HTTP."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ledger.conftest import Box
from ringfence.ledger.anchors.anchor import Reply
from ringfence.ledger.anchors.cosign import Tree
from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.tree import EMPTY_ROOT, leaf_hash, node_hash
from ringfence.vocabulary.record import Phase, Record


class Log(Box):
    """A ledger with a way to write to it, to read it, and to write it anew."""

    def write(self, count: int, mark: str = "true") -> None:
        """Appends `count` notices, each a commit of its own, and a start and a stop."""
        ledger = self.open()
        for number in range(count):
            ledger.append_blocking(Record("", Phase.NOTICE, {"event": mark, "number": number}), 10)
        ledger.close()

    def rewrite(self, count: int, mark: str = "false") -> None:
        """What an operator can do who holds the key: another past, and nothing left of the true one."""
        shutil.rmtree(self.folder)
        shutil.rmtree(self.highest_path.parent)
        self.write(count, mark)

    @property
    def reader(self) -> SegmentsReader:
        return SegmentsReader(self.folder, self.highest_path)

    @property
    def verifier(self) -> Verifier:
        return Verifier.from_key_line(self.reader.key_line)

    @property
    def note(self) -> bytes:
        return self.reader.checkpoint()

    def tree(self) -> Tree:
        return Tree(self.note, subtrees([leaf_hash(each.leaf) for each in self.reader.entries()]))


def subtrees(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """RFC 6962's own recursion."""

    def subtree(start: int, end: int) -> bytes:
        if end - start < 2:
            return leaves[start] if end > start else EMPTY_ROOT
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        return node_hash(subtree(start, middle), subtree(middle, end))

    return subtree


@pytest.fixture
def log(tmp_path: Path) -> Log:
    made = Log(tmp_path / "log")
    made.write(5)
    return made


class Scripted:
    """Answers requests with what the test says; `asked` are those that came."""

    def __init__(self, *answers: Reply | Callable[[bytes], Reply]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, bytes, dict[str, str]]] = []

    def __call__(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.asked.append((method, url, body, dict(headers)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(body) if callable(answer) else answer


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
