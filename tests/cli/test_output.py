"""What somebody else wrote reaches a terminal as text: it can't move the cursor, hide or turn what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.conftest import Cli
from ringfence.cli import output, replaying
from ringfence.evidence.replay.comparing import Mismatch
from ringfence.evidence.replay.replaying import Replay
from ringfence.ledger import handout
from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.handout import Inclusion
from ringfence.ledger.tree import leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt

HIDES = "\x1b[2J\x1b[H\r\x9b8m\u202e\nREPLAYED"  # clears the screen, conceals, writes from right to left, a new line
SPELLED = "\\x1b[2J\\x1b[H\\r\\x9b8m\\u202e\\nREPLAYED"


def harmless(text: str) -> bool:
    return all(each.isprintable() or each == "\n" for each in text)


def test_letters_of_any_language_stay() -> None:
    assert output.plain("Grüße, 東京 \\ ok") == "Grüße, 東京 \\ ok"
    assert output.plain(HIDES) == SPELLED


def test_errors_and_tables_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    output.fail(LedgerCorrupt(f"no {HIDES}", remedy=HIDES))
    output.table(("A", "B"), [(HIDES, HIDES), ("  two", "one\ntwo")])
    said = capsys.readouterr()
    assert said.err == f"error: no {SPELLED}\nremedy: {SPELLED}\n"
    assert harmless(said.out)
    assert len(said.out.splitlines()) == 3
    assert "  two" in said.out
    assert "one two" in said.out


def test_record_in_a_proof_is_shown_and_not_obeyed(cli: Cli, tmp_path: Path) -> None:
    """The log's operator writes the record, and signs it: the proof holds."""
    leaf = f'{{"service":"vendor"}}{HIDES}{{"service":"private"}}'.encode() + b"\xff"
    signer = Signer("log.example/a", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    note = signer.sign(Checkpoint("log.example/a", 1, leaf_hash(leaf)))
    (tmp_path / "proof").write_bytes(handout.encode(Inclusion(0, leaf, (), note)))
    arguments = ("ledger", "check-proof", str(tmp_path / "proof"), "--public-key", signer.verifier.key_line)
    result = cli(*arguments)
    assert result.code == 0
    assert harmless(result.out)
    assert SPELLED in result.out
    assert cli(*arguments, "--json").json["holds"] is True


def test_replay_says_what_a_bundle_says_in_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    done = Replay("engine", 1, 0, 1, 0, (Mismatch(0, None, "fact", HIDES),), {HIDES: 1}, (), (HIDES,))
    replaying._print(done)
    said = capsys.readouterr().out
    assert harmless(said)
    assert sum(line.startswith("REPLAYED") for line in said.splitlines()) == 0
