from __future__ import annotations

import random
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from ringfence.masking import Vault
from ringfence.masking.surrogates import body_of
from ringfence.vocabulary.errors import VaultError

LIFETIME_S = 6_400
Opener = Callable[..., Vault]
VALUE = "ann.of.the.canary@example.com"


def never(_surrogate: str) -> bool:
    return False


def put(vault: Vault, scope: str = "scope", value: str = VALUE, entity: str = "EMAIL_ADDRESS") -> str:
    book = vault.book(scope)
    surrogate = book.surrogate(entity, value, never)
    book.commit()
    return surrogate


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_stable_across_turns_and_restarts(open_vault: Opener) -> None:
    vault = open_vault()
    surrogate = put(vault)
    assert put(vault) == surrogate
    vault.close()
    again = open_vault()
    assert again.book("scope").original(surrogate) == VALUE
    assert again.book("scope").originals() == {surrogate: VALUE}
    assert put(again) == surrogate


def test_a_second_process_finds_what_the_first_wrote(open_vault: Opener) -> None:
    first, second = open_vault(), open_vault()
    assert second.book("scope").originals() == {}
    assert put(first) == put(second)


def test_scopes_and_entities_share_nothing(vault: Vault) -> None:
    here = put(vault, "here")
    there = put(vault, "there")
    other = put(vault, "here", entity="URL")
    assert len({here, there, other}) == 3
    assert vault.book("here").originals() == {here: VALUE, other: VALUE}
    assert vault.book("there").originals() == {there: VALUE}
    assert vault.book("there").original(here) is None
    assert vault.book("elsewhere").originals() == {}


def test_only_the_very_surrogate_is_turned_back(vault: Vault) -> None:
    surrogate = put(vault)
    fake = f"PHONE-{body_of(surrogate)}"
    book = vault.book("scope")
    assert book.original(fake) is None
    book.surrogate("EMAIL_ADDRESS", VALUE, never)
    assert book.original(fake) is None
    assert book.original(surrogate) == VALUE


def test_what_is_not_committed_is_not_stored_yet_is_shared_by_requests_under_way(open_vault: Opener) -> None:
    vault = open_vault()
    denied, forwarded = vault.book("scope"), vault.book("scope")
    surrogate = denied.surrogate("EMAIL_ADDRESS", VALUE, never)
    assert denied.originals() == {surrogate: VALUE}
    assert open_vault().book("scope").originals() == {}
    assert forwarded.surrogate("EMAIL_ADDRESS", VALUE, never) == surrogate
    forwarded.commit()
    assert open_vault().book("scope").originals() == {surrogate: VALUE}
    denied.commit()  # too late to matter, and no conflict
    assert open_vault().book("scope").originals() == {surrogate: VALUE}


def test_entries_expire_and_each_use_lengthens_their_life(open_vault: Opener, clock) -> None:
    vault = open_vault()
    surrogate = put(vault)
    clock.now_s += LIFETIME_S - 1
    assert put(vault) == surrogate  # used one second before its end
    clock.now_s += LIFETIME_S - 1
    assert vault.book("scope").original(surrogate) == VALUE  # looking is no use of it
    assert vault.book("scope").originals() == {surrogate: VALUE}
    clock.now_s += 1
    for opened in (vault, open_vault()):
        assert opened.book("scope").original(surrogate) is None
        assert opened.book("scope").originals() == {}
    assert put(vault) != surrogate


def test_a_life_is_lengthened_in_steps_of_a_64th(open_vault: Opener, clock, tmp_path: Path) -> None:
    vault = open_vault()
    put(vault)
    writes = tmp_path / "vault.db-wal"
    size = writes.stat().st_size
    clock.now_s += LIFETIME_S // 64
    put(vault)
    assert writes.stat().st_size == size
    clock.now_s += 1
    surrogate = put(vault)
    assert writes.stat().st_size > size
    clock.now_s += LIFETIME_S - 1
    assert open_vault().book("scope").originals() == {surrogate: VALUE}


def test_purge_deletes_what_expired_and_nothing_else(open_vault: Opener, clock, tmp_path: Path) -> None:
    vault = open_vault()
    old = vault.book("old")
    for number in range(600):  # more than two batches
        old.surrogate("EMAIL_ADDRESS", f"{number}@x.com", never)
    old.commit()
    names = [s.encode() for s in old.originals()]
    clock.now_s += LIFETIME_S - 1
    young = put(vault, "young")
    assert vault.purge() == 0
    clock.now_s += 1
    assert vault.purge() == 600
    assert vault.purge() == 0
    assert vault.book("young").originals() == {young: VALUE}
    rows = sqlite3.connect(tmp_path / "vault.db").execute("SELECT count(*) FROM entries").fetchone()
    assert rows == (1,)
    vault.close()
    file = (tmp_path / "vault.db").read_bytes()
    assert young.encode() in file  # surrogates are no secret; what expired is overwritten all the same
    assert not [name for name in names if name in file]


def test_purge_runs_in_a_worker_thread_beside_requests(open_vault: Opener, clock) -> None:
    vault = open_vault()
    for number in range(2_000):
        put(vault, value=f"{number}@x.com") if number % 100 == 0 else None
    clock.now_s += LIFETIME_S
    deleted: list[int] = []
    worker = threading.Thread(target=lambda: deleted.append(vault.purge()))
    worker.start()
    for number in range(200):
        put(vault, "busy", f"{number}@y.com")
    worker.join()
    assert deleted == [20]
    assert len(vault.book("busy").originals()) == 200


def test_originals_are_bounded_and_the_most_recently_used_come_first(vault: Vault, clock) -> None:
    book = vault.book("scope")
    for number in range(1_100):
        book.surrogate("ZIP_CODE", f"{number}", never)
        if number == 599:
            book.commit()
            clock.now_s += 1_000
            book = vault.book("scope")
    book.commit()
    values = {int(value) for value in vault.book("scope").originals().values()}
    assert len(values) == 1_000
    assert values >= set(range(600, 1_100))


def test_the_file_holds_no_original_no_scope_name_and_is_private(open_vault: Opener, tmp_path: Path) -> None:
    vault = open_vault()
    put(vault, "key-of-the-canary", VALUE)
    put(vault, "key-of-the-canary", "Kanariengasse 7", "STREET_ADDRESS")
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert len(list(tmp_path.iterdir())) == 3
    with_log = every_byte(tmp_path)
    vault.close()
    for content in (with_log, every_byte(tmp_path)):
        assert b"masked.example" in content  # the search itself works
        for secret in (VALUE, "canary", "Kanariengasse"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert secret.encode(encoding) not in content
            assert secret.encode().hex().encode() not in content


def test_an_old_file_is_made_private(open_vault: Opener, tmp_path: Path) -> None:
    open_vault().close()
    (tmp_path / "vault.db").chmod(0o644)
    open_vault()
    assert stat.S_IMODE((tmp_path / "vault.db").stat().st_mode) == 0o600


def test_a_random_source_that_repeats_never_gives_one_surrogate_twice(open_vault: Opener) -> None:
    vault = open_vault(random_bytes=lambda size: b"a" * size)
    first = put(vault)
    with pytest.raises(VaultError, match="random draws"):
        put(vault, value="bob@x.com")
    with pytest.raises(VaultError, match="random draws"):
        put(vault, value="+1 555", entity="PHONE_NUMBER")  # another kind, the same body
    assert vault.book("scope").originals() == {first: VALUE}
    draws = chain(repeat(b"a" * 16, 3), repeat(b"b" * 16))
    again = open_vault(random_bytes=lambda size: next(draws) if size == 16 else b"n" * size)
    second = put(again, value="bob@x.com")
    assert again.book("scope").originals() == {first: VALUE, second: "bob@x.com"}


def test_two_requests_that_drew_the_same_body_are_not_both_stored(open_vault: Opener) -> None:
    vault = open_vault(random_bytes=lambda size: b"a" * size)
    one, two = vault.book("scope"), vault.book("scope")
    surrogate = one.surrogate("EMAIL_ADDRESS", VALUE, never)
    assert two.surrogate("EMAIL_ADDRESS", "bob@x.com", never) == surrogate
    one.commit()
    with pytest.raises(VaultError, match="same surrogate"):
        two.commit()
    assert open_vault().book("scope").originals() == {surrogate: VALUE}
    with pytest.raises(VaultError, match="random draws"):
        put(vault, value="carol@x.com")
    seed = count()
    vault.random_bytes = lambda size: random.Random(next(seed)).randbytes(size)
    assert put(vault, value="bob@x.com") != surrogate  # "send it again" helps: nothing of the failed draw is kept


def test_one_request_never_draws_a_body_twice(open_vault: Opener) -> None:
    book = open_vault(random_bytes=lambda size: b"a" * size).book("scope")
    book.surrogate("EMAIL_ADDRESS", VALUE, never)
    with pytest.raises(VaultError, match="random draws"):
        book.surrogate("PHONE_NUMBER", "+1 555", never)


def test_of_a_request_that_conflicts_nothing_is_stored(open_vault: Opener) -> None:
    draws = chain([b"a" * 16, b"b" * 16, b"a" * 16], repeat(b"c" * 16))
    vault = open_vault(random_bytes=lambda size: next(draws) if size == 16 else b"n" * size)
    one, two = vault.book("scope"), vault.book("scope")
    kept = one.surrogate("EMAIL_ADDRESS", VALUE, never)
    two.surrogate("EMAIL_ADDRESS", "bob@x.com", never)
    assert two.surrogate("EMAIL_ADDRESS", "carol@x.com", never) == kept
    one.commit()
    with pytest.raises(VaultError, match="same surrogate"):
        two.commit()
    assert open_vault().book("scope").originals() == {kept: VALUE}


def test_what_is_to_be_avoided_is_not_issued(vault: Vault) -> None:
    refused: list[str] = []

    def first_two(surrogate: str) -> bool:
        refused.append(surrogate)
        return len(refused) <= 2

    assert vault.book("scope").surrogate("URL", "https://x.com", first_two) not in refused[:2]
    assert len(refused) == 3


def test_the_cache_is_bounded_and_forgetting_changes_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.masking.vault._CACHED", 10)
    known = {str(number): put(vault, value=str(number), entity="VIN") for number in range(50)}
    assert len(vault._cache) == 10
    assert {value: put(vault, value=value, entity="VIN") for value in known} == known


# faults -------------------------------------------------------------------------------------------------------------


def test_a_wrong_key_is_refused_with_the_remedy(open_vault: Opener) -> None:
    put(open_vault())
    with pytest.raises(VaultError, match="another key") as caught:
        open_vault(key=bytes(32))
    assert "key it was made with" in caught.value.remedy
    assert caught.value.http_status == 503


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look at" * 50, b"SQLite format 3\0" + b"\xff" * 200]
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    content: bytes, open_vault: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "vault.db"
    path.write_bytes(content)
    with pytest.raises(VaultError, match="could not be opened: SQLITE_"):
        open_vault()
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(open_vault: Opener, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE entries (a)")
    other.commit()
    with pytest.raises(VaultError, match="not a vault of version 1"):
        open_vault(path=tmp_path / "other.db")
    open_vault().close()
    newer = sqlite3.connect(tmp_path / "vault.db")
    newer.execute("PRAGMA user_version = 2")
    newer.commit()
    with pytest.raises(VaultError, match="not a vault of version 1"):
        open_vault()
    empty = sqlite3.connect(tmp_path / "empty.db")
    empty.execute("PRAGMA user_version = 2")
    empty.commit()
    with pytest.raises(VaultError, match="not a vault of version 1"):
        open_vault(path=tmp_path / "empty.db")
    assert empty.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_no_folder_no_access_and_links_are_refused(open_vault: Opener, tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="can't be opened"):
        open_vault(path=tmp_path / "absent" / "vault.db")
    with pytest.raises(VaultError, match="can't be opened"):
        open_vault(path=tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(VaultError, match="can't be opened"):
        open_vault(path=tmp_path / "link.db")
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize("column", ["sealed", "nonce", "surrogate", "scope"])
def test_an_altered_entry_is_never_restored(column: str, open_vault: Opener, tmp_path: Path) -> None:
    vault = open_vault()
    surrogate, other = put(vault), put(vault, value="bob@x.com")
    vault.close()
    raw = sqlite3.connect(tmp_path / "vault.db")
    if column == "surrogate":  # one entry's ciphertext under the other's surrogate
        raw.execute("UPDATE entries SET surrogate = 'x' || surrogate, body = 'x' || body WHERE surrogate = ?", (other,))
        raw.execute(
            "UPDATE entries SET surrogate = ?, body = ? WHERE surrogate = ?", (other, body_of(other), surrogate)
        )
    elif column == "scope":  # an entry moved to the scope of somebody else
        raw.execute("UPDATE entries SET scope = ?", (vault.keys.scope("mallory"),))
    else:
        raw.execute(f"UPDATE entries SET {column} = zeroblob(length({column}))")
    raw.commit()
    book = open_vault().book("mallory" if column == "scope" else "scope")
    wanted = other if column == "surrogate" else surrogate
    with pytest.raises(VaultError, match="damaged or altered"):
        book.original(wanted)
    with pytest.raises(VaultError, match="damaged or altered"):
        book.originals()


def test_damaged_pages_give_an_error_and_never_a_wrong_original(open_vault: Opener, tmp_path: Path) -> None:
    vault = open_vault()
    book = vault.book("scope")
    for number in range(500):
        book.surrogate("EMAIL_ADDRESS", f"{number}@x.com", never)
    book.commit()
    right = dict(book.originals())
    vault.close()
    pristine = (tmp_path / "vault.db").read_bytes()
    rng, failures = random.Random(4), 0
    for _ in range(40):
        damaged = bytearray(pristine)
        for _ in range(200):
            damaged[rng.randrange(100, len(damaged))] = rng.randrange(256)
        (tmp_path / "vault.db").write_bytes(damaged)
        try:
            opened = open_vault()
            restored = opened.book("scope").originals()
        except VaultError:
            failures += 1
        else:
            assert restored.items() <= right.items()
            continue
        for surrogate, original in list(right.items())[:40]:
            try:
                book = open_vault().book("scope")
                again = book.surrogate("EMAIL_ADDRESS", original, never)
                assert right.get(again, original) == original
                assert book.original(surrogate) in (original, None)
            except VaultError:
                pass
    assert failures > 20


def test_a_surrogate_swapped_in_the_file_is_not_issued_for_the_wrong_value(open_vault: Opener, tmp_path: Path) -> None:
    vault = open_vault()
    put(vault)
    other = put(vault, value="bob@x.com")
    vault.close()
    raw = sqlite3.connect(tmp_path / "vault.db")
    lookups = dict(raw.execute("SELECT surrogate, lookup FROM entries").fetchall())
    raw.execute("DELETE FROM entries WHERE surrogate != ?", (other,))
    mine = next(lookup for surrogate, lookup in lookups.items() if surrogate != other)
    raw.execute("UPDATE entries SET lookup = ?", (mine,))
    raw.commit()
    with pytest.raises(VaultError, match="damaged or altered"):
        put(open_vault())


def test_a_full_disk_denies_and_leaves_nothing_half_written(open_vault: Opener) -> None:
    vault = open_vault()
    kept = put(vault)
    pages = vault._connection.execute("PRAGMA page_count").fetchone()[0]
    vault._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    book = vault.book("scope")
    for number in range(300):
        book.surrogate("EMAIL_ADDRESS", f"{number}@x.com", never)
    with pytest.raises(VaultError, match="written: SQLITE_FULL"):
        book.commit()
    assert open_vault().book("scope").originals() == {kept: VALUE}
    vault._connection.execute("PRAGMA max_page_count = 100000")
    book.commit()  # the disk has room again: the same book can still be stored
    assert len(open_vault().book("scope").originals()) == 301


def test_another_writer_is_waited_for_a_bounded_time(open_vault: Opener, tmp_path: Path) -> None:
    vault = open_vault()
    other = sqlite3.connect(tmp_path / "vault.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    with pytest.raises(VaultError, match="written: SQLITE_BUSY"):
        put(vault)
    assert time.monotonic() - start < 2
    other.execute("ROLLBACK")
    assert put(vault)


def test_after_close_everything_is_refused(open_vault: Opener) -> None:
    vault = open_vault()
    put(vault)
    vault.close()
    with pytest.raises(VaultError):
        put(vault, value="bob@x.com")
    with pytest.raises(VaultError):
        vault.book("scope").originals()


def test_errors_hold_no_value(open_vault: Opener) -> None:
    vault = open_vault()
    vault._connection.execute("DROP TABLE entries")
    with pytest.raises(VaultError) as caught:
        put(vault)
    assert VALUE not in f"{caught.value} {caught.value.remedy} {caught.value.__cause__}"
