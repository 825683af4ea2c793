"""The book of one scope over the vault: what is looked up, drawn, sealed and lengthened. SQL goes through the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from ringfence.masking.book import draw_unused
from ringfence.masking.seal import NONCE_BYTES, ScopeCipher, damaged
from ringfence.masking.surrogates import key_of
from ringfence.vocabulary.errors import VaultError

if TYPE_CHECKING:
    from ringfence.masking.vault import Vault

_ORIGINALS_AT_MOST = 1_000


class Entry:
    """One surrogate in memory, without its original. Shared by the books of its scope."""

    __slots__ = ("expires_s", "stored", "surrogate")

    def __init__(self, surrogate: str, expires_s: int, stored: bool) -> None:
        self.surrogate = surrogate
        self.expires_s = expires_s
        self.stored = stored


class VaultBook:
    """The book of one scope for one request (`book.Book`)."""

    def __init__(self, vault: Vault, scope: bytes) -> None:
        self._vault = vault
        self._scope = scope
        self._used: dict[bytes, tuple[Entry, str]] = {}  # lookup -> entry, original
        self._by_key: dict[str, tuple[Entry, str]] = {}
        self._sealer: ScopeCipher | None = None

    def surrogate(self, entity: str, value: str, avoid: Callable[[str], bool], kin: Iterable[str] = ()) -> str:
        lookup = self._vault.keys.lookup(self._scope, entity, value)
        if lookup in self._used:
            return self._used[lookup][0].surrogate
        now_s = int(self._vault.clock())
        entry = self._alive(lookup, value, now_s)
        if entry is None:
            fresh = next((each for each in kin if not self._taken(key_of(each))), None) or draw_unused(
                entity, self._vault.random_bytes, lambda s: avoid(s) or self._taken(key_of(s))
            )
            entry = Entry(fresh, now_s + self._vault.lifetime_s, stored=False)
        self._vault.remember(lookup, entry)
        self._used[lookup] = self._by_key[key_of(entry.surrogate)] = (entry, value)
        return entry.surrogate

    def known(self, entity: str, value: str) -> str | None:
        lookup = self._vault.keys.lookup(self._scope, entity, value)
        if lookup in self._used:
            return self._used[lookup][0].surrogate
        entry = self._alive(lookup, value, int(self._vault.clock()))
        return None if entry is None else entry.surrogate

    def original(self, surrogate: str) -> str | None:
        used = self._by_key.get(key_of(surrogate))
        if used is not None:
            return used[1] if used[0].surrogate == surrogate else None
        row = self._vault.row(
            "SELECT nonce, sealed FROM entries WHERE scope = ? AND body = ? AND surrogate = ? AND expires_s > ?",
            self._scope,
            key_of(surrogate),
            surrogate,
            int(self._vault.clock()),
        )
        return None if row is None else self._cipher.open(row[0], surrogate, row[1])

    def originals(self) -> Mapping[str, str]:
        """What this request used and the scope's most recently used live entries, at most 1,000 of them."""
        rows = self._vault.rows(
            "SELECT nonce, surrogate, sealed FROM entries WHERE scope = ? AND expires_s > ? "
            "ORDER BY expires_s DESC LIMIT ?",
            self._scope,
            int(self._vault.clock()),
            _ORIGINALS_AT_MOST,
        )
        stored = {surrogate: self._cipher.open(nonce, surrogate, sealed) for nonce, surrogate, sealed in rows}
        return stored | {entry.surrogate: value for entry, value in self._used.values()}

    def commit(self) -> None:
        """Stores what is new, and lengthens the life of what was used again.

        A life is lengthened once a 64th of it has passed, so that most turns of a conversation write nothing: an
        entry lives at least 63/64 of the lifetime after its last use, and never longer than the lifetime.
        """
        expires_s = int(self._vault.clock()) + self._vault.lifetime_s
        soon_s = expires_s - self._vault.lifetime_s // 64
        due = [
            (lookup, entry, value)
            for lookup, (entry, value) in self._used.items()
            if not entry.stored or entry.expires_s < soon_s
        ]
        if not due:
            return
        # INVARIANT: one surrogate stands for one value in a scope. Where another request stored its key for another
        # value meanwhile, its row does not change, and this request is denied rather than a later one restored wrongly.
        changed = self._vault.write(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope, body) "
            "DO UPDATE SET expires_s = excluded.expires_s WHERE lookup = excluded.lookup",
            [self._sealed(lookup, entry, value, expires_s) for lookup, entry, value in due],
        )
        if changed != len(due):
            self._vault.forget(lookup for lookup, _, _ in due)
            raise VaultError("Two requests of one scope drew the same surrogate.", remedy="Send the request again.")
        for _, entry, _ in due:
            entry.stored, entry.expires_s = True, expires_s

    def _alive(self, lookup: bytes, value: str, now_s: int) -> Entry | None:
        """The live entry of `value`, from memory or from the file."""
        entry = self._vault.remembered(lookup)
        return self._stored(lookup, value, now_s) if entry is None or entry.expires_s <= now_s else entry

    def _stored(self, lookup: bytes, value: str, now_s: int) -> Entry | None:
        """The live entry of `value` in the file. It is opened and compared: a surrogate is issued again only where
        the file still proves that it stands for this value."""
        row = self._vault.row(
            "SELECT surrogate, expires_s, nonce, sealed FROM entries WHERE scope = ? AND lookup = ? AND expires_s > ?",
            self._scope,
            lookup,
            now_s,
        )
        if row is None:
            return None
        surrogate, expires_s, nonce, sealed = row
        if self._cipher.open(nonce, surrogate, sealed) != value or not isinstance(expires_s, int):
            raise damaged()
        return Entry(surrogate, expires_s, stored=True)

    def _sealed(self, lookup: bytes, entry: Entry, value: str, expires_s: int) -> tuple[bytes | str | int, ...]:
        nonce = self._vault.random_bytes(NONCE_BYTES)
        sealed = self._cipher.seal(nonce, entry.surrogate, value)
        return self._scope, key_of(entry.surrogate), entry.surrogate, lookup, nonce, sealed, expires_s

    @property
    def _cipher(self) -> ScopeCipher:
        if self._sealer is None:
            self._sealer = self._vault.keys.cipher(self._scope)
        return self._sealer

    def _taken(self, key: str) -> bool:
        if key in self._by_key:
            return True
        return self._vault.row("SELECT 1 FROM entries WHERE scope = ? AND body = ?", self._scope, key) is not None
