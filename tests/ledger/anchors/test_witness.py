"""A witness cosigns what extends what it saw, and nothing else; whatever fails or crashes, never two histories."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.anchors.conftest import Log, Scripted, subtrees
from ringfence.ledger.anchors import witness as witnesses
from ringfence.ledger.anchors.anchor import Reply
from ringfence.ledger.anchors.cosign import Tree, cosign
from ringfence.ledger.anchors.cosignature import Cosigner, time_cosigned
from ringfence.ledger.anchors.witness import MOST_HASHES, Witness, kept
from ringfence.ledger.checkpoint import Checkpoint, Signer, read_note
from ringfence.ledger.proof import consistency_path
from ringfence.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash
from ringfence.vocabulary.errors import AnchorContradicted, AnchorError, LedgerCorrupt, LedgerLocked

COSIGNER = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
SIGNER = Signer("log.example/a", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
OTHER = Signer("log.example/b", Ed25519PrivateKey.from_private_bytes(bytes([2] * 32)))
TRUE = [leaf_hash(b"%d" % n) for n in range(40)]
FALSE = [leaf_hash(b"x%d" % n) for n in range(40)]
NOW_S = 1_800_000_000


def note_of(size: int, leaves: list[bytes] = TRUE, signer: Signer = SIGNER) -> bytes:
    tree = Frontier()
    for leaf in leaves[:size]:
        tree.append(leaf)
    return signer.sign(Checkpoint(signer.verifier.name, size, tree.root()))


def request(old: int, size: int, leaves: list[bytes] = TRUE, signer: Signer = SIGNER) -> bytes:
    path = consistency_path(old, size, subtrees(leaves)) if 0 < old <= size else []
    return with_proof(old, path, note_of(size, leaves, signer))


def with_proof(old: int | str, path: list[bytes], note: bytes) -> bytes:
    return f"old {old}\n".encode() + b"".join(base64.b64encode(each) + b"\n" for each in path) + b"\n" + note


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[], Witness]]:
    """Starts the witness (anew) on the same folder."""
    made: list[Witness] = []

    def start() -> Witness:
        while made:
            made.pop().close()
        made[:] = [Witness(tmp_path / "state", COSIGNER, [SIGNER.verifier, OTHER.verifier], lambda: NOW_S)]
        return made[0]

    yield start
    for each in made:
        each.close()


@pytest.fixture
def witness(make: Callable[[], Witness]) -> Witness:
    return make()


def test_growth_is_cosigned(witness: Witness) -> None:
    sizes = [0, 0, 1, 1, 2, 7, 8, 8, 40]
    for old, size in pairwise(sizes):
        answer = witness.add_checkpoint(request(old, size))
        assert answer.status == 200, (old, size)
        assert time_cosigned(read_note(note_of(size) + answer.body), COSIGNER.public) == NOW_S


REFUSED = {
    "another old size": (request(3, 9), 409, b"7\n"),
    "old size 0 again": (request(0, 9), 409, b"7\n"),
    "rolled back": (request(5, 5), 409, b"7\n"),
    "rolled back, honest old": (request(7, 5), 400, b""),
    "forked at its size": (request(7, 7, FALSE), 409, b"7\n"),
    "rewritten": (request(7, 9, FALSE), 422, b""),
    "proof left out": (with_proof(7, [], note_of(9)), 422, b""),
    "proof of nothing": (with_proof(7, [bytes(32)], note_of(7)), 422, b""),
    "another log": (request(7, 9, signer=Signer("log.example/c", Ed25519PrivateKey.generate())), 404, b""),
    "another key": (request(7, 9, signer=Signer("log.example/a", Ed25519PrivateKey.generate())), 403, b""),
    "no old": (note_of(9), 400, b""),
    "old with a zero": (request(7, 9).replace(b"old 7", b"old 07"), 400, b""),
    "negative": (request(7, 9).replace(b"old 7", b"old -7"), 400, b""),
    "no blank line": (b"old 7\n" + note_of(9), 400, b""),
    "hash of 31 bytes": (with_proof(7, [bytes(31)], note_of(9)), 400, b""),
    "other base64": (request(7, 9).replace(b"\n\n", b"=\n\n", 1), 400, b""),
    "base64 with loose bits": (with_proof(7, [bytes(32)], note_of(9)).replace(b"AAA=", b"AAB=", 1), 400, b""),
    "too many hashes": (with_proof(7, [bytes(32)] * (MOST_HASHES + 1), note_of(9)), 400, b""),
    "no note": (b"old 7\n\n", 400, b""),
    "nothing": (b"", 400, b""),
    "garbage": (bytes(range(256)), 400, b""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_all_else_is_refused(case: str, witness: Witness, tmp_path: Path) -> None:
    assert witness.add_checkpoint(request(0, 7)).status == 200
    before = kept(tmp_path / "state")
    body, status, says = REFUSED[case]
    answer = witness.add_checkpoint(body)
    assert answer.status == status
    assert says in answer.body
    assert (answer.content_type == "text/x.tlog.size") == (status == 409)
    assert kept(tmp_path / "state") == before
    assert witness.add_checkpoint(request(7, 9)).status == 200


def test_proof_from_nothing_must_be_empty(witness: Witness) -> None:
    assert witness.add_checkpoint(with_proof(0, [bytes(32)], note_of(9))).status == 422
    wrong = SIGNER.sign(Checkpoint("log.example/a", 0, bytes(32)))
    assert witness.add_checkpoint(with_proof(0, [], wrong)).status == 409
    empty = SIGNER.sign(Checkpoint("log.example/a", 0, EMPTY_ROOT))
    assert witness.add_checkpoint(with_proof(0, [], empty)).status == 200


def test_second_history_is_kept_as_evidence(witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    witness.add_checkpoint(request(0, 7))
    for body in (request(7, 7, FALSE), request(7, 9, FALSE)):
        for _ in range(2):
            witness.add_checkpoint(body)
    assert _held(tmp_path, "evidence") == [note_of(7, FALSE)]
    assert _held(tmp_path, "unproven") == [note_of(9, FALSE)]
    monkeypatch.setattr(witnesses, "_MOST_KEPT", 1)
    witness.add_checkpoint(request(7, 11, FALSE))
    assert _held(tmp_path, "unproven") == [note_of(9, FALSE)]


def _held(tmp_path: Path, name: str) -> list[bytes]:
    folder = tmp_path / "state" / name
    return sorted(path.read_bytes() for path in folder.iterdir()) if folder.exists() else []


def test_published_checkpoint_with_a_false_proof_accuses_nobody(witness: Witness, tmp_path: Path) -> None:
    """Anybody can fetch a checkpoint and send it with another proof: what is kept then must not read as a fork."""
    witness.add_checkpoint(request(0, 7))
    assert witness.add_checkpoint(with_proof(7, [bytes(32)] * 3, note_of(9))).status == 422
    assert _held(tmp_path, "evidence") == []
    assert _held(tmp_path, "unproven") == [note_of(9)]


def test_one_log_leaves_room_for_evidence_against_another(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "_MOST_KEPT", 1)
    witness.add_checkpoint(request(0, 7))
    witness.add_checkpoint(request(0, 7, TRUE, OTHER))
    witness.add_checkpoint(request(7, 7, FALSE))
    witness.add_checkpoint(request(7, 7, FALSE, OTHER))
    assert len(_held(tmp_path, "evidence")) == 2


def test_logs_are_told_apart(witness: Witness) -> None:
    assert witness.add_checkpoint(request(0, 7)).status == 200
    assert witness.add_checkpoint(request(0, 3, FALSE, OTHER)).status == 200
    assert witness.add_checkpoint(request(7, 9)).status == 200
    assert witness.add_checkpoint(request(3, 4, FALSE, OTHER)).status == 200


def test_restart_remembers(make: Callable[[], Witness], tmp_path: Path) -> None:
    make().add_checkpoint(request(0, 7))
    again = make()
    assert again.add_checkpoint(request(0, 9)).body == b"7\n"
    assert again.add_checkpoint(request(7, 9)).status == 200
    with pytest.raises(LedgerLocked):
        Witness(tmp_path / "state", COSIGNER, [SIGNER.verifier], lambda: NOW_S)


@pytest.mark.parametrize("reaches_the_disk", [False, True])
def test_crash_before_the_release(
    make: Callable[[], Witness], monkeypatch: pytest.MonkeyPatch, reaches_the_disk: bool
) -> None:
    """Nothing leaves before it is durable; what is durable and did not leave is asked for again."""
    witness, real = make(), witnesses.replace_file
    witness.add_checkpoint(request(0, 7))

    def crash(path: Path, data: bytes, mode: int) -> None:
        if reaches_the_disk:
            real(path, data, mode)
        raise OSError("no power")

    with monkeypatch.context() as during, pytest.raises(OSError, match="no power"):
        during.setattr(witnesses, "replace_file", crash)
        witness.add_checkpoint(request(7, 9))
    again = make()
    expected = 9 if reaches_the_disk else 7
    assert again.add_checkpoint(request(0, 12)).body == b"%d\n" % expected
    assert again.add_checkpoint(request(expected, 12)).status == 200


def test_damaged_memory_stops_it(make: Callable[[], Witness], tmp_path: Path) -> None:
    make().add_checkpoint(request(0, 7))
    [path] = (tmp_path / "state" / "logs").glob("*/note")
    whole = path.read_bytes()
    forged = Signer("log.example/a", Ed25519PrivateKey.generate())
    unsigned = note_of(7, signer=forged) + COSIGNER.line(TEXT7, NOW_S)
    for damaged in (b"", whole[:-4], note_of(7), whole.replace(b"7\n", b"8\n", 1), unsigned):
        path.write_bytes(damaged)
        with pytest.raises(LedgerCorrupt):
            make()
    path.write_bytes(whole)
    make()


def test_requests_at_once_leave_one_history(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 7))
    bodies = [request(7, size, leaves) for size in range(8, 20) for leaves in (TRUE,)]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: answers.append(witness.add_checkpoint(body).status))  # type: ignore[misc]
        for body in bodies
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200] + [409] * (len(bodies) - 1)


def _http(witness: Witness) -> Scripted:
    def answer(body: bytes) -> Reply:
        made = witness.add_checkpoint(body)
        return Reply(made.status, {"content-type": made.content_type}, made.body)

    return Scripted(answer)


def _tree(size: int, leaves: list[bytes] = TRUE) -> Tree:
    return Tree(note_of(size, leaves), subtrees(leaves))


def _ask(http: Scripted, tree: Tree, known: int = 0) -> int:
    done = cosign(http, "https://w.example/up/", COSIGNER.public, lambda: tree, known)
    assert time_cosigned(read_note(done.note + done.line), COSIGNER.public) == done.time_s == NOW_S
    return read_note(done.note).checkpoint.size


def test_client_follows_the_witness(witness: Witness) -> None:
    http = _http(witness)
    assert _ask(http, _tree(7)) == 7
    assert _ask(http, _tree(7), 7) == 7
    assert _ask(http, _tree(9), 7) == 9
    assert _ask(http, _tree(12), 3) == 12  # what is known here is old: the witness says its own size
    assert len(http.asked) == 5
    assert {(method, url) for method, url, _, _ in http.asked} == {("POST", "https://w.example/up/add-checkpoint")}


@pytest.mark.parametrize(
    ("tree", "known", "says"),
    [
        (_tree(12, FALSE), 0, "rewritten"),
        (_tree(9, FALSE), 9, "forked"),
        (_tree(9, FALSE), 0, "forked"),
        (_tree(5), 0, "rolled back"),
        (_tree(5), 9, "rolled back"),
    ],
)
def test_witness_convicts_the_log(witness: Witness, tree: Tree, known: int, says: str) -> None:
    http = _http(witness)
    _ask(http, _tree(9))
    with pytest.raises(AnchorContradicted, match=says):
        _ask(http, tree, known)


def test_tiles_that_are_behind_accuse_nobody(witness: Witness) -> None:
    """Another gateway had more cosigned than this one's tiles cover by now."""
    http = _http(witness)
    _ask(http, _tree(9))
    behind = Tree(note_of(5), subtrees(TRUE), log_size=9)
    with pytest.raises(AnchorError, match="behind the log") as caught:
        _ask(http, behind)
    assert not isinstance(caught.value, AnchorContradicted)


def test_damaged_tiles_accuse_nobody(witness: Witness, tmp_path: Path) -> None:
    http = _http(witness)
    _ask(http, _tree(9))
    with pytest.raises(AnchorError, match="signed root") as caught:
        _ask(http, Tree(note_of(12), subtrees(FALSE)), 9)
    assert not isinstance(caught.value, AnchorContradicted)
    assert _held(tmp_path, "unproven") == []


def test_cosignature_beyond_the_calendar_is_refused() -> None:
    http = Scripted(Reply(200, {}, COSIGNER.line(TEXT7, 2**62)))
    with pytest.raises(AnchorError, match="beyond the calendar"):
        _ask(http, _tree(7))


def test_client_takes_the_newest_where_another_was_quicker(witness: Witness) -> None:
    http = _http(witness)
    _ask(http, _tree(9))
    trees = iter([_tree(5), _tree(5), _tree(10)])
    assert read_note(cosign(http, "https://w/", COSIGNER.public, lambda: next(trees), 0).note).checkpoint.size == 10


def _reply(status: int, body: bytes = b"", kind: str = "text/plain") -> Reply:
    return Reply(status, {"content-type": kind}, body)


FOREIGN = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)))
TEXT7 = read_note(note_of(7)).text


@pytest.mark.parametrize(
    "answer",
    [
        _reply(403),
        _reply(404),
        _reply(400),
        _reply(500),
        _reply(301),
        _reply(200),
        _reply(200, b"<html>"),
        _reply(200, FOREIGN.line(TEXT7, 1)),
        _reply(200, COSIGNER.line(read_note(note_of(8)).text, 1)),
        _reply(200, note_of(7)),
        _reply(409, b"3\n"),
        _reply(409, b"03\n", "text/x.tlog.size"),
        _reply(409, b"9" * 30 + b"\n", "text/x.tlog.size"),
        _reply(409, b"3\n", "text/x.tlog.size"),
    ],
)
def test_client_takes_no_other_answer(answer: Reply) -> None:
    http = Scripted(answer)
    with pytest.raises(AnchorError) as caught:
        _ask(http, _tree(7))
    assert not isinstance(caught.value, AnchorContradicted)
    assert len(http.asked) <= 4


def test_lines_of_other_keys_are_passed_over() -> None:
    both = Reply(200, {}, FOREIGN.line(TEXT7, 1) + COSIGNER.line(TEXT7, NOW_S) + FOREIGN.line(TEXT7, 2))
    assert _ask(Scripted(both), _tree(7)) == 7


def test_real_log_is_witnessed(log: Log, tmp_path: Path) -> None:
    witness = Witness(tmp_path / "w", COSIGNER, [log.verifier], lambda: NOW_S)
    http = _http(witness)
    size = _ask(http, log.tree())
    log.write(3)
    assert _ask(http, log.tree()) > size
    log.rewrite(30)
    with pytest.raises(AnchorContradicted, match="rewritten"):
        _ask(http, log.tree())
    witness.close()
