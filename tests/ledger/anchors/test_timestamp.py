"""Timestamps: what is sound is taken, what is wrong in any one way is refused, here and by OpenSSL alike."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from rfc3161_client._rust import parse_timestamp_request

from ledger.anchors.conftest import Scripted, digest
from ringfence.ledger.anchors import timestamp
from ringfence.ledger.anchors.anchor import Reply, read_roots
from ringfence.vocabulary.errors import AnchorError, AnchorUntrusted, ConfigurationError
from support.needs import need
from support.tsa import NOW, REJECTION, WITH_MODS, Authority

TEXT = b"test.example/log\n7\nx\n"
SOUND = Authority()
TYPE = {"content-type": "application/timestamp-reply"}


def test_sound_answer_is_proof_by_itself() -> None:
    stamp = timestamp.check(SOUND.stamp(digest(TEXT), None), TEXT, read_roots(SOUND.pem))
    assert (stamp.time, stamp.by) == (NOW, "CN=Test authority")


@pytest.mark.parametrize("named_with", ["sha1", "sha256", "sha384", "sha512"])
def test_certificate_may_be_named_by_any_digest(named_with: str) -> None:
    timestamp.check(SOUND.stamp(digest(TEXT), None, named_with=named_with), TEXT, [SOUND.root])


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "another text": (lambda: SOUND.stamp(digest(b"other"), 5), "Mismatch"),
    "another nonce": (lambda: SOUND.stamp(digest(TEXT), 6), "Nonce"),
    "no nonce": (lambda: SOUND.stamp(digest(TEXT), None), "Nonce"),
    "granted with changes": (lambda: SOUND.stamp(digest(TEXT), 5, status=WITH_MODS), "granted with changes"),
    "rejected": (lambda: SOUND.stamp(digest(TEXT), 5, status=REJECTION), "rejected"),
    "names another certificate of its key": (
        lambda: SOUND.stamp(digest(TEXT), 5, named=SOUND.again().certificate),
        "in the name of",
    ),
    "names no certificate": (lambda: SOUND.stamp(digest(TEXT), 5, named_with="none"), "in the name of"),
    "carries no certificate": (lambda: SOUND.stamp(digest(TEXT), 5, carried=[]), "signature does not hold"),
    "nothing": (lambda: b"", "no timestamp"),
    "a page": (lambda: b"<html>" * 50, "no timestamp"),
    "more after it": (lambda: SOUND.stamp(digest(TEXT), 5) + b"x", "no timestamp"),
    "huge": (lambda: bytes(timestamp.MOST_BYTES + 1), "longer than"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_answer_is_refused(case: str) -> None:
    make, says = WRONG[case]
    with pytest.raises(AnchorError, match=says) as caught:
        timestamp.check(make(), TEXT, [SOUND.root], nonce=5)
    assert not isinstance(caught.value, AnchorUntrusted)


UNTRUSTED = {
    "a foreign root": Authority(root_name="Foreign root"),
    "expired then": Authority(root_key=SOUND.root_key, not_after=NOW - timedelta(seconds=1)),
    "not valid yet": Authority(root_key=SOUND.root_key, not_before=NOW + timedelta(seconds=1)),
    "no purpose": Authority(root_key=SOUND.root_key, purposes=None),
    "another purpose": Authority(root_key=SOUND.root_key, purposes=(Purpose.SERVER_AUTH,)),
    "a second purpose": Authority(root_key=SOUND.root_key, purposes=(Purpose.TIME_STAMPING, Purpose.SERVER_AUTH)),
    "not critical": Authority(root_key=SOUND.root_key, critical=False),
}


@pytest.mark.parametrize("case", UNTRUSTED)
def test_certificate_must_be_trusted_and_for_this(case: str) -> None:
    with pytest.raises(AnchorUntrusted):
        timestamp.check(UNTRUSTED[case].stamp(digest(TEXT), 5), TEXT, [SOUND.root], nonce=5)


def test_certificate_counts_for_its_own_time_only() -> None:
    """Long after it expired, what it stamped before still holds."""
    old = Authority(root_key=SOUND.root_key, not_after=NOW + timedelta(days=1))
    timestamp.check(old.stamp(digest(TEXT), None, at=NOW), TEXT, [SOUND.root])
    with pytest.raises(AnchorUntrusted):
        timestamp.check(old.stamp(digest(TEXT), None, at=NOW + timedelta(days=2)), TEXT, [SOUND.root])


def test_without_roots_nothing_is_believed() -> None:
    with pytest.raises(AnchorError, match="No root"):
        timestamp.check(SOUND.stamp(digest(TEXT), None), TEXT, [])
    with pytest.raises(ConfigurationError):
        read_roots(b"no certificate")


def test_no_flipped_bit_changes_what_is_proved(scale: int) -> None:
    """Some bits outside the signature say nothing (which algorithms were listed); none changes text, time or name."""
    chance, sound = random.Random(5), SOUND.stamp(digest(TEXT), 5)
    proved = timestamp.check(sound, TEXT, [SOUND.root], nonce=5)
    refused = 0
    for at in range(0, len(sound), 1 if scale > 1 else 3):
        changed = bytearray(sound)
        changed[at] ^= 1 << chance.randrange(8)
        try:
            found = timestamp.check(bytes(changed), TEXT, [SOUND.root], nonce=5)
        except AnchorError:
            refused += 1
        else:
            assert found == proved
    assert refused > len(sound) / (1 if scale > 1 else 3) * 0.9


def _answering(body: bytes) -> Reply:
    request = parse_timestamp_request(body)
    assert request.cert_req
    return Reply(200, TYPE, SOUND.stamp(request.message_imprint.message, request.nonce))


def test_authority_is_asked_for_just_this_text() -> None:
    http = Scripted(_answering)
    answer, stamp = timestamp.fetch(http, "https://tsa.example/", TEXT, [SOUND.root])
    assert stamp == timestamp.check(answer, TEXT, [SOUND.root])
    [(method, url, body, headers)] = http.asked
    assert (method, url, headers["content-type"]) == ("POST", "https://tsa.example/", "application/timestamp-query")
    assert parse_timestamp_request(body).message_imprint.message == digest(TEXT)


def test_answer_of_another_request_is_refused() -> None:
    http = Scripted(Reply(200, TYPE, SOUND.stamp(digest(TEXT), 5)))
    with pytest.raises(AnchorError, match="Nonce"):
        timestamp.fetch(http, "https://tsa.example/", TEXT, [SOUND.root])


@pytest.mark.parametrize(("status", "kind"), [(500, TYPE["content-type"]), (302, ""), (200, "text/html")])
def test_other_answers_are_no_timestamp(status: int, kind: str) -> None:
    with pytest.raises(AnchorError, match=f"status {status}"):
        timestamp.fetch(Scripted(Reply(status, {"content-type": kind}, b"")), "https://tsa.example/", TEXT, [])


def test_openssl_agrees_on_what_is_sound(tmp_path: Path) -> None:
    """A verifier that nobody here wrote."""
    assert "Verification: OK" in _openssl_verify(tmp_path, SOUND.stamp(digest(TEXT), None))
    for case in ("another text", "rejected", "names another certificate of its key"):
        assert "Verification: OK" not in _openssl_verify(tmp_path, WRONG[case][0]()), case


def _openssl_verify(folder: Path, answer: bytes) -> str:
    need(shutil.which("openssl"), "openssl is not installed")
    (folder / "answer").write_bytes(answer)
    (folder / "text").write_bytes(TEXT)
    (folder / "roots").write_bytes(SOUND.pem)
    command = ["openssl", "ts", "-verify", "-data", "text", "-in", "answer", "-CAfile", "roots"]
    command += ["-attime", str(int(NOW.timestamp()))]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60).stdout


def test_answers_of_openssl_are_read(tmp_path: Path) -> None:
    """An authority that nobody here wrote."""
    need(shutil.which("openssl"), "openssl is not installed")
    (tmp_path / "settings").write_text(_OPENSSL)
    (tmp_path / "serial").write_text("01\n")
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=Foreign -keyout key -out cert -config settings"
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True, timeout=60)

    def answer(body: bytes) -> Reply:
        (tmp_path / "request").write_bytes(body)
        reply = "openssl ts -reply -queryfile request -out reply -config settings -signer cert -inkey key"
        subprocess.run(reply.split(), cwd=tmp_path, check=True, capture_output=True, timeout=60)
        return Reply(200, TYPE, (tmp_path / "reply").read_bytes())

    roots = read_roots((tmp_path / "cert").read_bytes())
    _, stamp = timestamp.fetch(Scripted(answer), "https://tsa.example/", TEXT, roots)
    assert re.fullmatch("CN=Foreign", stamp.by)


_OPENSSL = """
[req]
distinguished_name = name
x509_extensions = stamping
[name]
[stamping]
basicConstraints = critical,CA:true
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
