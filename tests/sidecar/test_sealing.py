"""Sealing and key files: who opens what, and what is refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ringfence.sidecar import people
from ringfence.sidecar.sealing import OVERHEAD_BYTES, public_of, seal, unseal
from ringfence.vocabulary.errors import ConfigurationError, SidecarError

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PASSPHRASE = "twelve words or so"


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_only_the_key_and_the_purpose_open(data: bytes, purpose: bytes) -> None:
    sealed = seal(public_of(KEY), purpose, data)
    assert len(sealed) == len(data) + OVERHEAD_BYTES
    assert unseal(KEY, purpose, sealed, "x") == data
    for key, given_purpose in ((OTHER, purpose), (KEY, purpose + b"!")):
        with pytest.raises(SidecarError, match="x can't be opened"):
            unseal(key, given_purpose, sealed, "x")


def test_a_changed_or_cut_text_does_not_open() -> None:
    sealed = seal(public_of(KEY), b"", b"Maria Keller")
    assert b"Maria" not in sealed
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        for text in (bytes(changed), sealed[:at]):
            with pytest.raises(SidecarError):
                unseal(KEY, b"", text, "x")


def test_a_key_pair_makes_the_round_trip(tmp_path: Path) -> None:
    private, public = people.create(tmp_path, "anna", PASSPHRASE, lambda: KEY)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in private.read_bytes()
    opener = people.load_opener(public)
    assert (opener.id, opener.public_key) == ("anna", public_of(KEY))
    loaded = people.load_private(private, PASSPHRASE)
    assert loaded.private_bytes_raw() == KEY.private_bytes_raw()
    with pytest.raises(ConfigurationError, match="the passphrase is wrong"):
        people.load_private(private, "another passphrase")
    with pytest.raises(ConfigurationError, match="there already"):
        people.create(tmp_path, "anna", PASSPHRASE, lambda: OTHER)


@pytest.mark.parametrize(
    ("id_", "passphrase", "says"), [("Anna Maria", PASSPHRASE, "no id"), ("anna", "short", "fewer than 12")]
)
def test_what_no_pair_is_made_of(id_: str, passphrase: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=says):
        people.create(tmp_path, id_, passphrase, lambda: KEY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", ["suite = 'x'", "public_key = 'AAAA'", "id = 'Not An Id'", "more = 1", "="])
def test_a_public_file_that_is_none(change: str, tmp_path: Path) -> None:
    _, public = people.create(tmp_path, "anna", PASSPHRASE, lambda: KEY)
    name = change.partition(" ")[0]
    kept = [line for line in public.read_text().splitlines() if not line.startswith(name)]
    public.write_text("\n".join([*kept, change]))
    with pytest.raises(ConfigurationError):
        people.load_opener(public)


def test_custodians_are_two_different_people(tmp_path: Path) -> None:
    _, anna = people.create(tmp_path, "anna", PASSPHRASE, lambda: KEY)
    _, bert = people.create(tmp_path, "bert", PASSPHRASE, lambda: OTHER)
    _, copy = people.create(tmp_path, "carla", PASSPHRASE, lambda: KEY)
    assert [each.id for each in people.load_custodians([anna, bert])] == ["anna", "bert"]
    for named in ([anna], [], [anna, anna], [anna, copy]):
        with pytest.raises(ConfigurationError):
            people.load_custodians(named)
